"""Routes: who is clerk, appointing one, ending an appointment; the lists that were taken over."""

from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta

from fanlight.model.ids import is_id
from fanlight.model.readable import check_name, check_words
from fanlight.server.accounts import Caller
from fanlight.server.errors import NotFound
from fanlight.server.programme import clerks, listings, taking_over
from fanlight.server.programme import papers as forms
from fanlight.server.programme import register_store as rows
from fanlight.server.programme.clerks import Offer
from fanlight.server.programme.papers import Appointment
from fanlight.server.programme.register_store import Clerk
from fanlight.server.services import Parts
from fanlight.store.database import Tx, value
from fanlight.wire import b64

PAGE = 200
_FRESH = {"Cache-Control": "no-cache"}
_Signature = Annotated[str, Meta(min_length=88, max_length=88)]


class AppointIn(forms.Form, frozen=True):
    """An appointment with the elected body's words, as docs/spec/register.md has it."""

    account: forms.Id
    statement: Annotated[str, Meta(min_length=1, max_length=8_192)]
    acceptance: _Signature
    document: Annotated[str, Meta(min_length=1, max_length=forms.MOST_TEXT)]
    handed_over_by: forms.Id | None = None
    handover: _Signature | None = None


class EndIn(forms.Form, frozen=True):
    """Why, for everybody to read."""

    reason: Annotated[str, Meta(min_length=1, max_length=500)]


@get("/v1/register/clerks", operation_id="listClerks")
async def list_clerks(services: Parts) -> Response[dict[str, Any]]:
    """Return every clerk there ever was, with key, appointment and the elected body's words."""
    async with services.db.transaction() as tx:
        found = [_clerk_json(row) for row in await rows.clerks(tx)]
    return Response({"clerks": found}, headers=_FRESH)


@post("/v1/register/clerks", operation_id="appointClerk", request_max_body_size=1024 * 1024)
async def appoint(data: JSONBody[AppointIn], services: Parts, session: Caller) -> dict[str, str]:
    """Record that the elected body appointed a clerk."""
    session.of_kind("operator")
    said = Appointment.read(data.statement)
    check_name(said.name, most=200)
    check_name(said.office, most=200)
    check_words(data.document, most=forms.MOST_TEXT)
    offer = Offer(
        account=data.account,
        statement=data.statement,
        acceptance=b64.decode(data.acceptance),
        document=data.document,
        handed_over_by=data.handed_over_by,
        handover=None if data.handover is None else b64.decode(data.handover),
    )
    async with services.db.transaction() as tx:
        row = await clerks.appoint(services.log, tx, offer, services.clock().date())
    return {"clerk": row.id, "counts_from": row.counts_from.isoformat()}


@post("/v1/register/clerks/{clerk:str}/end", operation_id="endClerk", status_code=204)
async def end(clerk: FromPath[str], data: JSONBody[EndIn], services: Parts, session: Caller) -> None:
    """Record that somebody is clerk no more."""
    session.of_kind("operator")
    async with services.db.transaction() as tx:
        reason = check_words(data.reason)
        await clerks.end(services.log, tx, clerk if is_id(clerk) else "", reason, services.clock().date())


@get("/v1/register/listings", operation_id="listListings")
async def list_listings(services: Parts) -> Response[dict[str, Any]]:
    """Return the heads of all lists that were taken over."""
    async with services.db.transaction() as tx:
        found = await listings.all_of(tx)
    heads = [dict(msgspec.to_builtins(row)) for row in found]
    return Response({"listings": [{"listing": head.pop("id"), **head} for head in heads]}, headers=_FRESH)


@get("/v1/register/listings/{listing:str}/agencies", operation_id="listListedAgencies")
async def listed_agencies(
    listing: FromPath[str],
    services: Parts,
    within: FromQuery[str] = "",
    words: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[dict[str, Any]]:
    """Return agencies of a list by ORI, 200 at most; those `within` a state."""
    if any("\x00" in text for text in (within, words, after)):
        raise _no_list()
    async with services.db.transaction() as tx:
        await _exists(tx, listing)
        found = await listings.agencies(
            tx, listing, state=within or None, words=words, after=after, limit=PAGE + 1
        )
    lines = [msgspec.to_builtins(row) for row in found[:PAGE]]
    return Response({"agencies": lines, "more": len(found) > PAGE}, headers=_FRESH)


@get("/v1/register/listings/{listing:str}/agreements", operation_id="listListedAgreements")
async def listed_agreements(
    listing: FromPath[str], services: Parts, after: FromQuery[int] = -1
) -> Response[dict[str, Any]]:
    """Return agreements of a list in its order, 200 at most."""
    async with services.db.transaction() as tx:
        await _exists(tx, listing)
        found = await listings.agreements(tx, listing, after=after, limit=PAGE + 1)
    lines = [msgspec.to_builtins(row) for row in found[:PAGE]]
    return Response({"agreements": lines, "more": len(found) > PAGE}, headers=_FRESH)


def _clerk_json(row: Clerk) -> dict[str, Any]:
    return {
        "clerk": row.id,
        "name": row.name,
        "office": row.office,
        "key": b64.encode(bytes(row.sign_pub)),
        "day": row.day.isoformat(),
        "counts_from": row.counts_from.isoformat(),
        "ended": row.ended.isoformat() if row.ended else None,
        "statement": row.statement,
        "acceptance": b64.encode(bytes(row.acceptance)),
        "handed_over_by": row.handed_over_by,
        "handover": None if row.handover is None else b64.encode(bytes(row.handover)),
        "document": row.document,
        "index": row.idx,
    }


async def _exists(tx: Tx, listing: str) -> None:
    if not is_id(listing) or await value(tx, "SELECT 1 FROM listing WHERE id = %s", [listing]) is None:
        raise _no_list()


def _no_list() -> NotFound:
    return NotFound("There is no such list.", do="Load the lists again.", code="register.no_listing")


router = Router(
    path="/",
    tags=["register"],
    route_handlers=[
        list_clerks,
        appoint,
        end,
        list_listings,
        taking_over.take_over,
        listed_agencies,
        listed_agreements,
    ],
)
