"""Every change that the journal makes to its disk, one method each.

Holds:  nothing else of the journal writes, syncs, renames or removes. So the tests of power loss can record
        and replay each step, and the tests of faults can let each one fail.
Absent: reading; SQLite's own files. SQLite syncs those itself (WAL, `synchronous=FULL`): a commit that
        returned is durable.
"""

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

_MANY = 512  # buffers a call; the system takes 1,024


class Disk:
    """The real one.

    Each method raises OSError (`commit` sqlite3.Error), and then it may have worked or not.
    """

    def make_folder(self, path: Path) -> None:
        """Make one folder that only its owner may enter."""
        path.mkdir(mode=0o700)

    def create(self, path: Path) -> int:
        """Make a new file that only its owner may read; return a descriptor that appends to it."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def append(self, handle: int, parts: Sequence[bytes]) -> None:
        """Write all of `parts` behind what is there."""
        waiting = list(parts)
        while waiting:
            written = os.writev(handle, waiting[:_MANY])
            while waiting and written >= len(waiting[0]):
                written -= len(waiting.pop(0))
            if written:
                waiting[0] = waiting[0][written:]

    def sync(self, handle: int) -> None:
        """Make a file's content and length durable."""
        os.fdatasync(handle)

    def close(self, handle: int) -> None:
        """Let go of a file."""
        os.close(handle)

    def sync_folder(self, path: Path) -> None:
        """Make the names in a folder durable."""
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def rename(self, old: Path, new: Path) -> None:
        """Give a file another name, in place of what had it."""
        old.replace(new)

    def remove(self, path: Path) -> None:
        """Remove a file's name."""
        path.unlink(missing_ok=True)

    def remove_folder(self, path: Path) -> None:
        """Remove an empty folder."""
        path.rmdir()

    def shorten(self, path: Path, size: int) -> None:
        """Cut a file to `size` bytes, durably."""
        handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.ftruncate(handle, size)
            os.fsync(handle)
        finally:
            os.close(handle)

    def free_bytes(self, path: Path) -> int:
        """Return what the volume of `path` has free for us."""
        found = os.statvfs(path)
        return found.f_bavail * found.f_frsize

    def commit(self, db: sqlite3.Connection) -> None:
        """Make a transaction durable."""
        db.execute("COMMIT")

    def write_whole(self, path: Path, data: bytes) -> None:
        """Put a small file in place of what has its name: whole and durable, or as before."""
        pending = path.with_name(f"{path.name}.new")
        self.remove(pending)
        handle = self.create(pending)
        try:
            self.append(handle, [data])
            self.sync(handle)
        finally:
            self.close(handle)
        self.rename(pending, path)
        self.sync_folder(path.parent)
