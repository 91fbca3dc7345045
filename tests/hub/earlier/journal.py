"""The journal of version 0.1, word for word: what wrote the recordings that today's must carry over."""

import contextlib
import errno
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from tests.hub.earlier.vault import OVERHEAD_BYTES, Vault

from fanlight.hub.journal.errors import JournalError, JournalFull, JournalUnreadable, JournalUnwritable
from fanlight.hub.packet import StreamInfo
from fanlight.hub.segmenter.segment import Segment
from fanlight.model.ids import new_id

QUOTA_BYTES = 2 << 30
RESERVE_BYTES = 256 << 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
_LONGEST = timedelta(seconds=60)  # no segment is longer; bounds the search by time
_SCHEMA = """
CREATE TABLE IF NOT EXISTS stream (
    id INTEGER PRIMARY KEY, codec TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    avcc BLOB NOT NULL, UNIQUE (codec, width, height, avcc)
) STRICT;
CREATE TABLE IF NOT EXISTS segment (
    place INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, camera TEXT NOT NULL,
    stream INTEGER NOT NULL REFERENCES stream, run INTEGER NOT NULL,
    start_90k INTEGER NOT NULL, duration_90k INTEGER NOT NULL, wall_us INTEGER NOT NULL,
    is_key INTEGER NOT NULL, is_discontinuous INTEGER NOT NULL, day TEXT NOT NULL,
    size_bytes INTEGER NOT NULL, lost INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS segment_by_time ON segment (camera, wall_us);
CREATE INDEX IF NOT EXISTS segment_by_day ON segment (day);
"""
_COLUMNS = (
    "place, name, day, codec, width, height, avcc, run, start_90k, duration_90k, wall_us, is_key,"
    " is_discontinuous"
)


@dataclass(frozen=True, slots=True)
class JournalState:
    """How the journal is. `note` is a sentence for people, empty when all is well."""

    state: Literal["ok", "full", "unwritable"] = "ok"
    note: str = ""
    abandoned: int = 0


@dataclass(frozen=True, slots=True)
class Repair:
    """What start-up found and put right."""

    files_removed: int
    rows_lost: int


def _micros(time: datetime) -> int:
    return (time - _EPOCH) // _US


class Journal:
    """The journal of one hub; one process uses it, any thread of it may."""

    def __init__(
        self,
        folder: Path,
        *,
        quota_bytes: int = QUOTA_BYTES,
        reserve_bytes: int = RESERVE_BYTES,
        keys: Path | None = None,
    ) -> None:
        """Open or make it, and repair what a crash left.

        Args:
            folder: the hub's folder; holds `hub.sqlite` and `segments/`.
            quota_bytes: what all files may take together.
            reserve_bytes: what must stay free on the volume.
            keys: the folder of keys; `folder/keys` if None.

        Raises:
            JournalUnwritable: the folder cannot be made or written.
            JournalUnreadable: the database is damaged.
        """
        self.state = JournalState()
        self._quota, self._reserve = quota_bytes, reserve_bytes
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._vault = Vault(folder / "segments", keys or folder / "keys")
            self._db = sqlite3.connect(folder / "hub.sqlite", isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
            self.repair = self._repair()
            self._total = self._sum()
        except OSError as error:
            raise self._unwritable() from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise self._unwritable() from error
            raise JournalUnreadable(
                "The hub's recording database is damaged.",
                kept="Sealed clips are not touched; the recorded segments are kept.",
                do="Move hub.sqlite aside and start again: recording begins anew.",
            ) from error

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def append(self, camera: str, segment: Segment) -> None:
        """Keep one segment durably; blocks for three syncs.

        Raises:
            JournalFull: no room; the segment is abandoned, as `state` says.
            JournalUnwritable: the disk refuses; the segment is abandoned, as `state` says.
        """
        with self._lock:
            try:
                self._append(camera, segment)
            except JournalError as error:
                full = isinstance(error, JournalFull)
                self.state = JournalState(
                    "full" if full else "unwritable", f"{error.what} {error.do}", self.state.abandoned + 1
                )
                raise
            self.state = replace(self.state, state="ok", note="")

    def read(self, camera: str, start: datetime, end: datetime) -> list[Segment]:
        """Return what is kept of a camera between two times, in order.

        The first starts at a keyframe: where needed it begins before `start`. Segments whose file is
        missing or damaged are left out and marked lost.
        """
        with self._lock:
            rows = self._select(camera, start, end)
            segments: list[Segment] = []
            for row in rows:
                fragment = self._vault.get(row[1], row[2])
                if fragment is None:
                    self._db.execute("UPDATE segment SET lost = 1 WHERE place = ?", (row[0],))
                elif segments or row[11]:
                    segments.append(_segment(row, fragment))
            return segments

    def spans(self, camera: str) -> list[tuple[datetime, datetime]]:
        """Return the stretches of time that are kept of a camera, in order; under 1 s apart counts as one."""
        with self._lock:
            rows = self._db.execute(
                "SELECT wall_us, duration_90k FROM segment WHERE camera = ? AND lost = 0 ORDER BY wall_us",
                (camera,),
            ).fetchall()
        spans: list[tuple[int, int]] = []
        for wall_us, duration_90k in rows:
            end_us = wall_us + duration_90k * 100 // 9
            if spans and wall_us - spans[-1][1] < 1_000_000:
                spans[-1] = (spans[-1][0], max(end_us, spans[-1][1]))
            else:
                spans.append((wall_us, end_us))
        return [(_EPOCH + first * _US, _EPOCH + last * _US) for first, last in spans]

    @property
    def size_bytes(self) -> int:
        """What all kept files take together."""
        return self._total

    def _append(self, camera: str, segment: Segment) -> None:
        name, day = new_id(), f"{segment.wall.astimezone(UTC):%Y-%m-%d}"
        size = len(segment.fragment) + OVERHEAD_BYTES
        self._make_room(size)
        try:
            size = self._write(name, day, segment.fragment)
            with self._commit():
                row = (
                    name, camera, self._stream(segment.info), segment.run, segment.start_90k,
                    segment.duration_90k, _micros(segment.wall), segment.is_key, segment.is_discontinuous,
                    day, size,
                )  # fmt: skip
                self._db.execute(
                    "INSERT INTO segment (name, camera, stream, run, start_90k, duration_90k, wall_us,"
                    " is_key, is_discontinuous, day, size_bytes) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                    row,
                )
        except (OSError, sqlite3.OperationalError) as error:
            with contextlib.suppress(OSError):
                self._vault.remove(name)
            raise self._full() if _is_full(error) else self._unwritable() from error
        self._total += size

    def _write(self, name: str, day: str, fragment: bytes) -> int:
        try:
            return self._vault.put(name, day, fragment)
        except OSError as error:
            if not _is_full(error) or not self._drop_oldest(2 * len(fragment)):
                raise
        return self._vault.put(name, day, fragment)

    def _make_room(self, size: int) -> None:
        if size > self._quota:
            raise self._full()
        if self._total + size > self._quota:
            self._drop_oldest(self._total + size - self._quota)
        try:
            free = shutil.disk_usage(self._vault.segments).free
        except OSError as error:
            raise self._unwritable() from error
        # Somebody else may fill the volume. Give up as much as is taken, so that recording goes on,
        # but never all the old footage to make up for others.
        if free - size < self._reserve and not self._drop_oldest(size):
            raise self._full()

    def _drop_oldest(self, need: int) -> bool:
        """Remove the oldest segments until `need` bytes are free; tell whether there were enough."""
        gone: list[tuple[int, str, int, str]] = []
        freed = 0
        for row in self._db.execute("SELECT place, name, size_bytes, day FROM segment ORDER BY place"):
            gone.append(row)
            freed += row[2]
            if freed >= need:
                break
        if freed < need:
            return False
        # The row first: a crash in between leaves a file without a row, which start-up removes.
        self._db.execute("DELETE FROM segment WHERE place <= ?", (gone[-1][0],))
        try:
            for _, name, _, _ in gone:
                self._vault.remove(name)
            for day in {row[3] for row in gone}:
                if not self._db.execute("SELECT 1 FROM segment WHERE day = ? LIMIT 1", (day,)).fetchone():
                    self._vault.forget_day(day)
        except OSError as error:
            raise self._unwritable() from error
        self._total -= freed
        return True

    @contextlib.contextmanager
    def _commit(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise

    def _stream(self, info: StreamInfo) -> int:
        key = (info.codec, info.width, info.height, info.config)
        self._db.execute("INSERT OR IGNORE INTO stream (codec, width, height, avcc) VALUES (?,?,?,?)", key)
        found = self._db.execute(
            "SELECT id FROM stream WHERE codec = ? AND width = ? AND height = ? AND avcc = ?", key
        ).fetchone()
        return int(found[0])

    def _select(self, camera: str, start: datetime, end: datetime) -> list[tuple]:  # type: ignore[type-arg]
        ask = (
            f"SELECT {_COLUMNS} FROM segment JOIN stream ON stream.id = stream WHERE camera = ? AND lost = 0"  # noqa: S608
        )
        rows = self._db.execute(
            f"{ask} AND wall_us > ? AND wall_us < ? AND wall_us + duration_90k * 100 / 9 > ?"
            " ORDER BY wall_us",
            (camera, _micros(start - _LONGEST), _micros(end), _micros(start)),
        ).fetchall()
        while rows and not rows[0][11]:
            before = self._db.execute(
                f"{ask} AND wall_us < ? AND run = ? ORDER BY wall_us DESC LIMIT 1",
                (camera, rows[0][10], rows[0][7]),
            ).fetchall()
            if not before:
                break
            rows = before + rows
        return rows

    def _repair(self) -> Repair:
        rows = dict(self._db.execute("SELECT name, size_bytes FROM segment WHERE lost = 0"))
        removed = 0
        for entry in list(os.scandir(self._vault.segments)):
            if rows.get(entry.name) == entry.stat().st_size:
                del rows[entry.name]
            elif entry.name not in rows:
                self._vault.remove(entry.name)
                removed += 1
        self._db.executemany("UPDATE segment SET lost = 1 WHERE name = ?", [(name,) for name in rows])
        used = {day for (day,) in self._db.execute("SELECT DISTINCT day FROM segment")}
        for day in self._vault.days() - used:
            self._vault.forget_day(day)
        return Repair(removed, len(rows))

    def _sum(self) -> int:
        return int(self._db.execute("SELECT coalesce(sum(size_bytes), 0) FROM segment").fetchone()[0])

    def _full(self) -> JournalFull:
        return JournalFull(
            "There is no room on the hub's disk for the recording.",
            kept="What was recorded before is kept; this second is not.",
            do="Free some space on that disk; recording then goes on by itself.",
        )

    def _unwritable(self) -> JournalUnwritable:
        return JournalUnwritable(
            "The hub cannot write its recording.",
            kept="What was recorded before is kept; this second is not.",
            do="Check that the hub's folder may be written and that its disk is in order.",
        )


def _is_full(error: OSError | sqlite3.OperationalError) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return error.sqlite_errorcode == sqlite3.SQLITE_FULL


def _segment(row: tuple, fragment: bytes) -> Segment:  # type: ignore[type-arg]
    return Segment(
        info=StreamInfo(codec=row[3], width=row[4], height=row[5], config=row[6]),
        run=row[7],
        fragment=fragment,
        start_90k=row[8],
        duration_90k=row[9],
        wall=_EPOCH + row[10] * _US,
        is_key=bool(row[11]),
        is_discontinuous=bool(row[12]),
    )
