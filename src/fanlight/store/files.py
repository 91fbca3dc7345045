"""Files that are whole or as before, also after a power cut.

In:     a path and bytes.
Out:    the same on the disk: file synced, named, then its folder synced (`write_private`, `sync_folder`).
Holds:  a reader sees the old bytes or the new ones, never a mixture; a private file is nobody else's from
        its first byte on.
        A file that shows a day shows midnight as the time of its last change, and no time of a look.
Raises: OSError; then the old bytes are still there.
"""

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path

PRIVATE, PUBLIC = 0o600, 0o666  # the process's umask takes its part of either


# Where a disk notes looks sparingly (`relatime`, as is usual), a time of a look that lies ahead stays.
_NO_LOOK_S = dt.datetime(2038, 1, 1, tzinfo=dt.UTC).timestamp()


def show_day(paths: Iterable[Path], day: dt.date) -> None:
    """Set the times of files and folders so that they tell the day (UTC) and nothing finer."""
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp()
    for path in paths:
        os.utime(path, (_NO_LOOK_S, midnight))


def write_private(path: Path, data: bytes) -> None:
    """Replace `path` by `data`, readable by its owner only, synced with its folder before it counts."""
    replace(path, data)
    sync_folder(path.parent)


def replace(path: Path, data: bytes, *, mode: int = PRIVATE) -> None:
    """Replace `path` by `data`, synced; the new name is durable only after `sync_folder(path.parent)`."""
    pending = path.with_name(f".{path.name}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    with os.fdopen(os.open(pending, flags, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    pending.replace(path)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    sync(folder)


def sync(path: Path) -> None:
    """Make a file's bytes, or a folder's names, durable."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
