"""Room: one entry a day with a root over what the hubs of a town say of it, so that clips can be dated.

In:     a salted digest of each hub's day, during the day after.
Out:    a leaf `journal` for each day, also where no hub said anything; a hub's path to it.
Holds:  no row says whose a digest is, and all hubs send one each day, whatever happened at home; a day's
        leaves are filled up to 64, 128, 256 … before the root is made, and never change afterwards.
Absent: what the digests are of. The hub keeps its salt, its hashes and its path.
"""

import asyncio
from datetime import date, timedelta

import structlog

from fanlight.proof import journal_day
from fanlight.server.days import store
from fanlight.server.errors import Conflict, NotFound, Unavailable
from fanlight.server.log import Proven
from fanlight.server.services import Services

POLL_S = 30.0
KEPT = timedelta(days=60)  # by then a hub has fetched its path

log = structlog.get_logger()


async def take(services: Services, day: date, digest: bytes) -> None:
    """Keep a hub's digest of the day that is just over; raises Conflict for another day."""
    taken = day == services.clock().date() - timedelta(days=1)
    if taken:
        async with services.db.transaction() as tx:
            await store.lock(tx)  # midnight may have passed since, and the day's root been made
            taken = await store.add(tx, day, digest)
    if not taken:
        raise Conflict(
            "A day is told during the day after it.", do="Send yesterday's, in UTC.", code="days.not_open"
        )


async def tick(services: Services) -> int:
    """Enter the days that no hub can tell any more; return how many."""
    today, made = services.clock().date(), 0
    async with services.db.transaction() as tx:
        await store.lock(tx)
        last = await store.last(tx)
        day = last + timedelta(days=1) if last else today - timedelta(days=2)
        while day < today - timedelta(days=1):
            leaves = journal_day.filled(await store.digests(tx, day))
            await store.add_many(tx, day, leaves)
            pub = {"day": day.isoformat(), "size": len(leaves), "root": journal_day.town_root(leaves).hex()}
            await store.close(tx, day, await services.log.queue_leaf(tx, "journal", pub))
            day, made = day + timedelta(days=1), made + 1
        await store.forget(tx, today - KEPT)
    return made


async def find(services: Services, day: date, digest: bytes) -> tuple[journal_day.Place, Proven]:
    """Return a digest's place in the town's tree of a day, and the day's entry with its receipt.

    Raises:
        NotFound: the day has no entry, or not this digest.
        Unavailable: the entry is not in a published checkpoint yet.
    """
    async with services.db.transaction() as tx:
        leaf = await store.leaf_of(tx, day)
        leaves = await store.digests(tx, day) if leaf else []
        if leaf is None or digest not in leaves:
            raise NotFound(
                "There is no such digest of that day.", do="Ask a day later.", code="days.no_digest"
            )
        (row,) = await services.log.rows(tx, [leaf])
    index = leaves.index(digest)
    path = await asyncio.to_thread(journal_day.path_to, leaves, index)
    if row.idx is None or row.idx >= services.log.published.head.size:
        raise Unavailable("The day's entry is not published yet.", do="Ask again later.")
    (proven,) = await services.log.prove([row])
    return journal_day.Place(index, len(leaves), tuple(path)), proven


async def run(services: Services) -> None:
    """Enter days until cancelled. What fails is logged and tried again."""
    while True:
        try:
            await tick(services)
        except Exception as error:  # noqa: BLE001 - the days must go on whatever fails once
            log.error("days", error=type(error).__name__)  # noqa: TRY400 - values would enter the log
        await asyncio.sleep(POLL_S)
