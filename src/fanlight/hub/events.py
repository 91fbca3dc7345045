"""What was seen at this home, for those who live in it: kept on the hub, trimmed with the recording.

In:     the beginning and the end of each event, and the clip that was made of it.
Out:    rows for the hub's page, newest first.
Holds:  V1 thumbnails are on disk encrypted under the recording's day key only: they go when its key goes.
        V2 nothing here is ever sent: a label leaves the hub inside a sealed clip, or where the household
           itself connected home automation.
Absent: who it was. A kind of thing, when, where in the picture, and what a member said of it.
Why:    docs/design/hub.md
"""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from fanlight.model.errors import FanlightError

LIST_LIMIT = 1_000
_COLUMNS = "id, camera, label, start_ms, end_ms, score, zones, change, clip, not_this, box"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS event (
    id TEXT PRIMARY KEY, camera TEXT NOT NULL, label TEXT NOT NULL, start_ms INTEGER NOT NULL,
    end_ms INTEGER, score INTEGER NOT NULL, zones TEXT NOT NULL DEFAULT '', change TEXT,
    clip TEXT, not_this INTEGER NOT NULL DEFAULT 0, box TEXT, day TEXT NOT NULL, thumb BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS event_by_time ON event (start_ms);
"""

SealNote = Callable[[date, bytes], bytes]
OpenNote = Callable[[date, bytes], bytes | None]
BoxShares = tuple[float, float, float, float]


class EventsUnwritable(FanlightError):
    """The list of events cannot be written or read."""

    code = "hub.events_unwritable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One event. `end` is None while it lasts; `score` is in percent; `zones` are names of zones.

    `change` is `left` or `taken` for a package. `box` is where it was, shares of the picture (left, top,
    right, bottom). `clip` is the sealed clip's id, None while there is none.
    """

    id: str
    camera: str
    label: str
    start: datetime
    end: datetime | None
    score: int
    zones: tuple[str, ...] = ()
    change: str | None = None
    clip: str | None = None
    not_this: bool = False
    box: BoxShares | None = None


def _ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)


class Events:
    """The events of one hub. Any thread may use it."""

    def __init__(self, folder: Path, seal: SealNote, open_: OpenNote) -> None:
        """Open or make the list in `folder`; `seal` and `open_` work under the recording's day keys.

        Raises:
            EventsUnwritable: the disk does not let us.
        """
        self._seal, self._open, self._lock = seal, open_, threading.Lock()
        try:
            self._db = sqlite3.connect(
                folder / "events.sqlite", isolation_level=None, check_same_thread=False
            )
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise _unwritable() from error
        # A hub that was killed leaves events that nobody ends any more.
        self._ask("UPDATE event SET end_ms = start_ms WHERE end_ms IS NULL")

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def put(self, row: Row, thumb: bytes) -> None:
        """Keep an event as it stands now; a clip and a member's mark that are known already stay.

        Raises:
            EventsUnwritable: the disk refuses; the event's clip does not depend on it.
        """
        day = row.start.date()
        values = (
            row.id, row.camera, row.label, _ms(row.start), None if row.end is None else _ms(row.end),
            row.score, "\n".join(row.zones), row.change, row.clip, int(row.not_this),
            None if row.box is None else " ".join(f"{share:.4f}" for share in row.box),
            day.isoformat(), self._seal(day, thumb) if thumb else None,
        )  # fmt: skip
        self._ask(
            f"INSERT INTO event ({_COLUMNS}, day, thumb) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608
            " ON CONFLICT (id) DO UPDATE SET label = excluded.label,"
            " end_ms = coalesce(excluded.end_ms, end_ms),"
            " score = excluded.score, zones = excluded.zones, change = excluded.change, box = excluded.box,"
            " clip = coalesce(excluded.clip, clip), thumb = coalesce(excluded.thumb, thumb)",
            *values,
        )

    def has_clip(self, event: str, clip: str) -> None:
        """Note which sealed clip shows an event."""
        self._ask("UPDATE event SET clip = ? WHERE id = ?", clip, event)

    def mark(self, event: str, *, not_this: bool) -> Row | None:
        """Note what a member says of an event; return it, None if there is none."""
        self._ask("UPDATE event SET not_this = ? WHERE id = ?", int(not_this), event)
        return self.get(event)

    def get(self, event: str) -> Row | None:
        """Return one event."""
        rows = self._ask(f"SELECT {_COLUMNS} FROM event WHERE id = ?", event)  # noqa: S608
        return _row(rows[0]) if rows else None

    def thumb(self, event: str) -> bytes | None:
        """Return an event's JPEG, None if there is none or its day's key is gone."""
        rows = self._ask("SELECT day, thumb FROM event WHERE id = ?", event)
        if not rows or rows[0][1] is None:
            return None
        return self._open(date.fromisoformat(rows[0][0]), rows[0][1])

    def find(
        self,
        *,
        camera: str | None = None,
        label: str | None = None,
        since: datetime | None = None,
        before: datetime | None = None,
        limit: int = LIST_LIMIT,
    ) -> list[Row]:
        """Return events, newest first: those that begin at or after `since` and earlier than `before`."""
        asks, values = ["1"], list[Any]()
        for condition, value in (
            ("camera = ?", camera), ("label = ?", label),
            ("start_ms >= ?", None if since is None else _ms(since)),
            ("start_ms < ?", None if before is None else _ms(before)),
        ):  # fmt: skip
            if value is not None:
                asks.append(condition)
                values.append(value)
        rows = self._ask(
            f"SELECT {_COLUMNS} FROM event WHERE {' AND '.join(asks)}"  # noqa: S608 - our own words only
            " ORDER BY start_ms DESC, id LIMIT ?",
            *values,
            max(1, min(limit, LIST_LIMIT)),
        )
        return [_row(row) for row in rows]

    def cameras(self) -> list[str]:
        """Return every camera of which an event is kept, removed ones too."""
        return [camera for (camera,) in self._ask("SELECT DISTINCT camera FROM event ORDER BY camera")]

    def expire(self, camera: str, before: datetime) -> int:
        """Forget a camera's events that ended before a time; return how many."""
        rows = self._ask(
            "DELETE FROM event WHERE camera = ? AND end_ms IS NOT NULL AND end_ms < ? RETURNING id",
            camera,
            _ms(before),
        )
        return len(rows)

    def _ask(self, statement: str, *values: object) -> list[Any]:
        with self._lock:
            try:
                return self._db.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise _unwritable() from error


def _row(row: tuple[Any, ...]) -> Row:
    def time(ms: int) -> datetime:
        return datetime.fromtimestamp(ms / 1000, UTC)

    box = None if row[10] is None else tuple(float(share) for share in row[10].split())
    return Row(
        id=row[0],
        camera=row[1],
        label=row[2],
        start=time(row[3]),
        end=None if row[4] is None else time(row[4]),
        score=row[5],
        zones=tuple(row[6].split("\n")) if row[6] else (),
        change=row[7],
        clip=row[8],
        not_this=bool(row[9]),
        box=box if box is not None and len(box) == 4 else None,  # noqa: PLR2004 - two corners
    )


def _unwritable() -> EventsUnwritable:
    return EventsUnwritable(
        "The hub cannot write its list of events.",
        kept="The recording and all sealed clips are not touched.",
        do="Check that the hub's folder may be written and that its disk has room.",
    )
