"""Routes: members make, list and take back links; anybody who has one opens it."""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream
from msgspec import UNSET, Meta, UnsetType

from fanlight.model.errors import FanlightError
from fanlight.model.ids import is_id
from fanlight.server import ranges
from fanlight.server.accounts import Caller, Session
from fanlight.server.errors import Conflict, Malformed, TooMany
from fanlight.server.incoming import MAX_PART
from fanlight.server.links import rules, store
from fanlight.server.links.clockwork import blob_of, coming, end_file, note
from fanlight.server.links.store import LinkRow
from fanlight.server.services import Parts, Services
from fanlight.server.vault import check_room, lock_room
from fanlight.wire import b64

AnyRequest = Request[Any, Any, Any]
_SEALED = Annotated[str, Meta(max_length=rules.MAX_ABOUT * 4 // 3 + 4)]
_PER_HOUR = 2_000
_RAW = "application/octet-stream"


class LinkIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A link to come. `about` is sealed to the link's key, `own` to the household; `length` is the file's."""

    kind: rules.Kind
    until: date
    most: Annotated[int, Meta(ge=1, le=rules.MAX_OPENINGS)]
    length: Annotated[int, Meta(gt=0, le=rules.MAX_BYTES)]
    about: _SEALED
    own: _SEALED


class LinkOut(msgspec.Struct):
    """A link as its household lists it."""

    link: str
    kind: str
    state: str
    until: date
    most: int
    opened: int
    own: str
    minutes: int | UnsetType = UNSET


class LinksOut(msgspec.Struct):
    """All links of the household."""

    links: list[LinkOut]


class Told(msgspec.Struct):
    """A link as whoever has it is told. What is over tells why and nothing more."""

    state: str
    kind: str
    until: date | UnsetType = UNSET
    left: int | UnsetType = UNSET
    minutes: int | UnsetType = UNSET
    length: int | UnsetType = UNSET
    about: str | UnsetType = UNSET


class Received(msgspec.Struct):
    """How many bytes of the file are here."""

    received: int


def _id(link: str) -> str:
    if not is_id(link):
        raise rules.no_link()
    return link


def _decode(text: str) -> bytes:
    try:
        return b64.decode(text)
    except FanlightError as error:
        raise Malformed("A part of the link is not base64.", do="Encode it so.") from error


def _shown(services: Services, row: LinkRow) -> rules.Shown:
    now = services.clock()
    standing = rules.Standing(
        kind=row.kind,
        state=row.state,
        until=row.until,
        most=row.most,
        opened=row.opened,
        hour_left=services.hours.left(row.id, now),
    )
    return rules.shown(standing, now.date())


def _minutes(services: Services, row: LinkRow) -> int | UnsetType:
    if row.kind != "support":
        return UNSET
    return -(-int(services.hours.left(row.id, services.clock()).total_seconds()) // 60)


@put("/v1/links/{link:str}", operation_id="putLink", status_code=200, request_max_body_size=256 * 1024)
async def put_link(link: FromPath[str], data: JSONBody[LinkIn], services: Parts, session: Caller) -> Received:
    """Announce a link; the same again is fine."""
    session.at_home()
    now = services.clock()
    about, own = _decode(data.about), _decode(data.own)
    rules.check_new(data.kind, data.until, (about, own), now.date())
    until = (now + rules.SUPPORT).date() if data.kind == "support" else data.until
    row = LinkRow(_id(link), data.kind, "coming", until, data.most, 0, data.length, about, own)
    async with services.db.transaction(household=session.household) as tx:
        used = await lock_room(tx, session.household)
        known = await store.get(tx, link)
        new = known is None
        if new:
            if await store.alive(tx, now.date()) >= rules.MAX_OPEN:
                raise TooMany(
                    "Your household has as many open links as it may.",
                    do="Take one back first.",
                    code="links.many",
                )
            check_room(used, row.length + len(about) + len(own), services.quota_bytes)
            new = await store.add(tx, session.household, row)
            known = await store.get(tx, link)
    if known is None or (not new and (known.length, known.about, known.own) != (row.length, about, own)):
        raise Conflict("Another link has this id.", do="Use a new id.", code="links.other_link")
    if new and data.kind == "support":
        services.hours.begin(link, now + rules.SUPPORT)
    return Received(known.length if known.state == "open" else services.incoming.received(coming(link)))


async def _own(services: Services, session: Session, link: str) -> LinkRow:
    async with services.db.transaction(household=session.household) as tx:
        row = await store.get(tx, _id(link))
    if row is None:
        raise rules.no_link()
    return row


@put(
    "/v1/links/{link:str}/file",
    operation_id="putLinkPart",
    status_code=200,
    request_max_body_size=MAX_PART,
)
async def put_part(
    link: FromPath[str],
    request: AnyRequest,
    services: Parts,
    session: Caller,
    offset: Annotated[int, QueryParameter(ge=0)] = 0,
) -> Received:
    """Send the file's bytes from `offset` on, at most 4 MiB a call."""
    row = await _own(services, session.at_home(), link)
    if row.state != "coming":
        raise rules.ended("revoked") if row.state == "revoked" else _whole()
    return Received(await services.incoming.append(coming(link), offset, await request.body(), row.length))


@post("/v1/links/{link:str}/done", operation_id="finishLink", status_code=200)
async def finish(link: FromPath[str], services: Parts, session: Caller) -> LinkOut:
    """Open the link once its file is whole; again is fine."""
    session.at_home()
    name = coming(_id(link))
    async with services.incoming.lock(name):
        row = await _own(services, session, link)
        if row.state == "coming":
            have = services.incoming.received(name)
            if have < row.length:
                raise Conflict(
                    f"Only {have} of {row.length} bytes are here.",
                    kept=f"The first {have} bytes are here.",
                    do=f"Go on at {have}.",
                    code="links.incomplete",
                )
            path = services.incoming.path(name)
            await services.blobs.put_file(blob_of(link), path, services.clock().date())
            async with services.db.transaction(household=session.household) as tx:
                await store.open_link(tx, link)
            services.incoming.drop(name)
    return _out(services, await _own(services, session, link))


def _out(services: Services, row: LinkRow) -> LinkOut:
    return LinkOut(
        row.id,
        row.kind,
        "coming" if row.state == "coming" else _shown(services, row),
        row.until,
        row.most,
        row.opened,
        b64.encode(row.own),
        _minutes(services, row),
    )


@get("/v1/links", operation_id="listLinks")
async def list_links(services: Parts, session: Caller) -> LinksOut:
    """List what the household gave out, whoever of its members made it."""
    session.at_home()
    async with services.db.transaction(household=session.household) as tx:
        rows = await store.of_household(tx)
    return LinksOut([_out(services, row) for row in rows])


@delete("/v1/links/{link:str}", operation_id="revokeLink", status_code=204)
async def revoke(link: FromPath[str], services: Parts, session: Caller) -> None:
    """Take a link back, whoever of the household made it; its file is deleted."""
    await _own(services, session.at_home(), link)
    await note(services, link)
    async with services.db.transaction(household=session.household) as tx:
        await store.end(tx, link, "revoked")
    await end_file(services, link)


async def _named(services: Services, request: AnyRequest, link: str) -> LinkRow:
    """Return a link to whoever names it. Only what is not there counts: nobody uses up another's opening."""
    async with services.db.transaction() as tx:
        await store.name(tx, _id(link))
        row = await store.get(tx, link)
    if row is None or row.state == "coming":
        services.spend(request, "links", _PER_HOUR)
        raise rules.no_link()
    return row


@get("/v1/links/{link:str}/about", operation_id="getLink")
async def about(link: FromPath[str], request: AnyRequest, services: Parts) -> Told:
    """Tell whoever has a link what it is and until when. This counts as no opening."""
    row = await _named(services, request, link)
    shown = _shown(services, row)
    if shown != "open":
        return Told(shown, row.kind)
    left = row.most - row.opened
    minutes = _minutes(services, row)
    return Told(shown, row.kind, row.until, left, minutes, row.length, b64.encode(row.about))


@post("/v1/links/{link:str}/open", operation_id="openLink", status_code=200, media_type=_RAW)
async def open_link(link: FromPath[str], request: AnyRequest, services: Parts) -> Stream:
    """Count one opening and return the sealed file, whole."""
    row = await _named(services, request, link)
    shown = _shown(services, row)
    if shown != "open":
        raise rules.ended(shown)
    async with services.db.transaction() as tx:
        await store.name(tx, link)
        left = await store.count(tx, link)
    if left is None:  # another took the last one between the two looks
        raise rules.ended("spent")
    if left == 0:
        await note(services, link)
    return await ranges.payload(services.blobs, blob_of(link), row.length, None)


def _whole() -> Conflict:
    return Conflict("The link is whole already.", do="Use it.", code="links.whole")


router = Router(
    path="/",
    tags=["links"],
    route_handlers=[put_link, put_part, finish, list_links, revoke, about, open_link],
)
