"""Routes for members: check and send posts, comments and reports. Nothing that is kept names the member."""

from datetime import timedelta
from typing import Any

import msgspec
from litestar import post
from litestar.params import FromPath, JSONBody

from fanlight.model import clock
from fanlight.model.ids import new_id
from fanlight.server.accounts import Caller
from fanlight.server.media import tickets
from fanlight.server.neighbors import authors, forms, posting, reading, reporting, store, store_acts
from fanlight.server.neighbors.posting import PER_HOUR, Taken
from fanlight.server.services import Parts

_UPLOAD = timedelta(minutes=30)


def _told(taken: Taken) -> dict[str, Any]:
    return {
        "post": taken.post,
        "state": taken.state,
        "due": clock.to_text(taken.due) if taken.due else None,
        "flags": [msgspec.to_builtins(flag) for flag in taken.flags],
    }


@post("/v1/posts/check", operation_id="checkPost", status_code=200)
async def check_post(data: JSONBody[forms.TextIn], services: Parts, session: Caller) -> dict[str, Any]:
    """Say what a post would be asked, what a moderator would look at, and what may be about the same."""
    session.at_home()
    services.limits.spend(session.account, "post checks", PER_HOUR["checks"])
    now = services.clock()
    async with services.db.transaction() as tx:
        bar = await store_acts.bar_of(tx, session.account, now.date())
    if bar is not None:
        barred = {"until": bar.until.isoformat(), "rule": bar.rule, "reason": bar.reason}
        return {"ask": [], "flags": [], "similar": [], "quiet": False, "barred": barred}
    found = await posting.check(services, session, data)
    async with services.db.transaction() as tx:
        similar = await reading.forms(tx, found.similar, now)
    return {
        "ask": list(found.ask),
        "flags": [msgspec.to_builtins(flag) for flag in found.flags],
        "similar": similar,
        "quiet": found.quiet,
        "barred": None,
    }


@post("/v1/posts/media", operation_id="beginPostMedia", status_code=201)
async def begin_media(data: JSONBody[forms.MediaIn], services: Parts, session: Caller) -> dict[str, str]:
    """Return a ticket with which a photo or clip is handed to postmedia."""
    now = services.clock()
    async with services.db.transaction() as tx:
        await authors.check_may_write(tx, session, now.date())
    services.limits.spend(session.account, "post media", PER_HOUR["media"])
    media = new_id()
    return {"media": media, "ticket": tickets.issue(services, "put", media, data.kind, now + _UPLOAD)}


@post("/v1/posts", operation_id="sendPost", status_code=201, request_max_body_size=64 * 1024)
async def send_post(data: JSONBody[forms.PostIn], services: Parts, session: Caller) -> dict[str, Any]:
    """Take a post; the same again is fine."""
    session.at_home()
    return _told(await posting.post(services, session, data))


@post("/v1/posts/{post:str}/comments", operation_id="sendComment", status_code=201)
async def send_comment(
    post: FromPath[str], data: JSONBody[forms.CommentIn], services: Parts, session: Caller
) -> dict[str, Any]:
    """Take a comment; the same again is fine."""
    session.at_home()
    return _told(await posting.comment(services, session, post, data))


@post("/v1/posts/{post:str}/reports", operation_id="reportPost", status_code=201)
async def report_post(
    post: FromPath[str], data: JSONBody[forms.ReportIn], services: Parts, session: Caller
) -> dict[str, str]:
    """Report a post; one's second report of it is the first."""
    session.at_home()
    services.limits.spend(session.account, "post reports", PER_HOUR["reports"])
    async with services.db.transaction() as tx:
        row = await store.post(tx, post)
        made = await reporting.by_member(tx, row, session.account, data, services.clock())
    return {"report": made}


@post("/v1/comments/{comment:str}/reports", operation_id="reportComment", status_code=201)
async def report_comment(
    comment: FromPath[str], data: JSONBody[forms.ReportIn], services: Parts, session: Caller
) -> dict[str, str]:
    """Report a comment; one's second report of it is the first."""
    session.at_home()
    services.limits.spend(session.account, "post reports", PER_HOUR["reports"])
    async with services.db.transaction() as tx:
        row = await store.comment(tx, comment)
        made = await reporting.by_member(tx, row, session.account, data, services.clock())
    return {"report": made}


ROUTES = [check_post, begin_media, send_post, send_comment, report_post, report_comment]
