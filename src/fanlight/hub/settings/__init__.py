"""What a hub knows of itself: its household, its keys, its settings, and that it is alone in its folder.

`pairing` reads and writes `hub.json`, `keys` `keys/hub.json`, `file` `hub.toml`, `live` puts its
changes to work; `upgrade` carries an older
hub's cameras over. Nothing here is ever sent as it is.
"""

from fanlight.hub.settings.file import (
    BadSettings,
    SettingsChanged,
    SettingsFile,
    SettingsUnwritable,
    in_words,
    parse,
    read_options,
    write_anew,
    write_options,
)
from fanlight.hub.settings.keys import HubKeys, KeysUnreadable, load_keys
from fanlight.hub.settings.live import LiveSettings
from fanlight.hub.settings.lock import HubBusy, lock
from fanlight.hub.settings.pairing import (
    NotPaired,
    Pairing,
    PairingUnreadable,
    find_pairing,
    load_pairing,
    save_pairing,
)
from fanlight.hub.settings.upgrade import carry_cameras

__all__ = [
    "BadSettings",
    "HubBusy",
    "HubKeys",
    "KeysUnreadable",
    "LiveSettings",
    "NotPaired",
    "Pairing",
    "PairingUnreadable",
    "SettingsChanged",
    "SettingsFile",
    "SettingsUnwritable",
    "carry_cameras",
    "find_pairing",
    "in_words",
    "load_keys",
    "load_pairing",
    "lock",
    "parse",
    "read_options",
    "save_pairing",
    "write_anew",
    "write_options",
]
