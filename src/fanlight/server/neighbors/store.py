"""The rows of posts and comments. Who wrote them stands in none."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from psycopg.types.json import Jsonb

from fanlight.neighbors.alike import Recent
from fanlight.server.neighbors.rules import PAGE
from fanlight.store.database import Tx, changed, many, one, value


class PostRow(msgspec.Struct, frozen=True, kw_only=True):
    """A post as kept. `comments`: how many are shown; `removed`: the rule and reason of its removal."""

    id: str
    key_hash: bytes
    category: str
    cell: str
    area: str
    day: date
    part: str
    title: str
    done: str
    looks: str
    state: str
    since: datetime
    due: datetime | None = None
    flags: list[dict[str, Any]] = []
    supplied: list[dict[str, Any]] = []
    verified: bool = False
    resolved: bool = False
    about: str | None = None
    agency: str | None = None
    report_key: bytes
    told: bool = False
    until: date | None = None
    warrant: str | None = None


class CommentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A comment as kept."""

    id: str
    post: str
    key_hash: bytes
    text: str
    state: str
    since: datetime
    due: datetime | None = None
    flags: list[dict[str, Any]] = []
    report_key: bytes


class MediaRow(msgspec.Struct, frozen=True, kw_only=True):
    """A photo or clip of a post; its bytes are with postmedia."""

    media: str
    post: str
    place: int
    kind: Literal["photo", "clip"]
    width: int
    height: int
    seconds: float
    alike: bytes
    gone: bool = False


POST = (
    "SELECT id, key_hash, category, cell, area, day, part, title, done, looks, state, since, due,"
    " flags, supplied, verified, resolved, about, agency, report_key, told, until, warrant FROM post"
)
COMMENT = "SELECT id, post, key_hash, text, state, since, due, flags, report_key FROM post_comment"
MEDIA = "SELECT media, post, place, kind, width, height, seconds, alike, gone FROM post_media"


async def add_post(tx: Tx, row: PostRow, author: bytes | None, leaf: str | None = None) -> bool:
    """Store a post; tell whether its id was new."""
    return bool(
        await changed(
            tx,
            "INSERT INTO post (id, key_hash, category, cell, area, day, part, title, done, looks, state,"
            " since, due, flags, supplied, agency, author, report_key, until, warrant, leaf)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [
                *(row.id, row.key_hash, row.category, row.cell, row.area, row.day, row.part),
                *(row.title, row.done, row.looks, row.state, row.since, row.due),
                *(Jsonb(row.flags), Jsonb(row.supplied), row.agency, author, row.report_key),
                *(row.until, row.warrant, leaf),
            ],
        )
    )


async def post(tx: Tx, post_id: str, *, lock: bool = False) -> PostRow | None:
    """Return a post in whatever state; with `lock` nobody else changes it until the transaction ends."""
    return await one(tx, PostRow, POST + " WHERE id = %s" + (" FOR UPDATE" if lock else ""), [post_id])


async def posts(tx: Tx, ids: Sequence[str]) -> dict[str, PostRow]:
    """Return posts by id."""
    return {row.id: row for row in await many(tx, PostRow, POST + " WHERE id = ANY (%s)", [list(ids)])}


async def feed(
    tx: Tx, now: datetime, areas: Sequence[str], category: str, before: tuple[datetime, str] | None
) -> list[PostRow]:
    """Return the page of posts that are out, latest first, with one more than a page has if there is one.

    Args:
        tx: the transaction.
        now: the present.
        areas: cells of `area`; none: the whole town.
        category: of the posts; empty: all.
        before: when the last post of the page before came out, and its id.
    """
    where = ["state = 'accepted'", "due <= %(now)s", "(until IS NULL OR until >= %(today)s)"]
    values: dict[str, Any] = {"now": before[0] if before else now, "today": now.date(), "most": PAGE + 1}
    if category:
        where.append("category = %(category)s")
        values["category"] = category
    if before:
        where.append("(due, id) < (%(now)s, %(before)s)")
        values["before"] = before[1]
    said = f"WHERE {' AND '.join(where)}"
    latest = "ORDER BY due DESC, id DESC LIMIT %(most)s"
    if not areas:
        return await many(tx, PostRow, f"{POST} {said} {latest}", values)
    # From each area no more than a page has, from an index alone; then the rows of one page.
    each = f"SELECT id, due FROM post {said} AND area = of.area {latest}"  # noqa: S608 - the words are ours
    ids = f"SELECT p.id FROM unnest(%(areas)s::text[]) of (area), LATERAL ({each}) p {latest}"  # noqa: S608
    query = f"{POST} WHERE id IN ({ids}) ORDER BY due DESC, id DESC"
    return await many(tx, PostRow, query, {**values, "areas": list(areas)})


async def near(tx: Tx, now: datetime, area: str, category: str, day: date) -> list[PostRow]:
    """Return the latest posts that are out of an area and category, and happened within a day of a day."""
    return await many(
        tx,
        PostRow,
        POST + " WHERE state = 'accepted' AND due <= %s AND area = %s AND category = %s"
        " AND day BETWEEN %s::date - 1 AND %s::date + 1 ORDER BY due DESC, id DESC LIMIT 100",
        [now, area, category, day, day],
    )


async def notices(tx: Tx, agency: str, today: date) -> list[PostRow]:
    """Return the notices of an agency that have not ended, latest first."""
    query = POST + " WHERE agency = %s AND until >= %s AND state = 'accepted' ORDER BY since DESC, id"
    return await many(tx, PostRow, query, [agency, today])


async def change_post(tx: Tx, post_id: str, **values: Any) -> None:
    """Set columns of a post."""
    await _change(tx, "post", post_id, values)


async def change_comment(tx: Tx, comment_id: str, **values: Any) -> None:
    """Set columns of a comment."""
    await _change(tx, "post_comment", comment_id, values)


async def _change(tx: Tx, table: str, of: str, values: dict[str, Any]) -> None:
    said = ", ".join(f"{name} = %s" for name in values)
    query = f"UPDATE {table} SET {said} WHERE id = %s"  # noqa: S608 - the names are ours
    await tx.execute(query, [*values.values(), of])


async def by_keys(tx: Tx, hashes: Sequence[bytes]) -> tuple[list[PostRow], list[CommentRow]]:
    """Return the posts and comments of whoever has these secrets."""
    return (
        await many(tx, PostRow, POST + " WHERE key_hash = ANY (%s)", [list(hashes)]),
        await many(tx, CommentRow, COMMENT + " WHERE key_hash = ANY (%s)", [list(hashes)]),
    )


async def add_comment(tx: Tx, row: CommentRow, author: bytes | None) -> bool:
    """Store a comment; tell whether its id was new."""
    return bool(
        await changed(
            tx,
            "INSERT INTO post_comment (id, post, key_hash, text, state, since, due, flags, author,"
            " report_key) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                *(row.id, row.post, row.key_hash, row.text, row.state, row.since, row.due),
                *(Jsonb(row.flags), author, row.report_key),
            ],
        )
    )


async def comment(tx: Tx, comment_id: str, *, lock: bool = False) -> CommentRow | None:
    """Return a comment in whatever state."""
    return await one(
        tx, CommentRow, COMMENT + " WHERE id = %s" + (" FOR UPDATE" if lock else ""), [comment_id]
    )


async def comments(tx: Tx, post_id: str, now: datetime) -> list[CommentRow]:
    """Return the comments below a post that are out, first ones first."""
    return await many(
        tx,
        CommentRow,
        COMMENT + " WHERE post = %s AND state = 'accepted' AND due <= %s ORDER BY due, id",
        [post_id, now],
    )


async def comment_counts(tx: Tx, ids: Sequence[str], now: datetime) -> dict[str, int]:
    """Return how many comments are out below each of these posts."""
    rows = await tx.execute(
        "SELECT post, count(*)::integer FROM post_comment WHERE post = ANY (%s) AND state = 'accepted'"
        " AND due <= %s GROUP BY post",
        [list(ids), now],
    )
    return {str(of): int(n) for of, n in await rows.fetchall()}


async def add_media(tx: Tx, rows: Sequence[MediaRow]) -> bool:
    """Store the media of a post; tell whether all were new."""
    new = 0
    for row in rows:
        new += await changed(
            tx,
            "INSERT INTO post_media (media, post, place, kind, width, height, seconds, alike)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [row.media, row.post, row.place, row.kind, row.width, row.height, row.seconds, row.alike],
        )
    return new == len(rows)


async def media(tx: Tx, ids: Sequence[str]) -> dict[str, list[MediaRow]]:
    """Return the media of these posts that are there, in order."""
    found: dict[str, list[MediaRow]] = {}
    query = MEDIA + " WHERE post = ANY (%s) AND NOT gone ORDER BY post, place"
    for row in await many(tx, MediaRow, query, [list(ids)]):
        found.setdefault(row.post, []).append(row)
    return found


async def one_media(tx: Tx, media_id: str) -> MediaRow | None:
    """Return one photo or clip."""
    return await one(tx, MediaRow, MEDIA + " WHERE media = %s", [media_id])


async def to_show(tx: Tx, now: datetime) -> list[PostRow]:
    """Return the posts that are out and of whose media postmedia was not told yet."""
    return await many(
        tx,
        PostRow,
        POST + " WHERE state = 'accepted' AND due <= %s AND NOT told AND EXISTS"
        " (SELECT FROM post_media m WHERE m.post = post.id) LIMIT 100",
        [now],
    )


async def to_hide(tx: Tx) -> list[PostRow]:
    """Return the posts whose media are shown and must be no more."""
    return await many(tx, PostRow, POST + " WHERE told AND state <> 'accepted' LIMIT 100")


async def to_drop(tx: Tx) -> list[MediaRow]:
    """Return the media of posts that were removed for good or taken back, as far as they are still there."""
    return await many(
        tx,
        MediaRow,
        MEDIA + " WHERE NOT gone AND EXISTS (SELECT FROM post p WHERE p.id = post_media.post"
        " AND p.state IN ('removed', 'withdrawn') AND p.title = '') LIMIT 100",
    )


async def media_gone(tx: Tx, media_id: str) -> None:
    """Note that postmedia dropped it."""
    await tx.execute("UPDATE post_media SET gone = true WHERE media = %s", [media_id])


async def removed_pictures(tx: Tx) -> list[bytes]:
    """Return the hashes of pictures that were removed."""
    rows = await tx.execute("SELECT alike FROM media_removed")
    return [bytes(alike) for (alike,) in await rows.fetchall()]


async def note_removed_pictures(tx: Tx, post_id: str, rule: str, day: date) -> None:
    """Keep the hashes of a removed post's pictures."""
    await tx.execute(
        "INSERT INTO media_removed (alike, rule, day) SELECT alike, %s, %s FROM post_media WHERE post = %s"
        " ON CONFLICT DO NOTHING",
        [rule, day, post_id],
    )


async def add_print(tx: Tx, row: Recent, bands: Sequence[int]) -> None:
    """Keep by what a post is known again."""
    await tx.execute(
        "INSERT INTO post_print (post, hour, sig, bands, links) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        [row.post, row.at, list(row.signature), list(bands), list(row.links)],
    )


async def prints(tx: Tx, bands: Sequence[int], links: Sequence[str], since: datetime) -> list[Recent]:
    """Return what is kept of posts that may say the same, or have one of these links."""
    rows = await tx.execute(
        "SELECT post, hour, sig, links FROM post_print WHERE hour >= %s AND (bands && %s::bigint[]"
        " OR links && %s::text[]) ORDER BY hour DESC LIMIT 500",
        [since, list(bands), list(links)],
    )
    return [
        Recent(post=str(post_id), at=at, signature=tuple(sig), links=tuple(found))
        for post_id, at, sig, found in await rows.fetchall()
    ]


async def drop_prints(tx: Tx, before: datetime) -> None:
    """Forget what is over a week old."""
    await tx.execute("DELETE FROM post_print WHERE hour < %s", [before])


async def author(tx: Tx, kind: str, of: str) -> bytes | None:
    """Return the sealed author of a post or comment while it is kept."""
    query = "SELECT author FROM post WHERE id = %s"
    if kind == "comment":
        query = "SELECT author FROM post_comment WHERE id = %s"
    found = await value(tx, query, [of])
    return None if found is None else bytes(found)


async def forget_authors(tx: Tx, before: datetime) -> int:
    """Forget for good who wrote what is older than this."""
    return await changed(
        tx, "UPDATE post SET author = NULL WHERE author IS NOT NULL AND since < %s", [before]
    ) + await changed(
        tx, "UPDATE post_comment SET author = NULL WHERE author IS NOT NULL AND since < %s", [before]
    )


async def off(tx: Tx, since: datetime, now: datetime) -> tuple[int, int]:
    """Return how many posts that had come out since were taken back, and how many notices have ended."""
    rows = await tx.execute(
        "SELECT (SELECT count(*) FROM post WHERE state = 'withdrawn' AND due > %s AND due <= %s)::integer,"
        " (SELECT count(*) FROM post WHERE agency IS NOT NULL AND until < %s)::integer",
        [since, now, now.date()],
    )
    found = await rows.fetchone()
    return (0, 0) if found is None else (int(found[0]), int(found[1]))


async def by_cell(tx: Tx, since: datetime, now: datetime) -> list[tuple[str, str, date, int]]:
    """Return how many posts came out, by cell, category and day."""
    rows = await tx.execute(
        "SELECT cell, category, (due AT TIME ZONE 'UTC')::date, count(*)::integer FROM post"
        " WHERE state = 'accepted' AND due > %s AND due <= %s"
        " AND (until IS NULL OR until >= %s) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        [since, now, now.date()],
    )
    return [(str(cell), str(kind), day, int(n)) for cell, kind, day, n in await rows.fetchall()]
