"""Put right what a crash left; start-up, a failed write and `fanlight check --fix` use the same.

Holds:  each step is harmless when repeated, so that it may be interrupted anywhere. A file is removed only
        when no row names it and its folder carries this journal's marker.
"""

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fanlight.hub.journal import gaps
from fanlight.hub.journal.disk import Disk
from fanlight.hub.journal.room import discard, relative_path
from fanlight.hub.journal.roots import MARKER, OWN, Roots
from fanlight.hub.journal.schema import HOUR_US, transaction
from fanlight.hub.journal.spans import settle


@dataclass(frozen=True, slots=True)
class Repair:
    """What was found and put right: files without a row, tails without a row, files that are gone."""

    files_removed: int = 0
    tails_cut: int = 0
    files_lost: int = 0


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A file as it lies in a root. `relative` is its path there."""

    root: int
    relative: str
    path: Path
    size: int

    @property
    def name(self) -> str:
        """The name that a row would give it."""
        return self.path.name


def files_on_disk(roots: Roots) -> Iterator[OnDisk]:
    """Yield every file below the roots whose disks are there; raises OSError."""
    for root, folder in roots.all().items():
        if not roots.why_missing(root) and folder.is_dir():
            for above, _, names in os.walk(folder):
                for name in names:
                    path = Path(above, name)
                    if name.startswith(MARKER) or not path.is_file():
                        continue
                    yield OnDisk(root, str(path.relative_to(folder)), path, path.stat().st_size)


def rows_of_files(db: sqlite3.Connection) -> dict[tuple[int, str], tuple[int, int]]:
    """Return (id, size) of each file that has a row, by root and path."""
    return {
        (root, relative_path(form, camera, day, name)): (file, size)
        for file, name, root, form, day, size, camera in db.execute(
            "SELECT file.id, name, root, form, day, size_bytes, camera FROM file JOIN line ON line.id = line"
        )
    }


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


def lose(db: sqlite3.Connection, file: int, place: int | None = None) -> tuple[int, int]:
    """Give up the record at `place` of a file, or all of it, within a transaction; note the gap.

    Returns:
        The file's line and hour, whose spans are to be settled.
    """
    where = "" if place is None else f" AND place = {int(place)}"
    line, start_us = db.execute("SELECT line, start_us FROM file WHERE id = ?", (file,)).fetchone()
    for wall_us, duration_90k in db.execute(
        f"SELECT wall_us, duration_90k FROM segment WHERE file = ?{where} ORDER BY place",  # noqa: S608
        (file,),
    ).fetchall():
        gaps.note(db, line, "damaged", wall_us, wall_us + duration_90k * 100 // 9)
    db.execute(f"DELETE FROM segment WHERE file = ?{where}", (file,))  # noqa: S608
    if not db.execute("SELECT 1 FROM segment WHERE file = ? LIMIT 1", (file,)).fetchone():
        discard(db, file)
    return line, start_us // HOUR_US


def start_up(db: sqlite3.Connection, disk: Disk, roots: Roots) -> Repair:
    """Bring files and rows together: what a crash may leave, and what somebody removed.

    Raises:
        OSError, sqlite3.Error: the disk refuses.
    """
    rows = rows_of_files(db)
    garbage = {(root, path) for root, path in db.execute("SELECT root, path FROM garbage")}
    removed = cut = 0
    short: list[tuple[int, int]] = []
    folders: set[Path] = set()
    for found in files_on_disk(roots):
        row = rows.pop((found.root, found.relative), None)
        if row is None:
            if (found.root, found.relative) not in garbage:
                disk.remove(found.path)
                folders.add(found.path.parent)
                removed += 1
        elif found.size > row[1]:
            disk.shorten(found.path, row[1])
            cut += 1
        elif found.size < row[1]:
            short.append((row[0], found.size))
    for folder in folders:
        disk.sync_folder(folder)
    gone = [file for (root, _), (file, _) in rows.items() if root == OWN or not roots.why_missing(root)]
    with transaction(db, disk):
        touched = {lose(db, file) for file in gone}
        for file, size in short:
            touched |= cut_short(db, file, size)
        for file, line, start_us in db.execute(
            "SELECT id, line, start_us FROM file WHERE NOT settled"
        ).fetchall():
            db.execute("UPDATE file SET settled = 1 WHERE id = ?", (file,))
            touched.add((line, start_us // HOUR_US))
        for line, hour in touched:
            settle(db, line, hour)
    return Repair(removed, cut, len(gone) + len(short))


def cut_short(db: sqlite3.Connection, file: int, size: int) -> set[tuple[int, int]]:
    """Give up the records of a file that lie beyond its `size` on disk, within a transaction."""
    db.execute("UPDATE file SET size_bytes = ? WHERE id = ?", (size, file))
    return {
        lose(db, file, place)
        for (place,) in db.execute(
            "SELECT place FROM segment WHERE file = ? AND place + length > ?", (file, size)
        ).fetchall()
    }
