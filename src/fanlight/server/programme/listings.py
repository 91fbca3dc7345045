"""Lists taken over from elsewhere: the agencies there are, the agreements there were.

In:     lines of a list, with where it was found, whom to name and how old it is.
Out:    the lines; their number by a day.
Holds:  a list and its entry in the record are one transaction; a list stays as it was taken over; no line
        of it lets an agency ask for anything; which agency a line means is given or found, or left open.
Absent: reading files (`fanlight import`); agencies whom the operator admitted (`store`).
Why:    docs/spec/register.md
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any, Literal

import msgspec

from fanlight.model.ids import new_id
from fanlight.server.log import Log
from fanlight.store.database import Tx, many, one, value

LOCK = 0x6C697374  # any fixed number: of two calls with one file the second has to find the first's list
Kind = Literal["agencies", "agreements", "assemblies", "homes"]
Joined = Literal["given", "found", "none", "ambiguous"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a list comes from.

    Attributes:
        kind: what its lines are.
        source: where it was found.
        credit: whom to name, and the licence.
        as_of: how old what it says is.
        sha256: of the file as it was read, hex.
    """

    kind: Kind
    source: str
    credit: str
    as_of: date
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAgency:
    """An agency as a list has it; `kind` is a class of docs/spec/packs.md, `listed_as` the list's word."""

    ori: str
    name: str
    kind: str
    listed_as: str
    county: str | None
    state: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAgreement:
    """An agreement as a list has it; `since` is None where the list has no day, `ori` where nobody knows."""

    line: int
    name: str
    place: str
    state: str
    since: date | None
    until: date | None
    ori: str | None
    joined: Joined
    url: str


class ListingRow(msgspec.Struct, frozen=True):
    """A list as kept."""

    id: str
    kind: Kind
    source: str
    credit: str
    as_of: date
    sha256: str
    lines: int


_LISTING = "SELECT id, kind, source, credit, as_of, sha256, lines FROM listing"


async def add(
    log: Log, tx: Tx, source: Source, lines: int, entered: Mapping[str, object] | None = None
) -> str:
    """Store a list's head with its leaf; return its id. Its lines go into the same transaction.

    Args:
        log: the record.
        tx: a transaction.
        source: where it comes from.
        lines: how many it has.
        entered: what else its entry says.
    """
    made = new_id()
    pub: dict[str, Any] = {
        "listing": made,
        "kind": source.kind,
        "source": source.source,
        "credit": source.credit,
        "as_of": source.as_of.isoformat(),
        "sha256": source.sha256,
        "lines": lines,
        **(entered or {}),
    }
    leaf = await log.queue_leaf(tx, "listing", pub)
    await tx.execute(
        "INSERT INTO listing (id, kind, source, credit, as_of, sha256, lines, leaf)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [made, source.kind, source.source, source.credit, source.as_of, source.sha256, lines, leaf],
    )
    return made


async def add_agencies(tx: Tx, listing: str, agencies: Iterable[ListedAgency]) -> int:
    """Store the lines of a list of agencies; return how many."""
    count = 0
    async with (
        tx.cursor() as cursor,
        cursor.copy(
            "COPY listed_agency (listing, ori, name, kind, listed_as, county, state, lon, lat) FROM STDIN"
        ) as copy,
    ):
        for agency in agencies:
            await copy.write_row((listing, *astuple(agency)))
            count += 1
    return count


async def add_agreements(tx: Tx, listing: str, agreements: Iterable[ListedAgreement]) -> int:
    """Store the lines of a list of agreements; return how many."""
    count = 0
    async with (
        tx.cursor() as cursor,
        cursor.copy(
            "COPY listed_agreement (listing, line, name, place, state, since, until, ori, joined, url)"
            " FROM STDIN"
        ) as copy,
    ):
        for agreement in agreements:
            await copy.write_row((listing, *astuple(agreement)))
            count += 1
    return count


async def add_homes(tx: Tx, listing: str, homes: Mapping[str, int]) -> int:
    """Store how many homes each fine cell has; return how many cells. Nothing else of a table comes here."""
    async with (
        tx.cursor() as cursor,
        cursor.copy("COPY listed_homes (listing, cell, homes) FROM STDIN") as copy,
    ):
        for cell, many in sorted(homes.items()):
            await copy.write_row((listing, cell, many))
    return len(homes)


async def homes(tx: Tx, listing: str) -> dict[str, int]:
    """Return homes per fine cell of a list."""
    query = "SELECT cell, homes FROM listed_homes WHERE listing = %s ORDER BY cell"
    rows = await tx.execute(query, [listing])
    return dict(await rows.fetchall())


async def all_of(tx: Tx) -> list[ListingRow]:
    """Return the heads of all lists, latest first."""
    return await many(tx, ListingRow, _LISTING + " ORDER BY as_of DESC, id")


async def latest(tx: Tx, kind: Kind) -> ListingRow | None:
    """Return the head of the latest list of a kind."""
    query = _LISTING + " WHERE kind = %s ORDER BY as_of DESC, id DESC LIMIT 1"
    return await one(tx, ListingRow, query, [kind])


async def lock(tx: Tx) -> None:
    """Take turns over taking lists over."""
    await tx.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


async def with_file(tx: Tx, kind: Kind, sha256: str) -> ListingRow | None:
    """Return the head of the list that was read from a file with this hash."""
    query = _LISTING + " WHERE kind = %s AND sha256 = %s ORDER BY id LIMIT 1"
    return await one(tx, ListingRow, query, [kind, sha256])


class AgencyLine(msgspec.Struct, frozen=True):
    """An agency of a list as handed out; `admitted` tells whether the operator attested who it is."""

    ori: str
    name: str
    kind: str
    listed_as: str
    county: str | None
    state: str
    lon: float | None
    lat: float | None
    admitted: bool


async def agencies(  # noqa: PLR0913 - the filters
    tx: Tx, listing: str, *, state: str | None, words: str, after: str, limit: int
) -> list[AgencyLine]:
    """Return agencies of a list by ORI, those behind `after` whose name or county holds `words`."""
    return await many(
        tx,
        AgencyLine,
        "SELECT l.ori, l.name, l.kind, l.listed_as, l.county, l.state, l.lon, l.lat,"
        " EXISTS (SELECT FROM agency a WHERE a.ori = l.ori) AS admitted FROM listed_agency l"
        " WHERE l.listing = %(listing)s AND l.ori > %(after)s"
        " AND (%(state)s::text IS NULL OR l.state = %(state)s)"
        " AND (strpos(lower(l.name), lower(%(words)s)) > 0 OR strpos(lower(l.county), lower(%(words)s)) > 0)"
        " ORDER BY l.ori LIMIT %(limit)s",
        {"listing": listing, "after": after, "state": state, "words": words, "limit": limit},
    )


async def agreements(tx: Tx, listing: str, *, after: int, limit: int) -> list[ListedAgreement]:
    """Return agreements of a list in the list's order, those behind line `after`."""
    return await many(
        tx,
        ListedAgreement,
        "SELECT line, name, place, state, since, until, ori, joined, url FROM listed_agreement"
        " WHERE listing = %s AND line > %s ORDER BY line LIMIT %s",
        [listing, after, limit],
    )


async def agreements_by(tx: Tx, listing: str, day: date) -> int:
    """Return how many agreements of a list had begun by a day; those without a day are not counted."""
    query = "SELECT count(*) FROM listed_agreement WHERE listing = %s AND since <= %s"
    return int(await value(tx, query, [listing, day]))
