"""Routes: the operator hands in a list that somebody else wrote.

Holds:  a list, its lines and its entry in the record come together or not at all; its form is checked
        here again, whatever read the file. Every line must say what the table asks for.
Absent: reading a list's lines (register), reading files (`fanlight import`).
Why:    docs/spec/register.md
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import post
from litestar.params import JSONBody
from msgspec import Meta

from fanlight.model import clock
from fanlight.model.division import Division
from fanlight.model.errors import FanlightError
from fanlight.model.geo import FINEST_RES, MAX_CORNERS, BadCell, Polygon, check_cell, within_reach
from fanlight.model.ids import new_id
from fanlight.server import programme
from fanlight.server.accounts import Caller
from fanlight.server.errors import Malformed
from fanlight.server.programme import divisions, listings, store
from fanlight.server.programme.store import AssemblyRow
from fanlight.server.services import Parts
from fanlight.store.database import Tx

_MOST_BYTES = 32 << 20
_MOST_LINES = 100_000
# A page counts each month from the first day of a list to its last: a 9999-12-31 for "unknown" is none.
_EARLIEST, _LATEST = date(1900, 1, 1), date(2100, 1, 1)
_SEEN = r"^[^\x00-\x1f\x7f]*$"
_Text = Annotated[str, Meta(min_length=1, max_length=500, pattern=_SEEN)]
_Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=_SEEN)]
_Place = Annotated[str, Meta(max_length=200, pattern=_SEEN)]
_State = Annotated[str, Meta(pattern="^[A-Z]{2}$")]
_Ori = Annotated[str, Meta(pattern="^[A-Z]{2}[0-9A-Z]{7}$")]


class AgencyIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An agency of a list."""

    ori: _Ori
    name: _Name
    kind: Literal["municipal", "county", "state", "tribal", "university", "unverified"]
    listed_as: _Place
    county: _Place | None
    state: _State
    lon: Annotated[float, Meta(ge=-180, le=180)] | None
    lat: Annotated[float, Meta(ge=-90, le=90)] | None


class AgreementIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An agreement of a list; `line` is its line in the file."""

    line: Annotated[int, Meta(ge=0, le=10_000_000)]
    name: _Name
    place: _Place
    state: _State
    since: date | None
    until: date | None
    ori: _Ori | None
    joined: listings.Joined
    url: Annotated[str, Meta(max_length=1_000, pattern=r"^(https?://[^\x00-\x20\x7f]*)?$")]


class AssemblyIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A gathering of a calendar: its area and its time (RFC 3339, UTC)."""

    line: Annotated[int, Meta(ge=0, le=10_000_000)]
    name: _Name
    outline: Annotated[list[tuple[float, float]], Meta(max_length=MAX_CORNERS + 1)]
    start: str
    end: str


class HomesIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How many homes a fine cell has: all that is kept of a table of homes."""

    cell: Annotated[str, Meta(min_length=15, max_length=15)]
    homes: Annotated[int, Meta(ge=1, le=1_000_000)]


class ListingIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A list: where it was found, whom to name, how old it is; its lines, of one kind."""

    source: _Text
    credit: _Text
    as_of: date
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    agencies: Annotated[list[AgencyIn], Meta(max_length=_MOST_LINES)] = []
    agreements: Annotated[list[AgreementIn], Meta(max_length=_MOST_LINES)] = []
    assemblies: Annotated[list[AssemblyIn], Meta(max_length=_MOST_LINES)] = []
    homes: Annotated[list[HomesIn], Meta(max_length=_MOST_LINES)] = []


class TakenOver(msgspec.Struct):
    """A list as it is kept now."""

    listing: str
    lines: int


@post("/v1/register/listings", operation_id="takeListOver", request_max_body_size=_MOST_BYTES)
async def take_over(data: JSONBody[ListingIn], services: Parts, session: Caller) -> TakenOver:
    """Take a list over, with its source in the record. The same file again gives the list that is here."""
    session.of_kind("operator")
    kind = _check(data)
    gatherings = [_assembly(one) for one in data.assemblies]
    source = listings.Source(
        kind=kind, source=data.source, credit=data.credit, as_of=data.as_of, sha256=data.sha256
    )
    lines = len(data.agencies) + len(data.agreements) + len(data.assemblies) + len(data.homes)
    async with services.db.transaction() as tx:
        await listings.lock(tx)
        there = await listings.with_file(tx, kind, data.sha256)
        if there is not None:
            return TakenOver(there.id, there.lines)
        division = await _division(tx, data.homes) if data.homes else None
        made = await listings.add(services.log, tx, source, lines, _entered(division))
        await listings.add_agencies(
            tx, made, (listings.ListedAgency(**msgspec.structs.asdict(one)) for one in data.agencies)
        )
        await listings.add_agreements(
            tx, made, (listings.ListedAgreement(**msgspec.structs.asdict(one)) for one in data.agreements)
        )
        await listings.add_homes(tx, made, {one.cell: one.homes for one in data.homes})
        if division is not None:
            await divisions.add(tx, made, division)
        for given, row in zip(data.assemblies, gatherings, strict=True):
            await store.add_assembly(tx, new_id(), row, f"{given.name} ({data.source})")
    return TakenOver(made, lines)


def _check(data: ListingIn) -> listings.Kind:
    """Return the kind of the lines.

    Raises:
        Malformed: what the tables would refuse: two kinds or none, a line twice, halves of a pair.
    """
    kinds: dict[listings.Kind, Sequence[object]] = {
        "agencies": data.agencies,
        "agreements": data.agreements,
        "assemblies": data.assemblies,
        "homes": data.homes,
    }
    found = [kind for kind, lines in kinds.items() if lines]
    if len(found) != 1:
        raise _bad("it holds lines of no kind, or of two")
    _once([one.ori for one in data.agencies], "an ORI")
    _once([one.line for one in data.agreements], "a line")
    _once([one.line for one in data.assemblies], "a line")
    _once([_fine(one.cell) for one in data.homes], "a cell")
    for agency in data.agencies:
        if (agency.lon is None) != (agency.lat is None):
            raise _bad(f"{agency.ori} has half a point")
    for agreement in data.agreements:
        if (agreement.ori is None) != (agreement.joined in {"none", "ambiguous"}):
            raise _bad(f"line {agreement.line} does not say how its agency was found")
        if agreement.until and (agreement.since is None or agreement.until < agreement.since):
            raise _bad(f"line {agreement.line} ends before it begins")
        if agreement.since and not _EARLIEST <= agreement.since < _LATEST:
            raise _bad(
                f"line {agreement.line} begins on {agreement.since}: leave out a day that nobody knows"
            )
    return found[0]


def _fine(cell: str) -> str:
    try:
        return check_cell(cell, finest=FINEST_RES, coarsest=FINEST_RES)
    except BadCell as error:
        raise _bad("it names a cell of another size") from error


async def _division(tx: Tx, homes: Sequence[HomesIn]) -> Division:
    town = await programme.town(tx)
    _near(homes, town["bounds"])
    return await divisions.next_by(tx, town, {one.cell: one.homes for one in homes})


def _entered(division: Division | None) -> dict[str, object]:
    if division is None:
        return {}
    return {"cells": len(division.cells), "division": divisions.digest(division)}


def _near(homes: Sequence[HomesIn], bounds: tuple[float, float, float, float]) -> None:
    beyond = sum(not within_reach(one.cell, bounds) for one in homes)
    if beyond:
        raise _bad(f"{beyond} of its cells lie far outside the town (`--within` leaves such lines out)")


def _assembly(given: AssemblyIn) -> AssemblyRow:
    try:
        outline = msgspec.json.encode(Polygon.of(given.outline).as_json()).decode()
        row = AssemblyRow(outline, clock.from_text(given.start), clock.from_text(given.end))
    except FanlightError as error:
        raise _bad(f"line {given.line}: {error.what.rstrip('.')}") from error
    if row.starts >= row.ends:
        raise _bad(f"line {given.line} ends before it begins")
    return row


def _once(keys: Sequence[str | int], what: str) -> None:
    if len(set(keys)) != len(keys):
        raise _bad(f"{what} stands in it twice")


def _bad(why: str) -> Malformed:
    return Malformed(
        f"This list cannot be taken over: {why}.",
        kept="Nothing of it was stored.",
        do="Mend the list and hand it in again.",
        code="register.bad_list",
    )
