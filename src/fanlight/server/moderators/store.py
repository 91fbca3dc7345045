"""The rows of moderators, and their entries."""

from datetime import date

import msgspec

from fanlight.server.accounts import account_by_id
from fanlight.server.errors import NotFound
from fanlight.server.log import Log
from fanlight.store.database import Tx, many
from fanlight.wire import b64

ROLE = "moderator"  # as one is invited
_LOCK = 0x6D6F6465  # any fixed number: who changes moderators holds it


class Listed(msgspec.Struct, frozen=True):
    """Somebody who is or was a moderator. `index`: of the entry."""

    account: str
    name: str
    joined: date
    ended: date | None
    index: int | None


class Moderator(msgspec.Struct, frozen=True):
    """A moderator in office, whose entry has its place: `recipient` to seal to, `sign_pub` to check by."""

    account: str
    name: str
    recipient: str
    sign_pub: bytes
    joined: date


async def everybody(tx: Tx) -> list[Listed]:
    """Return all who are or were moderators, those in office first."""
    return await many(
        tx,
        Listed,
        "SELECT m.account, m.name, m.joined, m.ended, l.idx AS index FROM moderator m"
        " JOIN leaf l ON l.id = m.leaf ORDER BY m.ended IS NOT NULL, m.name, m.account",
    )


async def in_office(tx: Tx) -> list[Moderator]:
    """Return the moderators who count now, by account."""
    return await many(
        tx,
        Moderator,
        "SELECT m.account, m.name, a.age_recipient AS recipient, a.sign_pub, m.joined FROM moderator m"
        " JOIN leaf l ON l.id = m.leaf JOIN account a ON a.id = m.account"
        " WHERE m.ended IS NULL AND l.idx IS NOT NULL ORDER BY m.account",
    )


async def come(  # noqa: PLR0913 - what the entry says
    log: Log, tx: Tx, *, account: str, name: str, day: date, made_by: str, signature: str = ""
) -> None:
    """Let an account be a moderator once its public halves are in the record."""
    found = await account_by_id(tx, account)
    if found is None:
        raise _nobody()
    pub = {
        "day": day.isoformat(),
        "key": b64.encode(bytes(found.sign_pub)),
        "recipient": found.age_recipient,
        "made_by": made_by,
    }
    leaf = await log.queue_leaf(tx, "moderator-joined", pub, {"name": name, "signature": signature})
    await tx.execute(
        "INSERT INTO moderator (account, name, joined, leaf) VALUES (%s, %s, %s, %s)",
        [account, name, day, leaf],
    )


async def end(log: Log, tx: Tx, account: str, day: date, signature: str) -> None:
    """End what somebody does as a moderator, and every session of theirs; raises NotFound."""
    await tx.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    found = await account_by_id(tx, account)
    if found is None or all(one.account != account or one.ended for one in await everybody(tx)):
        raise _nobody()
    pub = {"day": day.isoformat(), "key": b64.encode(bytes(found.sign_pub))}
    leaf = await log.queue_leaf(tx, "moderator-ended", pub, {"signature": signature})
    await tx.execute(
        "UPDATE moderator SET ended = %s, end_leaf = %s WHERE account = %s", [day, leaf, account]
    )
    await tx.execute("DELETE FROM session WHERE account = %s", [account])


def _nobody() -> NotFound:
    return NotFound("No moderator is in office there.", do="Load the list again.", code="moderators.nobody")
