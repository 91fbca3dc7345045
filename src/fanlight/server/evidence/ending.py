"""What follows when an agreement is over: requests close, copies get an end and meet it.

In:     the register; the clock.
Out:    closed requests, scheduled copies, each with its entry; an entry once all of them are destroyed.
Holds:  who may look is asked of the register at each call, so nothing waits for this; here is what comes
        after, within a second and again after every restart, until it is done. A copy that an agency holds
        is destroyed with its case key thirty days after the agency's last agreement ended, unless a hold
        stands or a law wants it longer (ends).
Absent: the destroying itself (ends); copies that were exported: those are out, and the record says to whom.
Why:    docs/design/register.md
"""

import asyncio
from datetime import date, timedelta

import structlog

from fanlight.server import programme, requests
from fanlight.server.evidence import ends, keyring, store
from fanlight.server.evidence.retention import AFTER_AGREEMENT
from fanlight.server.evidence.store import CopyEnd
from fanlight.server.services import Services

POLL_S = 1.0
CASES_EVERY = 30  # cases end by days, of which one may begin now; what was recorded meanwhile counts soon

log = structlog.get_logger()


async def tick(services: Services, *, each_case: bool = True) -> None:
    """Do once what is due; done again, it does nothing. `each_case`: look at every case's end as well."""
    today = services.clock().date()
    await programme.expire(services.db, services.log, today)
    await requests.close_without_agreement(services)
    await keyring.forget_who_left(services)
    await _schedule(services, today)
    if each_case:
        await ends.tick(services)
    await _destroy(services, today)


async def run(services: Services, poll_s: float = POLL_S) -> None:
    """Do it until cancelled, every `poll_s` seconds. What fails is logged and tried again."""
    rounds, looked = 0, date.min
    while True:
        try:
            today = services.clock().date()
            await tick(services, each_case=today != looked or rounds % CASES_EVERY == 0)
            rounds, looked = rounds + 1, today
        except Exception as error:  # noqa: BLE001 - the clock must not stop
            log.warning("endings", error=type(error).__name__)
        await asyncio.sleep(poll_s)


async def _schedule(services: Services, today: date) -> None:
    """Give the copies of agencies whose agreement is over their end."""
    async with services.db.transaction() as tx:
        over = await programme.agreements_over(tx)
        known = await store.copy_ends(tx)
        new = [row for row in over if row.id not in {one.agreement for one in known}]
        if not new:
            return
        await store.lock(tx, "endings")
        known = await store.copy_ends(tx)
        # An agreement that was renewed ended long ago; its agency saw its copies until the last one was over.
        latest: dict[str, date] = {}
        for row in over:
            if row.day is not None:
                latest[row.agency] = max(row.day, latest.get(row.agency, row.day))
        for row in new:
            if row.id in {one.agreement for one in known} or row.day is None:
                continue
            due = max(latest[row.agency] + AFTER_AGREEMENT, today + timedelta(days=1))
            pub = {
                "agreement": row.id,
                "agency": row.agency,
                "ended": row.day.isoformat(),
                "due": due.isoformat(),
            }
            leaf = await services.log.queue_leaf(tx, "copies-end", pub)
            await store.add_copy_end(tx, CopyEnd(row.id, row.agency, row.day, due, None), leaf)


async def _destroy(services: Services, today: date) -> None:
    """Say so once every copy and key of an agency whose agreement is over is destroyed (`ends` does it)."""
    async with services.db.transaction() as tx:
        due = [one for one in await store.copy_ends(tx) if one.done_leaf is None and one.due <= today]
        if not due:
            return
        await store.lock(tx, "endings")
        for one in [one for one in await store.copy_ends(tx) if one.done_leaf is None and one.due <= today]:
            if await store.holds_something(tx, one.agency, one.ended):
                continue  # a hold stands, or a minimum
            await requests.forget_case_keys(tx, one.agency, one.ended)  # of requests that never opened
            pub = {"agreement": one.agreement, "agency": one.agency, "day": today.isoformat()}
            leaf = await services.log.queue_leaf(tx, "copies-destroyed", pub)
            await store.copies_destroyed(tx, one.agreement, leaf)
