"""The agency that is offered a copy accepts with a key of its own, or declines, and looks.

In:     a fresh key, sealed to people of the agency in a custodian's browser; looks.
Out:    the header and manifest that were sealed to that key; lines and entries of this agency.
Holds:  the key's entry is in the record before anything is sealed to it; who has no key of it gets nothing;
        there is no call here that passes a copy on.
Absent: the agency that has the copy (offering).
"""

import hashlib
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, JSONBody
from litestar.response import Stream
from msgspec import Meta

from fanlight.model.clock import to_text
from fanlight.model.errors import FanlightError
from fanlight.seal import sealing
from fanlight.server import accounts, ranges, requests
from fanlight.server.accounts import Caller, Session
from fanlight.server.errors import Malformed, NotAllowed, NotFound
from fanlight.server.evidence import day, drops
from fanlight.server.evidence.looks import may_look
from fanlight.server.evidence.onward import store as rows
from fanlight.server.evidence.onward.store import Act, Row
from fanlight.server.evidence.onward.turns import changed_meanwhile, offered_to
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx
from fanlight.wire import b64, jcs

_PRIVATE = {"Cache-Control": "private, no-store"}
_RAW = "application/octet-stream"
_MAX_BODY = 512 * 1024
_SEALED = Meta(min_length=32, max_length=16 * 1024)


class KeyCopyIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The key sealed to one person of the agency, an age file in base64."""

    account: Annotated[str, Meta(max_length=26)]
    sealed: Annotated[str, _SEALED]


class AcceptIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A key made for this copy.

    `signature` is over `{onward, key, copies_sha256}`, context `onward-accept`.
    """

    key: Annotated[str, Meta(max_length=4_096)]
    copies: Annotated[list[KeyCopyIn], Meta(min_length=1, max_length=64)]
    signature: Annotated[str, Meta(min_length=88, max_length=88)]


@post(
    "/v1/agency/onward/{onward:str}/accept",
    operation_id="acceptOnward",
    status_code=204,
    request_max_body_size=_MAX_BODY,
)
async def accept(onward: FromPath[str], data: JSONBody[AcceptIn], services: Parts, session: Caller) -> None:
    """Accept an offered copy: its key is in the record at once, sealed to the caller and other custodians."""
    session.as_role("custodian")
    await may_look(services, session)
    signer = await requests.signer(services, session)
    named = {"copies": [{"account": one.account, "sealed": one.sealed} for one in data.copies]}
    digest = hashlib.sha256(jcs.dumps(named)).hexdigest()
    signed = {"onward": onward, "key": data.key, "copies_sha256": digest}
    signer.check("onward-accept", jcs.dumps(signed), data.signature)
    try:
        sealing.check_recipient(data.key)
    except FanlightError as error:
        raise _bad_key() from error
    copies = [(one.account, requests.copies.age_file(one.sealed)) for one in data.copies]
    now = services.clock()
    async with services.db.transaction() as tx:
        row = await offered_to(tx, session, onward)
        if row.state != "offered":
            raise changed_meanwhile()
        await _check_people(tx, session, copies)
        detail = {
            "onward": row.id,
            "key_sha256": hashlib.sha256(data.key.encode()).hexdigest(),
            "copies_sha256": digest,
            "by": session.name,
            "at": to_text(now),
        }
        leaf = await day.enter_now(services.log, tx, session.agency, now, "onward-accepted", detail)
        await rows.accepted(tx, row.id, data.key, leaf, copies)
        await rows.add_act(tx, row.id, Act(to_text(now), "accepted", session.name))


@post("/v1/agency/onward/{onward:str}/decline", operation_id="declineOnward", status_code=204)
async def decline(onward: FromPath[str], services: Parts, session: Caller) -> None:
    """Decline an offered copy, as long as nothing was handed over."""
    session.as_role("custodian")
    await may_look(services, session)
    now = services.clock()
    async with services.db.transaction() as tx:
        row = await offered_to(tx, session, onward)
        if row.state not in {"offered", "accepted"}:
            raise changed_meanwhile()
        await rows.over(tx, row.id, "declined", now.date(), "declined")
        await rows.add_act(tx, row.id, Act(to_text(now), "declined", session.name))
        detail = {"onward": row.id, "by": session.name, "at": to_text(now)}
        await day.enter(tx, session.agency, now, "onward-declined", detail)


@get("/v1/agency/onward/{onward:str}/copy", operation_id="getOnwardCopy")
async def look(onward: FromPath[str], services: Parts, session: Caller) -> Response[dict[str, Any]]:
    """Return what opens a copy that was handed over, and the sealed manifest; the look is recorded."""
    session.of_kind("officer")
    await may_look(services, session)
    now = services.clock()
    async with services.db.transaction() as tx:
        row = await _handed(tx, services, session, onward)
        await rows.add_act(tx, row.id, Act(to_text(now), "viewed", session.name))
        detail = {"onward": row.id, "by": session.name, "at": to_text(now)}
        await day.enter(tx, session.agency, now, "onward-viewed", detail)
    found = {"hdr": b64.encode(bytes(row.hdr)), "manifest": b64.encode(bytes(row.manifest)), "key": row.key}
    return Response({**found, "disclosure": row.disclosure, "length": row.length}, headers=_PRIVATE)


@get("/v1/agency/onward/{onward:str}/pay", operation_id="getOnwardPayload", media_type=_RAW)
async def payload(
    onward: FromPath[str], request: Request[Any, Any, Any], services: Parts, session: Caller
) -> Stream:
    """Return the payload of a copy that was handed over, or a range of it."""
    session.of_kind("officer")
    await may_look(services, session)
    async with services.db.transaction() as tx:
        row = await _handed(tx, services, session, onward)
    return await ranges.payload(
        services.evidence, drops.blob_of(row.disclosure), row.length, request.headers.get("range")
    )


async def _handed(tx: Tx, services: Services, session: Session, onward: str) -> Row:
    """Return a copy that was handed to the caller's agency and that the caller can open."""
    row = await offered_to(tx, session, onward)
    if row.state != "handed" or row.until < services.clock().date():
        raise NotFound(
            "This copy is not here: it was not handed over yet, or its end has come.",
            do="The list says which.",
            code="evidence.not_handed",
        )
    if await rows.own_key(tx, row.id, session.account) is None:
        raise NotAllowed(
            "You hold no key of this copy.",
            do="Ask one of those whom the list names.",
            code="evidence.holds_no_copy",
        )
    return row


async def _check_people(tx: Tx, session: Session, copies: list[tuple[str, bytes]]) -> None:
    people = {one.account: one.role for one in await accounts.recipients(tx, session.agency)}
    readers = [account for account, _ in copies]
    may = {account for account, role in people.items() if role in requests.copies.MAY_HOLD}
    if len(set(readers)) != len(readers) or not set(readers) <= may or session.account not in readers:
        raise Malformed(
            "The key is sealed to others than you and people of your agency.",
            do="Load the page again, for your agency's people as they are now.",
            code="evidence.bad_onward_key",
        )


def _bad_key() -> Malformed:
    return Malformed(
        "The key is no post-quantum age recipient.",
        kept="Nothing was changed.",
        do="Accept it again from the page.",
        code="evidence.bad_onward_key",
    )


ROUTES = (accept, decline, look, payload)
