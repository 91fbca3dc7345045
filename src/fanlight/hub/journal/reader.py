"""Read the recording back: by time, in the order in which it was lived.

In:     a camera, a role and two times.
Out:    segments; the records that could not be read.
Holds:  memory for one segment, however long the range. What the hub's clock lived twice comes twice, the
        earlier pass first.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from fanlight.hub.journal.daykeys import DayKeys
from fanlight.hub.journal.files import LONGEST_US, path_of
from fanlight.hub.journal.record import Facts, open_flat, open_fragment
from fanlight.hub.journal.room import relative_path
from fanlight.hub.journal.roots import Roots
from fanlight.hub.journal.schema import FLAT
from fanlight.hub.segmenter.segment import Segment

T = TypeVar("T")
Row = tuple[Any, ...]
OnDamage = Callable[[str, int, int], None]
_LONGEST_FILE_US = LONGEST_US + 60_000_000  # a file, and a segment longer than any camera's
_PLACE = (
    "SELECT place, length, codec, width, height, config, audio_codec, audio_rate, audio_channels,"
    " audio_config, run, start_90k, duration_90k, wall_us, mono_us, is_key, is_discontinuous"
    " FROM segment JOIN stream ON stream.id = stream WHERE file = ?"
)


class Reader:
    """Reads one journal by a connection of its own; any thread may use it."""

    def __init__(self, db: sqlite3.Connection, keys: DayKeys, roots: Roots, on_damage: OnDamage) -> None:
        """Tell `on_damage` camera, file and place of each record that is not what was written."""
        self._db, self._keys, self._roots, self._on_damage = db, keys, roots, on_damage
        self._lock = threading.Lock()

    def ask(self, statement: str, *values: object) -> list[Row]:
        """Return the rows of a query; raises sqlite3.Error."""
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    def opens(self, day: str, cipher: ChaCha20Poly1305) -> bool:
        """Tell whether a cipher may be a day's: it opens a record of it, or there is none to try.

        A wrong one would make all that it is tried on look damaged. Several files are tried: one may be.
        """
        tried = False
        for name, root, camera, place, length in self.ask(
            "SELECT name, root, camera, place, length FROM file JOIN line ON line.id = line"
            " JOIN segment ON file = file.id WHERE day = ? AND form != ? GROUP BY file.id"
            " ORDER BY file.id DESC LIMIT 8",
            day, FLAT,
        ):  # fmt: skip
            try:
                with path_of(self._roots.of(root), camera, day, name).open("rb") as file:
                    record = os.pread(file.fileno(), length, place)
            except OSError:
                continue
            tried = True
            if open_fragment(cipher, name, place, record) is not None:
                return True
        return not tried

    def with_db(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do some reading; raises sqlite3.Error."""
        with self._lock:
            return work(self._db)

    def line(self, camera: str, role: str = "main") -> int | None:
        """Return the number of a camera's stream, None if nothing of it was ever kept."""
        rows = self.ask("SELECT id FROM line WHERE camera = ? AND role = ?", camera, role)
        return rows[0][0] if rows else None

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._db.close()

    def segments(self, camera: str, start_us: int, end_us: int, role: str) -> Iterator[Segment]:
        """Yield what is kept between two times, from a keyframe on where there is one."""
        files = self.ask(
            "SELECT file.id, name, root, form, day, line FROM file JOIN line ON line.id = line"
            " WHERE camera = ? AND role = ? AND start_us > ? AND start_us < ? AND end_us > ?"
            " ORDER BY file.id",
            camera, role, start_us - _LONGEST_FILE_US, end_us, start_us,
        )  # fmt: skip
        begun = False
        for file in files:
            rows = [r for r in self._rows(file[0]) if r[13] < end_us and r[13] + r[12] * 100 // 9 > start_us]
            if rows and not begun:
                for earlier, its_rows in self._back_to_key(file, rows[0]):
                    for segment in self._open(camera, earlier, its_rows):
                        begun = begun or segment.is_key
                        if begun:
                            yield segment
            for segment in self._open(camera, file, rows):
                begun = begun or segment.is_key
                if begun:
                    yield segment

    def _rows(self, file: int) -> list[Row]:
        return self.ask(f"{_PLACE} ORDER BY place", file)

    def _back_to_key(self, file: Row, row: Row) -> list[tuple[Row, list[Row]]]:
        """Return what lies before a row of a file that is no keyframe, back to one, oldest first."""
        found: list[tuple[Row, list[Row]]] = []
        run, before, needs_key = row[10], row[0], not row[15]
        while needs_key:
            rows = [r for r in self._rows(file[0]) if r[0] < before and r[10] == run]
            keys = [number for number, r in enumerate(rows) if r[15]]
            if rows:
                found.insert(0, (file, rows[keys[-1] :] if keys else rows))
            if keys:
                break
            earlier = self.ask(
                "SELECT id, name, root, form, day, line FROM file WHERE line = ? AND id < ?"
                " ORDER BY id DESC LIMIT 1",
                file[5], file[0],
            )  # fmt: skip
            if not earlier or not any(r[10] == run for r in self._rows(earlier[0][0])):
                break
            file, before = earlier[0], 1 << 62
        return found

    def _open(self, camera: str, file: Row, rows: list[Row]) -> Iterator[Segment]:
        identity, name, root, form, day = file[:5]
        cipher = self._keys.find(day) if rows else None
        if cipher is None:
            return
        path = self._roots.of(root) / relative_path(form, camera, day, name)
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            if not self._roots.why_missing(root) and self.ask("SELECT 1 FROM file WHERE id = ?", identity):
                for row in rows:
                    self._on_damage(camera, identity, row[0])
            return
        except OSError:
            return
        try:
            for row in rows:
                try:
                    record = os.pread(handle, row[1], row[0])
                except OSError:
                    record = b""
                fragment = (
                    open_flat(cipher, name, record)
                    if form == FLAT
                    else open_fragment(cipher, name, row[0], record)
                )
                if fragment is None:
                    self._on_damage(camera, identity, row[0])
                else:
                    yield _segment(row, fragment)
        finally:
            os.close(handle)


def _segment(row: Row, fragment: bytes) -> Segment:
    sound = (row[6], row[7], row[8], row[9]) if row[6] else None
    facts = Facts(
        "", "", row[2], row[3], row[4], row[5], sound, ("", 0, 0), row[10], row[11], row[12], row[13],
        row[14], bool(row[15]), bool(row[16]),
    )  # fmt: skip
    return facts.segment(fragment)
