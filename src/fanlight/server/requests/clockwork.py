"""What happens by itself: requests end in time, and stale cell files are made again."""

import asyncio
import contextlib

import structlog

from fanlight.server.requests import cells, deciding, store
from fanlight.server.services import Services

POLL_S = 0.3
DUE_S = 1.0

log = structlog.get_logger()


async def refresh_files(services: Services) -> int:
    """Make the stale cell files whose leaves are cosigned by now; return how many were made."""
    async with services.db.transaction() as tx:
        stale = await store.stale_cells(tx)
    made = 0
    for cell in stale:
        if await cells.make_file(services, cell) is not None:
            made += 1
    return made


async def run(services: Services) -> None:
    """Do both until cancelled. What fails is logged and tried again."""
    loop = asyncio.get_running_loop()
    due_at = 0.0
    while True:
        try:
            if loop.time() >= due_at:
                due_at = loop.time() + DUE_S
                await deciding.close_due(services)
                await deciding.enter_opened_pseudonyms(services)
            await refresh_files(services)
        except Exception as error:  # noqa: BLE001 - the clock must not stop
            log.warning("requests", error=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_S):
                await services.log.sequencer.changed()
