"""Room: the town and what it agreed to. Packs of rules, agencies, agreements, known assemblies.

In:     a setup document at the first start.
Out:    to other rooms: who may ask, under which pack, where; to everybody: all of it.
Holds:  no agreement is in force without a clerk's signature on its hearing and its vote: the tables check it
        when the row is written, and `agreement_in_force` again when it is read.
Absent: requests; people's keys (accounts).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from fanlight.model.geo import Boundary, Polygon
from fanlight.model.window import Window
from fanlight.server.errors import NotAllowed, NotFound
from fanlight.server.log import Log
from fanlight.server.programme import divisions, listings, proving, register_store, store
from fanlight.server.programme.load import load_town
from fanlight.server.programme.ordinances import pack
from fanlight.server.programme.register import Register
from fanlight.server.programme.register_store import Clerk, Full, clerk_of
from fanlight.server.programme.store import AgreementRow, agencies, agencies_once_in_force, vote_of
from fanlight.store.database import Database, Tx

__all__ = [
    "Agency",
    "AgreementRow",
    "Clerk",
    "agencies",
    "agencies_once_in_force",
    "agency",
    "agreement_in_force",
    "agreements_over",
    "assembly_overlap",
    "clauses_of",
    "clerk_of",
    "expire",
    "homes_by_cell",
    "housing_table",
    "load_town",
    "no_agreement",
    "pack",
    "pack_hashes",
    "require_agreement",
    "town",
    "vote_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency and where it may ask."""

    ori: str
    name: str
    kind: str
    demo: bool
    boundary: Boundary


async def town(tx: Tx) -> Mapping[str, Any]:
    """Return the town's description, with its `divisions` so far; raises NotFound before one is set up."""
    body = await store.town(tx)
    if body is None:
        raise NotFound(
            "No town is set up on this server.",
            do="Follow the steps on the server's front page.",
            code="programme.no_town",
        )
    found: dict[str, Any] = msgspec.json.decode(body)
    return {**found, "divisions": await divisions.all_of(tx, found)}


async def agency(tx: Tx, ori: str) -> Agency:
    """Return an agency; raises NotFound."""
    row = await store.agency(tx, ori)
    if row is None:
        raise NotFound("There is no such agency.", do="Look at the town's list of agencies.")
    return Agency(ori=row.ori, name=row.name, kind=row.kind, demo=row.demo, boundary=boundary(row.body))


@lru_cache(maxsize=64)
def boundary(body: str) -> Boundary:
    """Return the boundary in an agency's JSON, built once."""
    return Boundary(msgspec.json.decode(body)["boundary"])


async def agreement_in_force(tx: Tx, ori: str, day: date) -> AgreementRow | None:
    """Return the agreement under which an agency may ask on a day, if there is one.

    A row that calls itself in force without a clerk's signatures is none: who owns the tables can write one.
    """
    row = await store.agreement_in_force(tx, ori, day)
    if row is None:
        return None
    full = await register_store.agreement(tx, row.id)
    holds = full is not None and proving.stands(full, await register_store.steps(tx, row.id))
    return row if holds else None


async def clauses_of(tx: Tx, agreement: str) -> set[str]:
    """Return the kinds of an agreement's clauses."""
    full = await register_store.agreement(tx, agreement)
    clauses = msgspec.json.decode(full.papers)["clauses"] if full else []
    return {str(one["kind"]) for one in clauses}


async def housing_table(tx: Tx) -> tuple[int, str] | None:
    """Return how many homes the town has and where the table was found; None where there is no table."""
    listed = await listings.latest(tx, "homes")
    if listed is not None:
        return sum((await listings.homes(tx, listed.id)).values()), listed.source
    own = sum((await town(tx))["homes"].values())
    return (own, "The town's set-up document") if own else None


async def homes_by_cell(tx: Tx) -> dict[str, int]:
    """Return how many homes lie in each cell of res 8, by the latest table; none where there is no table."""
    listed = await listings.latest(tx, "homes")
    return await listings.homes(tx, listed.id) if listed is not None else dict((await town(tx))["homes"])


async def require_agreement(tx: Tx, ori: str, day: date) -> None:
    """Raise NotAllowed unless an agency has an agreement in force: without, it looks at nothing."""
    if await agreement_in_force(tx, ori, day) is None:
        raise no_agreement()


def no_agreement() -> NotAllowed:
    """Return the error for an agency without an agreement in force."""
    return NotAllowed(
        "Your agency has no agreement in force with this town.",
        kept="What it was given is on its way to be destroyed; the record says when.",
        do="Look at the town's register.",
        code="programme.no_agreement",
    )


async def agreements_over(tx: Tx) -> list[Full]:
    """Return the agreements that are over, of agencies that have none in force."""
    return await register_store.over(tx)


async def expire(db: Database, log: Log, today: date) -> list[str]:
    """End the agreements whose term is over; return their ids."""
    async with db.transaction() as tx:
        if not any(row.valid_until <= today for row in await register_store.in_force(tx)):
            return []
        return await Register(log=log, tx=tx, today=today).expire()


async def assembly_overlap(tx: Tx, area: Polygon, window: Window) -> bool:
    """Tell whether area and window meet an assembly that the town knows of."""
    rows = await store.assemblies(tx, window.start, window.end)
    return any(area.overlaps(Polygon.of(msgspec.json.decode(row.outline))) for row in rows)


async def pack_hashes(tx: Tx) -> list[str]:
    """Return the hashes of all packs."""
    return await store.pack_hashes(tx)
