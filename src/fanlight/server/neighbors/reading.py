"""What everybody reads: pages of posts, one post with its comments, corrections, the map, the numbers.

In:     rows; the present.
Out:    the forms of docs/spec/neighbors.md, the same for everybody who asks.
Holds:  nothing tells who wrote, when they wrote, or where finer than a post's cell. Nothing of who reads is
        kept. What waits, was removed or taken back is in none of it.
Absent: media, which postmedia gives out.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from fanlight.model import clock
from fanlight.server import programme
from fanlight.server.errors import Malformed, NotFound
from fanlight.server.neighbors import posting, rules, store, store_acts
from fanlight.server.neighbors.store import CommentRow, MediaRow, PostRow
from fanlight.store.database import Tx

MAP_DAYS = 30


def cursor_of(row: PostRow) -> str:
    """Return where the next page begins."""
    return f"{clock.to_text(row.due) if row.due else ''}_{row.id}"


def read_cursor(text: str) -> tuple[datetime, str] | None:
    """Return the place in a list; raises Malformed."""
    if not text:
        return None
    moment, _, of = text.partition("_")
    try:
        return clock.from_text(moment), of
    except ValueError as error:
        raise _bad_cursor() from error
    except clock.BadTime as error:
        raise _bad_cursor() from error


def _bad_cursor() -> Malformed:
    return Malformed(
        "This is no place in the list.", do="Begin with the first page.", code="neighbors.no_page"
    )


async def forms(tx: Tx, rows: Sequence[PostRow], now: datetime) -> list[dict[str, Any]]:
    """Return posts as everybody reads them."""
    ids = [row.id for row in rows]
    media = await store.media(tx, ids)
    many = await store.comment_counts(tx, ids, now)
    corrected = await store_acts.changes_of(tx, ids, "corrected", now)
    resolved = await store_acts.changes_of(tx, ids, "resolved", now)
    names = {
        one: (await programme.agency(tx, one)).name for one in {row.agency for row in rows if row.agency}
    }
    found = []
    for row in rows:
        change = corrected.get(row.id)
        found.append(
            {
                "post": row.id,
                "category": row.category,
                "title": row.title,
                "done": row.done,
                "looks": row.looks,
                "cell": row.cell,
                "day": row.day.isoformat(),
                "part": row.part,
                "published": clock.to_text(row.due) if row.due else None,
                "state": "resolved" if row.id in resolved else "open",
                "verified": row.verified,
                "correction": {"text": change.text, "day": change.day.isoformat()} if change else None,
                "media": [_picture(one) for one in media.get(row.id, [])],
                "comments": many.get(row.id, 0),
                "supplied": row.supplied,
                "about": row.about,
                "until": row.until.isoformat() if row.until else None,
                "warrant": row.warrant,
                "by": {"agency": row.agency, "name": names[row.agency]} if row.agency else None,
            }
        )
    return found


def _picture(row: MediaRow) -> dict[str, Any]:
    return {
        "media": row.media,
        "kind": row.kind,
        "width": row.width,
        "height": row.height,
        "seconds": round(row.seconds, 1),
    }


async def page(tx: Tx, now: datetime, area: str, category: str, before: str) -> dict[str, Any]:
    """Return a page of posts, latest first."""
    areas = rules.areas_of(area) if area else ()
    if category and category not in (*rules.CATEGORIES, "notice"):
        raise Malformed(
            "There is no such category.", do="Leave it out for all.", code="neighbors.no_category"
        )
    rows = await store.feed(tx, now, areas, category, read_cursor(before))
    shown = rows[: rules.PAGE]
    more = cursor_of(shown[-1]) if len(rows) > rules.PAGE else None
    return {"posts": await forms(tx, shown, now), "next": more}


async def one(tx: Tx, now: datetime, post_id: str) -> dict[str, Any]:
    """Return a post with its comments; raises NotFound, with the rule where a moderator removed it."""
    row = await store.post(tx, post_id)
    if row is not None and row.state == "removed" and row.due is not None and row.due <= now:
        await _raise_removed(tx, row)
    if row is None or not posting.is_out(row, now):
        raise posting.no_post()
    rows = await store.comments(tx, post_id, now)
    return {"post": (await forms(tx, [row], now))[0], "comments": comments(row, rows)}


async def _raise_removed(tx: Tx, row: PostRow) -> None:
    act = (await store_acts.last_acts(tx, [row.id], ["remove"])).get(row.id)
    if act is None:
        raise posting.no_post()
    raise NotFound(
        f"A moderator removed this post. Rule {act.rule}: {act.reason}",
        do="Read the rules at /neighbors/rules.",
        code="neighbors.removed",
    )


def comments(above: PostRow, rows: Sequence[CommentRow]) -> list[dict[str, Any]]:
    """Return comments with numbers for those who wrote them, in the order in which they first wrote here."""
    numbers: dict[bytes, int] = {}
    for row in rows:
        if bytes(row.key_hash) != bytes(above.key_hash):
            numbers.setdefault(bytes(row.key_hash), len(numbers) + 1)
    return [
        {
            "comment": row.id,
            "who": numbers.get(bytes(row.key_hash), 0),
            "writer": bytes(row.key_hash) == bytes(above.key_hash),
            "text": row.text,
            "published": clock.to_text(row.due) if row.due else None,
        }
        for row in rows
    ]


async def mark(tx: Tx, now: datetime) -> tuple[datetime, int, int, int]:
    """Return what tells whether a file that is the same for everybody has changed.

    Posts, comments and what their writers say of them come at full ten minutes. At once come the acts of
    moderators, and what goes: what waits, or is written, is no part of it (docs/design/presence.md).
    """
    begun = rules.floored(now)
    return begun, await store_acts.last_number(tx), *await store.off(tx, begun - rules.TOLD, begun)


async def corrections(tx: Tx, now: datetime) -> list[dict[str, Any]]:
    """Return what readers are told of the posts of 90 days: one list for everybody."""
    rows = await store_acts.changes(tx, now.date() - rules.TOLD, now)
    return [
        {
            "post": row.post,
            "kind": row.kind,
            "title": row.title,
            "day": row.day.isoformat(),
            "text": row.text,
            "rule": row.rule,
            "about": row.about,
        }
        for row in rows
    ]


async def town_map(tx: Tx, now: datetime) -> list[dict[str, Any]]:
    """Return how many posts of 30 days there are by cell, category and day: the whole town, for everybody."""
    rows = await store.by_cell(tx, now - timedelta(days=MAP_DAYS), now)
    return [
        {"cell": cell, "category": kind, "day": day.isoformat(), "many": many}
        for cell, kind, day, many in rows
    ]


async def numbers(tx: Tx, now: datetime) -> dict[str, Any]:
    """Return what was posted and decided until yesterday, by month."""
    today = now.date()
    months: dict[str, dict[str, Any]] = {}

    def of(month: str) -> dict[str, Any]:
        return months.setdefault(
            month,
            {
                "month": month,
                **dict.fromkeys(("posts", "comments", "reports", "appeals", "held"), 0),
                "removed": {},
                **dict.fromkeys(
                    ("shown", "overturned", "upheld", "within_24h", "later", "bars", "authors"), 0
                ),
            },
        )

    for (month, what), many in (await store_acts.counts(tx, today)).items():
        of(month)[what] = many
    for month, act, rule, took, many in await store_acts.acts_by_month(tx, today):
        row = of(month)
        if act == "remove":
            row["removed"][rule] = row["removed"].get(rule, 0) + many
        elif act in _ACTS:
            row[_ACTS[act]] += many
        if took is not None:
            row["within_24h" if took == "24" else "later"] += many
    return {
        "months": [months[month] for month in sorted(months, reverse=True)],
        "waiting": await store_acts.waiting(tx, rules.midnight(now)),
    }


_ACTS = {"show": "shown", "overturn": "overturned", "uphold": "upheld", "bar": "bars", "author": "authors"}
