"""What a hub was told: its server, its household, its owner, its cameras and where it stands.

Kept in `hub.json` of the hub's folder, keys in `keys/` (0600). Nothing here is ever sent as it is.

Holds:  one hub at a time works in a folder (a lock that the system drops when the process ends).
"""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Annotated

import msgspec

from fanlight.model.errors import FanlightError
from fanlight.seal import keys


class NotPaired(FanlightError):
    """This hub has no household yet, or its settings cannot be read."""

    code = "hub.not_paired"


class KeysUnreadable(FanlightError):
    """This hub's own keys are not what it wrote, or cannot be written."""

    code = "hub.keys_unreadable"


class HubBusy(FanlightError):
    """Another hub works in this folder."""

    code = "hub.busy"


class Camera(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One camera: `url` is `rtsp://user:password@host/path`, or a path of a video file."""

    id: str
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    url: str


class HubSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`owner` is the pinned Ed25519 public key (base64) whose epochs this hub accepts."""

    server: str
    household: str
    owner: str
    cell: str
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    cameras: list[Camera] = []
    poll_s: Annotated[float, msgspec.Meta(gt=0)] = 300.0
    status_s: Annotated[float, msgspec.Meta(gt=0)] = 60.0


class _StoredKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seed: str
    identity: str


@dataclass(frozen=True, slots=True)
class HubKeys:
    """`signing` signs clips and sign-ins; `identity` (an age identity's text) opens messages to this hub."""

    signing: keys.SigningKey
    identity: str

    @property
    def recipient(self) -> str:
        """The public half of `identity`."""
        return keys.identity_recipient(self.identity)


def load_settings(folder: Path) -> HubSettings:
    """Read `hub.json`.

    Raises:
        NotPaired: it is not there or not ours.
    """
    path = folder / "hub.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=HubSettings)
    except FileNotFoundError as error:
        raise NotPaired(
            "This hub does not know its household yet.",
            kept="Nothing is recorded so far.",
            do="Pair it: fanlight hub pair CODE, with the code that the House page shows.",
        ) from error
    except (OSError, msgspec.MsgspecError, RecursionError) as error:
        raise NotPaired(
            f"The settings of this hub cannot be read: {path}.",
            kept="What was recorded and the clips that wait are still here.",
            do="Mend that file, or move it away and pair the hub again.",
        ) from error


def save_settings(folder: Path, settings: HubSettings) -> None:
    """Write `hub.json` so that it is whole or as before."""
    write_private(folder / "hub.json", msgspec.json.format(msgspec.json.encode(settings), indent=2))


def load_keys(folder: Path) -> HubKeys:
    """Return this hub's keys, making them on the first call.

    Raises:
        KeysUnreadable: they cannot be written, or what is there is not what a hub wrote.
    """
    path = folder / "keys" / "hub.json"
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = {"seed": keys.SigningKey.new().seed.hex(), "identity": keys.new_identity().secret}
            write_private(path, json.dumps(made).encode())
        stored = msgspec.json.decode(path.read_bytes(), type=_StoredKeys)
        found = HubKeys(keys.SigningKey(bytes.fromhex(stored.seed)), stored.identity)
        keys.identity_recipient(found.identity)
    except (OSError, ValueError, FanlightError) as error:
        raise KeysUnreadable(
            f"This hub's keys cannot be read or written: {path}.",
            kept="What was recorded and the clips that wait are still here.",
            do="Restore that file from a backup, or move it away and pair the hub again.",
        ) from error
    return found


def lock(folder: Path) -> IO[str]:
    """Take the hub's folder for this process until the returned file is closed.

    Raises:
        HubBusy: another process has it, or the folder cannot be written.
    """
    try:
        handle = (folder / "lock").open("w")
    except OSError as error:
        raise HubBusy(
            f"This hub cannot use its folder {folder}.",
            kept="Nothing was started.",
            do="Look whether the folder is there and may be written.",
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        raise HubBusy(
            f"Another hub is running on {folder}.",
            kept="It goes on as it was.",
            do="Stop it first, or give this one another folder with --home.",
        ) from error
    return handle


def write_private(path: Path, data: bytes) -> None:
    """Replace `path` by `data`, readable by its owner only, synced before it counts."""
    pending = path.with_name(path.name + ".new")
    with os.fdopen(os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    pending.replace(path)
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
