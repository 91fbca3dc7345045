"""How long a timeline takes: 30 days of one camera that records always, an event every half hour.

    python bench/timeline.py

Rows only, made by the journal's own tables and settled by its own code; a timeline reads no file.
"""

import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from fanlight.hub.journal import Journal, Limits
from fanlight.hub.journal.schema import EVENT, HOUR_US, RECORDS, REST
from fanlight.hub.journal.spans import settle
from machine import Figure

DAYS = 30
CAMERA = "door"
EVENT_EVERY = 30  # minutes
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
FIGURES = [
    Figure(
        key="timeline_ms",
        what="30 days of a camera's timeline, spans and gaps",
        unit="ms",
        how="CPU time, median of 20 queries; 43,200 files, an event every half hour, a gap every six hours",
        at_most=20,
    )
]


def fill(folder: Path) -> Journal:
    """Return a journal with the rows of 30 days."""
    journal = Journal(folder, Limits(reserve_bytes=0))
    db = journal._db  # noqa: SLF001 - rows without files; a hub would take 30 days to write them
    db.execute("BEGIN")
    db.execute("INSERT INTO line VALUES (1, ?, 'main')", (CAMERA,))
    begin = int(BEGIN.timestamp()) * 1_000_000
    minute = 60_000_000
    db.executemany(
        "INSERT INTO file VALUES (?, ?, 1, 1, ?, ?, ?, ?, ?, 0, 22500000, 1)",
        (
            (
                number + 1, f"{number:026d}", f"{BEGIN + timedelta(minutes=number):%Y-%m-%d}", RECORDS,
                EVENT if number % EVENT_EVERY == 0 else REST, begin + number * minute,
                begin + (number + 1) * minute,
            )
            for number in range(DAYS * 1440)
        ),
    )  # fmt: skip
    db.executemany(
        "INSERT INTO gap (line, start_us, end_us, why) VALUES (1, ?, ?, 'away')",
        ((begin + n * 6 * HOUR_US, begin + n * 6 * HOUR_US + 5_000_000) for n in range(DAYS * 4)),
    )
    for hour in range(DAYS * 24):
        settle(db, 1, begin // HOUR_US + hour)
    db.execute("COMMIT")
    return journal


def measure() -> dict[str, float]:
    """Return the median CPU time of a query over all 30 days, in ms; it reads no file, so never waits."""
    with TemporaryDirectory() as folder:
        journal = fill(Path(folder))
        times = []
        for _ in range(20):
            began = time.thread_time()
            found = journal.between(CAMERA, BEGIN, BEGIN + timedelta(days=DAYS))
            times.append((time.thread_time() - began) * 1000)
        assert len(found.spans) >= 2 * DAYS * 48
        assert len(found.gaps) == DAYS * 4
        day = journal.timeline(CAMERA, BEGIN.date() + timedelta(days=15))
        assert len(day.spans) == 2 * 48
        journal._reader.close()  # noqa: SLF001 - not `close`, which would look for the files
        journal._db.close()  # noqa: SLF001
    return {"timeline_ms": statistics.median(times)}


if __name__ == "__main__":
    print(measure())
