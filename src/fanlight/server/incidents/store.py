"""The rows of incidents and of their sources."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from fanlight.server.incidents.rules import Kept
from fanlight.store.database import Tx, changed, many, one, value


class SourceRow(msgspec.Struct, frozen=True):
    """A source as kept. `settings`: canonical JSON."""

    id: str
    agency: str
    settings: str
    secret: bytes
    day: date
    ended: date | None


class IncidentRow(msgspec.Struct, frozen=True):
    """An incident as it is shown."""

    source: str
    key: bytes
    kind: str
    cells: list[str]
    began: datetime
    ends: datetime
    state: str


class TakenRow(msgspec.Struct, frozen=True):
    """What came from a source on a day."""

    source: str
    day: date
    uploads: int
    numbers: dict[str, int]


_SOURCE = "SELECT id, agency, settings, secret, day, ended FROM cad_source"


async def add_source(tx: Tx, row: SourceRow, leaf: str) -> None:
    """Store a source."""
    await tx.execute(
        "INSERT INTO cad_source (id, agency, settings, secret, day, leaf) VALUES (%s, %s, %s, %s, %s, %s)",
        [row.id, row.agency, row.settings, row.secret, row.day, leaf],
    )


async def end_source(tx: Tx, source: str, day: date, leaf: str) -> None:
    """End a source; what it told of is not shown any more, and goes with the next sweep."""
    query = "UPDATE cad_source SET ended = %s, end_leaf = %s WHERE id = %s"
    await tx.execute(query, [day, leaf, source])


async def source(tx: Tx, source_id: str, *, lock: bool = False) -> SourceRow | None:
    """Return a source; with `lock` nobody else changes what it told of until the transaction ends."""
    return await one(tx, SourceRow, _SOURCE + " WHERE id = %s" + (" FOR UPDATE" if lock else ""), [source_id])


async def sources(tx: Tx) -> list[SourceRow]:
    """Return all sources, those that ended too."""
    return await many(tx, SourceRow, _SOURCE + " ORDER BY day, id")


async def withdraw(tx: Tx, source_id: str, gone: Mapping[bytes, datetime]) -> int:
    """Take incidents away and let nothing bring them back; return how many were there."""
    keys, until = list(gone), list(gone.values())
    await tx.execute(
        "INSERT INTO incident_gone (source, key, until)"
        " SELECT %s, k, u FROM unnest(%s::bytea[], %s::timestamptz[]) AS t (k, u)"
        " ON CONFLICT (source, key) DO UPDATE SET until = greatest(incident_gone.until, excluded.until)",
        [source_id, keys, until],
    )
    return await changed(tx, "DELETE FROM incident WHERE source = %s AND key = ANY (%s)", [source_id, keys])


async def put(tx: Tx, source_id: str, kept: Sequence[Kept]) -> int:
    """Store what is kept; return how many were taken.

    A report that is older than what is known, or of something that was cancelled, is not taken.
    """
    columns = [
        [one.key for one in kept],
        [one.kind for one in kept],
        [" ".join(one.cells) for one in kept],
        [one.began for one in kept],
        [one.shown for one in kept],
        [one.ends for one in kept],
        [one.changed for one in kept],
        [one.state for one in kept],
    ]
    return await changed(
        tx,
        "INSERT INTO incident (source, key, kind, cells, began, shown, ends, changed, state)"
        " SELECT %s, key, kind, CASE cells WHEN '' THEN '{}'::text[] ELSE string_to_array(cells, ' ') END,"
        " began, shown, ends, changed, state"
        " FROM unnest(%s::bytea[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[],"
        " %s::timestamptz[], %s::timestamptz[], %s::text[])"
        " AS new (key, kind, cells, began, shown, ends, changed, state)"
        " WHERE NOT EXISTS (SELECT FROM incident_gone g WHERE g.source = %s AND g.key = new.key)"
        " ON CONFLICT (source, key) DO UPDATE SET kind = excluded.kind, cells = excluded.cells,"
        " began = excluded.began, ends = excluded.ends, changed = excluded.changed, state = excluded.state"
        " WHERE incident.changed <= excluded.changed",
        [source_id, *columns, source_id],
    )


async def count(tx: Tx, found: Mapping[tuple[date, str, str], int]) -> None:
    """Add to how many incidents of a class there were in a month, told by its first day, in a cell."""
    keys = list(found)
    await tx.execute(
        "INSERT INTO incident_month (month, kind, part, many)"
        " SELECT * FROM unnest(%s::date[], %s::text[], %s::text[], %s::integer[])"
        " ON CONFLICT (month, kind, part) DO UPDATE SET many = incident_month.many + excluded.many",
        [
            [key[0] for key in keys],
            [key[1] for key in keys],
            [key[2] for key in keys],
            [found[key] for key in keys],
        ],
    )


async def by_month(tx: Tx, since: date) -> list[tuple[str, str, str, int]]:
    """Return how many there were, by month, class and cell of the town."""
    rows = await tx.execute(
        "SELECT to_char(month, 'YYYY-MM'), kind, part, many FROM incident_month WHERE month >= %s"
        " ORDER BY 1, 2, 3",
        [since],
    )
    return [
        (str(month), str(kind), str(part), int(many)) for month, kind, part, many in await rows.fetchall()
    ]


async def shown(
    tx: Tx, now: datetime, of: Sequence[str], before: tuple[datetime, bytes, str] | None, most: int
) -> list[IncidentRow]:
    """Return what is to be shown now of these sources, the latest first.

    Args:
        tx: the transaction.
        now: the present.
        of: ids of sources.
        before: of the last one of the page before, when it began, its key and its source.
        most: how many.
    """
    began, key, source_id = before or (datetime.max.replace(tzinfo=UTC), b"", "")
    return await many(
        tx,
        IncidentRow,
        "SELECT source, key, kind, cells, began, ends, state FROM incident WHERE shown <= %(now)s"
        " AND ends > %(now)s AND source = ANY (%(of)s)"
        " AND (began, key, source) < (%(began)s, %(key)s, %(source)s)"
        " ORDER BY began DESC, key DESC, source DESC LIMIT %(most)s",
        {"now": now, "of": list(of), "began": began, "key": key, "source": source_id, "most": most},
    )


async def by_cell(tx: Tx, now: datetime, of: Sequence[str]) -> dict[tuple[str, str], int]:
    """Return how many are to be shown now of these sources, by the first of their cells and class."""
    rows = await tx.execute(
        "SELECT cells[1], kind, count(*)::integer FROM incident WHERE shown <= %(now)s AND ends > %(now)s"
        " AND source = ANY (%(of)s) AND cells[1] IS NOT NULL GROUP BY 1, 2",
        {"now": now, "of": list(of)},
    )
    return {(str(cell), str(kind)): int(n) for cell, kind, n in await rows.fetchall()}


async def uploads(tx: Tx, since: date) -> int:
    """Return how many uploads there were since a day: no incident comes or changes without one."""
    return int(await value(tx, "SELECT coalesce(sum(uploads), 0) FROM cad_taken WHERE day >= %s", [since]))


async def sweep(tx: Tx, now: datetime, agencies: Iterable[str]) -> list[IncidentRow]:
    """Drop what is over, and what is of a source that ended or of none of these agencies; return it."""
    await tx.execute("DELETE FROM incident_gone WHERE until <= %s", [now])
    return await many(
        tx,
        IncidentRow,
        "DELETE FROM incident WHERE ends <= %s OR source IN"
        " (SELECT id FROM cad_source WHERE ended IS NOT NULL OR NOT agency = ANY (%s))"
        " RETURNING source, key, kind, cells, began, ends, state",
        [now, list(agencies)],
    )


async def note(tx: Tx, source_id: str, day: date, numbers: Mapping[str, int]) -> None:
    """Add the numbers of an upload to those of its day."""
    known = await one(
        tx,
        TakenRow,
        "SELECT source, day, uploads, numbers FROM cad_taken WHERE source = %s AND day = %s",
        [source_id, day],
    )
    before: dict[str, Any] = known.numbers if known else {}
    both = {name: before.get(name, 0) + numbers.get(name, 0) for name in {*before, *numbers}}
    await tx.execute(
        "INSERT INTO cad_taken (source, day, uploads, numbers) VALUES (%s, %s, 1, %s)"
        " ON CONFLICT (source, day) DO UPDATE SET uploads = cad_taken.uploads + 1,"
        " numbers = excluded.numbers",
        [source_id, day, Jsonb(both)],
    )


async def taken(tx: Tx, since: date, before: date) -> list[TakenRow]:
    """Return what came on each day from one until before another, latest first."""
    return await many(
        tx,
        TakenRow,
        "SELECT source, day, uploads, numbers FROM cad_taken WHERE day >= %s AND day < %s"
        " ORDER BY day DESC, source",
        [since, before],
    )
