"""The end of a copy that was handed on: by its day, with the first agency's copy, or with an agreement.

In:     the clock; the transaction in which the first agency's copy is destroyed.
Out:    a forgotten header, manifest and keys; a line and an entry of the agency that had it.
Holds:  the first agency's copy and this one are forgotten in one transaction; a hold or a use of the first
        agency lengthens nothing here, not even where who gave it wants it back.
Why:    docs/design/onward.md
"""

from datetime import date, datetime

from fanlight.model.clock import to_text
from fanlight.server.evidence import day, store
from fanlight.server.evidence.onward import store as rows
from fanlight.server.evidence.onward.store import Act, Row
from fanlight.server.services import Services
from fanlight.store.database import Tx

OPEN = frozenset({"offered", "accepted", "handed"})


async def with_copy(tx: Tx, disclosure: str, now: datetime, why: str) -> list[str]:
    """Forget what was handed on of a copy that is destroyed; the caller has the turn of its case.

    Returns:
        The id of what was forgotten, for the shred list; nothing if nothing was handed on.
    """
    row = await rows.standing(tx, disclosure)
    if row is None or row.state not in OPEN:
        return []
    await _destroy(tx, row, now, why)
    return [row.id]


async def due(services: Services, now: datetime) -> list[str]:
    """Forget what is past its day; return which."""
    async with services.db.transaction() as tx:
        waiting = await rows.due(tx, now.date())
    return [one.id for one in waiting if await _end(services, one, now)]


async def again(tx: Tx, gone: list[str], now: datetime) -> int:
    """Forget again what came back with an older database; return how many."""
    back = await rows.back(tx, gone)
    for row in back:
        await _destroy(tx, row, now, "restored")
    return len(back)


async def _end(services: Services, row: Row, now: datetime) -> bool:
    async with services.db.transaction() as tx:
        await store.lock_end(tx, row.request)
        found = next((one for one in await rows.due(tx, now.date()) if one.id == row.id), None)
        if found is None:  # its end came otherwise meanwhile
            return False
        await _destroy(tx, found, now, _why(found, now.date()))
    return True


def _why(row: Row, today: date) -> str:
    if row.until < today:
        return "until"
    return "withdrawn" if row.back_due is not None and row.back_due <= today else "agreement"


async def _destroy(tx: Tx, row: Row, now: datetime, why: str) -> None:
    await rows.over(tx, row.id, "destroyed", now.date(), why)
    await rows.add_act(tx, row.id, Act(to_text(now), "destroyed", "the server"))
    detail = {"onward": row.id, "why": why, "at": to_text(now)}
    await day.enter(tx, row.to_agency, now, "onward-destroyed", detail)
