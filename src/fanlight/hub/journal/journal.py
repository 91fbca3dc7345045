"""The recording of all cameras on the hub's own disk. Room 3 of the hub.

In:     Segment from hub.segmenter, camera by camera; what the pipeline knows of gaps and events.
Out:    the same segments, by time; a timeline; how far each camera is committed.
Holds:  J1 to J8 of docs/design/journal.md. `offer` never blocks, and memory is bounded.
Drops:  what cannot be written in time or at all: counted in `state`, and a gap in the timeline.
Absent: clips, events and the keys of the household.
Why:    docs/design/journal.md
"""

import contextlib
import re
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

from fanlight.hub.journal import faults, gaps, spans
from fanlight.hub.journal.age import AgeClock
from fanlight.hub.journal.appending import day_of, reason
from fanlight.hub.journal.daykeys import DayKeys, cipher_of
from fanlight.hub.journal.disk import Disk
from fanlight.hub.journal.errors import unreadable, unwritable, wrong_day_key
from fanlight.hub.journal.findings import Store
from fanlight.hub.journal.limits import Limits
from fanlight.hub.journal.notes import open_note, seal_note
from fanlight.hub.journal.reader import Reader
from fanlight.hub.journal.record import micros, moment
from fanlight.hub.journal.repair import Repair, start_up
from fanlight.hub.journal.roots import Roots
from fanlight.hub.journal.schema import connect, prepare
from fanlight.hub.journal.spans import Day
from fanlight.hub.journal.state import JournalState, Watch
from fanlight.hub.journal.waiting import LARGEST_BYTES, Offered, Task, Waiting
from fanlight.hub.journal.writer import Writer
from fanlight.hub.packet import Role
from fanlight.hub.segmenter.segment import Segment
from fanlight.model import clock

MAINTAIN_S = 10.0
_CAMERA = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
_NEVER = datetime.min.replace(tzinfo=UTC)


class Journal:
    """The journal of one hub; one process uses it, any thread of it may."""

    def __init__(
        self,
        folder: Path,
        storage: Limits | None = None,
        *,
        keys: Path | None = None,
        disk: Disk | None = None,
        waiting_bytes: int = LARGEST_BYTES,
    ) -> None:
        """Open or make it, and repair what a crash left. Nothing is written before `start`.

        Args:
            folder: the hub's folder; holds `hub.sqlite` and, unless `storage` says otherwise, `segments/`.
            storage: what the recording may take, and where it lies.
            keys: the folder of keys; `folder/keys` if None.
            disk: by which it writes.
            waiting_bytes: what may wait in memory for a slow disk.

        Raises:
            JournalUnwritable: the folder cannot be made or written.
            JournalUnreadable: the database is damaged.
            JournalNewer: a newer version wrote it; nothing was changed.
        """
        self._disk = disk or Disk()
        self._limits = limits = storage or Limits()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = connect(folder / "hub.sqlite")
            try:
                prepare(self._db, self._disk)
                self._open(folder, limits, keys or folder / "keys")
            except BaseException:
                self._db.close()
                raise
        except OSError as error:
            raise unwritable() from error
        except sqlite3.DatabaseError as error:
            raise (unwritable() if isinstance(error, sqlite3.OperationalError) else unreadable()) from error
        self._waiting = Waiting(waiting_bytes)
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None
        self._watch = Watch()
        self._maintained = 0.0
        self._noted: set[str] = set()
        self._is_closed = False

    def _open(self, folder: Path, limits: Limits, keys: Path) -> None:
        known: dict[str, int] = dict(self._db.execute("SELECT name, value FROM meta WHERE name LIKE '%_us'"))
        wall_us, mono_us = micros(clock.now()), clock.mono_us()
        self._keys = DayKeys(keys, self._disk)
        self._roots = Roots(folder, self._db, self._disk)
        self._roots.choose(limits.folder)
        if not self._roots.why_missing(self._roots.current):
            self._roots.make_ready()
        self.repair: Repair = start_up(Store(self._db, self._disk, self._roots, self._keys))
        gaps.after_stop(self._db, known.get("alive_us"), wall_us)
        age = AgeClock.start(known.get("age_us"), wall_us, mono_us)
        self._writer = Writer(self._db, self._disk, self._keys, self._roots, limits, age)
        self._writer.maintain(wall_us, mono_us)
        self._reader = Reader(
            connect(folder / "hub.sqlite", read_only=True), self._keys, self._roots, self._damaged
        )

    def start(self) -> None:
        """Begin to write, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Commit what waits, and close; harmless when called twice."""
        self._waiting.stop()
        if self._thread is not None:
            self._thread.join()
        with self._writing:
            if self._is_closed:
                return
            self._is_closed = True
            self._write_all()
            self._writer.close_files()
            self._write_all()
            with self._surviving():
                self._writer.maintain(micros(clock.now()), clock.mono_us())
            self._reader.close()
            self._db.close()

    def offer(self, camera: str, segment: Segment, role: Role = "main") -> None:
        """Let a segment be recorded; returns at once. An id has letters, digits, `-` and `_`."""
        if not _CAMERA.match(camera):
            raise ValueError(camera)
        self._waiting.offer(Offered(camera, role, segment))

    def flush(self, timeout_s: float = 30.0) -> bool:
        """Wait until everything that was offered is committed or abandoned; tell whether that came about."""
        if self._thread is None:
            with self._writing:
                self._write_all()
            return True
        done = threading.Event()
        self._waiting.add_mark(done)
        self._waiting.hurry()
        return done.wait(timeout_s)

    def committed(self, camera: str, role: Role = "main") -> datetime:
        """Return when the last segment ends that is safely kept, long ago if there is none."""
        return self._writer.committed.get((camera, role), _NEVER)

    def read(self, camera: str, start: datetime, end: datetime, role: Role = "main") -> list[Segment]:
        """Return what is kept of a camera between two times, in order.

        The first starts at a keyframe: where needed it begins before `start`. Segments whose file is
        missing or damaged are left out and become gaps.
        """
        return list(self.segments(camera, start, end, role))

    def segments(self, camera: str, start: datetime, end: datetime, role: Role = "main") -> Iterator[Segment]:
        """Yield the same as `read`, one at a time: memory does not grow with the range."""
        return self._reader.segments(camera, micros(start), micros(end), role)

    def keep(self, camera: str, start: datetime, end: datetime) -> None:
        """Make a stretch, past or still to come, footage of an event, from the next commit on."""
        first, last = micros(start), micros(end)
        self._waiting.add(Task(camera, lambda _: self._writer.keep(camera, first, last)))

    def begin_gap(self, camera: str, why: gaps.Why) -> None:
        """Say that nothing comes of a camera from now on, and why."""
        at_us = micros(clock.now())
        self._watch.excuse(camera, why)
        self._waiting.add(Task(camera, lambda line: gaps.begin(self._db, line, why, at_us)))

    def end_gap(self, camera: str, why: gaps.Why) -> None:
        """Say that this reason is over."""
        at_us = micros(clock.now())
        self._watch.expect_again(camera, why)
        self._waiting.add(Task(camera, lambda line: gaps.end(self._db, line, why, at_us)))

    def expect(self, cameras: Collection[str]) -> None:
        """Say which cameras are to be recorded: `state.silent` names those that are not, in spite of it."""
        self._watch.expect(cameras)

    def timeline(self, camera: str, day: date, tz: tzinfo = UTC) -> Day:
        """Return what is kept of a day that begins and ends at midnight in `tz`, and why there is no more."""
        return self._between(camera, *spans.bounds(day, tz))

    def between(self, camera: str, start: datetime, end: datetime) -> Day:
        """Return what is kept between two times, and why there is no more."""
        return self._between(camera, micros(start), micros(end))

    def days(self, camera: str, tz: tzinfo = UTC) -> list[date]:
        """Return the days in `tz` of which anything is kept, oldest first."""
        line = self._reader.line(camera)
        return [] if line is None else self._reader.with_db(lambda db: spans.days(db, line, tz))

    def spans(self, camera: str) -> list[tuple[datetime, datetime]]:
        """Return all stretches of time that are kept of a camera, in order."""
        line = self._reader.line(camera)
        if line is None:
            return []
        found = self._reader.with_db(lambda db: spans.stretches(db, line, 0, 1 << 60))
        joined = spans.join([(start, end, 0) for start, end, _ in found])
        return [(moment(start), moment(end)) for start, end, _ in joined]

    @property
    def limits(self) -> Limits:
        """What the recording may take now."""
        return self._limits

    @property
    def state(self) -> JournalState:
        """How the journal is now."""
        return self._watch.state(self._writer.abandoned, self._writer.committed_mono_us)

    @property
    def is_alive(self) -> bool:
        """Whether the thread that writes runs."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def size_bytes(self) -> int:
        """What all kept files take together."""
        return self._writer.room.total

    @property
    def oldest(self) -> datetime | None:
        """When the oldest footage of all begins."""
        rows = self._reader.ask("SELECT start_us FROM file ORDER BY id LIMIT 1")
        return moment(rows[0][0]) if rows else None

    @property
    def keys_since(self) -> date | None:
        """The oldest day whose key only a key of the household's may open; None while there is none."""
        named = sorted(self._keys.days("age"))
        return date.fromisoformat(named[0][:10]) if named else None

    @property
    def free_bytes(self) -> int:
        """What the volume of the recording has free; 0 if it is not there."""
        try:
            return self._disk.free_bytes(self._roots.path)
        except OSError:
            return 0

    def change(self, limits: Limits) -> None:
        """Take other limits, or another folder, from the next commit on; returns at once."""
        self._limits = limits
        self._waiting.hurry()

    def seal_day_keys(self, recipients: Sequence[str]) -> None:
        """Seal the keys of days to the household's epoch, those to come as well; blocks for some syncs.

        Raises:
            JournalUnwritable: the disk refuses. BadKey: a recipient is none.
        """
        try:
            self._keys.seal_to(recipients, day_of(micros(clock.now())))
        except OSError as error:
            raise unwritable() from error

    def sealed_day_key(self, day: date) -> dict[str, bytes]:
        """Return the age files with the keys of a day, by name: a member's epoch key opens them."""
        return self._keys.sealed(day.isoformat())

    def lend_day_key(self, name: str, key: bytes) -> None:
        """Use a key that a member opened, until the hub stops.

        Raises:
            ValueError: it is no key. WrongDayKey: it is not that day's; all would look damaged under it.
        """
        if not self._reader.opens(name, cipher_of(key)):
            raise wrong_day_key()
        self._keys.lend(name, key)

    def seal_note(self, day: date, note: bytes) -> bytes:
        """Encrypt something about a day under its key, so that it goes when that goes.

        Raises:
            JournalUnwritable: the disk refuses a new day's key.
        """
        name = day.isoformat()
        if name not in self._noted:
            self._noted.add(name)
            self._waiting.add(Task(camera=None, do=lambda _: self._writer.note(name)))
        try:
            return seal_note(self._keys, name, note)
        except OSError as error:
            raise unwritable() from error

    def open_note(self, day: date, sealed: bytes) -> bytes | None:
        """Return what `seal_note` took, None if the day's key is gone or it is something else."""
        return open_note(self._keys, day.isoformat(), sealed)

    def _between(self, camera: str, start_us: int, end_us: int) -> Day:
        line = self._reader.line(camera)
        if line is None:
            return Day([], [])
        now_us = micros(clock.now())
        return self._reader.with_db(lambda db: spans.between(db, line, start_us, end_us, now_us))

    def _damaged(self, camera: str, file: int, place: int) -> None:
        self._waiting.add(Task(camera, lambda _: self._writer.lose(file, place)))

    def _run(self) -> None:
        while not self._waiting.is_stopping:
            self._waiting.wait(1.0)
            with self._writing:
                self._step()

    def _write_all(self) -> None:
        self._step()
        while not self._waiting.is_empty:
            self._step()

    def _take_limits(self) -> None:
        limits, before = self._limits, self._writer.limits
        if limits == before:
            return
        if limits.folder != before.folder:
            self._writer.close_files()
            self._roots.choose(limits.folder)
        self._writer.change(limits)
        self._maintained = 0.0

    def _step(self) -> None:
        with self._surviving():
            self._take_limits()
        batch = self._waiting.take()
        began = time.monotonic()
        with self._surviving():
            self._writer.write(batch)
            self._watch.wrote(self._writer.trouble, time.monotonic() - began, anything=bool(batch.segments))
        for mark in batch.marks:
            mark.set()
        if began - self._maintained > MAINTAIN_S:
            self._maintained = began
            with self._surviving():
                self._writer.maintain(micros(clock.now()), clock.mono_us())

    @contextlib.contextmanager
    def _surviving(self) -> Iterator[None]:
        """Say what fails, and go on: the one thread that writes for all cameras ends at `close` only."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - ours or the disk's, recording goes on
            if not isinstance(error, (OSError, sqlite3.Error)):
                faults.tell(error)
            self._watch.wrote((reason(error), ""), 0.0, anything=True)
