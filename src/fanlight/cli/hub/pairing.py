"""`fanlight hub pair`: show this hub's code until its household has answered.

The code goes one way, from this screen to the owner's app, by its camera or by pasting. It pins the hub's
keys; the answer comes back over the server, which can neither read nor make one.
"""

import asyncio
import sys
from pathlib import Path

import msgspec

from fanlight.cli.home import open_home
from fanlight.cli.hub.codes import draw, read_place
from fanlight.hub.meeting import Meeting
from fanlight.hub.options import Camera
from fanlight.hub.settings import carry_cameras, load_keys, read_options, write_options
from fanlight.model.errors import FanlightError
from fanlight.model.ids import new_id


class BadName(FanlightError):
    """A camera's name is missing or too long."""

    code = "cli.bad_name"


def pair(server: str, home: Path | None, camera: str | None, name: str, place: str) -> None:
    """Show a code, wait for the household, keep what it said; add a camera first if one is given.

    Raises:
        BadPlace, BadServer, BadName, HomeUnusable: nothing was changed.
        PairedAlready: it belongs to another household, and goes on belonging to it.
    """
    folder = open_home(home).folder("hub")
    lon_lat = read_place(place)
    keys = load_keys(folder)
    meeting = Meeting(folder, keys, server, lon_lat)
    carry_cameras(folder)
    if camera is not None:
        _add_camera(folder, name, camera)
    print("In your household's app: House, Add a hub. Scan this there, or with the phone's own camera:\n")
    if sys.stdout.isatty():
        print("\n".join(draw(meeting.text)), "\n")
    print(meeting.text)
    print("\nOr paste that line there. Whoever reads it first can take this hub in: show it to nobody else.")
    print("Waiting; Ctrl-C ends it, and the code.", flush=True)
    asyncio.run(meeting.wait(lambda trouble: print(f"Not yet: {trouble}", file=sys.stderr, flush=True)))
    print("Paired. A hub that runs goes on with it by itself; start one with: fanlight hub run", flush=True)


def _add_camera(folder: Path, name: str, url: str) -> None:
    """Add a camera, or give the one of that name another address: its footage and clips stay its own."""
    file = read_options(folder)
    known = next((camera for camera in file.options.camera if camera.name == name), None)
    fields = msgspec.structs.asdict(known) if known else {"id": new_id(), "name": name}
    try:
        camera = msgspec.convert({**fields, "url": url}, Camera)
    except msgspec.ValidationError as error:
        raise BadName(
            "The camera's name is missing or longer than 80 characters, or its address is no line of text.",
            kept="The hub's settings are as they were.",
            do='Give it a short name, like --name "Front door".',
        ) from error
    others = tuple(one for one in file.options.camera if one is not known)
    write_options(folder, msgspec.structs.replace(file.options, camera=(*others, camera)), file)
