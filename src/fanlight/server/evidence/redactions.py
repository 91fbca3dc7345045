"""Redacted copies of a clip: made in the agency's browser, kept sealed beside the original.

In:     from somebody who can open the case: a film made anew, sealed to the case's key, with a signed record
        of what was hidden and why, sealed as well.
Out:    the same to the agency; a line of custody and a `case` entry for making, opening and taking off.
Holds:  a redacted copy is never changed, and goes with its clip; the original is never written to.
Absent: what was hidden. The server learns that a copy was made of which clip, by whom, when, and its length.
Why:    docs/design/evidence.md#redacted-copies
"""

import asyncio
import hashlib
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream
from msgspec import Meta

from fanlight.model.clock import to_text
from fanlight.model.errors import FanlightError
from fanlight.model.ids import id_of, is_id
from fanlight.server import accounts, ranges, requests
from fanlight.server.accounts import Caller, Session
from fanlight.server.errors import Conflict, Malformed, NotAllowed, NotFound
from fanlight.server.evidence import day, ends_store, store
from fanlight.server.evidence.exports import own_disclosure
from fanlight.server.evidence.looks import may_look
from fanlight.server.evidence.store import Custody, Disclosure
from fanlight.server.incoming import MAX_PART
from fanlight.server.services import Parts, Services
from fanlight.store.blobs import key_of
from fanlight.store.database import Tx, changed, many, one
from fanlight.wire import b64, jcs

AnyRequest = Request[Any, Any, Any]
MAX_PAYLOAD = 256 * 1024 * 1024
MOST = 20
_RAW = "application/octet-stream"
_PRIVATE = {"Cache-Control": "private, no-store"}
_MAX_BODY = 512 * 1024
_New = tuple[str, str, str, datetime, int, str, bytes, bytes]  # as Row has them, without what comes later


class RedactionIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A redacted copy whose payload is here: its header and record as age files (base64), length and root.

    `signature` is over `{disclosure, redaction, length, root, record_sha256}`, context `redaction`.
    """

    hdr: Annotated[str, Meta(min_length=32, max_length=24 * 1024)]
    record: Annotated[str, Meta(min_length=32, max_length=400_000)]
    length: Annotated[int, Meta(gt=0, le=MAX_PAYLOAD)]
    root: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    signature: Annotated[str, Meta(min_length=88, max_length=88)]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A redacted copy as kept."""

    id: str
    disclosure: str
    by_whom: str
    at: datetime
    length: int
    root: str
    hdr: bytes
    record: bytes
    off: bool


_ROW = "SELECT id, disclosure, by_whom, at, length, root, hdr, record, off IS NOT NULL AS off FROM redaction"


def blob_of(redaction: str) -> str:
    """Return the key of a redacted copy's payload."""
    digest = hashlib.sha256(f"redaction {redaction}".encode()).digest()
    return key_of(id_of(digest[:16]))


@put(
    "/v1/agency/disclosures/{disclosure:str}/redactions/{redaction:str}/pay",
    operation_id="redactionPart",
    status_code=200,
    request_max_body_size=MAX_PART,
)
async def put_part(  # noqa: PLR0913, PLR0917 - where it goes, and what goes there
    disclosure: FromPath[str],
    redaction: FromPath[str],
    request: AnyRequest,
    services: Parts,
    session: Caller,
    offset: Annotated[int, QueryParameter(ge=0)] = 0,
) -> dict[str, int]:
    """Send a redacted copy's payload from `offset` on, at most 4 MiB a call."""
    await may_look(services, session, disclosure=disclosure)
    async with services.db.transaction() as tx:
        await _may_open(tx, session, disclosure)
    _check_id(redaction)
    body = await request.body()
    mine = requests.token_hash(f"redactions of {session.account}")
    end = min(offset + len(body), MAX_PAYLOAD)
    services.unfinished.reserve(mine, redaction, "pay", end, services.clock())
    name = f"d.{redaction}.pay"  # what nobody finished is swept with the copies that nobody finished
    try:
        return {"received": await services.incoming.append(name, offset, body, MAX_PAYLOAD)}
    except FanlightError:
        services.unfinished.settle(mine, redaction, "pay", services.incoming.received(name))
        raise


@post(
    "/v1/agency/disclosures/{disclosure:str}/redactions/{redaction:str}",
    operation_id="finishRedaction",
    status_code=200,
    request_max_body_size=_MAX_BODY,
)
async def finish(
    disclosure: FromPath[str],
    redaction: FromPath[str],
    data: JSONBody[RedactionIn],
    services: Parts,
    session: Caller,
) -> dict[str, str]:
    """Put a redacted copy beside its clip; again is fine."""
    await may_look(services, session, disclosure=disclosure)
    _check_id(redaction)
    signer = await requests.signer(services, session)
    hdr, record = (requests.copies.age_file(sealed) for sealed in (data.hdr, data.record))
    detail = {
        "disclosure": disclosure,
        "redaction": redaction,
        "length": data.length,
        "root": data.root,
        "record_sha256": hashlib.sha256(record).hexdigest(),
    }
    signer.check("redaction", jcs.dumps(detail), data.signature)
    name = f"d.{redaction}.pay"
    async with services.incoming.lock(name):
        async with services.db.transaction() as tx:
            await _may_open(tx, session, disclosure)
            known = await _get(tx, redaction)
            if known is not None and (known.disclosure, known.root) == (disclosure, data.root):
                return {"redaction": redaction}
            if known is not None:
                raise Conflict(
                    "Another redacted copy has this id.",
                    kept="That one stays as it is.",
                    do="Make it again, with a new id.",
                    code="evidence.other_copy",
                )
        if await services.incoming.measure(name) != (data.length, data.root):
            raise Malformed(
                "The redacted copy did not arrive whole.",
                kept="The clip is as it came.",
                do="Send it again.",
                code="evidence.incomplete",
            )
        now = services.clock()
        await services.evidence.put_file(blob_of(redaction), services.incoming.path(name), now.date())
        row = (redaction, disclosure, session.account, now, data.length, data.root, hdr, record)
        try:
            await _keep(services, session, row, data.signature, {**detail, "at": to_text(now)})
        except FanlightError:  # the clip ended meanwhile, say: a payload without a row would have no end
            await services.evidence.delete(blob_of(redaction))
            raise
        services.incoming.drop(name)
        services.unfinished.end(redaction)
    return {"redaction": redaction}


async def _keep(
    services: Services, session: Session, row: _New, signature: str, detail: dict[str, Any]
) -> None:
    """Store a redacted copy that is whole; raises NotFound, NotAllowed or Conflict as things are by now."""
    _, disclosure, *_ = row
    async with services.db.transaction() as tx:
        copy = await _may_open(tx, session, disclosure)
        await store.lock_end(tx, copy.request)
        await _may_open(tx, session, disclosure)  # as it is now that it is our turn
        if len(await of_clip(tx, disclosure)) >= MOST:
            raise Conflict(
                f"This clip has {MOST} redacted copies.",
                kept="Nothing was added.",
                do="Use one of them.",
                code="evidence.many_redactions",
            )
        await _add(tx, row, signature)
        said = {**detail, "by": session.name}
        await _enter(services, tx, session, disclosure, ("redacted", "redacted", said))


@get("/v1/agency/redactions/{redaction:str}/hdr", operation_id="getRedactionHeader", media_type=_RAW)
async def get_header(redaction: FromPath[str], services: Parts, session: Caller) -> Response[bytes]:
    """Return a redacted copy's age header; the look is recorded."""
    await may_look(services, session)
    now = services.clock()
    async with services.db.transaction() as tx:
        row = await _own(tx, session, redaction)
        said = {
            "disclosure": row.disclosure,
            "redaction": row.id,
            "by": session.name,
            "at": to_text(now),
        }
        act = ("viewed a redacted copy", "viewed", said)
        await _enter(services, tx, session, row.disclosure, act)
    return Response(bytes(row.hdr), media_type=_RAW, headers=_PRIVATE)


@get("/v1/agency/redactions/{redaction:str}/pay", operation_id="getRedactionPayload", media_type=_RAW)
async def get_payload(
    redaction: FromPath[str], request: AnyRequest, services: Parts, session: Caller
) -> Stream:
    """Return a redacted copy's payload, or a range of it."""
    await may_look(services, session)
    async with services.db.transaction() as tx:
        row = await _own(tx, session, redaction)
    return await ranges.payload(services.evidence, blob_of(row.id), row.length, request.headers.get("range"))


@delete("/v1/agency/redactions/{redaction:str}", operation_id="takeOffRedaction", status_code=204)
async def take_off(redaction: FromPath[str], services: Parts, session: Caller) -> None:
    """Take a redacted copy off; that there was one stays in the trail."""
    await may_look(services, session)
    now = services.clock()
    async with services.db.transaction() as tx:
        row = await _own(tx, session, redaction)
        await _require_no_hold(tx, session, row, now)
        if not await _empty(tx, [row.id], now):
            return
        said = {
            "disclosure": row.disclosure,
            "redaction": row.id,
            "by": session.name,
            "at": to_text(now),
        }
        act = ("redacted copy taken off", "redaction-off", said)
        await _enter(services, tx, session, row.disclosure, act)
    await services.evidence.delete(blob_of(row.id))
    await asyncio.to_thread(services.shreds.note_gone, [row.id])


async def _require_no_hold(tx: Tx, session: Session, row: Row, now: datetime) -> None:
    """Raise Conflict while a hold stands on the case: what a court holds nobody takes off."""
    copy, _ = await own_disclosure(tx, session.agency, row.disclosure)
    if any(one.hold().stands(now.date()) for one in await ends_store.holds(tx, [copy.request])):
        raise Conflict(
            "A hold stands on this case: nothing of it is destroyed, no redacted copy either.",
            kept="The redacted copy is as it was.",
            do="Make another one beside it, or wait until the hold has ended.",
            code="evidence.held",
        )


async def as_json(tx: Tx, disclosure: str) -> list[dict[str, Any]]:
    """Return a clip's redacted copies, oldest first; of one that was taken off who made it, and when."""
    return [
        {
            "redaction": row.id,
            "by": await accounts.person_name(tx, row.by_whom),
            "at": to_text(row.at),
            "length": row.length,
            "root": row.root,
            "record": b64.encode(bytes(row.record)),
            "off": row.off,
        }
        for row in await of_clip(tx, disclosure)
    ]


async def of_clip(tx: Tx, disclosure: str) -> list[Row]:
    """Return a clip's redacted copies, oldest first, those that were taken off among them."""
    return await many(tx, Row, _ROW + " WHERE disclosure = %s ORDER BY at, id", [disclosure])


async def forget(tx: Tx, disclosure: str, now: datetime) -> list[str]:
    """Forget the redacted copies of a clip that is destroyed; their payloads follow with its own."""
    names = [row.id for row in await of_clip(tx, disclosure)]
    await _empty(tx, names, now)
    return names


async def ended(tx: Tx) -> list[str]:
    """Return the redacted copies that were taken off or went with their clips."""
    query = "SELECT id FROM redaction WHERE off IS NOT NULL ORDER BY id"
    return [row[0] for row in await (await tx.execute(query)).fetchall()]


async def again(services: Services, gone: list[str]) -> int:
    """Take off again what came back, or was not wholly gone when the server stopped; return how many."""
    async with services.db.transaction() as tx:
        found = await many(tx, Row, _ROW + " WHERE id = ANY(%s)", [gone])
        back = await _empty(tx, [row.id for row in found], services.clock())
    for row in found:
        await services.evidence.delete(blob_of(row.id))
    return back


async def _empty(tx: Tx, names: list[str], now: datetime) -> int:
    query = (
        "UPDATE redaction SET hdr = '', record = '', off = coalesce(off, %s)"
        " WHERE id = ANY(%s) AND length(hdr) > 0"
    )
    return await changed(tx, query, [now.date(), names])


async def _get(tx: Tx, redaction: str) -> Row | None:
    return await one(tx, Row, _ROW + " WHERE id = %s", [redaction])


async def _add(tx: Tx, row: _New, signature: str) -> None:
    query = (
        "INSERT INTO redaction (id, disclosure, by_whom, at, length, root, hdr, record, sig)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
    )
    await tx.execute(query, [*row, signature])


async def _may_open(tx: Tx, session: Session, disclosure: str) -> Disclosure:
    """Return a clip of a case that the caller can open; raises NotFound, NotAllowed."""
    session.as_role("custodian", "officer", "supervisor")
    copy, case = await own_disclosure(tx, session.agency, disclosure if is_id(disclosure) else "")
    if await requests.copies.own(tx, case.id, session.account) is None:
        raise NotAllowed(
            "Only who can open this case makes or opens redacted copies of it.",
            do="Ask one of those who hold a copy of its key.",
            code="evidence.holds_no_copy",
        )
    return copy


async def _own(tx: Tx, session: Session, redaction: str) -> Row:
    """Return a redacted copy of the caller's agency that is there."""
    session.of_kind("officer")
    row = await _get(tx, redaction) if is_id(redaction) else None
    if row is None:
        raise _none()
    copy = await _may_open(tx, session, row.disclosure)
    await store.lock_end(tx, copy.request)
    found = await _get(tx, redaction)
    if found is None or found.off or await ends_store.is_over(tx, copy.request):
        raise _none()
    return found


async def _enter(
    services: Services, tx: Tx, session: Session, disclosure: str, act: tuple[str, str, dict[str, Any]]
) -> None:
    """Store a line on the clip's trail with its entry; `act` is line, entry and what it commits to."""
    line, entry, detail = act
    now = services.clock()
    await store.lock(tx, f"custody {disclosure}")
    await store.add_custody(tx, disclosure, Custody(to_text(now), line, session.name))
    await day.enter(tx, session.agency, now, entry, detail)


def _check_id(redaction: str) -> None:
    if not is_id(redaction):
        raise Malformed("A redacted copy's id has another form.", do="Use 26 letters as docs/spec says.")


def _none() -> NotFound:
    return NotFound(
        "There is no such redacted copy: it was taken off, or went with its clip.",
        do="Load the case again.",
        code="evidence.no_redaction",
    )


ROUTES = (put_part, finish, get_header, get_payload, take_off)
