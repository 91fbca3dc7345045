"""What happens by itself: files of links that are over are deleted, and their rows a month later.

Holds:  a row is there before its file, so that a file without a row is nobody's any more: its household was
        deleted, or an older database was put back. A link that was taken back or used up is not open again
        because of one: `replay` runs before anything is served.
"""

import asyncio
from datetime import timedelta

import structlog

from fanlight.server.links import rules, store
from fanlight.server.services import Services
from fanlight.store.blobs import key_of

_EACH_S = 600
SHELF = "links"
_COMING = "l."  # how an upload is named in `incoming`, where clips and disclosures have theirs

log = structlog.get_logger()


def blob_of(link: str) -> str:
    """Return the key of a link's file: none that a clip or a disclosure can have."""
    return key_of(link, SHELF)


def coming(link: str) -> str:
    """Return the name of a link's file on its way."""
    return f"{_COMING}{link}"


async def end_file(services: Services, link: str) -> None:
    """Delete what there is of a link's file."""
    services.hours.over(link)
    services.incoming.drop(coming(link))
    await services.blobs.delete(blob_of(link))


async def note(services: Services, link: str) -> None:
    """Note in the shred list that a link is over for good."""
    try:
        await asyncio.to_thread(services.shreds.note_gone, [link])
    except OSError as error:  # it ends all the same; only an older backup would open it again
        log.warning("shreds", error=type(error).__name__)


async def replay(services: Services) -> None:
    """End again what an older database has as open."""
    async with services.db.transaction() as tx:
        await store.end_named(tx, sorted(services.shreds.gone))


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
    """Delete the files that no living link names, those on their way too; return how many."""
    uploads = [
        name.removeprefix(_COMING) for name in await asyncio.to_thread(services.incoming.names, _COMING)
    ]
    swept = await _sweep_these(services, uploads)
    async for keys in services.blobs.keys(SHELF):
        swept += await _sweep_these(services, [key.rpartition("/")[2] for key in keys])
    return swept


async def _sweep_these(services: Services, links: list[str]) -> int:
    swept = 0
    for link in links:
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
