"""An agency's day in the record: 64 entries at random moments, whether or not anything happened.

In:     real entries (disclosed, viewed, refused exports), which take the next moment; exports, which
        take it at once, because nothing may be handed out before its leaf.
Out:    `case` leaves of one size: agency and day are public, what happened is committed.
Holds:  a day has 64, 128, 256 ... leaves, so that nothing real can be counted; a real entry is stored in
        the transaction of what it records.
"""

import asyncio
import random
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


async def ensure_planned(tx: Tx, agency: str, now: datetime, need: int = 0) -> None:
    """Plan an agency's day, and again as much while fewer than `need` moments are left."""
    day = now.date()
    await store.lock(tx, f"day {agency}")
    total = await store.planned(tx, agency, day)
    if not total:
        total = rules.FIRST_PLAN
        await store.plan(tx, agency, day, total, rules.plan_moments(now, day, total, _RANDOM.random))
    while await store.slots_left(tx, agency, day) < need:
        moments = rules.plan_moments(now, day, total, _RANDOM.random)
        total *= 2
        await store.plan(tx, agency, day, total, moments)


async def enter(tx: Tx, agency: str, now: datetime, act: str, detail: dict[str, Any]) -> None:
    """Store a real entry with what it records; its leaf follows at the next moment."""
    await store.add_entry(tx, agency, act, detail)
    await ensure_planned(tx, agency, now, await store.entries_waiting(tx, agency))


async def enter_now(record: Log, tx: Tx, agency: str, now: datetime, detail: dict[str, Any]) -> str:
    """Record an export at once, in the next moment's place; return the leaf's id."""
    await ensure_planned(tx, agency, now, await store.entries_waiting(tx, agency) + 1)
    await store.take_next_slot(tx, agency, now.date())
    return await _leaf(record, tx, (agency, now.date()), "exported", detail)


async def emit_due(services: Services) -> int:
    """Turn the moments that have come into leaves, real or dummy; return how many."""
    now = services.clock()
    async with services.db.transaction() as tx:
        for agency in await programme.agencies_in_force(tx, now.date()):
            await ensure_planned(tx, agency, now, await store.entries_waiting(tx, agency))
        slots = await store.take_due_slots(tx, now)
        for slot in slots:
            entry = await store.take_entry(tx, slot.agency)
            act, detail = ("dummy", {}) if entry is None else (entry.act, jcs.loads(entry.detail))
            await _leaf(services.log, tx, (slot.agency, slot.day), act, detail)
    return len(slots)


async def run(services: Services) -> None:
    """Keep every agency's day until cancelled. What fails is logged and tried again."""
    while True:
        try:
            await emit_due(services)
        except Exception as error:  # noqa: BLE001 - the record must go on
            log.warning("evidence", error=type(error).__name__)
        await asyncio.sleep(POLL_S)


async def _leaf(record: Log, tx: Tx, slot: tuple[str, date], act: str, detail: dict[str, Any]) -> str:
    return await record.queue_leaf(tx, "case", rules.case_pub(*slot), {"act": act, "detail": detail})
