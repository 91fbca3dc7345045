"""Officers' pseudonyms: the auditor's browser makes them, the server keeps what came of it, never the key.

In:     pseudonyms of a year by account, signed by the agency's auditor; a year's key, sealed to the auditor.
Out:    who waits for one, without names; to a look that is entered, whose each of them is.
Holds:  a person keeps the pseudonym of a year, whoever audits later; an auditor's key is not handed on, since
        nobody needs it: what an earlier auditor signed shows whose each was.
Absent: how a pseudonym is made (wire.pseudonyms, web/core/auditing); its way into the
        record (server.requests).
Why:    docs/design/auditing.md
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from fanlight.model.errors import FanlightError
from fanlight.model.ids import new_id
from fanlight.seal import keys
from fanlight.server import requests
from fanlight.server.auditing import papers
from fanlight.server.auditing.papers import Named
from fanlight.server.auditing.store import Auditor
from fanlight.server.errors import Conflict, Malformed, NotAllowed
from fanlight.server.services import Services
from fanlight.store.database import Tx, changed, many
from fanlight.wire import b64
from fanlight.wire.auditing import CONTEXT

_AGE = b"age-encryption.org/v1\n"
_DECEMBER = 12
_FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Pseudonyms as they come in: canonical JSON, and the auditor's signature."""

    statement: str
    signature: bytes


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a pseudonym is; `asked`, `signed`: requests of that year; `naming`: what the auditor signed."""

    account: str
    name: str
    role: str
    ended: bool
    year: int
    pseudonym: str
    naming: str
    asked: int
    signed: int


class _Statement(msgspec.Struct, frozen=True):
    id: str
    key: bytes
    statement: str
    signature: bytes


class _Key(msgspec.Struct, frozen=True):
    year: int
    sealed: bytes


class _Taken(msgspec.Struct, frozen=True):
    year: int
    account: str
    pseudonym: str


async def waiting(tx: Tx, row: Auditor, today: date) -> dict[str, Any]:
    """Return who waits, by year, with the year's key sealed to this auditor and what is taken: no names."""
    found = await requests.pseudonyms.waiting(tx, row.agency, _years(today))
    years = sorted({one.year for one in found})
    query = "SELECT year, sealed FROM pseudonym_key WHERE auditor = %s"
    sealed = {one.year: bytes(one.sealed) for one in await many(tx, _Key, query, [row.id])}
    taken = await _taken(tx, row.agency)
    return {
        "auditor": row.id,
        "agency": row.agency,
        "years": [
            {
                "year": year,
                "key": b64.encode(sealed[year]) if year in sealed else None,
                "waiting": [one.account for one in found if one.year == year],
                "taken": [one.pseudonym for one in taken if one.year == year],
            }
            for year in years
        ],
    }


async def keep_key(tx: Tx, row: Auditor, year: int, sealed: bytes, today: date) -> None:
    """Keep a year's key, sealed to the auditor; raises Conflict where there is one, which stays."""
    _check_year(year, today)
    if not sealed.startswith(_AGE):
        raise Malformed(
            "This is no sealed key.", do="Load the page again.", code="auditing.bad_pseudonym_key"
        )
    add = "INSERT INTO pseudonym_key (auditor, year, sealed) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
    if not await changed(tx, add, [row.id, year, sealed]):
        raise Conflict(
            "There is a key of this year already.",
            kept="It stays as it is.",
            do="Load the page again: it goes on with that one.",
            code="auditing.pseudonym_key_known",
        )


async def give(services: Services, tx: Tx, row: Auditor, given: Naming) -> int:
    """Keep what an auditor named people, and enter it for what they asked and signed; return how many.

    Raises:
        Malformed: no such statement, of another auditor or agency, or of a year that nobody waits for.
        NotAllowed: the signature does not hold.
        Conflict: a pseudonym is taken, or somebody has another one.
    """
    said = papers.read_naming(given.statement)
    if (said.auditor, said.agency) != (row.id, row.agency):
        raise papers.bad_statement()
    try:
        keys.verify(bytes(row.sign_pub), CONTEXT, given.statement.encode(), given.signature)
    except FanlightError as error:
        raise NotAllowed(
            "The pseudonyms are not signed by the auditor whom the statement names.",
            do="Load the page again, and sign with your own key.",
            code="auditing.bad_signature",
        ) from error
    now = services.clock()
    await requests.lock_agency(tx, row.agency)
    new = await _new(tx, row, said.year, said.names, now.date())
    if not new:
        return 0
    naming = new_id()
    await tx.execute(
        "INSERT INTO pseudonym_naming (id, auditor, statement, signature) VALUES (%s, %s, %s, %s)",
        [naming, row.id, given.statement, given.signature],
    )
    for one in new:
        await tx.execute(
            "INSERT INTO pseudonym (account, agency, year, pseudonym, naming) VALUES (%s, %s, %s, %s, %s)",
            [one.account, row.agency, said.year, one.pseudonym, naming],
        )
    await requests.pseudonyms.enter(services.log, tx, now, agency=row.agency)
    return len(new)


async def known(tx: Tx, agency: str) -> dict[str, Any]:
    """Return whose each pseudonym is, and what auditors signed of it. The caller enters the look."""
    query = (
        "SELECT n.account, p.name, p.role, p.ended IS NOT NULL AS ended, n.year, n.pseudonym, n.naming,"
        " (SELECT count(*) FROM request r WHERE r.officer = n.account"
        "  AND extract(year FROM r.made AT TIME ZONE 'UTC') = n.year) AS asked,"
        " (SELECT count(*) FROM request r WHERE r.cosigner = n.account"
        "  AND extract(year FROM r.made AT TIME ZONE 'UTC') = n.year) AS signed"
        " FROM pseudonym n JOIN agency_person p ON p.account = n.account"
        " WHERE n.agency = %s ORDER BY n.year DESC, p.name, n.account"
    )
    found = await many(tx, Known, query, [agency])
    query = (
        "SELECT g.id, a.sign_pub AS key, g.statement, g.signature FROM pseudonym_naming g"
        " JOIN agency_auditor a ON a.id = g.auditor WHERE a.agency = %s ORDER BY g.id"
    )
    statements = await many(tx, _Statement, query, [agency])
    return {
        "people": [msgspec.to_builtins(one) for one in found],
        "namings": [
            {
                "naming": one.id,
                "key": b64.encode(bytes(one.key)),
                "statement": one.statement,
                "signature": b64.encode(bytes(one.signature)),
            }
            for one in statements
        ],
    }


async def _new(tx: Tx, row: Auditor, year: int, names: tuple[Named, ...], today: date) -> list[Named]:
    """Return those of `names` who have none yet; who has the same one is passed over."""
    due = {
        one.account
        for one in await requests.pseudonyms.waiting(tx, row.agency, _years(today))
        if one.year == year
    }
    taken = {one.account: one.pseudonym for one in await _taken(tx, row.agency) if one.year == year}
    new = [one for one in names if taken.get(one.account) != one.pseudonym]
    if any(one.account in taken for one in new) or {one.pseudonym for one in new} & set(taken.values()):
        raise Conflict(
            "Somebody has another pseudonym of this year already, or one of these is taken.",
            kept="Nothing was changed: a person keeps the pseudonym of a year.",
            do="Load the page again.",
            code="auditing.pseudonym_taken",
        )
    if any(one.account not in due for one in new):
        raise Malformed(
            "Somebody in this list waits for no pseudonym of that year.",
            do="Load the page again.",
            code="auditing.nobody_waits",
        )
    return new


async def _taken(tx: Tx, agency: str) -> list[_Taken]:
    return await many(
        tx, _Taken, "SELECT year, account, pseudonym FROM pseudonym WHERE agency = %s", [agency]
    )


def _years(today: date) -> list[int]:
    """This year, and in December the next one too, so that January begins with names."""
    return [today.year, today.year + 1] if today.month == _DECEMBER else [today.year]


def _check_year(year: int, today: date) -> None:
    if not _FIRST_YEAR <= year <= max(_years(today)):
        raise Malformed(
            "No pseudonyms are made of that year yet.", do="Load the page again.", code="auditing.bad_year"
        )
