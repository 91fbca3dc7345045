"""What happens by itself: files of links that are over are deleted, and their rows a month later.

Holds:  a row is there before its file, so that a file without a row is nobody's any more: its household was
        deleted, or an older database was put back.
"""

import asyncio
from datetime import timedelta

import structlog

from fanlight.server.links import rules, store
from fanlight.server.services import Services
from fanlight.store.blobs import key_of

_EACH_S = 600
SHELF = "links"

log = structlog.get_logger()


def blob_of(link: str) -> str:
    """Return the key of a link's file: none that a clip or a disclosure can have."""
    return key_of(link, SHELF)


async def end_file(services: Services, link: str) -> None:
    """Delete what there is of a link's file."""
    services.hours.over(link)
    services.incoming.drop(f"l.{link}")
    await services.blobs.delete(blob_of(link))


async def sweep(services: Services) -> int:
    """Delete the files of links that are over; return how many."""
    today = services.clock().date()
    async with services.db.transaction() as tx:
        await store.see_over(tx, today)
        over = await store.over(tx)
    for link in over:
        await end_file(services, link)  # the file before the row: a row that is over promises that it is gone
        async with services.db.transaction() as tx:
            await store.see_over(tx, today)
            await store.end(tx, link, "over")
    async with services.db.transaction() as tx:
        await store.see_over(tx, today)
        await store.forget(tx, today - timedelta(days=rules.TOLD_DAYS))
    return len(over) + await _sweep_nobodys(services)


async def _sweep_nobodys(services: Services) -> int:
    """Delete the files that no living link names; return how many."""
    swept = 0
    async for keys in services.blobs.keys(SHELF):
        for link in [key.rpartition("/")[2] for key in keys]:
            async with services.db.transaction() as tx:
                await store.name(tx, link)
                row = await store.get(tx, link)
            if row is None or row.state not in {"coming", "open"}:
                await end_file(services, link)
                swept += 1
    return swept


async def run(services: Services) -> None:
    """Sweep every ten minutes until cancelled. What fails is logged and tried again."""
    while True:
        try:
            await sweep(services)
        except Exception as error:  # noqa: BLE001 - the clock must not stop
            log.warning("links", error=type(error).__name__)
        await asyncio.sleep(_EACH_S)
