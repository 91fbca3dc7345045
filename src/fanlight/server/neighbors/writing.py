"""What a writer does with what they posted, known by their secret alone: no account goes with these calls.

In:     a secret; what is corrected, said, taken back.
Out:    changed rows, and what readers have to be told.
Holds:  what is taken back is destroyed at once, with its pictures, and does not come back with a backup. A
        correction stands beside the text and does not replace it.
Absent: who the writer is.
"""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from fanlight.model import clock
from fanlight.model.ids import new_id
from fanlight.neighbors.hunts import hunting
from fanlight.neighbors.private import details
from fanlight.server.errors import Conflict, NotAllowed
from fanlight.server.neighbors import posting, rules, store, store_acts
from fanlight.server.neighbors.store import CommentRow, PostRow
from fanlight.server.neighbors.store_acts import ActRow, AppealRow, ChangeRow
from fanlight.server.services import Services
from fanlight.store.database import Tx

GONE: dict[str, Any] = {"title": "", "done": "", "looks": "", "author": None, "flags": Jsonb([])}
COMMENT_GONE: dict[str, Any] = {"text": "", "author": None, "flags": Jsonb([])}


async def mine(tx: Tx, texts: Sequence[str], now: datetime) -> list[dict[str, Any]]:
    """Return how the posts and comments of these secrets stand."""
    places = {rules.hash_of(rules.read_key(text)): n for n, text in enumerate(texts)}
    posts, comments = await store.by_keys(tx, list(places))
    above = await store.posts(tx, [row.post for row in comments])
    rows: list[PostRow | CommentRow] = [*posts, *comments]
    ids = [row.id for row in rows]
    acts = await store_acts.last_acts(tx, ids, ["remove", "show", "confirm", "join", "overturn", "uphold"])
    appeals = await store_acts.appeals_of(tx, ids)
    found = [
        {
            **_state(row, acts.get(row.id), appeals.get(row.id), now),
            "n": places[bytes(row.key_hash)],
            "post": row.id,
            "kind": "post" if isinstance(row, PostRow) else "comment",
            "of": None if isinstance(row, PostRow) else row.post,
            "title": row.title if isinstance(row, PostRow) else above[row.post].title,
            "text": row.done if isinstance(row, PostRow) else row.text,
        }
        for row in rows
    ]
    return sorted(found, key=lambda one: (one["n"], one["kind"], one["post"]))


def _state(
    row: PostRow | CommentRow, act: ActRow | None, appeal: AppealRow | None, now: datetime
) -> dict[str, Any]:
    out = row.state == "accepted" and row.due is not None and row.due <= now
    return {
        "state": "shown" if out else row.state,
        "due": clock.to_text(row.due) if row.due else None,
        "flags": row.flags,
        "decided": {"act": act.act, "rule": act.rule, "reason": act.reason, "day": act.day.isoformat()}
        if act
        else None,
        "appeal": {"state": appeal.state, "reason": appeal.reason} if appeal else None,
    }


async def own_post(tx: Tx, post_id: str, secret: str) -> PostRow:
    """Return a post to whoever has its secret, locked; raises NotFound, NotAllowed."""
    row = await store.post(tx, post_id, lock=True)
    if row is None or row.state == "withdrawn":
        raise posting.no_post()
    _check(row, secret)
    return row


async def own_comment(tx: Tx, comment_id: str, secret: str) -> CommentRow:
    """Return a comment to whoever has its secret, locked; raises NotFound, NotAllowed."""
    row = await store.comment(tx, comment_id, lock=True)
    if row is None or row.state == "withdrawn":
        raise posting.no_post()
    _check(row, secret)
    return row


def _check(row: PostRow | CommentRow, secret: str) -> None:
    if not secrets.compare_digest(bytes(row.key_hash), rules.hash_of(rules.read_key(secret))):
        raise NotAllowed(
            "This is not the secret of whoever wrote it.",
            do="Open it where you wrote it, or sign in there.",
            code="neighbors.not_yours",
        )


async def correct(tx: Tx, row: PostRow, text: str, now: datetime) -> None:
    """Put the writer's correction beside a post that is out, after a while; raises Conflict."""
    _require_out(row, now)
    rules.check_text(text)
    if details(text) or hunting(text, row.category):
        raise Conflict(
            "A correction has no addresses, numbers or plates, and hunts nobody.",
            do="Leave them out.",
            code="neighbors.flagged",
        )
    await store_acts.add_change(tx, _told(row.id, "corrected", text, now))


async def resolve(tx: Tx, row: PostRow, text: str, now: datetime) -> None:
    """Say that it is over, and tell readers of it after a while; raises Conflict."""
    _require_out(row, now)
    if row.resolved:
        raise Conflict("It is resolved already.", do="Load the page again.", code="neighbors.resolved")
    if text:
        rules.check_text(text)
    if details(text) or hunting(text, row.category):
        raise Conflict(
            "What you add has no addresses, numbers or plates, and hunts nobody.",
            do="Leave them out.",
            code="neighbors.flagged",
        )
    await store.change_post(tx, row.id, resolved=True)
    await store_acts.add_change(tx, _told(row.id, "resolved", text, now))


def _told(post: str, kind: str, text: str, now: datetime) -> ChangeRow:
    """Return what readers are told, no sooner than a post comes out after it was sent."""
    due = rules.due(now, posting.drawn())
    return ChangeRow(id=new_id(), post=post, kind=kind, day=due.date(), due=due, text=text)


def _require_out(row: PostRow, now: datetime) -> None:
    if not posting.is_out(row, now):
        raise Conflict(
            "This post is not out: what is told of it now would be told before it.",
            do="Take it back and write it anew, or wait until it is out.",
            code="neighbors.not_out",
        )


async def withdraw_post(services: Services, tx: Tx, row: PostRow) -> None:
    """Destroy what a post says; its pictures follow. Raises Conflict where the law has it kept."""
    await _check_law(tx, row)
    await store.change_post(tx, row.id, state="withdrawn", **GONE)
    await _never_again(services, row.id)


async def withdraw_comment(services: Services, tx: Tx, row: CommentRow) -> None:
    """Destroy what a comment says. Raises Conflict where the law has it kept."""
    await _check_law(tx, row)
    await store.change_comment(tx, row.id, state="withdrawn", **COMMENT_GONE)
    await _never_again(services, row.id)


async def _check_law(tx: Tx, row: PostRow | CommentRow) -> None:
    act = (await store_acts.last_acts(tx, [row.id], ["remove"])).get(row.id)
    if row.state == "removed" and act is not None and act.rule == rules.LAW:
        raise Conflict(
            f"It was removed under rule {rules.LAW}, and the law may have it kept for a year.",
            kept="Nobody but moderators can read it.",
            do="Ask the operator, or appeal.",
            code="neighbors.kept_by_law",
        )


async def _never_again(services: Services, of: str) -> None:
    await asyncio.to_thread(services.shreds.note_gone, [of])


async def appeal(tx: Tx, row: PostRow | CommentRow, text: str, now: datetime) -> None:
    """Ask another moderator, once; raises Conflict."""
    if row.state != "removed" or not (row.done if isinstance(row, PostRow) else row.text):
        raise Conflict(
            "Nothing of this can be appealed: it was not removed, or its 30 days are over.",
            do="Load the page again.",
            code="neighbors.no_appeal",
        )
    rules.check_text(text)
    kind = "post" if isinstance(row, PostRow) else "comment"
    made = AppealRow(of=row.id, kind=kind, text=text, since=rules.hour(now), state="waiting")
    if not await store_acts.add_appeal(tx, made):
        raise Conflict(
            "This was appealed already; each thing is once.",
            do="Wait for the answer, or read it.",
            code="neighbors.appealed",
        )
    await store_acts.count(tx, now.date(), "appeals")
