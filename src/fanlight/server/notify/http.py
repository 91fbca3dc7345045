"""Routes: the town's public key, tickets, sending, and behests on their way to the hubs."""

import hashlib
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, delete, get, post, put
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.model.errors import FanlightError
from fanlight.model.ids import is_id
from fanlight.server.accounts import Caller
from fanlight.server.errors import Malformed, NotAllowed, NotFound, TooMany
from fanlight.server.notify import store
from fanlight.server.notify.rules import BEHEST_BYTES, BEHESTS_A_HOUSEHOLD, BODY_BYTES, MAX_ENDPOINT
from fanlight.server.notify.tickets import MAX_TICKET
from fanlight.server.services import Parts
from fanlight.wire import b64

AnyRequest = Request[Any, Any, Any]
_TICKETS_PER_HOUR = 60
_PUSHES_PER_HOUR = 240  # of one ticket
_CALLS_PER_HOUR = 6_000  # from one place
_AGE = b"age-encryption.org/v1\n"
_BODY_TEXT = len(b64.encode(bytes(BODY_BYTES)))
_BEHEST_TEXT = len(b64.encode(bytes(BEHEST_BYTES)))


class _In(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    pass


class KeyOut(msgspec.Struct):
    """The town's public key: 65 bytes, base64url."""

    key: str


class TicketIn(_In, frozen=True):
    """Where a browser's push service wants its pushes."""

    endpoint: Annotated[str, Meta(max_length=MAX_ENDPOINT)]


class TicketOut(msgspec.Struct):
    """The ticket, for the hubs."""

    ticket: str


class PushIn(_In, frozen=True):
    """A push: its ticket and its body of exactly 3,072 bytes, base64."""

    ticket: Annotated[str, Meta(min_length=1, max_length=MAX_TICKET)]
    body: Annotated[str, Meta(min_length=_BODY_TEXT, max_length=_BODY_TEXT)]


class PushOut(msgspec.Struct):
    """What became of it: `sent`, `gone` (drop the ticket), `later` (try again), `refused`."""

    state: str
    again_s: int | None = None


class BehestIn(_In, frozen=True):
    """A behest: an age file to the household's hubs, base64."""

    body: Annotated[str, Meta(max_length=_BEHEST_TEXT)]


class BehestOut(msgspec.Struct):
    """A behest as it was left."""

    behest: str
    body: str


class BehestsOut(msgspec.Struct):
    """Behests, in no telling order."""

    behests: list[BehestOut]


@get("/v1/push/key", operation_id="getPushKey")
async def get_key(services: Parts) -> KeyOut:
    """Return the key by which a browser's push service knows this town."""
    return KeyOut(services.push.public)


@post("/v1/push/tickets", operation_id="makePushTicket")
async def make_ticket(data: JSONBody[TicketIn], services: Parts, session: Caller) -> TicketOut:
    """Return a ticket for an endpoint. The endpoint is not kept."""
    session.watching("member")
    services.limits.spend(session.account, "tickets", _TICKETS_PER_HOUR)
    return TicketOut(services.push.issue(data.endpoint))


@post("/v1/push/send", operation_id="sendPush", status_code=200)
async def send(data: JSONBody[PushIn], request: AnyRequest, services: Parts) -> PushOut:
    """Post a body to where its ticket says. Without account: who holds the ticket may send."""
    if "authorization" in request.headers or "cookie" in request.headers:
        raise Malformed(
            "A push is sent without saying who sends it.",
            do="Send it without token and cookie.",
            code="notify.not_anonymous",
        )
    services.spend(request, "pushes", _CALLS_PER_HOUR)
    ticket = services.push.checked(data.ticket)  # first, so that what is made up fills no memory
    services.limits.spend(ticket, "push", _PUSHES_PER_HOUR)
    answer = await services.push.send(ticket, _bytes(data.body))
    return PushOut(answer.state, answer.again_s)


@get("/v1/push/behests", operation_id="listPushBehests")
async def list_behests(request: AnyRequest, services: Parts, session: Caller) -> Response[BehestsOut | None]:
    """Return a member's own behests; to a hub, those of its household."""
    session.watching("member", "hub")
    mine = None if session.kind == "hub" else session.account
    async with services.db.transaction(household=session.household) as tx:
        rows = await store.behests(tx, mine)
    digest = hashlib.sha256()
    for row in rows:
        digest.update(row.id.encode() + hashlib.sha256(row.body).digest())
    headers = {"ETag": f'"{digest.hexdigest()}"', "Cache-Control": "private, no-store"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(None, status_code=304, headers=headers)
    return Response(BehestsOut([BehestOut(row.id, b64.encode(row.body)) for row in rows]), headers=headers)


@put("/v1/push/behests/{behest:str}", operation_id="putPushBehest", status_code=204)
async def put_behest(
    behest: FromPath[str], data: JSONBody[BehestIn], services: Parts, session: Caller
) -> None:
    """Leave a behest for the household's hubs, in place of the same browser's earlier one."""
    session.watching("member")
    body = _bytes(data.body)
    if not is_id(behest) or not body.startswith(_AGE):
        raise Malformed("A behest is an age file under an id.", do="Seal it first.", code="notify.bad_behest")
    async with services.db.transaction(household=session.household) as tx:
        known = {row.id for row in await store.behests(tx, session.account)}
        if behest not in known and await store.count(tx) >= BEHESTS_A_HOUSEHOLD:
            raise TooMany(
                f"A household has alerts for {BEHESTS_A_HOUSEHOLD} browsers at most.",
                do="Switch alerts off in a browser that you no longer use.",
                code="notify.many_behests",
            )
        if not await store.put(tx, session.household, behest, session.account, body):
            raise NotAllowed("That is another member's.", do="Use an id of your own.")


@delete("/v1/push/behests/{behest:str}", operation_id="deletePushBehest", status_code=204)
async def delete_behest(behest: FromPath[str], services: Parts, session: Caller) -> None:
    """Take a behest of one's own back; what a hub has read it keeps until it is told otherwise."""
    session.watching("member")
    if not is_id(behest):
        raise NotFound("There is no such behest.", do="Look at the list.")
    async with services.db.transaction(household=session.household) as tx:
        await store.drop(tx, behest, session.account)


def _bytes(text: str) -> bytes:
    try:
        return b64.decode(text)
    except FanlightError as error:
        raise Malformed("A body is not base64.", do="Send it again.", code="notify.bad_body") from error


router = Router(
    path="/",
    tags=["notify"],
    route_handlers=[get_key, make_ticket, send, list_behests, put_behest, delete_behest],
)
