"""What happens by itself: pictures are shown when their post comes out, and what is over is forgotten.

Holds:  postmedia is told again until it answered; nothing of a post that was removed or taken back is shown
        meanwhile by this server. What was removed is destroyed 30 days later, unless the law wants it kept;
        who wrote something is forgotten after 60 days.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import structlog

from fanlight.server.accounts import newcomers
from fanlight.server.errors import ServerError
from fanlight.server.media.shelf import MediaGone, Shelf
from fanlight.server.neighbors import by_law, rules, store, store_acts, store_sweep, writing
from fanlight.server.neighbors.store import MediaRow, PostRow
from fanlight.server.services import Services
from fanlight.store.database import Tx

EACH_S = 15.0
APPEAL = timedelta(days=30)
COUNTED = ("posts", "comments", "reports", "appeals", "held")

Tell = Callable[[str, Any], Awaitable[None]]

log = structlog.get_logger()


async def tell_shelf(services: Services) -> int:
    """Tell postmedia what is out, what is not any more, and what is to be destroyed; return how many.

    It never fails for its caller: what postmedia did not hear is told again in the next round.
    """
    try:
        return await _tell(services)
    except ServerError as error:
        log.warning("postmedia", error=error.code)
        return 0


async def _tell(services: Services) -> int:
    now = services.clock()
    async with services.db.transaction() as tx:
        showing = await store.to_show(tx, now)
        hiding = await store.to_hide(tx)
        pictures = await store.media(tx, [row.id for row in (*showing, *hiding)])
        dropping = await store.to_drop(tx)
    if not (showing or hiding or dropping):
        return 0
    async with Shelf(services) as shelf:
        for row in showing:
            await _told(services, row, pictures.get(row.id, []), shelf.show, shown=True)
        for row in hiding:
            await _told(services, row, pictures.get(row.id, []), shelf.hide, shown=False)
        for one in dropping:
            await shelf.drop(one.media, one.kind)
            async with services.db.transaction() as tx:
                await store.media_gone(tx, one.media)
    return len(showing) + len(hiding) + len(dropping)


async def _told(
    services: Services, row: PostRow, pictures: list[MediaRow], tell: Tell, *, shown: bool
) -> None:
    """Tell postmedia of a post's pictures, and note it unless the post changed meanwhile."""
    gone = []
    for one in pictures:
        try:
            await tell(one.media, one.kind)
        except MediaGone:
            gone.append(one.media)  # it was not shown in time: the post stands without it
    async with services.db.transaction() as tx:
        for media in gone:
            await store.media_gone(tx, media)
        again = await store.post(tx, row.id, lock=True)
        if again is not None and (again.state == "accepted") == shown:
            await store.change_post(tx, row.id, told=shown)


async def sweep(services: Services) -> int:
    """Forget what is over; return how many posts and comments were destroyed."""
    now = services.clock()
    today = now.date()
    async with services.db.transaction() as tx:
        await newcomers.forget(tx, today)
        await store.drop_prints(tx, now - timedelta(days=8))
        await store.forget_authors(tx, now - rules.AUTHOR_KEPT)
        await store_sweep.drop_changes(tx, today - rules.TOLD)
        posts, comments = await store_sweep.removed_before(tx, today - APPEAL, today - by_law.KEPT, rules.LAW)
        for of in posts:
            await store.change_post(tx, of, **writing.GONE)
        for of in comments:
            await store.change_comment(tx, of, **writing.COMMENT_GONE)
        await store_sweep.forget_reports(tx, today - APPEAL)
        await _enter_months(services, tx, today)
    return len(posts) + len(comments)


async def _enter_months(services: Services, tx: Tx, today: date) -> None:
    """Enter the numbers of months that are over."""
    for month in await store_sweep.months_to_enter(tx, today.isoformat()[:7]):
        found = await store_acts.counts(tx, today)
        many = {what: found.get((month, what), 0) for what in COUNTED}
        pub = {"month": month, "day": today.isoformat(), **many}
        await store_sweep.month_entered(tx, month, await services.log.queue_leaf(tx, "posts-counted", pub))


async def replay(services: Services) -> None:
    """Destroy again what an older database has of posts and comments that were taken back."""
    async with services.db.transaction() as tx:
        await store_sweep.end_named(tx, sorted(services.shreds.gone))


async def run(services: Services) -> None:
    """Sweep until cancelled. What fails is logged and tried again."""
    while True:
        try:
            await tell_shelf(services)
            await sweep(services)
        except Exception as error:  # noqa: BLE001 - the clock must not stop
            log.warning("neighbors", error=type(error).__name__)
        await asyncio.sleep(EACH_S)
