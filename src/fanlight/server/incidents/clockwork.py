"""What happens by itself: incidents end and are counted; those of an agency without a clause go at once."""

import asyncio
from collections import Counter
from datetime import date

import structlog

from fanlight.server import programme
from fanlight.server.incidents import rules, sources, store
from fanlight.server.services import Services

EACH_S = 300.0

log = structlog.get_logger()


async def sweep(services: Services) -> int:
    """Drop what is over and count it by month, class and cell; return how many incidents.

    An incident counts when it goes: so one that was cancelled does not, and one whose class was corrected
    counts as what it was in the end.
    """
    async with services.db.transaction() as tx:
        gone = await store.sweep(tx, services.clock(), await sources.allowed(tx, services))
        if gone:
            division = (await programme.town(tx))["divisions"][-1]
            found: Counter[tuple[date, str, str]] = Counter(
                (one.began.date().replace(day=1), one.kind, rules.cell_of(one.cells, division))
                for one in gone
            )
            await store.count(tx, found)
    return len(gone)


async def run(services: Services) -> None:
    """Sweep until cancelled. What fails is logged and tried again; no list shows what is over meanwhile."""
    while True:
        try:
            await sweep(services)
        except Exception as error:  # noqa: BLE001 - the clock must not stop
            log.warning("incidents", error=type(error).__name__)
        await asyncio.sleep(EACH_S)
