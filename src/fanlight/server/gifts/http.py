"""Routes: everybody reads what was given and which raffles were held; staff and clerks enter it."""

from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.server import gifts
from fanlight.server.accounts import Caller, Session
from fanlight.server.gifts import Acting, raffles
from fanlight.server.services import Parts
from fanlight.wire.gifts import (
    MOST_TICKETS,
    Day,
    Gift,
    GiftKind,
    GiftVoid,
    Id,
    Line,
    Money,
    Party,
    Raffle,
    RaffleClosed,
    RaffleVoid,
    Randomness,
    Side,
    Ticket,
    Words,
)


class GiftIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What was given: the fields of its entry (wire.gifts.Gift). `gift`: an id made by the sender."""

    gift: Id
    on: Day
    kind: GiftKind
    what: Line
    donor: Party
    recipient: Party
    units: Annotated[int, Meta(ge=1, le=10**6)]
    list_price: Money
    paid: Money
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
    terms: Words
    no_duty: bool
    minutes: Annotated[int, Meta(ge=1, le=10**8)] | None = None
    appropriation: Line | None = None
    vote: Line | None = None
    eligibility: Words | None = None
    agency: Annotated[str, Meta(max_length=20)] | None = None
    agreement: Id | None = None
    corrects: Id | None = None


class ReasonIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Why something does not count."""

    reason: Words


class RaffleIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A raffle of a gift, and by what it will be drawn. `raffle`: an id made by who announces it."""

    raffle: Id
    gift: Id
    prizes: Annotated[int, Meta(ge=1, le=MOST_TICKETS)]
    eligibility: Words
    randomness: Randomness


class TicketsIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """All tickets that were given out: a hash of the code of each."""

    tickets: Annotated[list[Ticket], Meta(min_length=1, max_length=MOST_TICKETS)]


class PublishedIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What was published for the draw, as it stood there."""

    randomness: Annotated[str, Meta(min_length=1, max_length=700)]


@get("/v1/gifts", operation_id="listGifts")
async def list_gifts(services: Parts) -> Response[dict[str, Any]]:
    """Return everything of value that was entered, and every raffle with its steps."""
    async with services.db.transaction() as tx:
        found = {"gifts": await gifts.all_of(tx), "raffles": await raffles.all_of(tx)}
    return Response(found, headers={"Cache-Control": "no-cache"})


@post("/v1/gifts", operation_id="enterGift", status_code=201)
async def enter_gift(data: JSONBody[GiftIn], services: Parts, session: Caller) -> dict[str, str]:
    """Enter something of value that changed hands."""
    side, own = _entering(session)
    now = services.clock()
    gift = Gift(**msgspec.structs.asdict(data), day=now.date().isoformat(), side=side)
    async with services.db.transaction() as tx:
        await gifts.enter(Acting(tx, services.log, now, own), gift)
    return {"gift": data.gift}


@post("/v1/gifts/{gift:str}/void", operation_id="voidGift", status_code=200)
async def void_gift(
    gift: FromPath[str], data: JSONBody[ReasonIn], services: Parts, session: Caller
) -> dict[str, str]:
    """Enter that something did not happen, and why it was entered."""
    _, own = _entering(session)
    now = services.clock()
    said = GiftVoid(gift=gift, day=now.date().isoformat(), reason=data.reason)
    async with services.db.transaction() as tx:
        await gifts.void(Acting(tx, services.log, now, own), said)
    return {"gift": gift}


@post("/v1/raffles", operation_id="announceRaffle", status_code=201)
async def announce_raffle(data: JSONBody[RaffleIn], services: Parts, session: Caller) -> dict[str, str]:
    """Announce a raffle, and by what it will be drawn."""
    side, own = _entering(session)
    now = services.clock()
    raffle = Raffle(**msgspec.structs.asdict(data), day=now.date().isoformat(), side=side)
    async with services.db.transaction() as tx:
        await raffles.announce(Acting(tx, services.log, now, own), raffle)
    return {"raffle": data.raffle}


@post("/v1/raffles/{raffle:str}/close", operation_id="closeRaffle", status_code=200)
async def close_raffle(
    raffle: FromPath[str], data: JSONBody[TicketsIn], services: Parts, session: Caller
) -> dict[str, Any]:
    """Enter all tickets, before that is published by which they are drawn."""
    _, own = _entering(session)
    now = services.clock()
    said = RaffleClosed(raffle=raffle, day=now.date().isoformat(), tickets=data.tickets)
    async with services.db.transaction() as tx:
        entered = await raffles.close(Acting(tx, services.log, now, own), said)
    return {"raffle": raffle, "tickets": len(entered.tickets)}


@post("/v1/raffles/{raffle:str}/draw", operation_id="drawRaffle", status_code=200)
async def draw_raffle(
    raffle: FromPath[str], data: JSONBody[PublishedIn], services: Parts, session: Caller
) -> dict[str, Any]:
    """Draw by what was published; return the tickets that win, first prize first."""
    _, own = _entering(session)
    now = services.clock()
    async with services.db.transaction() as tx:
        drawn = await raffles.draw(Acting(tx, services.log, now, own), raffle, data.randomness)
    return {"raffle": raffle, "randomness": drawn.randomness, "winners": drawn.winners}


@post("/v1/raffles/{raffle:str}/void", operation_id="voidRaffle", status_code=200)
async def void_raffle(
    raffle: FromPath[str], data: JSONBody[ReasonIn], services: Parts, session: Caller
) -> dict[str, str]:
    """Enter that a raffle is not held, and why."""
    _, own = _entering(session)
    now = services.clock()
    said = RaffleVoid(raffle=raffle, day=now.date().isoformat(), reason=data.reason)
    async with services.db.transaction() as tx:
        await raffles.call_off(Acting(tx, services.log, now, own), said)
    return {"raffle": raffle}


def _entering(session: Session) -> tuple[Side, str]:
    """Return whose side somebody is on, and their agency or nothing; raises NotAllowed."""
    if session.kind == "officer":
        return "agency", session.managing().agency
    kind = session.of_kind("operator", "clerk").kind
    return ("operator" if kind == "operator" else "clerk"), ""


router = Router(
    path="/",
    tags=["gifts"],
    route_handlers=[
        list_gifts,
        enter_gift,
        void_gift,
        announce_raffle,
        close_raffle,
        draw_raffle,
        void_raffle,
    ],
)
