"""What happens by itself: wishes end."""

import asyncio

import structlog

from fanlight.server.services import Services
from fanlight.server.wishes import store

_EACH_S = 3_600

log = structlog.get_logger()


async def sweep(services: Services) -> int:
    """Drop the wishes whose month is over; return how many."""
    async with services.db.transaction() as tx:
        return await store.forget(tx, services.clock().date())


async def run(services: Services) -> None:
    """Sweep each hour until cancelled. What fails is logged and tried again."""
    while True:
        try:
            await sweep(services)
        except Exception as error:  # noqa: BLE001 - the clock must not stop
            log.warning("wishes", error=type(error).__name__)
        await asyncio.sleep(_EACH_S)
