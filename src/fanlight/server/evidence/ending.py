"""What follows when an agreement is over: requests close, copies get an end and meet it.

In:     the register; the clock.
Out:    closed requests, scheduled and destroyed copies, each with its entry.
Holds:  who may look is asked of the register at each call, so nothing waits for this; here is what comes
        after, within a second and again after every restart, until it is done. A copy that an agency holds
        is destroyed with its case key thirty days after the agency's last agreement ended.
Absent: copies that were exported: those are out, and the record says to whom; holds by a court.
Why:    docs/design/register.md
"""

import asyncio
from datetime import date, timedelta

import structlog

from fanlight.model.clock import to_text
from fanlight.server import programme, requests
from fanlight.server.evidence import day, drops, store
from fanlight.server.evidence.store import CopyEnd, Custody
from fanlight.server.services import Services

POLL_S = 1.0
KEPT = timedelta(days=30)

log = structlog.get_logger()


async def tick(services: Services) -> None:
    """Do once what is due; done again, it does nothing."""
    today = services.clock().date()
    await programme.expire(services.db, services.log, today)
    await requests.close_without_agreement(services)
    await _schedule(services, today)
    await _destroy(services, today)


async def run(services: Services) -> None:
    """Do it until cancelled. What fails is logged and tried again."""
    while True:
        try:
            await tick(services)
        except Exception as error:  # noqa: BLE001 - the clock must not stop
            log.warning("endings", error=type(error).__name__)
        await asyncio.sleep(POLL_S)


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
            due = max(latest[row.agency] + KEPT, today + timedelta(days=1))
            pub = {
                "agreement": row.id,
                "agency": row.agency,
                "ended": row.day.isoformat(),
                "due": due.isoformat(),
            }
            leaf = await services.log.queue_leaf(tx, "copies-end", pub)
            await store.add_copy_end(tx, CopyEnd(row.id, row.agency, row.day, due, None), leaf)


async def _destroy(services: Services, today: date) -> None:
    async with services.db.transaction() as tx:
        due = [one for one in await store.copy_ends(tx) if one.done_leaf is None and one.due <= today]
    for one in due:
        async with services.db.transaction() as tx:
            doomed = await store.held(tx, one.agency, one.ended)
        for disclosure in doomed:  # payloads first: a row that is empty already would leave one behind
            await services.blobs.delete(drops.blob_of(disclosure))
        now = services.clock()
        async with services.db.transaction() as tx:
            await store.lock(tx, "endings")
            if any(
                known.agreement == one.agreement and known.done_leaf for known in await store.copy_ends(tx)
            ):
                continue
            for disclosure in doomed:
                await store.empty(tx, disclosure)
                await store.add_custody(tx, disclosure, Custody(to_text(now), "destroyed", "the server"))
                detail = {"disclosure": disclosure, "why": "the agreement is over", "at": to_text(now)}
                await day.enter(tx, one.agency, now, "destroyed", detail)
            await requests.forget_case_keys(tx, one.agency, one.ended)
            pub = {"agreement": one.agreement, "agency": one.agency, "day": today.isoformat()}
            leaf = await services.log.queue_leaf(tx, "copies-destroyed", pub)
            await store.copies_destroyed(tx, one.agreement, leaf)
