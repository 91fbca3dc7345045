"""Routes for moderators: what waits, decisions, authors for a reason, bars, what was done."""

from datetime import timedelta
from typing import Any

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody

from fanlight.model.ids import new_id
from fanlight.server.accounts import Caller, Session, account_by_id
from fanlight.server.errors import NotFound
from fanlight.server.media import tickets
from fanlight.server.neighbors import (
    by_law,
    clockwork,
    forms,
    moderating,
    posting,
    rules,
    store,
    store_acts,
)
from fanlight.server.neighbors.store_acts import BarRow
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx
from fanlight.wire import b64

_SEE = timedelta(minutes=10)
_DONE = 100
KIND = "moderator"


@get("/v1/moderation/queue", operation_id="listModeration")
async def list_queue(services: Parts, session: Caller) -> dict[str, Any]:
    """Return what waits for a moderator, oldest first."""
    session.of_kind(KIND)
    async with services.db.transaction() as tx:
        return {"items": await moderating.queue(tx, session, services.clock())}


@post("/v1/moderation/posts/{post:str}/decide", operation_id="decidePost", status_code=204)
async def decide_post(
    post: FromPath[str], data: JSONBody[forms.DecideIn], services: Parts, session: Caller
) -> None:
    """Decide about a post: it goes out, is removed, confirmed, or joined into another."""
    session.of_kind(KIND)
    async with services.db.transaction() as tx:
        row = await store.post(tx, post, lock=True)
        if row is None:
            raise posting.no_post()
        await moderating.decide(services, tx, session, row, data)
    await clockwork.tell_shelf(services)


@post("/v1/moderation/comments/{comment:str}/decide", operation_id="decideComment", status_code=204)
async def decide_comment(
    comment: FromPath[str], data: JSONBody[forms.DecideIn], services: Parts, session: Caller
) -> None:
    """Decide about a comment: it goes out or is removed."""
    session.of_kind(KIND)
    async with services.db.transaction() as tx:
        row = await store.comment(tx, comment, lock=True)
        if row is None:
            raise posting.no_post()
        await moderating.decide(services, tx, session, row, data)


@post("/v1/moderation/appeals/{item:str}/decide", operation_id="decidePostAppeal", status_code=204)
async def decide_appeal(
    item: FromPath[str], data: JSONBody[forms.AppealIn], services: Parts, session: Caller
) -> None:
    """Decide an appeal against another moderator's removal."""
    session.of_kind(KIND)
    async with services.db.transaction() as tx:
        await moderating.decide_appeal(services, tx, session, item, data)
    await clockwork.tell_shelf(services)


@post("/v1/moderation/media/{media:str}/see", operation_id="seeHeldMedia", status_code=200)
async def see_media(media: FromPath[str], services: Parts, session: Caller) -> dict[str, str]:
    """Return a ticket to look at a photo or clip that is not out."""
    session.of_kind(KIND)
    async with services.db.transaction() as tx:
        row = await store.one_media(tx, media)
    if row is None or row.gone:
        raise posting.no_post()
    return {"ticket": tickets.issue(services, "see", media, row.kind, services.clock() + _SEE)}


async def _author(
    services: Services, session: Session, kind: str, of: str, form: forms.BecauseIn
) -> dict[str, str]:
    session.of_kind(KIND)
    rules.check_rule(form.rule)
    rules.check_text(form.reason)
    async with services.db.transaction() as tx:
        found = await store.author(tx, kind, of)
        if found is None:
            raise NotFound(
                "Who wrote this is not known any more, or there is no such thing.",
                do="Decide without it.",
                code="neighbors.no_author",
            )
        said = {"kind": kind, "of": of, "act": "author", "rule": form.rule, "reason": form.reason}
        await moderating.enter(services.log, tx, session, said, now=services.clock())
    return {"sealed": b64.encode(found)}


@post("/v1/moderation/posts/{post:str}/author", operation_id="lookAtPostAuthor", status_code=200)
async def post_author(
    post: FromPath[str], data: JSONBody[forms.BecauseIn], services: Parts, session: Caller
) -> dict[str, str]:
    """Return who wrote a post, sealed to the moderators; the look is in the record before."""
    return await _author(services, session, "post", post, data)


@post("/v1/moderation/comments/{comment:str}/author", operation_id="lookAtCommentAuthor", status_code=200)
async def comment_author(
    comment: FromPath[str], data: JSONBody[forms.BecauseIn], services: Parts, session: Caller
) -> dict[str, str]:
    """Return who wrote a comment, sealed to the moderators; the look is in the record before."""
    return await _author(services, session, "comment", comment, data)


@post("/v1/moderation/bars", operation_id="barAccount", status_code=201)
async def bar(data: JSONBody[forms.BarIn], services: Parts, session: Caller) -> dict[str, str]:
    """Let an account post nothing for so many days."""
    session.of_kind(KIND)
    rules.check_rule(data.rule)
    rules.check_text(data.reason)
    now = services.clock()
    async with services.db.transaction() as tx:
        await _check_member(tx, data.account)
        row = BarRow(
            id=new_id(),
            account=data.account,
            until=now.date() + timedelta(days=data.days),
            rule=data.rule,
            reason=data.reason,
            made=now.date(),
        )
        await store_acts.add_bar(tx, row)
        said = {"kind": "account", "of": row.id, "act": "bar", "rule": data.rule, "reason": data.reason}
        await moderating.enter(services.log, tx, session, said, now=now)
    return {"bar": row.id}


@get("/v1/moderation/bars", operation_id="listBars")
async def list_bars(services: Parts, session: Caller) -> dict[str, Any]:
    """Return the bars that hold."""
    session.of_kind(KIND)
    async with services.db.transaction() as tx:
        rows = await store_acts.bars(tx, services.clock().date())
    return {
        "bars": [
            {
                "bar": row.id,
                "account": row.account,
                "until": row.until.isoformat(),
                "rule": row.rule,
                "reason": row.reason,
                "made": row.made.isoformat(),
            }
            for row in rows
        ]
    }


@post("/v1/moderation/bars/{bar:str}/end", operation_id="endBar", status_code=204)
async def end_bar(
    bar: FromPath[str], data: JSONBody[forms.EndBarIn], services: Parts, session: Caller
) -> None:
    """End a bar before its day."""
    session.of_kind(KIND)
    rules.check_text(data.reason)
    now = services.clock()
    async with services.db.transaction() as tx:
        row = await store_acts.end_bar(tx, bar, now.date())
        if row is None:
            raise NotFound("No such bar holds.", do="Load the list again.", code="neighbors.no_bar")
        said = {"kind": "account", "of": row.id, "act": "bar-end", "rule": row.rule, "reason": data.reason}
        await moderating.enter(services.log, tx, session, said, now=now)


@get("/v1/moderation/done", operation_id="listModerated")
async def list_done(services: Parts, session: Caller, before: FromQuery[int | None] = None) -> dict[str, Any]:
    """Return what moderators did, latest first; 100 at a time."""
    session.of_kind(KIND)
    async with services.db.transaction() as tx:
        rows = await store_acts.acts(tx, before, _DONE + 1)
    shown = rows[:_DONE]
    return {
        "done": moderating.done_forms(shown, session),
        "next": shown[-1].n if len(rows) > _DONE else None,
    }


@get("/v1/moderation/law", operation_id="listKeptByLaw")
async def list_by_law(services: Parts, session: Caller) -> dict[str, Any]:
    """Return what was removed under the rule of law and is kept for those who prosecute it."""
    session.of_kind(KIND)
    async with services.db.transaction() as tx:
        return {"kept": await by_law.kept(tx, services.clock())}


@post("/v1/moderation/law/{item:str}/handed-over", operation_id="enterHandedOver", status_code=204)
async def hand_over(
    item: FromPath[str], data: JSONBody[forms.HandedOverIn], services: Parts, session: Caller
) -> None:
    """Enter that it was handed to whom the law names."""
    session.of_kind(KIND)
    async with services.db.transaction() as tx:
        await by_law.hand_over(services, tx, session, item, data)


async def _check_member(tx: Tx, account: str) -> None:
    """Raise NotFound unless it is a member's account."""
    found = await account_by_id(tx, account)
    if found is None or found.kind != "member":
        raise NotFound("There is no such account.", do="Open the author again.", code="neighbors.no_author")


ROUTES = [
    list_queue,
    decide_post,
    decide_comment,
    decide_appeal,
    see_media,
    post_author,
    comment_author,
    bar,
    list_bars,
    end_bar,
    list_done,
    list_by_law,
    hand_over,
]
