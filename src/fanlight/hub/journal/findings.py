"""What may be wrong with a journal, one by one: each finding says what, and how it is put right.

In:     the database, the roots, the keys.
Out:    findings, by the invariant's name.
Holds:  every `mend` is atomic and harmless when repeated: whoever mends may be stopped anywhere.
Absent: who asks: start-up (hub.journal.repair) or a person (hub.journal.check).
Why:    docs/design/journal.md
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fanlight.hub.journal import gaps
from fanlight.hub.journal.daykeys import FORGET_S, DayKeys, is_old
from fanlight.hub.journal.disk import Disk
from fanlight.hub.journal.files import Folders
from fanlight.hub.journal.limits import Limits
from fanlight.hub.journal.record import HEAD_BYTES, TAG, length_of, moment, open_flat, open_fragment
from fanlight.hub.journal.room import Room, discard, relative_path
from fanlight.hub.journal.roots import MARKER, Roots
from fanlight.hub.journal.schema import FLAT, HOUR_US, transaction
from fanlight.hub.journal.spans import expected, settle

_LATE_US = 3_600_000_000  # a running hub looks at its keys every ten minutes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold. `mend` puts it right, None where only a person can.

    `in_passing`: on a running hub it may be what is being written just now. `file` is the row it is about.
    """

    invariant: str
    what: str
    mend: Callable[[], None] | None = None
    in_passing: bool = False
    file: int | None = None


@dataclass(slots=True)
class Store:
    """One journal, to be looked at. `unseen` counts what lies on disks that are not there, by reason."""

    db: sqlite3.Connection
    disk: Disk
    roots: Roots
    keys: DayKeys
    unseen: dict[str, int] = field(default_factory=dict)
    records: int = 0
    forgotten: int = 0

    def files(self) -> list[tuple[int, int, str, int, str, int]]:
        """Return (id, root, path in it, form, day, size) of every file with a row."""
        return [
            (file, root, relative_path(form, camera, day, name), form, day, size)
            for file, name, root, form, day, size, camera in self.db.execute(
                "SELECT file.id, name, root, form, day, size_bytes, camera FROM file"
                " JOIN line ON line.id = line ORDER BY file.id"
            )
        ]

    def why_missing(self, root: int) -> bool:
        """Tell whether a root's disk is not there; count it."""
        why = self.roots.why_missing(root)
        if why:
            self.unseen[why] = self.unseen.get(why, 0) + 1
        return bool(why)


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
    first, last = db.execute(
        "SELECT min(wall_us), max(wall_us + duration_90k * 100 / 9) FROM segment WHERE file = ?", (file,)
    ).fetchone()
    if first is None:
        discard(db, file)
    else:
        db.execute("UPDATE file SET start_us = ?, end_us = ? WHERE id = ?", (first, last, file))
        settle(db, line, first // HOUR_US)
    return line, start_us // HOUR_US


def _lose(store: Store, file: int, places: list[int] | None, size: int | None = None) -> Callable[[], None]:
    def mend() -> None:
        with transaction(store.db, store.disk):
            if size is not None:
                store.db.execute("UPDATE file SET size_bytes = ? WHERE id = ?", (size, file))
            for place in [None] if places is None else places:
                if store.db.execute("SELECT 1 FROM file WHERE id = ?", (file,)).fetchone():
                    settle(store.db, *lose(store.db, file, place))

    return mend


def of_files(store: Store) -> Iterator[Finding]:
    """Find files without rows (J2) and files that are not as long as their rows say (J3)."""
    rows = {(root, path): (file, size) for file, root, path, _, _, size in store.files()}
    garbage = {(root, path) for root, path in store.db.execute("SELECT root, path FROM garbage")}
    for root, folder in store.roots.all().items():
        if store.why_missing(root) or not folder.is_dir():
            continue
        for path in _below(folder):
            key = (root, str(path.relative_to(folder)))
            size, row = path.stat().st_size, rows.pop(key, None)
            if row is None:
                if key not in garbage:
                    yield Finding("J2", f"{path} has no row.", _remove(store, path), in_passing=True)
            elif size > row[1]:
                what = f"{path} goes on behind its last record."
                yield Finding("J3", what, _shorten(store, path, row[1]), in_passing=True)
            elif size < row[1]:
                lost = store.db.execute(
                    "SELECT place FROM segment WHERE file = ? AND place + length > ?", (row[0], size)
                ).fetchall()
                what = f"{path} ends before its last record."
                mend = _lose(store, row[0], [place for (place,) in lost], size)
                yield Finding("J1", what, mend, file=row[0])
    for (root, relative), (file, _) in rows.items():
        if not store.roots.why_missing(root):
            what = f"{store.roots.of(root) / relative} is gone."
            yield Finding("J1", what, _lose(store, file, None), file=file)


def of_garbage(store: Store) -> Iterator[Finding]:
    """Find files that are on their way out still (J2)."""
    for name, root, relative in store.db.execute("SELECT name, root, path FROM garbage").fetchall():
        if not store.why_missing(root):
            path = store.roots.of(root) / relative
            named = store.db.execute("SELECT 1 FROM file WHERE name = ?", (name,)).fetchone()
            what = f"{path} has a row and a garbage row." if named else f"{path} was to be removed."
            yield Finding("J2", what, _drop_garbage(store, name, None if named else path), in_passing=True)


def of_records(store: Store) -> Iterator[Finding]:
    """Find records that are not what their rows say: another tag, or not opened by their day's key (J1)."""
    for file, root, relative, form, day, _ in store.files():
        path = store.roots.of(root) / relative
        if store.roots.why_missing(root):
            continue
        cipher = store.keys.find(day)
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            if store.db.execute("SELECT 1 FROM file WHERE id = ?", (file,)).fetchone():
                yield Finding("J1", f"{path} cannot be read.", _lose(store, file, None), file=file)
            continue
        try:
            bad = []
            for place, length, tag in store.db.execute(
                "SELECT place, length, tag FROM segment WHERE file = ? ORDER BY place", (file,)
            ).fetchall():
                store.records += 1
                store.forgotten += cipher is None
                record = _read(handle, place, length)
                if form == FLAT:
                    good = cipher is None or open_flat(cipher, path.name, record) is not None
                else:
                    good = length_of(record[:HEAD_BYTES]) == length == len(record) and record[-TAG:] == tag
                    good = good and (
                        cipher is None or open_fragment(cipher, path.name, place, record) is not None
                    )
                if not good:
                    bad.append(place)
        finally:
            os.close(handle)
        if bad:
            what = f"{path}: {len(bad)} of its records are not what was written."
            yield Finding("J1", what, _lose(store, file, bad), file=file)


def of_rows(store: Store) -> Iterator[Finding]:
    """Find rows that contradict each other (J3)."""
    end, last = 0, 0
    for file, place, length, size in store.db.execute(
        "SELECT file.id, place, length, size_bytes FROM file JOIN segment ON file = file.id ORDER BY 1, 2"
    ).fetchall():
        end = 0 if file != last else end
        if place < end or place + length > size:
            what = f"File {file}: the record at {place} lies over another, or outside."
            yield Finding("J3", what, _lose(store, file, [place]))
        end, last = max(end, place + length), file
    for (file,) in store.db.execute(
        "SELECT id FROM file WHERE NOT EXISTS (SELECT 1 FROM segment WHERE file = file.id)"
    ).fetchall():
        yield Finding("J3", f"File {file} has no record.", _lose(store, file, None))
    for file, first, final in store.db.execute(
        "SELECT id, first, final FROM file JOIN (SELECT file AS f, min(wall_us) AS first,"
        " max(wall_us + duration_90k * 100 / 9) AS final FROM segment GROUP BY file) ON f = id"
        " WHERE start_us != first OR end_us != final"
    ).fetchall():
        yield Finding(
            "J3", f"File {file} says other times than its records.", _retime(store, file, first, final)
        )


def forgettable(db: sqlite3.Connection, keys: DayKeys, now_us: int) -> list[str]:
    """Return the days whose own copy of a key had its time, on the scale of `age`; the epoch has them."""
    # Not by the day's name: a clock that is years behind names its days wrongly, and they are today's.
    newest = dict(db.execute("SELECT day, max(kept_us) FROM file GROUP BY day"))
    oldest_us = now_us - round(FORGET_S * 1_000_000)
    return [
        day
        for day in sorted(keys.days("key") & keys.days("age"))
        if (newest[day] < oldest_us if day in newest else is_old(day, moment(now_us)))
    ]


def of_keys(store: Store, now_day: str, age_us: int | None) -> Iterator[Finding]:
    """Find days that no key opens, keys that open nothing, and keys that should be forgotten (J5)."""
    used = {day for (day,) in store.db.execute("SELECT DISTINCT day FROM file")}
    noted = {day for (day,) in store.db.execute("SELECT substr(name, 7) FROM meta WHERE name LIKE 'noted:%'")}
    whole = {day for day in store.keys.days("key") if store.keys.find(day)}
    sealed = store.keys.days("age")
    for day in sorted(used - whole - sealed):
        yield Finding("J5", f"Nothing opens the footage of {day}: its key is missing or damaged.")
    for day in sorted(store.keys.days() - used - noted - {now_day}):
        what = f"The key of {day} opens nothing any more."
        yield Finding("J5", what, _call(store.keys.destroy, day), in_passing=True)
    for day in [] if age_us is None else forgettable(store.db, store.keys, age_us - _LATE_US):
        yield Finding("J5", f"This hub still has its own key of {day}.", _call(store.keys.forget, day))
    for path in store.keys.open_to_others():
        yield Finding("J5", f"{path.name} can be read by others.", _call(store.keys.close_to_others, path))


def of_spans(store: Store) -> Iterator[Finding]:
    """Find hours whose spans are not what their files say (J6)."""
    hours = store.db.execute(
        "SELECT line, start_us / ?1 FROM file WHERE settled UNION SELECT line, hour FROM span", (HOUR_US,)
    ).fetchall()
    for line, hour in hours:
        there = store.db.execute(
            "SELECT start_us, end_us, class FROM span WHERE line = ? AND hour = ? ORDER BY 1, 2, 3",
            (line, hour),
        ).fetchall()
        if there != sorted(expected(store.db, line, hour)):
            yield Finding(
                "J6", f"The timeline of line {line} is wrong in hour {hour}.", _settle(store, line, hour)
            )


def of_gaps(store: Store) -> Iterator[Finding]:
    """Find gaps that end before they begin, are open twice, or have no known reason (J7)."""
    marks = ",".join("?" * len(gaps.WHYS))
    for (gap,) in store.db.execute(
        "SELECT id FROM gap WHERE end_us < start_us"  # noqa: S608
        f" OR why NOT IN ({marks}) OR (end_us IS NULL AND id > (SELECT min(id) FROM gap AS other"
        " WHERE other.line = gap.line AND other.why = gap.why AND other.end_us IS NULL))",
        gaps.WHYS,
    ).fetchall():
        yield Finding("J7", f"Gap {gap} makes no sense.", _delete_gap(store, gap))


def of_quota(store: Store, limits: Limits) -> Iterator[Finding]:
    """Find that the files take more than they may (J4)."""
    room = Room(store.db, store.disk, store.roots, Folders(store.disk))
    if room.total > limits.quota_bytes:
        what = f"The files take {room.total} bytes of {limits.quota_bytes}."
        yield Finding("J4", what, _call(room.make, limits, 0), in_passing=True)


def _below(folder: Path) -> Iterator[Path]:
    for above, _, names in os.walk(folder):
        for name in names:
            if not name.startswith(MARKER):
                yield Path(above, name)


def _read(handle: int, place: int, length: int) -> bytes:
    try:
        return os.pread(handle, length, place)
    except OSError:
        return b""


def _call(work: Callable[..., object], *values: object) -> Callable[[], None]:
    def mend() -> None:
        work(*values)

    return mend


def _remove(store: Store, path: Path) -> Callable[[], None]:
    def mend() -> None:
        store.disk.remove(path)
        store.disk.sync_folder(path.parent)

    return mend


def _shorten(store: Store, path: Path, size: int) -> Callable[[], None]:
    return lambda: store.disk.shorten(path, size)


def _drop_garbage(store: Store, name: str, path: Path | None) -> Callable[[], None]:
    def mend() -> None:
        if path is not None and path.parent.is_dir():
            store.disk.remove(path)
            store.disk.sync_folder(path.parent)
        store.db.execute("DELETE FROM garbage WHERE name = ?", (name,))

    return mend


def _retime(store: Store, file: int, first: int, last: int) -> Callable[[], None]:
    def mend() -> None:
        with transaction(store.db, store.disk):
            line, start_us = store.db.execute(
                "SELECT line, start_us FROM file WHERE id = ?", (file,)
            ).fetchone()
            store.db.execute("UPDATE file SET start_us = ?, end_us = ? WHERE id = ?", (first, last, file))
            settle(store.db, line, start_us // HOUR_US)
            settle(store.db, line, first // HOUR_US)

    return mend


def _settle(store: Store, line: int, hour: int) -> Callable[[], None]:
    def mend() -> None:
        with transaction(store.db, store.disk):
            settle(store.db, line, hour)

    return mend


def _delete_gap(store: Store, gap: int) -> Callable[[], None]:
    def mend() -> None:
        store.db.execute("DELETE FROM gap WHERE id = ?", (gap,))

    return mend
