"""An agency's day in the record: 64 entries at random moments, whether or not anything happened.

In:     real entries (disclosed, viewed, refused exports), which take the next moment; exports and keys,
        which take it at once, because nothing may be handed out or sealed before its leaf.
Out:    `case` leaves of one size: agency and day are public, what happened is committed.
Holds:  a day has 64, 128, 256 ... leaves, so that nothing real can be counted; a real entry is stored in
        the transaction of what it records. A day grows only when more waits than a whole day holds: one
        that grew because few moments were left would tell that something came late. So what comes late
        waits for the next day, and an export, which cannot wait, takes the next day's first place: from
        four hours before midnight on, dummies of both days come.
"""

import asyncio
import random
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import structlog

from fanlight.server import programme
from fanlight.server.evidence import rules, store
from fanlight.server.log import Log
from fanlight.server.services import Services
from fanlight.store.database import Tx
from fanlight.wire import jcs

POLL_S = 1.0
_RANDOM = random.SystemRandom()

log = structlog.get_logger()


async def ensure_planned(tx: Tx, agency: str, now: datetime) -> None:
    """Plan an agency's days that have begun to fill; today again as much while more waits than it holds."""
    await store.lock(tx, f"day {agency}")
    for day in rules.days_filling(now):
        if not await store.planned(tx, agency, day):
            await _plan_more(tx, agency, now, day)
    waiting = await store.entries_waiting(tx, agency)
    while await store.planned(tx, agency, now.date()) < waiting:
        await _plan_more(tx, agency, now, now.date())


async def _plan_more(tx: Tx, agency: str, now: datetime, day: date) -> None:
    total = await store.planned(tx, agency, day)
    count = total or rules.FIRST_PLAN
    moments = rules.plan_moments(now, day, count, _RANDOM.random)
    await store.plan(tx, agency, day, total + count, moments)


async def turns(tx: Tx, agencies: Iterable[str]) -> None:
    """Wait for the turn of several agencies' days before anything is entered in one of them.

    `emit_due` takes them in this order too: who took two in another order would wait for each other.
    """
    for agency in sorted(set(agencies)):
        await store.lock(tx, f"day {agency}")


async def enter(tx: Tx, agency: str, now: datetime, act: str, detail: dict[str, Any]) -> None:
    """Store a real entry with what it records; its leaf follows at the next moment."""
    await store.add_entry(tx, agency, act, detail)
    await ensure_planned(tx, agency, now)


async def enter_now(  # noqa: PLR0913, PLR0917 - what `enter` takes, and the record itself
    record: Log, tx: Tx, agency: str, now: datetime, act: str, detail: dict[str, Any]
) -> str:
    """Record what cannot wait at once, in the next moment's place; return the leaf's id."""
    await ensure_planned(tx, agency, now)
    slot = await store.take_next_slot(tx, agency)
    while slot is None:  # as many exports within the hour as two days have places
        await _plan_more(tx, agency, now, now.date())
        slot = await store.take_next_slot(tx, agency)
    return await _leaf(record, tx, slot, act, detail)


async def emit_due(services: Services) -> int:
    """Turn the moments that have come into leaves, real or dummy; return how many."""
    now = services.clock()
    async with services.db.transaction() as tx:
        for agency in await programme.agencies_once_in_force(tx, now.date()):
            await ensure_planned(tx, agency, now)
        slots = await store.take_due_slots(tx, now)
        for slot in slots:
            entry = await store.take_entry(tx, slot.agency)
            act, detail = ("dummy", {}) if entry is None else (entry.act, jcs.loads(entry.detail))
            await _leaf(services.log, tx, slot, act, detail)
    return len(slots)


async def run(services: Services) -> None:
    """Keep every agency's day until cancelled. What fails is logged and tried again."""
    while True:
        try:
            await emit_due(services)
        except Exception as error:  # noqa: BLE001 - the record must go on
            log.warning("evidence", error=type(error).__name__)
        await asyncio.sleep(POLL_S)


async def _leaf(record: Log, tx: Tx, slot: store.Slot, act: str, detail: dict[str, Any]) -> str:
    pub = rules.case_pub(slot.agency, slot.day)
    return await record.queue_leaf(tx, "case", pub, {"act": act, "detail": detail})
