"""One hub at a time works in a folder: a lock that the system drops when the process ends."""

import fcntl
from pathlib import Path
from typing import IO

from fanlight.model.errors import FanlightError


class HubBusy(FanlightError):
    """Another hub works in this folder, or it cannot be used."""

    code = "hub.busy"


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
