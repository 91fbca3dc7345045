"""The rows of the town, its packs, agencies, agreements and known assemblies."""

from datetime import date, datetime
from typing import Any

import msgspec

from fanlight.store.database import Tx, many, one, value


class AgencyRow(msgspec.Struct, frozen=True):
    """An agency as kept; `body` is JSON with its boundary and attestation."""

    ori: str
    name: str
    kind: str
    demo: bool
    body: str


class AgreementRow(msgspec.Struct, frozen=True):
    """An agreement as kept."""

    id: str
    agency: str
    pack: str
    state: str
    valid_from: date
    valid_until: date
    vote_body: str | None
    vote_date: date | None
    vote_ayes: int | None
    vote_noes: int | None
    vote_reference: str | None


def vote_of(row: AgreementRow) -> dict[str, Any] | None:
    """Return the record of an agreement's vote."""
    if row.vote_date is None:
        return None
    return {
        "body": row.vote_body,
        "date": row.vote_date.isoformat(),
        "ayes": row.vote_ayes,
        "noes": row.vote_noes,
        "reference": row.vote_reference,
    }


class AssemblyRow(msgspec.Struct, frozen=True):
    """A known assembly; `outline` is JSON."""

    outline: str
    starts: datetime
    ends: datetime


_AGREEMENT = (
    "SELECT id, agency, pack, state, valid_from, valid_until, vote_body, vote_date, vote_ayes, vote_noes,"
    " vote_reference FROM agreement"
)


async def town(tx: Tx) -> str | None:
    """Return the town's JSON."""
    found: str | None = await value(tx, "SELECT body FROM town")
    return found


async def add_town(tx: Tx, body: str) -> None:
    """Store the town."""
    await tx.execute("INSERT INTO town (body) VALUES (%s)", [body])


async def pack(tx: Tx, sha256: str) -> bytes | None:
    """Return a pack's canonical bytes."""
    found = await value(tx, "SELECT body FROM pack WHERE sha256 = %s", [sha256])
    return None if found is None else bytes(found)


async def pack_hashes(tx: Tx) -> list[str]:
    """Return the hashes of all packs."""
    return [row[0] for row in await (await tx.execute("SELECT sha256 FROM pack ORDER BY sha256")).fetchall()]


async def add_pack(tx: Tx, sha256: str, name: str, body: bytes, leaf: str) -> None:
    """Store a pack."""
    await tx.execute(
        "INSERT INTO pack (sha256, id, body, leaf) VALUES (%s, %s, %s, %s)", [sha256, name, body, leaf]
    )


async def agencies(tx: Tx) -> list[AgencyRow]:
    """Return all agencies."""
    return await many(tx, AgencyRow, "SELECT ori, name, kind, demo, body FROM agency ORDER BY ori")


async def agency(tx: Tx, ori: str) -> AgencyRow | None:
    """Return an agency."""
    return await one(tx, AgencyRow, "SELECT ori, name, kind, demo, body FROM agency WHERE ori = %s", [ori])


async def add_agency(tx: Tx, row: AgencyRow, leaf: str) -> None:
    """Store an agency."""
    await tx.execute(
        "INSERT INTO agency (ori, name, kind, demo, body, leaf) VALUES (%s, %s, %s, %s, %s, %s)",
        [row.ori, row.name, row.kind, row.demo, row.body, leaf],
    )


async def agreement_in_force(tx: Tx, ori: str, day: date) -> AgreementRow | None:
    """Return the agreement under which an agency may ask on a day."""
    return await one(
        tx,
        AgreementRow,
        _AGREEMENT + " WHERE agency = %s AND state = 'in_force' AND valid_from <= %s AND valid_until > %s",
        [ori, day, day],
    )


async def agencies_once_in_force(tx: Tx, day: date) -> list[str]:
    """Return the agencies that may ask on a day or might before; what they hold outlives the agreement."""
    cursor = await tx.execute(
        "SELECT DISTINCT agency FROM agreement"
        " WHERE state IN ('in_force', 'suspended', 'ended', 'cancelled', 'expired') AND valid_from <= %s"
        " ORDER BY agency",
        [day],
    )
    return [row[0] for row in await cursor.fetchall()]


async def agreements(tx: Tx, ori: str) -> list[AgreementRow]:
    """Return an agency's agreements, latest first."""
    return await many(tx, AgreementRow, _AGREEMENT + " WHERE agency = %s ORDER BY valid_from DESC, id", [ori])


async def assemblies(tx: Tx, start: datetime, end: datetime) -> list[AssemblyRow]:
    """Return the known assemblies that overlap a span of time."""
    return await many(
        tx,
        AssemblyRow,
        "SELECT outline, starts, ends FROM assembly WHERE starts < %s AND ends > %s",
        [end, start],
    )


async def add_assembly(tx: Tx, assembly: str, row: AssemblyRow, source: str) -> None:
    """Store a known assembly."""
    await tx.execute(
        "INSERT INTO assembly (id, outline, starts, ends, source) VALUES (%s, %s, %s, %s, %s)",
        [assembly, row.outline, row.starts, row.ends, source],
    )
