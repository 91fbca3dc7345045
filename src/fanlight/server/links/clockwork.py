"""What happens by itself: files of links that are over are deleted, and their rows a month later."""

import asyncio
import hashlib
from datetime import timedelta

import structlog

from fanlight.model.ids import id_of
from fanlight.server.links import rules, store
from fanlight.server.services import Services
from fanlight.store.blobs import key_of

_EACH_S = 600

log = structlog.get_logger()


def blob_of(link: str) -> str:
    """Return the key of a link's file: none that a clip or a disclosure can have."""
    return key_of(id_of(hashlib.sha256(f"link {link}".encode()).digest()[:16]))


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
    return len(over)


async def run(services: Services) -> None:
    """Sweep every ten minutes until cancelled. What fails is logged and tried again."""
    while True:
        try:
            await sweep(services)
        except Exception as error:  # noqa: BLE001 - the clock must not stop
            log.warning("links", error=type(error).__name__)
        await asyncio.sleep(_EACH_S)
