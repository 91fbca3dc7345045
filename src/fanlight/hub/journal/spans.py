"""What is kept of a camera, as stretches of time, quick to ask for: the timeline.

In:     rows of files.
Out:    spans and gaps of a day.
Holds:  J6 the spans of an hour are exactly those of the settled files that begin in it; files that are
        still written to are read beside them.
Why:    docs/design/journal.md: 30 days of one camera are 43,200 files and at least 720 spans.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from fanlight.hub.journal.record import EPOCH, US, micros, moment
from fanlight.hub.journal.schema import EVENT, HOUR_US, REST

JOIN_US = 1_000_000  # stretches less apart than this are one
Stretch = tuple[int, int, int]  # start and end, microseconds UTC, and class
KINDS = ("rest", "event")


@dataclass(frozen=True, slots=True)
class Day:
    """A day of one camera, or any other range.

    `spans` are (start, end, "event" | "rest"), `gaps` (start, end, why), both in order and cut to the range.
    """

    spans: list[tuple[datetime, datetime, str]]
    gaps: list[tuple[datetime, datetime, str]]


def join(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Return stretches in order of time, those of a class that touch made one."""
    joined: list[Stretch] = []
    for kind in (REST, EVENT):
        mine = sorted([stretch for stretch in stretches if stretch[2] == kind])
        if not mine:
            continue
        begin, until, _ = mine[0]
        for start, end, _ in mine:
            if start - until >= JOIN_US:
                joined.append((begin, until, kind))
                begin, until = start, end
            elif end > until:
                until = end
        joined.append((begin, until, kind))
    joined.sort()
    return joined


def expected(db: sqlite3.Connection, line: int, hour: int) -> list[Stretch]:
    """Return what the spans of an hour must be."""
    return join(
        db.execute(
            "SELECT start_us, end_us, class FROM file WHERE line = ? AND start_us >= ? AND start_us < ?"
            " AND settled",
            (line, hour * HOUR_US, (hour + 1) * HOUR_US),
        ).fetchall()
    )


def settle(db: sqlite3.Connection, line: int, hour: int) -> None:
    """Write the spans of an hour anew, within a transaction."""
    db.execute("DELETE FROM span WHERE line = ? AND hour = ?", (line, hour))
    db.executemany(
        "INSERT INTO span (line, hour, start_us, end_us, class) VALUES (?, ?, ?, ?, ?)",
        [(line, hour, *stretch) for stretch in expected(db, line, hour)],
    )


def stretches(db: sqlite3.Connection, line: int, start_us: int, end_us: int) -> list[Stretch]:
    """Return what is kept of a line between two times, in order."""
    # A span begins in its hour and ends at most an hour and a file later.
    rows = db.execute(
        "SELECT start_us, end_us, class FROM span WHERE line = ? AND hour BETWEEN ? AND ?"
        " AND start_us < ? AND end_us > ?",
        (line, start_us // HOUR_US - 2, end_us // HOUR_US, end_us, start_us),
    ).fetchall()
    rows += db.execute(
        "SELECT start_us, end_us, class FROM file WHERE line = ? AND NOT settled"
        " AND start_us < ? AND end_us > ?",
        (line, end_us, start_us),
    ).fetchall()
    return join(rows)


def between(db: sqlite3.Connection, line: int, start_us: int, end_us: int, now_us: int) -> Day:
    """Return the spans and gaps of a range; a gap that lasts ends at `now_us`."""
    found = stretches(db, line, start_us, end_us)
    begin, end = moment(start_us), moment(end_us)
    spans = [
        (moment(first) if first > start_us else begin, moment(last) if last < end_us else end, KINDS[kind])
        for first, last, kind in found
    ]
    gaps = []
    for first, last, why in db.execute(
        "SELECT start_us, end_us, why FROM gap WHERE line = ?1 AND start_us < ?3 AND end_us > ?2"
        " UNION ALL SELECT start_us, ?4, why FROM gap"
        " WHERE line = ?1 AND end_us IS NULL AND start_us < ?3 AND ?4 > ?2 ORDER BY 1",
        (line, start_us, end_us, now_us),
    ):
        if last > first:
            gaps.append((max(moment(first), begin), min(moment(last), end), why))
    return Day(spans, gaps)


def bounds(day: date, tz: tzinfo) -> tuple[int, int]:
    """Return when a day begins and ends where the clock shows `tz`: 23 to 25 hours."""
    begin = datetime.combine(day, time(), tz)
    end = datetime.combine(day + timedelta(days=1), time(), tz)
    return micros(begin), micros(end)


def days(db: sqlite3.Connection, line: int, tz: tzinfo = UTC) -> list[date]:
    """Return the days of which anything is kept, oldest first."""
    found: set[date] = set()
    rows = db.execute(
        "SELECT min(start_us), max(end_us) FROM span WHERE line = ? GROUP BY hour"
        " UNION ALL SELECT start_us, end_us FROM file WHERE line = ? AND NOT settled",
        (line, line),
    )
    for first, last in rows:
        for at in (first, last - 1):
            found.add((EPOCH + at * US).astimezone(tz).date())
    return sorted(found)
