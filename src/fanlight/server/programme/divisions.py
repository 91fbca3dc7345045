"""The cells of the town: by the setup document's homes at first, then by each table of homes taken over.

In:     the town's document; homes per fine cell of a list.
Out:    the divisions so far, oldest first; the form in which one is published.
Holds:  a new one sets nobody apart together with those before (`model.division`); it is stored with its list,
        for good; a household keeps the cell that it named under an older one.
Absent: which household is in which cell.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from fanlight.model.division import Division, divide, follow, nested
from fanlight.server.programme import listings
from fanlight.store.database import Tx, value
from fanlight.wire import jcs

_LOCK = 0x63656C6C  # any fixed number: of two tables at once the second has to follow the first


class _Body(msgspec.Struct, frozen=True):
    cells: list[str]
    rest: str


def published(division: Division) -> bytes:
    """Return a division in canonical JSON; its SHA-256 stands in the record."""
    return jcs.dumps({"cells": sorted(division.cells), "rest": division.rest})


def digest(division: Division) -> str:
    """Return the SHA-256 of `published`, hex."""
    return hashlib.sha256(published(division)).hexdigest()


async def all_of(tx: Tx, town: Mapping[str, Any]) -> list[Division]:
    """Return every division of the town, oldest first; the last one counts. `town` is its document."""
    rows = await (await tx.execute("SELECT body FROM division ORDER BY version")).fetchall()
    first = [divide(town["homes"]), *(_read(body) for (body,) in rows)]
    kept = await value(tx, "SELECT EXISTS (SELECT FROM first_cells)")
    return [nested(town["homes"]), *first] if kept else first


async def next_by(tx: Tx, town: Mapping[str, Any], homes: Mapping[str, int]) -> Division:
    """Return the division that follows by a new table of homes."""
    await tx.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    rows = await (await tx.execute("SELECT listing FROM division ORDER BY version")).fetchall()
    later = [await listings.homes(tx, listing) for (listing,) in rows]
    found = await all_of(tx, town)
    before = [town["homes"]] * (len(found) - len(later))
    return follow(homes, list(zip(found, [*before, *later], strict=True)))


async def add(tx: Tx, listing: str, division: Division) -> None:
    """Store a division with the list that it comes from."""
    await tx.execute(
        "INSERT INTO division (version, listing, body)"
        " SELECT 1 + coalesce(max(version), 0), %s, %s FROM division",
        [listing, published(division).decode()],
    )


def _read(body: str) -> Division:
    said = msgspec.json.decode(body, type=_Body)
    return Division(frozenset(said.cells), said.rest)
