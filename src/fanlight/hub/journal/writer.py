"""Put what was offered on disk: the journal's one writer.

In:     batches of segments, and what else is to be noted.
Out:    files, rows, gaps; how far each camera is committed.
Holds:  J1 append, sync each file once, sync new folders, then one transaction: a row implies its record.
        After a failed sync or commit nothing of that batch is trusted or retried: its files are closed,
        its segments are a gap. What then lies on disk is compared with the rows after the next commit, and
        not before: a commit that failed may still stand in SQLite's log until that is written over.
Absent: waiting and threads (hub.journal.journal).
Why:    docs/design/journal.md
"""

import contextlib
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from fanlight.hub.journal import faults, gaps
from fanlight.hub.journal.age import AgeClock
from fanlight.hub.journal.appending import Appender, day_of, reason
from fanlight.hub.journal.daykeys import DayKeys
from fanlight.hub.journal.disk import Disk
from fanlight.hub.journal.files import LONGEST_US, Folders, OpenFile
from fanlight.hub.journal.findings import forgettable, lose
from fanlight.hub.journal.limits import Limits
from fanlight.hub.journal.record import micros, moment
from fanlight.hub.journal.repair import tidy
from fanlight.hub.journal.room import Room
from fanlight.hub.journal.roots import Roots
from fanlight.hub.journal.schema import EVENT, HOUR_US, REST, transaction
from fanlight.hub.journal.spans import settle
from fanlight.hub.journal.waiting import Batch, Offered, Task
from fanlight.hub.packet import Role
from fanlight.model import clock

_STEP_US = 2_000_000
_KEYS_US = 600_000_000
_MORE = 1_024  # a record's bytes beside its fragment, amply
_FILE_ROW = (
    "INSERT INTO file (id, name, root, line, day, form, class, start_us, end_us, kept_us, size_bytes,"
    " settled) VALUES (?,?,?,?,?,?,?,?,?,?,?,0)"
)


class Writer:
    """The state of writing; one thread at a time uses it."""

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of one journal
        self, db: sqlite3.Connection, disk: Disk, keys: DayKeys, roots: Roots, limits: Limits, age: AgeClock
    ) -> None:
        """Read the totals and how far each line is committed."""
        self._db, self._disk, self._keys, self._roots, self._age = db, disk, keys, roots, age
        self.limits = limits
        folders = Folders(disk)
        self.room = Room(db, disk, roots, folders)
        self.room.learn(limits)
        self._files = Appender(db, disk, keys, roots, self.room, age, folders)
        self.committed: dict[tuple[str, str], datetime] = {}
        self.committed_mono_us: dict[str, int] = {}
        self.abandoned = 0
        self.trouble: tuple[str, str] | None = None  # reason and more of the last batch
        for key, line in self._files.lines.items():
            newest = db.execute(
                "SELECT end_us FROM file WHERE line = ? ORDER BY id DESC LIMIT 1", (line,)
            ).fetchone()
            if newest:
                self.committed[key] = moment(newest[0])
        self._tasks: list[Task] = []
        self._undecided: dict[int, Offered] = {}
        self._lost: dict[tuple[str, Role, str], tuple[int, int]] = {}
        self._clocks: dict[int, tuple[int, int]] = {}
        self._keep: dict[str, list[tuple[int, int]]] = {}
        self._keys_looked_us = -_KEYS_US

    def write(self, batch: Batch) -> None:
        """Write a batch; what fails is abandoned, counted, told in `trouble` and noted as a gap."""
        self.trouble = None
        self._tasks += batch.tasks
        self._abandon(batch.dropped, "slow")
        self._undecided = {id(item): item for item in batch.segments}
        touched: list[OpenFile] = []
        try:
            if batch.segments:
                self._append(batch.segments, touched)
            self._sync(touched)
            self._commit(touched)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next batch is written
            if not isinstance(error, (OSError, sqlite3.Error)):
                faults.tell(error)
                self.trouble = ("unwritable", "")
            for file in touched:
                self._files.give_up(file)
            self._abandon(self._undecided.values(), reason(error))
            with contextlib.suppress(sqlite3.Error):
                self.room.count()
        else:
            self._reconcile()

    def close_files(self) -> None:
        """Close what is being written, so that nothing is open on a disk that goes; may be repeated."""
        for file in list(self._files.open.values()):
            self._files.close(file)

    def change(self, limits: Limits) -> None:
        """Take other limits; raises sqlite3.Error."""
        self.room.learn(limits)
        self.limits = limits
        self._keys_looked_us = -_KEYS_US

    def maintain(self, wall_us: int, mono_us: int) -> None:
        """Remove what is too old and forget keys; raises OSError, sqlite3.Error."""
        now_us = self._age.now_us(wall_us, mono_us)
        self.room.expire(self.limits, now_us)
        self.room.clear_garbage()
        if mono_us - self._keys_looked_us >= _KEYS_US:
            self._keys_looked_us = mono_us
            self._forget_keys(wall_us, now_us)
        self._db.executemany(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)", [("alive_us", wall_us), ("age_us", now_us)]
        )

    def keep(self, camera: str, start_us: int, end_us: int) -> None:
        """Make a stretch footage of an event, within a transaction; what is still to come of it, too."""
        recent = self._keep.setdefault(camera, [])
        if (start_us, end_us) not in recent:
            recent.append((start_us, end_us))
            del recent[:-32]
        for line in [line for (name, _), line in self._files.lines.items() if name == camera]:
            rows = self._db.execute(
                "SELECT id, size_bytes, start_us FROM file WHERE line = ? AND start_us > ? AND start_us < ?"
                " AND end_us > ? AND class = ?",
                (line, start_us - 2 * LONGEST_US, end_us, start_us, REST),
            ).fetchall()
            for file, size, _ in rows:
                self._db.execute("UPDATE file SET class = ? WHERE id = ?", (EVENT, file))
                self.room.add(line, REST, -size)
                self.room.add(line, EVENT, size)
                if line in self._files.open and self._files.open[line].id == file:
                    self._files.open[line].kind = EVENT
            for hour in {start // HOUR_US for _, _, start in rows}:
                settle(self._db, line, hour)

    def note(self, day: str) -> None:
        """Remember that something beside footage is encrypted under a day's key, within a transaction."""
        self._db.execute("INSERT OR IGNORE INTO meta VALUES (?, 1)", (f"noted:{day}",))

    def lose(self, file: int, place: int) -> None:
        """Give up a record that cannot be read any more, within a transaction."""
        row = self._db.execute("SELECT 1 FROM segment WHERE file = ? AND place = ?", (file, place)).fetchone()
        if row and file not in {writing.id for writing in self._files.open.values()}:
            settle(self._db, *lose(self._db, file, place))
            self.room.count()

    def _append(self, items: list[Offered], touched: list[OpenFile]) -> None:
        if why := self._roots.why_missing(self._roots.current):
            self.close_files()
            self._abandon(items, "missing", why)
            return
        self._roots.make_ready()
        by_line: dict[tuple[str, Role], list[Offered]] = {}
        needs: dict[str, int] = {}
        for item in items:
            by_line.setdefault((item.camera, item.role), []).append(item)
            needs[item.camera] = needs.get(item.camera, 0) + len(item.segment.fragment) + _MORE
        small = self.room.make_within_own(self.limits, needs)
        if small:
            self.close_files()  # what is being written can give way the next time
            self._abandon([item for item in items if item.camera in small], "full")
            needs = {camera: need for camera, need in needs.items() if camera not in small}
            by_line = {key: mine for key, mine in by_line.items() if key[0] not in small}
            self.trouble = ("own", "")
        if not self.room.make(self.limits, sum(needs.values())):
            self.close_files()
            self._abandon([item for mine in by_line.values() for item in mine], "full")
            return
        for (camera, role), mine in by_line.items():
            line = self._files.line(camera, role)
            refused, why = self._files.append(line, mine, self.limits, touched)
            self._abandon(refused, why)
            if why == "full":
                self.close_files()

    def _sync(self, touched: list[OpenFile]) -> None:
        for file in touched:
            if not file.rows:
                continue
            try:
                file.sync(self._disk)
                if not file.is_known:
                    self._disk.sync_folder(file.path.parent)
            except OSError as error:
                self._abandon(list(file.items), reason(error))
                self._files.give_up(file)

    def _commit(self, touched: list[OpenFile]) -> None:
        ready = [file for file in touched if file.rows]
        if not (ready or self._tasks or self._lost or self._files.closed):
            return
        tasks = [(task, self._files.line(task.camera) if task.camera else 0) for task in self._tasks]
        lost = [(self._files.line(camera, role), why, *at) for (camera, role, why), at in self._lost.items()]
        with transaction(self._db, self._disk):
            for file in ready:
                self._write_rows(file)
            for line, why, start_us, end_us in lost:
                gaps.note(self._db, line, why, start_us, end_us)
            for task, line in tasks:
                self._do(task, line)
            self._settle()
        self._tasks.clear()
        self._lost.clear()
        self._files.closed.clear()
        now_us = clock.mono_us()
        for file in ready:
            last = file.items[-1]
            self.committed[last.camera, last.role] = last.segment.wall_end
            self.committed_mono_us[last.camera] = now_us
            for item in file.items:
                self._undecided.pop(id(item), None)
            self.room.add(file.line, file.kind, file.size - file.counted)
            file.counted, file.is_known = file.size, True
            file.rows.clear()
            file.items.clear()
            if self._files.open.get(file.line) is not file:
                file.let_go(self._disk)

    def _do(self, task: Task, line: int) -> None:
        """Do a task. One that fails by a fault of ours is not tried again with every batch to come."""
        try:
            task.do(line)
        except (OSError, sqlite3.Error):
            raise
        except Exception:
            self._tasks.remove(task)
            raise

    def _write_rows(self, file: OpenFile) -> None:
        camera = file.items[0].camera
        kind = file.kind
        if any(first < file.end_us and last > file.start_us for first, last in self._keep.get(camera, ())):
            kind = EVENT
        if file.is_known:
            if kind != file.kind:
                self.room.add(file.line, file.kind, -file.counted)
                self.room.add(file.line, kind, file.counted)
            self._db.execute(
                "UPDATE file SET end_us = ?, size_bytes = ?, class = ? WHERE id = ?",
                (file.end_us, file.size, kind, file.id),
            )
            file.kind = kind
        else:
            file.kind = kind
            self._db.execute(_FILE_ROW, file.row())
        self._db.executemany("INSERT INTO segment VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", file.rows)
        for item in file.items:
            self._watch_clock(file.line, item)

    def _watch_clock(self, line: int, item: Offered) -> None:
        """Note where the hub's clock was set: times that nobody lived, or that were lived twice."""
        segment = item.segment
        wall_us, end_us = micros(segment.wall), micros(segment.wall_end)
        before = self._clocks.get(line)
        if segment.mono_us and before and segment.is_discontinuous:
            due_us = before[0] + segment.mono_us - before[1]
            if abs(wall_us - due_us) > _STEP_US:
                gaps.note_step(self._db, line, min(wall_us, due_us), max(wall_us, due_us))
        if segment.mono_us:
            self._clocks[line] = (end_us, segment.mono_us + end_us - wall_us)

    def _settle(self) -> None:
        hours: set[tuple[int, int]] = set()
        for file in self._files.closed:
            for line, start_us in self._db.execute(
                "UPDATE file SET settled = 1 WHERE id = ? RETURNING line, start_us", (file,)
            ).fetchall():
                hours.add((line, start_us // HOUR_US))
        for line, hour in hours:
            settle(self._db, line, hour)

    def _reconcile(self) -> None:
        while self._files.doubtful:
            try:
                tidy(self._db, self._disk, self._files.doubtful[-1])
            except (OSError, sqlite3.Error):
                return  # start-up does it otherwise
            self._files.doubtful.pop()

    def _abandon(self, items: Iterable[Offered], why: str, more: str = "") -> None:
        for item in list(items):
            self._undecided.pop(id(item), None)
            self.abandoned += 1
            self.trouble = (why, more)
            start, end = micros(item.segment.wall), micros(item.segment.wall_end)
            key = (item.camera, item.role, why)
            first, last = self._lost.get(key, (start, end))
            self._lost[key] = (min(first, start), max(last, end))

    def _forget_keys(self, wall_us: int, now_us: int) -> None:
        """Destroy keys of days of which nothing is kept, and own copies after their time; raises OSError."""
        longest_s = self.room.longest_s(self.limits)
        used = {day for (day,) in self._db.execute("SELECT DISTINCT day FROM file")}
        used |= {file.day for file in self._files.open.values()} | {day_of(wall_us)}
        notes = self._db.execute("SELECT substr(name, 7) FROM meta WHERE name LIKE 'noted:%'")
        noted = {day for (day,) in notes}
        for day in self._keys.days() - used:
            if day not in noted or day < day_of(now_us - round(longest_s * 1_000_000)):
                self._keys.destroy(day)
                self._db.execute("DELETE FROM meta WHERE name = ?", (f"noted:{day}",))
        for day in forgettable(self._db, self._keys, now_us):
            self._keys.forget(day)
