"""Carry what an older hub kept elsewhere to where it is kept now, once, without loss.

Until `hub.toml` there was one list of cameras in `hub.json`. Order: cameras into `hub.toml`, then `hub.json`
without them. A crash between the two leaves both, and the next start finds each camera there by its id.
"""

from pathlib import Path

import msgspec

from fanlight.hub.options import Camera
from fanlight.hub.settings.file import read_options, write_options
from fanlight.hub.settings.pairing import read_stored, save_pairing


def carry_cameras(folder: Path) -> int:
    """Move cameras from an older `hub.json` into `hub.toml`; return how many came.

    Raises:
        PairingUnreadable, BadSettings, SettingsUnwritable: nothing was lost, nothing moved.
    """
    stored = read_stored(folder)
    if stored is None or not stored.cameras:
        return 0
    file = read_options(folder)
    there = {camera.id for camera in file.options.camera}
    come = [Camera(id=old.id, name=old.name, url=old.url) for old in stored.cameras if old.id not in there]
    cameras = (*file.options.camera, *come)
    write_options(folder, msgspec.structs.replace(file.options, camera=cameras), file)
    save_pairing(folder, stored.pairing())
    return len(come)
