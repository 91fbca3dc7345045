"""Take a post or a comment: checked by the public rules, then out by itself after a while, or to a moderator.

In:     a member's form; receipts of postmedia for pictures.
Out:    rows that name nobody.
Holds:  the same call twice stores once. What has a flag comes out only after a moderator has read it; the
        writer knows the flag and chose so.
Absent: what moderators and writers do later.
Why:    docs/design/posts.md
"""

import asyncio
import random
import secrets
from collections.abc import Sequence
from datetime import datetime

import h3
import msgspec

from fanlight.model.division import FINEST_RES
from fanlight.neighbors.alike import SPAN, Recent, bands, links, signature
from fanlight.server import programme, speech
from fanlight.server.accounts import Session
from fanlight.server.errors import Conflict, Malformed, NotFound
from fanlight.server.media import receipts
from fanlight.server.media.receipts import Receipt
from fanlight.server.neighbors import authors, checks, rules, store, store_acts
from fanlight.server.neighbors.checks import Flag
from fanlight.server.neighbors.forms import CommentIn, PostIn, TextIn
from fanlight.server.neighbors.store import CommentRow, MediaRow, PostRow
from fanlight.server.services import Services
from fanlight.store.database import Tx

PER_HOUR = {"posts": 5, "comments": 30, "checks": 200, "media": 20, "reports": 30}
_RANDOM = random.SystemRandom()


class Taken(msgspec.Struct, frozen=True):
    """What became of a post or comment; `due` is null while it waits."""

    post: str
    state: str
    due: datetime | None
    flags: tuple[Flag, ...]


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What the form tells before anything is sent."""

    ask: tuple[str, ...]
    flags: tuple[Flag, ...]
    quiet: bool
    similar: list[PostRow]


async def check_place(tx: Tx, cell: str) -> str:
    """Return the area in which a place is listed; raises Malformed."""
    town = await programme.town(tx)
    homes = await programme.homes_by_cell(tx)
    return rules.check_place(cell, homes, town["divisions"][-1])


async def flags_of(tx: Tx, text: str, category: str, now: datetime) -> tuple[tuple[str, ...], list[Flag]]:
    """Return what the form must ask, and the flags of a text."""
    ask, flags = await asyncio.to_thread(checks.of_text, text, category)
    sig = await asyncio.to_thread(signature, text)
    recent = await store.prints(tx, bands(sig), links(text), now - SPAN)
    return ask, [*flags, *checks.of_repeats(text, recent, now)]


async def check(services: Services, session: Session, form: TextIn) -> Checked:
    """Say what the form would be told, and which posts may be about the same; keep nothing."""
    now = services.clock()
    rules.check_day(form.day, now)
    _check_text(form)
    async with services.db.transaction() as tx:
        quiet = await authors.check_may_write(tx, session, now.date())
        area = await check_place(tx, form.cell)
        ask, flags = await flags_of(tx, form.text, form.category, now)
        similar = await _similar(tx, form, area, now)
    return Checked(ask=ask, flags=(*flags, *([checks.QUIET] if quiet else [])), quiet=quiet, similar=similar)


async def _similar(tx: Tx, form: TextIn, area: str, now: datetime) -> list[PostRow]:
    """Return posts that are out about the same kind of thing, near, within a day; 5 at most."""
    rows = await store.near(tx, now, area, form.category, form.day)
    here = _coarse(form.cell)
    return [row for row in rows if _coarse(row.cell) in _ring(here)][:5]


def _coarse(cell: str) -> str:
    return str(h3.cell_to_parent(cell, FINEST_RES)) if h3.get_resolution(cell) > FINEST_RES else cell


def _ring(cell: str) -> set[str]:
    return {str(one) for one in h3.grid_disk(cell, 1)}


async def post(services: Services, session: Session, form: PostIn) -> Taken:
    """Take a post.

    Raises:
        Malformed: its place, day or a picture's receipt does not fit.
        Conflict: it has flags and the writer did not say to send it anyway; or its id is taken.
        NotAllowed: the writer is barred.
        Unavailable: there is no moderator.
    """
    now = services.clock()
    key_hash = rules.read_key(form.key)
    rules.check_day(form.day, now)
    _check_text(form)
    async with services.db.transaction() as tx:
        known = await store.post(tx, form.post)
        if known is not None:
            return _again(known, key_hash)
        quiet = await authors.check_may_write(tx, session, now.date())
        area = await check_place(tx, form.cell)
        pictures = _pictures(services, form)
        _, flags = await flags_of(tx, form.text, form.category, now)
        flags += [checks.QUIET] if quiet else []
        flags += [checks.SEEN] if await _seen(tx, pictures) else []
        services.limits.spend(session.account, "posts", PER_HOUR["posts"])
        _require_said(flags, anyway=form.anyway)
        row = PostRow(
            id=form.post,
            key_hash=key_hash,
            category=form.category,
            cell=form.cell,
            area=area,
            day=form.day,
            part=form.part,
            title=form.title,
            done=form.done,
            looks=form.looks,
            state="waiting" if flags else "accepted",
            since=rules.hour(now),
            due=None if flags else rules.due(now, drawn()),
            flags=[msgspec.to_builtins(flag) for flag in flags],
            supplied=[msgspec.to_builtins(one) for one in await speech.reused(tx, form.text)],
            report_key=secrets.token_bytes(32),
        )
        if not await store.add_post(tx, row, await authors.sealed(tx, session, row.id)):
            raise taken()
        await _keep(tx, row, pictures, form.text, now)
    return Taken(row.id, row.state, row.due, tuple(flags))


async def _keep(tx: Tx, row: PostRow, pictures: Sequence[Receipt], text: str, now: datetime) -> None:
    media = [
        MediaRow(
            media=one.media,
            post=row.id,
            place=place,
            kind=one.kind,
            width=one.width,
            height=one.height,
            seconds=one.seconds,
            alike=bytes.fromhex(one.alike),
        )
        for place, one in enumerate(pictures)
    ]
    if not await store.add_media(tx, media):
        raise Conflict(
            "A picture belongs to another post already.",
            do="Add the picture again.",
            code="neighbors.media_taken",
        )
    sig = await asyncio.to_thread(signature, text)
    kept = Recent(post=row.id, at=rules.hour(now), signature=sig, links=links(text))
    await store.add_print(tx, kept, bands(sig))
    await store_acts.count(tx, now.date(), "posts")
    if row.flags:
        await store_acts.count(tx, now.date(), "held")


async def comment(services: Services, session: Session, of: str, form: CommentIn) -> Taken:
    """Take a comment below a post that is out; raises what `post` raises, and NotFound."""
    now = services.clock()
    key_hash = rules.read_key(form.key)
    rules.check_text(form.text)
    async with services.db.transaction() as tx:
        known = await store.comment(tx, form.comment)
        if known is not None:
            return _again(known, key_hash)
        quiet = await authors.check_may_write(tx, session, now.date())
        above = await store.post(tx, of)
        if above is None or not is_out(above, now):
            raise no_post()
        _, flags = await asyncio.to_thread(checks.of_text, form.text, above.category)
        flags += [checks.QUIET] if quiet else []
        services.limits.spend(session.account, "comments", PER_HOUR["comments"])
        _require_said(flags, anyway=form.anyway)
        row = CommentRow(
            id=form.comment,
            post=of,
            key_hash=key_hash,
            text=form.text,
            state="waiting" if flags else "accepted",
            since=rules.hour(now),
            due=None if flags else rules.due(now, drawn()),
            flags=[msgspec.to_builtins(flag) for flag in flags],
            report_key=secrets.token_bytes(32),
        )
        if not await store.add_comment(tx, row, await authors.sealed(tx, session, row.id)):
            raise taken()
        await store_acts.count(tx, now.date(), "comments")
        if flags:
            await store_acts.count(tx, now.date(), "held")
    return Taken(row.id, row.state, row.due, tuple(flags))


def _check_text(form: TextIn) -> None:
    rules.check_line(form.title)
    rules.check_text(form.done)
    if form.looks:
        rules.check_text(form.looks)


def drawn() -> float:
    """Return a number from 0 to 1 that nobody can know beforehand."""
    return _RANDOM.random()


def is_out(row: PostRow, now: datetime) -> bool:
    """Tell whether everybody reads a post now."""
    ended = row.until is not None and row.until < now.date()
    return row.state == "accepted" and row.due is not None and row.due <= now and not ended


def _pictures(services: Services, form: PostIn) -> list[Receipt]:
    found = [receipts.read(services, one) for one in form.media]
    if len({one.media for one in found}) != len(found):
        raise Malformed("A picture is in this post twice.", do="Leave one out.", code="neighbors.media_twice")
    return found


async def _seen(tx: Tx, pictures: Sequence[Receipt]) -> bool:
    if not pictures:
        return False
    removed = await store.removed_pictures(tx)
    return any(checks.looks_like(bytes.fromhex(one.alike), other) for one in pictures for other in removed)


def _again(known: PostRow | CommentRow, key_hash: bytes) -> Taken:
    if not secrets.compare_digest(bytes(known.key_hash), key_hash):
        raise taken()
    flags = tuple(msgspec.convert(flag, Flag) for flag in known.flags)
    return Taken(known.id, known.state, known.due, flags)


def _require_said(flags: Sequence[Flag], *, anyway: bool) -> None:
    if flags and not anyway:
        found = ", ".join(sorted({flag.rule for flag in flags}))
        raise Conflict(
            f"A moderator has to read this first ({found}).",
            do="Change it, or choose to send it to a moderator.",
            code="neighbors.flagged",
        )


def taken() -> Conflict:
    """Return the error for an id that something else has."""
    return Conflict("This id is taken.", do="Make another and send it again.", code="neighbors.taken")


def no_post() -> NotFound:
    """Return the error for a post that is not there."""
    return NotFound(
        "There is no such post, or it is not out.", do="Look at the list of posts.", code="neighbors.no_post"
    )
