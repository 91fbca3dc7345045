"""The rows of the operator's counsel, and their entries."""

from datetime import date
from typing import Any

import msgspec

from fanlight.server.accounts import account_by_id
from fanlight.server.errors import NotFound
from fanlight.server.log import Log
from fanlight.store.database import Tx, many
from fanlight.wire import b64

ROLES = ("counsel", "own-counsel")  # as one is invited; the second is the operator themself
_LOCK = 0x636F756E  # any fixed number: who changes counsel holds it


class Counsel(msgspec.Struct, frozen=True):
    """Somebody who is or was counsel; `own` is the operator themself. `index`: of the entry."""

    account: str
    name: str
    own: bool
    joined: date
    ended: date | None
    index: int | None


async def everybody(tx: Tx) -> list[Counsel]:
    """Return all who are or were counsel, those in office first."""
    return await many(
        tx,
        Counsel,
        "SELECT c.account, c.name, c.own, c.joined, c.ended, l.idx AS index FROM counsel c"
        " JOIN leaf l ON l.id = c.leaf ORDER BY c.ended IS NOT NULL, c.name, c.account",
    )


async def come(  # noqa: PLR0913 - what the entry says
    log: Log, tx: Tx, *, account: str, name: str, role: str, day: date, made_by: str, signature: str = ""
) -> None:
    """Let an account be counsel once its public halves are in the record."""
    found = await account_by_id(tx, account)
    if found is None:
        raise _nobody()
    pub: dict[str, Any] = {
        "day": day.isoformat(),
        "key": b64.encode(bytes(found.sign_pub)),
        "recipient": found.age_recipient,
        "own": role == ROLES[1],
        "made_by": made_by,
    }
    leaf = await log.queue_leaf(tx, "counsel-joined", pub, {"name": name, "signature": signature})
    await tx.execute(
        "INSERT INTO counsel (account, name, own, joined, leaf) VALUES (%s, %s, %s, %s, %s)",
        [account, name, pub["own"], day, leaf],
    )


async def end(log: Log, tx: Tx, account: str, day: date, signature: str) -> None:
    """End what somebody does as counsel, and every session of theirs; raises NotFound."""
    await tx.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    found = await account_by_id(tx, account)
    if found is None or all(one.account != account or one.ended for one in await everybody(tx)):
        raise _nobody()
    pub = {"day": day.isoformat(), "key": b64.encode(bytes(found.sign_pub))}
    leaf = await log.queue_leaf(tx, "counsel-ended", pub, {"signature": signature})
    await tx.execute("UPDATE counsel SET ended = %s, end_leaf = %s WHERE account = %s", [day, leaf, account])
    await tx.execute("DELETE FROM session WHERE account = %s", [account])


def _nobody() -> NotFound:
    return NotFound("Nobody in office is counsel there.", do="Load the list again.", code="counsel.nobody")
