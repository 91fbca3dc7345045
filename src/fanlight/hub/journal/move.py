"""Move the recording to another folder, mostly on a new disk, file by file.

In:     the hub's folder, the new folder; the hub is stopped.
Out:    every file in the new folder, and the old ones gone.
Holds:  at every moment each file is where its row says, whole: copy, sync, compare, switch the row and leave
        a garbage row for the old place in one transaction, then remove. Stopped anywhere, both folders can be
        read; called again, it goes on.
Absent: the settings: whoever calls this lets `storage.folder` of hub.toml name the new folder, before or
        after, or new footage goes to the old one.
"""

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

from fanlight.hub.journal.daykeys import DayKeys
from fanlight.hub.journal.disk import Disk
from fanlight.hub.journal.errors import JournalUnwritable, full, unwritable
from fanlight.hub.journal.files import Folders
from fanlight.hub.journal.findings import Store, of_garbage
from fanlight.hub.journal.repair import start_up
from fanlight.hub.journal.room import relative_path
from fanlight.hub.journal.roots import Roots
from fanlight.hub.journal.schema import connect, prepare, transaction

BLOCK_BYTES = 1 << 20
Progress = Callable[[int, int], None]


def move(folder: Path, new: Path, progress: Progress, *, disk: Disk | None = None) -> int:
    """Move all footage of the hub in `folder` to the folder `new`, which exists; return how many bytes moved.

    Args:
        folder: the hub's; nothing else works there (`hub.settings.lock`).
        new: where the recording shall lie; the hub's own `segments/` to bring it home.
        progress: called with bytes done and bytes in all, after each file.
        disk: by which it writes.

    Raises:
        JournalUnwritable: the new folder cannot be used; what was moved is there, the rest where it was.
        JournalFull: it has no room. JournalNewer, JournalUnreadable: as the journal raises them.
    """
    disk = disk or Disk()
    try:
        with contextlib.closing(connect(folder / "hub.sqlite")) as db:
            prepare(db, disk)
            roots = Roots(folder, db, disk)
            roots.choose(new)
            if why := roots.why_missing(roots.current):
                raise JournalUnwritable(
                    why, kept="Nothing was moved.", do="Connect that disk, or name an empty folder."
                )
            roots.make_ready()
            store = Store(db, disk, roots, DayKeys(folder / "keys", disk))
            start_up(store)
            return _move(store, progress)
    except OSError as error:
        raise unwritable() from error
    except sqlite3.Error as error:
        raise unwritable() from error


def _move(store: Store, progress: Progress) -> int:
    db, disk, roots, folders = store.db, store.disk, store.roots, Folders(store.disk)
    rows = db.execute(
        "SELECT file.id, name, root, form, camera, day, size_bytes FROM file JOIN line ON line.id = line"
        " WHERE root != ? ORDER BY file.id",
        (roots.current,),
    ).fetchall()
    total, done = sum(row[-1] for row in rows), 0
    if total > disk.free_bytes(roots.path) and rows:
        raise full()
    for file, name, root, form, camera, day, size in rows:
        relative = relative_path(form, camera, day, name)
        old = roots.of(root) / relative
        folder = folders.ensure(roots.path, Path(relative).parent.parts)
        _copy(disk, old, folder / name, size)
        with transaction(db, disk):
            db.execute("UPDATE file SET root = ? WHERE id = ?", (roots.current, file))
            db.execute("INSERT OR REPLACE INTO garbage VALUES (?, ?, ?, 0)", (name, root, relative))
        disk.remove(old)
        disk.sync_folder(old.parent)
        db.execute("DELETE FROM garbage WHERE name = ?", (name,))
        with contextlib.suppress(OSError):  # not empty yet
            disk.remove_folder(old.parent)
            disk.remove_folder(old.parent.parent)
        done += size
        progress(done, total)
    for found in list(of_garbage(store)):
        if found.mend is not None:
            found.mend()
    return done


def _copy(disk: Disk, old: Path, new: Path, size: int) -> None:
    """Write a durable copy and compare it, byte by byte; raises OSError."""
    disk.remove(new)  # what an earlier try left has no row
    handle = disk.create(new)
    try:
        with old.open("rb") as source:
            while block := source.read(BLOCK_BYTES):
                disk.append(handle, [block])
        disk.sync(handle)
    finally:
        disk.close(handle)
    disk.sync_folder(new.parent)
    with old.open("rb") as source, new.open("rb") as copy:
        while block := source.read(BLOCK_BYTES):
            if copy.read(BLOCK_BYTES) != block:
                raise OSError
        if copy.tell() < size:
            raise OSError
