"""What happens by itself: once a day is over, what homes said on it is entered."""

import asyncio

import structlog

from fanlight.server import operations
from fanlight.server.operations import Acting
from fanlight.server.services import Services

_EVERY_S = 600.0

log = structlog.get_logger()


async def sweep(services: Services) -> int:
    """Enter what homes said on days that are over; return how many entries were made."""
    async with services.db.transaction() as tx:
        return await operations.enter_homes(Acting(tx, services.log, services.clock()))


async def run(services: Services) -> None:
    """Sweep until cancelled. What fails is logged and tried again."""
    while True:
        await asyncio.sleep(_EVERY_S)
        try:
            await sweep(services)
        except Exception as error:  # noqa: BLE001 - the next round tries again
            log.warning("operations", error=type(error).__name__)
