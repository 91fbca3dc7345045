"""Append segments to the files of their streams. Nothing here is promised to anybody before a commit.

In:     segments, in order for each camera and role.
Out:    open files with records that wait for a sync and for their rows; segments that the disk refused.
Holds:  a file of which a write or a sync failed is not written again.
"""

import errno
import sqlite3
from datetime import UTC
from pathlib import Path

from fanlight.hub.journal import faults
from fanlight.hub.journal.age import AgeClock
from fanlight.hub.journal.daykeys import DayKeys
from fanlight.hub.journal.disk import Disk
from fanlight.hub.journal.files import LONGEST_US, SHORT_US, Folders, OpenFile
from fanlight.hub.journal.limits import Limits
from fanlight.hub.journal.record import EPOCH, US, Facts, micros
from fanlight.hub.journal.room import Room
from fanlight.hub.journal.roots import Roots
from fanlight.hub.journal.waiting import Offered
from fanlight.model import clock
from fanlight.model.ids import new_id

FILES_A_QUOTA = 16  # so that files that are being written are a small part of what there is room for
_STREAM = "codec, width, height, config, audio_codec, audio_rate, audio_channels, audio_config"
_KERNEL = Path("/proc/sys/kernel/random/boot_id")


def reason(error: Exception) -> str:
    """Return the reason of a gap that an error makes."""
    if isinstance(error, OSError):
        return "full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "unwritable"
    code = getattr(error, "sqlite_errorcode", None)
    return "full" if code == sqlite3.SQLITE_FULL else "unwritable"


def day_of(wall_us: int) -> str:
    """Return the day of a time, UTC."""
    return f"{(EPOCH + wall_us * US).astimezone(UTC):%Y-%m-%d}"


class Appender:
    """The files that are being written; the writer's thread uses it."""

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of one journal
        self, db: sqlite3.Connection, disk: Disk, keys: DayKeys, roots: Roots, room: Room, age: AgeClock,
        folders: Folders,
    ) -> None:  # fmt: skip
        """Read the lines; note this start of the hub."""
        self._db, self._disk, self._keys, self._roots = db, disk, keys, roots
        self._room, self._age, self._folders = room, age, folders
        self.lines: dict[tuple[str, str], int] = {
            (camera, role): line for line, camera, role in db.execute("SELECT id, camera, role FROM line")
        }
        self.open: dict[int, OpenFile] = {}
        self.closed: set[int] = set()  # files whose spans the next commit settles
        self.doubtful: list[Path] = []  # files of which something failed, to be compared with the rows
        (self._next,) = db.execute("SELECT coalesce(max(id), 0) + 1 FROM file").fetchone()
        self._streams: dict[tuple[object, ...], int] = {}
        self._boot, self._boot_facts = self._begin()

    def append(
        self, line: int, items: list[Offered], limits: Limits, touched: list[OpenFile]
    ) -> tuple[list[Offered], str]:
        """Append a stream's segments; return those that the disk refused, and the reason."""
        left = items
        for attempt in (1, 2):
            try:
                self._append(line, left, limits, touched)
            except OSError as error:
                why = reason(error)
                if (file := self.open.get(line)) is not None:
                    self.give_up(file)
                # Appended before the error, to a file that was full and closed since: those stand.
                safe = {id(item) for file in touched for item in file.items}
                left = [item for item in left if id(item) not in safe]
                size = sum(len(item.segment.fragment) for item in left)
                if attempt == 1 and why == "full" and self._room.give_up(2 * size, limits):
                    continue
                return left, why
            except sqlite3.Error:
                raise
            except Exception as error:  # noqa: BLE001 - what one camera sends must not cost the others theirs
                faults.tell(error)
                if (file := self.open.get(line)) is not None:
                    self.give_up(file)
                safe = {id(item) for file in touched for item in file.items}
                return [item for item in left if id(item) not in safe], "unwritable"
            break
        return [], ""

    def line(self, camera: str, role: str = "main") -> int:
        """Return the number of a camera's stream; not within a transaction, which may be undone."""
        found = self.lines.get((camera, role))
        if found is None:
            self._db.execute("INSERT OR IGNORE INTO line (camera, role) VALUES (?, ?)", (camera, role))
            (found,) = self._db.execute(
                "SELECT id FROM line WHERE camera = ? AND role = ?", (camera, role)
            ).fetchone()
            self.lines[camera, role] = found
            self._room.cameras[found] = camera
        return int(found)

    def close(self, file: OpenFile) -> None:
        """Write no more to a file. Where something in it waits for a commit, it stays open for that."""
        self.open.pop(file.line, None)
        self.closed.add(file.id)
        if not file.rows:
            file.let_go(self._disk)

    def give_up(self, file: OpenFile) -> None:
        """Trust no more what was appended to a file since its last commit."""
        file.rows.clear()
        file.items.clear()
        self.close(file)
        self.doubtful.append(file.path)

    def _append(self, line: int, items: list[Offered], limits: Limits, touched: list[OpenFile]) -> None:
        for item in items:
            facts = Facts.of(item.segment, item.camera, item.role, self._boot_facts)
            file = self._file_for(line, item.camera, facts, limits)
            if file not in touched:
                touched.append(file)
            file.add(self._disk, item, facts, self._stream(facts), self._boot)

    def _file_for(self, line: int, camera: str, facts: Facts, limits: Limits) -> OpenFile:
        file, day = self.open.get(line), day_of(facts.wall_us)
        if file is not None:
            if file.takes(facts, day):
                return file
            self.close(file)
        key, cipher = self._keys.make(day)
        name = new_id()
        path = self._folders.ensure(self._roots.path, (camera, key)) / name
        file = OpenFile(
            id=self._next,
            name=name,
            path=path,
            root=self._roots.current,
            line=line,
            day=key,
            cipher=cipher,
            handle=self._disk.create(path),
            kept_us=self._age.now_us(micros(clock.now()), clock.mono_us()),
            longest_us=LONGEST_US if limits.of(camera).rest_s is None else SHORT_US,
            largest_bytes=self._room.capacity // (FILES_A_QUOTA * max(len(self.lines), 1)),
        )
        self._next += 1
        self.open[line] = file
        return file

    def _stream(self, facts: Facts) -> int:
        key = (facts.codec, facts.width, facts.height, facts.config, *(facts.audio or ("", 0, 0, b"")))
        if key not in self._streams:
            self._db.execute(
                f"INSERT OR IGNORE INTO stream ({_STREAM}) VALUES (?,?,?,?,?,?,?,?)",  # noqa: S608
                key,
            )
            (self._streams[key],) = self._db.execute(
                f"SELECT id FROM stream WHERE ({_STREAM}) = (?,?,?,?,?,?,?,?)",  # noqa: S608
                key,
            ).fetchone()
        return self._streams[key]

    def _begin(self) -> tuple[int, tuple[str, int, int]]:
        """Write the row that ties this start's monotonic clock to the wall clock; drop those of no use."""
        kernel = _KERNEL.read_text().strip() if _KERNEL.exists() else ""
        facts = (kernel, micros(clock.now()), clock.mono_us())
        (newest,) = self._db.execute("SELECT coalesce(max(boot), 0) FROM segment").fetchone()
        self._db.execute("DELETE FROM boot WHERE id > ?", (newest,))
        self._db.execute("INSERT INTO boot (kernel, wall_us, mono_us) VALUES (?, ?, ?)", facts)
        return int(self._db.execute("SELECT max(id) FROM boot").fetchone()[0]), facts
