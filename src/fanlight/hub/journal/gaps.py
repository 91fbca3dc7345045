"""Why there is nothing: the rows beside the footage.

Holds:  J7 a line has at most one open gap of a reason; a closed gap does not end before it begins. What a
        crash left open is closed when the hub is next heard of, and the time between is "stopped".
"""

import sqlite3
from typing import Literal, get_args

from fanlight.hub.journal.spans import JOIN_US

Why = Literal[
    "away", "refused", "unreadable", "off", "privacy", "indoors",  # the pipeline tells these
    "stopped", "full", "unwritable", "slow", "missing", "clock", "damaged",  # the journal finds these
]  # fmt: skip
WHYS: tuple[str, ...] = get_args(Why)


def begin(db: sqlite3.Connection, line: int, why: str, at_us: int) -> None:
    """Open a gap, unless it is open."""
    if not db.execute(
        "SELECT 1 FROM gap WHERE line = ? AND why = ? AND end_us IS NULL", (line, why)
    ).fetchone():
        db.execute("INSERT INTO gap (line, start_us, why) VALUES (?, ?, ?)", (line, at_us, why))


def end(db: sqlite3.Connection, line: int, why: str, at_us: int) -> None:
    """Close a gap, if it is open."""
    db.execute(
        "UPDATE gap SET end_us = max(start_us, ?) WHERE line = ? AND why = ? AND end_us IS NULL",
        (at_us, line, why),
    )


def note(db: sqlite3.Connection, line: int, why: str, start_us: int, end_us: int) -> None:
    """Write down a gap that is over; one that goes on where the last of its kind ended makes that longer."""
    found = db.execute(
        "SELECT id FROM gap WHERE line = ? AND why = ? AND end_us BETWEEN ? AND ? AND start_us <= ?"
        " ORDER BY id DESC LIMIT 1",
        (line, why, start_us - JOIN_US, end_us, start_us),
    ).fetchone()
    if found:
        db.execute("UPDATE gap SET end_us = ? WHERE id = ?", (end_us, found[0]))
    else:
        db.execute(
            "INSERT INTO gap (line, start_us, end_us, why) VALUES (?, ?, ?, ?)",
            (line, min(start_us, end_us), max(start_us, end_us), why),
        )


def note_step(db: sqlite3.Connection, line: int, start_us: int, end_us: int) -> None:
    """Write down that the clock was set: between these times nothing was lived, or everything twice."""
    row = (line, start_us, end_us)
    if not db.execute(
        "SELECT 1 FROM gap WHERE (line, start_us, end_us) = (?, ?, ?) AND why = 'clock'", row
    ).fetchone():
        db.execute("INSERT INTO gap (line, start_us, end_us, why) VALUES (?, ?, ?, 'clock')", row)


def after_stop(db: sqlite3.Connection, alive_us: int | None, now_us: int) -> None:
    """Note for every line that the hub was stopped from when it was last heard of until now."""
    lines = db.execute(
        "SELECT line.id, coalesce((SELECT end_us FROM file WHERE file.line = line.id"
        " ORDER BY id DESC LIMIT 1), 0) FROM line"
    ).fetchall()
    for line, newest_us in lines:
        heard = max(newest_us, alive_us or 0)
        if not heard:
            continue
        db.execute(
            "UPDATE gap SET end_us = max(start_us, ?) WHERE line = ? AND end_us IS NULL", (heard, line)
        )
        if now_us > heard:
            note(db, line, "stopped", heard, now_us)
