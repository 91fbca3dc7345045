"""The rows of open invitations to an agency, and of who came by one."""

from datetime import date, datetime

import msgspec

from fanlight.server.accounts import store_people
from fanlight.server.accounts.store import delete_account
from fanlight.store.database import Tx, changed, many, one, value


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """An open invitation; `account` has answered it, with these public halves.

    `agency` is empty where the operator invites their own counsel or a moderator.
    """

    id: str
    agency: str
    name: str
    role: str
    by_whom: str
    ends: datetime
    account: str | None
    sign_pub: bytes | None
    age_recipient: str | None


_INVITATION = (
    "SELECT i.id, coalesce(i.agency, '') AS agency, i.name, i.role, i.by_whom, i.ends, i.account, a.sign_pub,"
    " a.age_recipient"
    " FROM agency_invitation i LEFT JOIN account a ON a.id = i.account"
)


async def of_agency(tx: Tx, agency: str, now: datetime) -> list[Invitation]:
    """Return an agency's open invitations, soonest to end first."""
    return await many(
        tx,
        Invitation,
        _INVITATION + " WHERE i.agency = %s AND i.ends > %s ORDER BY i.ends, i.id",
        [agency, now],
    )


async def by(tx: Tx, account: str, now: datetime) -> list[Invitation]:
    """Return the open invitations that an account made."""
    return await many(
        tx,
        Invitation,
        _INVITATION + " WHERE i.by_whom = %s AND i.ends > %s ORDER BY i.ends, i.id",
        [account, now],
    )


async def get(tx: Tx, invitation: str, now: datetime) -> Invitation | None:
    """Return an open invitation."""
    return await one(tx, Invitation, _INVITATION + " WHERE i.id = %s AND i.ends > %s", [invitation, now])


async def by_secret(tx: Tx, secret_hash: bytes, now: datetime) -> Invitation | None:
    """Return the open invitation of a secret."""
    return await one(
        tx, Invitation, _INVITATION + " WHERE i.secret_hash = %s AND i.ends > %s", [secret_hash, now]
    )


async def add(tx: Tx, made: Invitation, secret_hash: bytes) -> bool:
    """Store an invitation; tell whether its id and secret were new."""
    return bool(
        await changed(
            tx,
            "INSERT INTO agency_invitation (id, agency, name, role, secret_hash, by_whom, ends)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [made.id, made.agency or None, made.name, made.role, secret_hash, made.by_whom, made.ends],
        )
    )


async def answer(tx: Tx, invitation: str, account: str) -> bool:
    """Keep who answered; tell whether nobody had."""
    query = "UPDATE agency_invitation SET account = %s WHERE id = %s AND account IS NULL"
    return bool(await changed(tx, query, [account, invitation]))


async def drop(tx: Tx, invitation: str) -> None:
    """Forget an invitation, and who answered it unless they came."""
    found: str | None = await value(tx, "SELECT account FROM agency_invitation WHERE id = %s", [invitation])
    await tx.execute("DELETE FROM agency_invitation WHERE id = %s", [invitation])
    if found is not None:
        await store_people.enter(tx, account=found)
        await delete_account(tx, found)


async def with_ended(tx: Tx, now: datetime) -> list[str]:
    """Return the agencies that have ended invitations."""
    query = "SELECT DISTINCT coalesce(agency, '') FROM agency_invitation WHERE ends <= %s"
    return [str(row[0]) for row in await (await tx.execute(query, [now])).fetchall()]


async def drop_ended(tx: Tx, agency: str, now: datetime) -> None:
    """Forget what nobody can answer or confirm any more; the caller holds the agency's lock."""
    query = "SELECT id FROM agency_invitation WHERE coalesce(agency, '') = %s AND ends <= %s"
    for row in await (await tx.execute(query, [agency, now])).fetchall():
        await drop(tx, str(row[0]))


async def used(tx: Tx, who: Invitation) -> None:
    """Forget an invitation that somebody came by; no sign-in of before counts."""
    await tx.execute("DELETE FROM agency_invitation WHERE id = %s", [who.id])
    await tx.execute("DELETE FROM session WHERE account = %s", [who.account])


async def come(tx: Tx, who: Invitation, by_whom: str | None, day: date, leaf: str) -> None:
    """Let who answered act for the agency, and forget the invitation."""
    await used(tx, who)
    await tx.execute(
        "INSERT INTO agency_person (account, kind, agency, name, role, leaf)"
        " VALUES (%s, 'officer', %s, %s, %s, %s)",
        [who.account, who.agency, who.name, who.role, leaf],
    )
    await tx.execute(
        "INSERT INTO person_change (account, agency, role, made, by_whom, day, leaf)"
        " VALUES (%s, %s, NULL, %s, %s, %s, %s)",
        [who.account, who.agency, who.role, by_whom, day, leaf],
    )
