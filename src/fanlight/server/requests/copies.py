"""The sealed copies of a case's key: one for each person who may open the case, and files for recovery.

In:     age files made in an officer's browser, each named with the key that it is sealed to.
Out:    to each person their own copy and no other; to a custodian the recovery files of their pairs.
Holds:  a copy for a possible second signer is handed out only once they signed, and goes if another did;
        what was signed names the copies by hash, so that destroying them leaves nothing of them behind.
Absent: opening. No secret of a case or of a person is ever here. Later re-wraps (evidence).
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from fanlight.model.errors import FanlightError
from fanlight.seal import sealing
from fanlight.server.accounts import Person
from fanlight.server.errors import Malformed
from fanlight.store.database import Tx, changed, many, value
from fanlight.wire import b64, jcs

MAY_HOLD = frozenset({"officer", "supervisor", "custodian"})
MOST = 64
_AGE = b"age-encryption.org/v1\n"
_SEALED = Meta(min_length=32, max_length=16 * 1024)

_READER = Meta(pattern="^[0-9a-f]{64}$")

Why = Literal["asked", "second", "custodian", "given", "recovered"]


class CopyIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A case key sealed to one person, an age file in base64; `reader` is SHA-256 of their age recipient."""

    reader: Annotated[str, _READER]
    sealed: Annotated[str, _SEALED]


class RecoveryIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A case key sealed to the second custodian, and that file sealed to the first, base64."""

    first: Annotated[str, _READER]
    second: Annotated[str, _READER]
    sealed: Annotated[str, _SEALED]


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """All that was made with a case key, by whom and when."""

    request: str
    asker: str
    at: datetime
    copies: list[CopyIn]
    recovery: list[RecoveryIn]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A copy as kept; one that is `waiting` is handed to nobody."""

    request: str
    account: str
    sealed: bytes
    by_whom: str
    at: datetime
    why: Why
    waiting: bool = False


class Copy(msgspec.Struct, frozen=True):
    """Who holds a copy, since when, from whom. What is sealed is not in it."""

    account: str
    by_whom: str
    at: datetime
    why: str


class Pair(msgspec.Struct, frozen=True):
    """A recovery file; `handed` is its inner one, once the first custodian opened the outer."""

    first: str
    second: str
    sealed: bytes
    handed: bytes | None


class Held(msgspec.Struct, frozen=True):
    """A case that somebody holds a copy of, or part of a recovery file."""

    request: str
    agency: str
    account: str


def age_file(text: str) -> bytes:
    """Return the age file that a text is in base64; raises Malformed."""
    try:
        sealed = b64.decode(text)
    except FanlightError as error:
        raise _bad() from error
    if not sealed.startswith(_AGE):
        raise _bad()
    return sealed


def digest_of(copies: Sequence[CopyIn], recovery: Sequence[RecoveryIn]) -> str:
    """Return by what the signed request names its copies."""
    named = {
        "copies": [{"reader": one.reader, "sealed": one.sealed} for one in copies],
        "recovery": [{"first": one.first, "second": one.second, "sealed": one.sealed} for one in recovery],
    }
    return hashlib.sha256(jcs.dumps(named)).hexdigest()


def check_form(case_key: str, copies: Sequence[CopyIn], recovery: Sequence[RecoveryIn], named: str) -> None:
    """Raise Malformed unless the key is one, each file is an age file and they are those that were signed."""
    try:
        sealing.check_recipient(case_key)
    except FanlightError as error:
        raise _bad() from error
    for sealed in [one.sealed for one in copies] + [one.sealed for one in recovery]:
        age_file(sealed)
    if digest_of(copies, recovery) != named:
        raise _bad()


def check_people(
    copies: Sequence[CopyIn], recovery: Sequence[RecoveryIn], people: Sequence[Person], asker: str
) -> None:
    """Raise Malformed unless the copies are for who asks, supervisors and custodians, each once.

    A pair for recovery is two custodians; with one custodian there is none.
    """
    roles = {reader: person.role for reader, person in by_reader(people).items()}
    own = {reader for reader, person in by_reader(people).items() if person.account == asker}
    holders = [one.reader for one in copies]
    wanted = {reader for reader, role in roles.items() if role in {"supervisor", "custodian"}} | own
    pairs = [(one.first, one.second) for one in recovery]
    sound = (
        own <= set(holders)
        and len(set(holders)) == len(holders)
        and set(holders) <= wanted
        and len(set(pairs)) == len(pairs)
        and all(first != second for first, second in pairs)
        and all(roles.get(reader) == "custodian" for pair in pairs for reader in pair)
    )
    if not sound:
        raise Malformed(
            "The case key is sealed to others than who asks, supervisors and custodians of the agency.",
            do="Load the page again, for the agency's people as they are now, and send again.",
            code="requests.bad_copies",
        )


def by_reader(people: Sequence[Person]) -> dict[str, Person]:
    """Return people by SHA-256 of their age recipient, as copies name them."""
    return {hashlib.sha256(one.age_recipient.encode()).hexdigest(): one for one in people}


async def add_first(tx: Tx, made: Made, people: Sequence[Person]) -> None:
    """Store what was made with the case key. A supervisor's copy waits for the second signature."""
    readers = by_reader(people)
    for one in made.copies:
        person = readers[one.reader]
        row = Row(
            request=made.request,
            account=person.account,
            sealed=age_file(one.sealed),
            by_whom=made.asker,
            at=made.at,
            why="asked" if person.account == made.asker else "custodian",
            waiting=person.account != made.asker and person.role == "supervisor",
        )
        await put(tx, row)
    for pair in made.recovery:
        first, second = readers[pair.first].account, readers[pair.second].account
        await tx.execute(
            "INSERT INTO case_recovery (request, first, second, sealed) VALUES (%s, %s, %s, %s)",
            [made.request, first, second, age_file(pair.sealed)],
        )


async def put(tx: Tx, row: Row) -> bool:
    """Store a person's copy; tell whether they had none."""
    return bool(
        await changed(
            tx,
            "INSERT INTO case_copy (request, account, sealed, by_whom, at, why, waiting)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [row.request, row.account, row.sealed, row.by_whom, row.at, row.why, row.waiting],
        )
    )


async def second_signed(tx: Tx, request: str, account: str | None) -> None:
    """Hand the second signer their copy; those of who did not sign go, unseen. None: nobody will sign."""
    await tx.execute(
        "UPDATE case_copy SET waiting = false, why = 'second'"
        " WHERE request = %s AND account = %s AND waiting",
        [request, account],
    )
    await tx.execute("DELETE FROM case_copy WHERE request = %s AND waiting", [request])


async def own(tx: Tx, request: str, account: str) -> bytes | None:
    """Return a person's copy, if it is theirs by now."""
    query = "SELECT sealed FROM case_copy WHERE request = %s AND account = %s AND NOT waiting"
    found = await value(tx, query, [request, account])
    return None if found is None else bytes(found)


async def holders(tx: Tx, request: str) -> list[Copy]:
    """Return who can open a case, in the order in which they got their copies."""
    query = (
        "SELECT account, by_whom, at, why FROM case_copy WHERE request = %s AND NOT waiting"
        " ORDER BY at, account"
    )
    return await many(tx, Copy, query, [request])


async def take(tx: Tx, request: str, account: str) -> bool:
    """Delete a person's copy; tell whether there was one."""
    query = "DELETE FROM case_copy WHERE request = %s AND account = %s"
    return bool(await changed(tx, query, [request, account]))


async def pairs(tx: Tx, request: str) -> list[Pair]:
    """Return a case's recovery files."""
    query = (
        "SELECT first, second, sealed, handed FROM case_recovery WHERE request = %s ORDER BY first, second"
    )
    return await many(tx, Pair, query, [request])


async def hand_on(tx: Tx, request: str, first: str, second: str, inner: bytes | None) -> bool:
    """Store (or forget) the inner file of a pair; tell whether there is such a pair."""
    query = "UPDATE case_recovery SET handed = %s WHERE request = %s AND first = %s AND second = %s"
    return bool(await changed(tx, query, [inner, request, first, second]))


async def held_by(tx: Tx, account: str) -> list[Held]:
    """Return the cases of which a person has a copy or part of a recovery file."""
    query = (
        "SELECT r.id AS request, r.agency, %(account)s AS account FROM request r WHERE r.id IN"
        " (SELECT request FROM case_copy WHERE account = %(account)s UNION"
        " SELECT request FROM case_recovery WHERE %(account)s IN (first, second)) ORDER BY r.made, r.id"
    )
    return await many(tx, Held, query, {"account": account})


async def agencies_holding(tx: Tx) -> list[tuple[str, set[str]]]:
    """Return agencies with the accounts that have copies or recovery files of theirs."""
    query = (
        "SELECT r.agency, array_agg(DISTINCT c.account) FROM request r"
        " JOIN (SELECT request, account FROM case_copy"
        " UNION SELECT request, unnest(ARRAY[first, second]) FROM case_recovery) c ON c.request = r.id"
        " GROUP BY r.agency ORDER BY r.agency"
    )
    return [(row[0], set(row[1])) for row in await (await tx.execute(query)).fetchall()]


async def drop_pairs_of(tx: Tx, request: str, account: str) -> int:
    """Delete the recovery files that a person has part in; without them nobody opens those. How many."""
    return await changed(
        tx, "DELETE FROM case_recovery WHERE request = %s AND %s IN (first, second)", [request, account]
    )


async def forget_case_key(tx: Tx, request: str) -> None:
    """Destroy a case's key: every copy and every recovery file."""
    await tx.execute("DELETE FROM case_copy WHERE request = %s", [request])
    await tx.execute("DELETE FROM case_recovery WHERE request = %s", [request])


async def forget_case_keys(tx: Tx, agency: str, until: date) -> None:
    """Destroy an agency's case keys, of requests made by a day."""
    query = "SELECT id FROM request WHERE agency = %s AND (made AT TIME ZONE 'UTC')::date <= %s"
    for (request,) in await (await tx.execute(query, [agency, until])).fetchall():
        await forget_case_key(tx, request)


def _bad() -> Malformed:
    return Malformed(
        "The case key is no post-quantum age recipient, or a sealed copy of it no age file as it was signed.",
        do="Make a new case key.",
        code="requests.bad_case_key",
    )
