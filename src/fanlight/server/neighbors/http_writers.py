"""Routes for writers, known by the secret of what they wrote alone: no session goes with them."""

from datetime import timedelta
from typing import Any

from litestar import Request, post
from litestar.params import FromPath, JSONBody

from fanlight.server.media import tickets
from fanlight.server.neighbors import clockwork, forms, reading, store, writing
from fanlight.server.services import Parts, Services

AnyRequest = Request[Any, Any, Any]
_PER_HOUR = 600
_SEE = timedelta(minutes=10)


def _spend(services: Services, request: AnyRequest) -> None:
    services.spend(request, "posts of one's own", _PER_HOUR)


@post("/v1/posts/mine", operation_id="listOwnPosts", status_code=200)
async def list_mine(data: JSONBody[forms.MineIn], request: AnyRequest, services: Parts) -> dict[str, Any]:
    """Say how the posts and comments of these secrets stand."""
    _spend(services, request)
    async with services.db.transaction() as tx:
        return {"posts": await writing.mine(tx, data.secrets, services.clock())}


@post("/v1/posts/{post:str}/own", operation_id="getOwnPost", status_code=200)
async def get_own(
    post: FromPath[str], data: JSONBody[forms.SecretIn], request: AnyRequest, services: Parts
) -> dict[str, Any]:
    """Return one's own post as readers will see it, with tickets to look at its pictures meanwhile."""
    _spend(services, request)
    now = services.clock()
    async with services.db.transaction() as tx:
        row = await writing.own_post(tx, post, data.secret)
        form = (await reading.forms(tx, [row], now))[0]
        pictures = (await store.media(tx, [row.id])).get(row.id, [])
    see = {one.media: tickets.issue(services, "see", one.media, one.kind, now + _SEE) for one in pictures}
    return {"post": form, "tickets": see}


@post("/v1/posts/{post:str}/correct", operation_id="correctPost", status_code=200)
async def correct(
    post: FromPath[str], data: JSONBody[forms.SaidIn], request: AnyRequest, services: Parts
) -> dict[str, Any]:
    """Correct a post: what is said stands beside it some minutes later, and its readers are told."""
    _spend(services, request)
    async with services.db.transaction() as tx:
        row = await writing.own_post(tx, post, data.secret)
        await writing.correct(tx, row, data.text, services.clock())
        return (await reading.forms(tx, [row], services.clock()))[0]


@post("/v1/posts/{post:str}/resolve", operation_id="resolvePost", status_code=200)
async def resolve(
    post: FromPath[str], data: JSONBody[forms.ResolveIn], request: AnyRequest, services: Parts
) -> dict[str, Any]:
    """Say that it is over; readers are told some minutes later."""
    _spend(services, request)
    async with services.db.transaction() as tx:
        row = await writing.own_post(tx, post, data.secret)
        await writing.resolve(tx, row, data.text, services.clock())
        return (await reading.forms(tx, [row], services.clock()))[0]


@post("/v1/posts/{post:str}/withdraw", operation_id="withdrawPost", status_code=204)
async def withdraw(
    post: FromPath[str], data: JSONBody[forms.SecretIn], request: AnyRequest, services: Parts
) -> None:
    """Take a post back: its words and pictures are destroyed."""
    _spend(services, request)
    async with services.db.transaction() as tx:
        await writing.withdraw_post(services, tx, await writing.own_post(tx, post, data.secret))
    await clockwork.tell_shelf(services)


@post("/v1/posts/{post:str}/appeal", operation_id="appealPost", status_code=204)
async def appeal(
    post: FromPath[str], data: JSONBody[forms.SaidIn], request: AnyRequest, services: Parts
) -> None:
    """Ask another moderator about a removal, once."""
    _spend(services, request)
    async with services.db.transaction() as tx:
        await writing.appeal(tx, await writing.own_post(tx, post, data.secret), data.text, services.clock())


@post("/v1/comments/{comment:str}/withdraw", operation_id="withdrawComment", status_code=204)
async def withdraw_comment(
    comment: FromPath[str], data: JSONBody[forms.SecretIn], request: AnyRequest, services: Parts
) -> None:
    """Take a comment back: its words are destroyed."""
    _spend(services, request)
    async with services.db.transaction() as tx:
        await writing.withdraw_comment(services, tx, await writing.own_comment(tx, comment, data.secret))


@post("/v1/comments/{comment:str}/appeal", operation_id="appealComment", status_code=204)
async def appeal_comment(
    comment: FromPath[str], data: JSONBody[forms.SaidIn], request: AnyRequest, services: Parts
) -> None:
    """Ask another moderator about a removal, once."""
    _spend(services, request)
    async with services.db.transaction() as tx:
        row = await writing.own_comment(tx, comment, data.secret)
        await writing.appeal(tx, row, data.text, services.clock())


ROUTES = [list_mine, get_own, correct, resolve, withdraw, appeal, withdraw_comment, appeal_comment]
