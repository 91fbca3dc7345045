"""Put right what a crash left, at start-up and after a failed write.

Holds:  what is mended is what `findings` finds, so that start-up and `fanlight check --fix` do the same.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from fanlight.hub.journal.disk import Disk
from fanlight.hub.journal.findings import Store, of_files
from fanlight.hub.journal.schema import HOUR_US, transaction
from fanlight.hub.journal.spans import settle


@dataclass(frozen=True, slots=True)
class Repair:
    """What was put right: files without a row, tails without a row, files that are gone or cut off."""

    files_removed: int = 0
    tails_cut: int = 0
    files_lost: int = 0


def start_up(store: Store) -> Repair:
    """Bring files and rows together: what a crash may leave, and what somebody removed.

    Raises:
        OSError, sqlite3.Error: the disk refuses.
    """
    counts = {"J1": 0, "J2": 0, "J3": 0}
    for found in list(of_files(store)):
        counts[found.invariant] += 1
        if found.mend is not None:
            found.mend()
    settle_all(store.db, store.disk)
    return Repair(counts["J2"], counts["J3"], counts["J1"])


def settle_all(db: sqlite3.Connection, disk: Disk) -> None:
    """Make the spans of files that nobody writes to any more; raises sqlite3.Error."""
    files = db.execute("SELECT id, line, start_us FROM file WHERE NOT settled").fetchall()
    if files:
        with transaction(db, disk):
            db.executemany("UPDATE file SET settled = 1 WHERE id = ?", [(file,) for file, _, _ in files])
            for line, hour in {(line, start_us // HOUR_US) for _, line, start_us in files}:
                settle(db, line, hour)


def tidy(db: sqlite3.Connection, disk: Disk, path: Path) -> None:
    """Bring one file, of which a write failed, to what its row says; raises OSError, sqlite3.Error."""
    row = db.execute("SELECT size_bytes FROM file WHERE name = ?", (path.name,)).fetchone()
    if not path.exists():
        return
    if row is None:
        disk.remove(path)
        disk.sync_folder(path.parent)
    elif path.stat().st_size > row[0]:
        disk.shorten(path, row[0])
