"""Room: the town and what it agreed to. Packs of rules, agencies, agreements, known assemblies.

In:     a setup document at the first start.
Out:    to other rooms: who may ask, under which pack, where; to everybody: all of it.
Holds:  no agreement is in force without the record of its vote, by the table's own constraint.
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
from fanlight.policy import Pack, load_pack
from fanlight.server.errors import NotFound
from fanlight.server.programme import store
from fanlight.server.programme.load import load_town, vote_of
from fanlight.server.programme.store import AgreementRow, agencies_once_in_force
from fanlight.store.database import Tx

__all__ = [
    "Agency",
    "AgreementRow",
    "agencies_once_in_force",
    "agency",
    "agreement_in_force",
    "assembly_overlap",
    "load_town",
    "pack",
    "pack_hashes",
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
    """Return the town's public description; raises NotFound before one is set up."""
    body = await store.town(tx)
    if body is None:
        raise NotFound(
            "No town is set up on this server.",
            do="Follow the steps on the server's front page.",
            code="programme.no_town",
        )
    found: Mapping[str, Any] = msgspec.json.decode(body)
    return found


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
    """Return the agreement under which an agency may ask on a day, if there is one."""
    return await store.agreement_in_force(tx, ori, day)


async def assembly_overlap(tx: Tx, area: Polygon, window: Window) -> bool:
    """Tell whether area and window meet an assembly that the town knows of."""
    rows = await store.assemblies(tx, window.start, window.end)
    return any(area.overlaps(Polygon.of(msgspec.json.decode(row.outline))) for row in rows)


async def pack_hashes(tx: Tx) -> list[str]:
    """Return the hashes of all packs."""
    return await store.pack_hashes(tx)


async def pack(tx: Tx, sha256: str) -> Pack:
    """Return a pack, parsed once; raises NotFound."""
    body = await store.pack(tx, sha256)
    if body is None:
        raise NotFound("There is no such ordinance.", do="Look at the town's list.", code="programme.no_pack")
    return _parsed(body)


@lru_cache(maxsize=16)
def _parsed(body: bytes) -> Pack:
    return load_pack(body)
