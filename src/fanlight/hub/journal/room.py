"""Make room: which files give way, and how they go.

In:     what is about to be written, the limits, the age clock.
Out:    files without a row, then without a name.
Holds:  J3 all files together stay within the quota, each camera's within its own, and the volume keeps its
        reserve. Footage of events gives way after the rest, up to its share; within a class the oldest first.
        A removed camera's footage ages by the limits that it had last.
        J2 a file goes by: row to garbage row, remove, sync folder, drop the garbage row.
Why:    docs/design/journal.md
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from fanlight.hub.journal.disk import Disk
from fanlight.hub.journal.files import Folders, path_of
from fanlight.hub.journal.limits import CameraLimits, Limits
from fanlight.hub.journal.roots import Roots
from fanlight.hub.journal.schema import EVENT, FLAT, HOUR_US, REST, transaction
from fanlight.hub.journal.spans import settle

_S = 1_000_000


def class_to_give_way(totals: dict[int, int], quota: int, event_share: float) -> tuple[int, ...]:
    """Return the classes whose oldest file gives way next; of several, the older file of all."""
    if not totals.get(REST):
        return (EVENT,)
    return (REST, EVENT) if totals.get(EVENT, 0) > quota * event_share else (REST,)


class Room:
    """What the files take, by line and class; the writer's thread uses it."""

    def __init__(self, db: sqlite3.Connection, disk: Disk, roots: Roots, folders: Folders) -> None:
        """Count what is there."""
        self._db, self._disk, self._roots, self._folders = db, disk, roots, folders
        self.cameras: dict[int, str] = dict(db.execute("SELECT id, camera FROM line"))
        self._totals: dict[tuple[int, int], int] = {}
        self.capacity = 0  # what there is for all files together: the quota, or less where the disk is small
        self._given_up = 0  # what came free at the reserve and was not written again yet
        self._last: dict[str, CameraLimits] = {}  # of cameras that were removed, too
        for (known,) in db.execute("SELECT value FROM meta WHERE name = 'limits'"):
            self._last = {
                camera: CameraLimits(keep_s=keep_s, rest_s=rest_s)
                for camera, (keep_s, rest_s) in json.loads(known).items()
            }
        self.count()

    def learn(self, limits: Limits) -> None:
        """Note the limits of today's cameras for when they are removed; raises sqlite3.Error."""
        if limits.removed is None:
            return
        lines = set(self.cameras.values())
        last = {camera: mine for camera, mine in self._last.items() if camera in lines}
        last |= {
            camera: CameraLimits(keep_s=mine.keep_s, rest_s=mine.rest_s)
            for camera, mine in limits.cameras.items()
        }
        if last != self._last:
            known = json.dumps({camera: [mine.keep_s, mine.rest_s] for camera, mine in last.items()})
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('limits', ?)", (known,))
            self._last = last

    def of(self, limits: Limits, camera: str) -> CameraLimits:
        """Return the limits of a camera, of a removed one those that it had last."""
        if limits.removed is None or camera in limits.cameras:
            return limits.of(camera)
        return self._last.get(camera, limits.removed)

    def longest_s(self, limits: Limits) -> float:
        """Return for how long anything of any camera is kept, 0 where nothing says so."""
        cameras = {*limits.cameras, *self.cameras.values()}
        return max((self.of(limits, camera).keep_s or 0 for camera in cameras), default=0)

    def count(self) -> None:
        """Count anew from the rows."""
        self._totals = {
            (line, kind): total
            for line, kind, total in self._db.execute(
                "SELECT line, class, sum(size_bytes) FROM file GROUP BY line, class"
            )
        }
        (self._garbage,) = self._db.execute("SELECT coalesce(sum(size_bytes), 0) FROM garbage").fetchone()

    @property
    def total(self) -> int:
        """What all files take, those on their way out included."""
        return sum(self._totals.values()) + int(self._garbage)

    def add(self, line: int, kind: int, size: int) -> None:
        """Count bytes that were committed."""
        self._totals[line, kind] = self._totals.get((line, kind), 0) + size

    def make_within_own(self, limits: Limits, needs: dict[str, int]) -> set[str]:
        """Let a camera's oldest give way within its own limit; return the cameras where that is too small.

        Raises:
            OSError, sqlite3.Error: the disk refuses.
        """
        small = set()
        for camera, need in needs.items():
            own = limits.of(camera).quota_bytes
            lines = {line for line, name in self.cameras.items() if name == camera}
            if own is not None and (need > own or not self._make(lines, own, limits.event_share, need)):
                small.add(camera)
        return small

    def make(self, limits: Limits, need: int) -> bool:
        """Let the oldest of all give way until so many bytes fit; tell whether they do.

        Raises:
            OSError, sqlite3.Error: the disk refuses.
        """
        if need > limits.quota_bytes:
            return False
        every = set(self.cameras)
        if not self._make(every, limits.quota_bytes, limits.event_share, need, self._garbage):
            return False
        free = self._disk.free_bytes(self._roots.path)
        self.capacity = max(min(limits.quota_bytes, self.total + free - limits.reserve_bytes), 0)
        # Somebody else may fill the volume. Give up as much as is taken, so that recording goes on, but
        # never all the old footage to make up for others.
        if free - need >= limits.reserve_bytes:
            self._given_up = 0
            return True
        if self._given_up < need and not self.give_up(need, limits):
            return False
        self._given_up -= need
        return True

    def give_up(self, need: int, limits: Limits) -> bool:
        """Remove the oldest files until `need` bytes came free; tell whether there were enough."""
        every = set(self.cameras)
        before = self._size(every)
        enough = before >= need and self._make(every, before - need, limits.event_share, 0)
        self._given_up += before - self._size(every)
        return enough

    def expire(self, limits: Limits, now_us: int) -> None:
        """Remove what is older than its camera's limits; raises OSError, sqlite3.Error."""
        gone: list[int] = []
        for line, camera in self.cameras.items():
            mine = self.of(limits, camera)
            for kind, longest in ((REST, mine.rest_s), (REST, mine.keep_s), (EVENT, mine.keep_s)):
                if longest is None:
                    continue
                oldest = now_us - round(longest * _S)
                for file, kept_us in self._db.execute(
                    "SELECT id, kept_us FROM file WHERE line = ? AND class = ? AND settled ORDER BY id",
                    (line, kind),
                ):
                    if kept_us >= oldest:
                        break
                    gone.append(file)
        if gone:
            self.remove(dict.fromkeys(gone))

    def remove(self, files: Iterable[int]) -> None:
        """Remove files, rows first; raises sqlite3.Error, or OSError: then only garbage rows are left."""
        with transaction(self._db, self._disk):
            gone = [discard(self._db, file) for file in files]
            hours = {(line, hour) for line, hour, _, _ in gone}
            for line, hour in hours:
                settle(self._db, line, hour)
            for line in {line for line, _ in hours}:
                self._db.execute(
                    "DELETE FROM gap WHERE line = ?1 AND end_us <"
                    " (SELECT min(start_us) FROM file WHERE line = ?1)",
                    (line,),
                )
        for line, _, kind, size in gone:
            self.add(line, kind, -size)
            self._garbage += size
        self.clear_garbage()

    def clear_garbage(self) -> None:
        """Remove the files that only a garbage row names; raises OSError, sqlite3.Error."""
        rows = self._db.execute("SELECT name, root, path FROM garbage").fetchall()
        gone: list[tuple[str]] = []
        folders = set()
        for name, root, relative in rows:
            if self._roots.why_missing(root):
                continue
            path = self._roots.of(root) / relative
            if path.parent.is_dir():
                self._disk.remove(path)
                folders.add(path.parent)
            gone.append((name,))
        for folder in folders:
            self._disk.sync_folder(folder)
            if folder not in self._roots.all().values():
                with contextlib.suppress(OSError):  # not empty: another file of that day lies there
                    self._disk.remove_folder(folder)
                    self._folders.forget(folder)
        if gone:
            with transaction(self._db, self._disk):
                self._db.executemany("DELETE FROM garbage WHERE name = ?", gone)
            (self._garbage,) = self._db.execute("SELECT coalesce(sum(size_bytes), 0) FROM garbage").fetchone()

    def _size(self, lines: set[int], kind: int | None = None) -> int:
        return sum(
            size for (line, class_), size in self._totals.items() if line in lines and kind in (None, class_)
        )

    def _make(self, lines: set[int], quota: int, event_share: float, need: int, beside: int = 0) -> bool:
        totals = {kind: self._size(lines, kind) for kind in (REST, EVENT)}
        gone: dict[int, int] = {}
        while sum(totals.values()) + beside + need > quota:
            kinds = class_to_give_way(totals, quota, event_share)
            oldest = self._oldest(lines, kinds, gone)
            if oldest is None:
                oldest = self._oldest(lines, (REST, EVENT), gone)
            if oldest is None:
                break
            file, kind, size = oldest
            gone[file] = size
            totals[kind] -= size
        if gone:
            self.remove(gone)
        return sum(totals.values()) + beside + need <= quota

    def _oldest(
        self, lines: set[int], kinds: tuple[int, ...], gone: dict[int, int]
    ) -> tuple[int, int, int] | None:
        best: tuple[int, int, int] | None = None
        for line in lines:
            for kind in kinds:
                if not self._totals.get((line, kind)):
                    continue
                for file, size in self._db.execute(
                    "SELECT id, size_bytes FROM file WHERE line = ? AND class = ? AND settled ORDER BY id",
                    (line, kind),
                ):
                    if file in gone:
                        continue
                    if best is None or file < best[0]:
                        best = (file, kind, size)
                    break
        return best


def discard(db: sqlite3.Connection, file: int) -> tuple[int, int, int, int]:
    """Turn a file's rows into a garbage row, within a transaction.

    Returns:
        Its line and hour, whose spans are to be settled, its class and its size.
    """
    name, root, form, line, day, start_us, kind, size = db.execute(
        "SELECT name, root, form, line, day, start_us, class, size_bytes FROM file WHERE id = ?", (file,)
    ).fetchone()
    (camera,) = db.execute("SELECT camera FROM line WHERE id = ?", (line,)).fetchone()
    db.execute("DELETE FROM segment WHERE file = ?", (file,))
    db.execute("DELETE FROM file WHERE id = ?", (file,))
    db.execute(
        "INSERT OR REPLACE INTO garbage VALUES (?, ?, ?, ?)",
        (name, root, relative_path(form, camera, day, name), size),
    )
    return line, start_us // HOUR_US, kind, size


def relative_path(form: int, camera: str, day: str, name: str) -> str:
    """Return where a file lies in its root."""
    return name if form == FLAT else str(path_of(Path(), camera, day, name))
