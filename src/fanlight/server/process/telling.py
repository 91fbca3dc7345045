"""The clock of gags: on the day after the last quiet day everybody is told, whoever forgot it.

In:     the rows, the clock.
Out:    entries `process` and `process-packet`; the sealed slots opened.
Holds:  the household's own page asks the day, not this clock, so that nothing that fails here keeps a
        household from knowing.
"""

import asyncio

import structlog

from fanlight.server import sealed
from fanlight.server.process import deciding, preserving, store
from fanlight.server.process.rules import check
from fanlight.server.services import Services

log = structlog.get_logger()


async def tick(services: Services) -> int:
    """Tell what may be told since today; return how many."""
    today = services.clock().date()
    async with services.db.transaction() as tx:
        rows = await store.over(tx, today)
        for row in rows:
            given = deciding.given_of(row)
            scope = deciding.scope_of(row) if row.scope else given.scope
            failed = [one.id for one in check(given, scope, row.decided or today) if not one.holds]
            pub = deciding.public(row, failed) | {"told": today.isoformat()}
            pub |= await preserving.public(tx, row.id, scope.accounts)
            leaf = await services.log.queue_leaf(tx, "process", pub, deciding.committed(row))
            await store.told(tx, row.id, leaf)
            if row.sealed:
                await sealed.open_order(services.log, tx, row.sealed)
            for packet in await store.packets(tx, row.id):
                if packet.sealed and packet.leaf is None:
                    pub = deciding.packet_public(packet)
                    held = deciding.packet_committed(packet)
                    made = await services.log.queue_leaf(tx, "process-packet", pub, held)
                    await store.packet_told(tx, packet.id, made)
                    await sealed.open_order(services.log, tx, packet.sealed)
    return len(rows)


async def run(services: Services, rounds_s: float) -> None:
    """Tell every so many seconds until cancelled. What fails is logged and tried again."""
    while True:
        try:
            await tick(services)
        except Exception as error:  # noqa: BLE001 - the next round tries again
            log.error("process", error=type(error).__name__)  # noqa: TRY400 - values would enter the log
        await asyncio.sleep(rounds_s)
