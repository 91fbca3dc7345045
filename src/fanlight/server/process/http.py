"""Routes of legal process: an agency's person hands in, counsel decides, a household reads and answers."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any

from litestar import Response, Router, get, post
from litestar.params import FromPath, JSONBody
from litestar.response import Stream
from msgspec import Meta

from fanlight.model.ids import is_id
from fanlight.server import vault
from fanlight.server.accounts import Caller, Session
from fanlight.server.errors import Conflict
from fanlight.server.process import deciding, preserving, store
from fanlight.server.process.rules import DecisionIn, Form, ProcessIn, ReleaseIn, RenewalIn
from fanlight.server.process.store import Row
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx
from fanlight.wire import jcs

MAX_BODY = 5 << 20
_PDF = "application/pdf"
_PRIVATE = {"Cache-Control": "private, no-store"}
_DOCUMENT = {**_PRIVATE, "Content-Disposition": 'attachment; filename="document.pdf"'}


class ObjectionIn(Form, frozen=True):
    """What a household has against it, in its own words."""

    words: Annotated[str, Meta(min_length=1, max_length=2000)]


def _said(row: Row) -> dict[str, Any]:
    """Return what whoever handed it in sees."""
    return {
        "process": row.id,
        "received": row.received.isoformat(),
        "form": jcs.loads(row.form.encode()),
        "sha256": row.sha256,
        "checks": jcs.loads(row.checks.encode())["checks"],
        "decision": row.decision,
        "decided": row.decided.isoformat() if row.decided else None,
        "reason": row.reason,
        "scope": jcs.loads(row.scope.encode()) if row.scope else None,
        "quiet_until": row.quiet_until.isoformat() if row.quiet_until else None,
    }


async def _counsel(tx: Tx, row: Row, today: date) -> dict[str, Any]:
    accounts = jcs.loads(row.form.encode())["scope"]["accounts"]
    objections = []
    for account in accounts if row.decision else []:
        await store.as_home(tx, account)
        if words := await store.objection(tx, row.id):
            objections.append({"account": account, "words": words})
    await store.as_home(tx, "")
    return {
        **_said(row),
        **_term(await preserving.term(tx, row.id)),
        "agency": row.agency,
        "objections": objections,
        "overdue": row.leaf is None and row.quiet_until is not None and row.quiet_until < today,
        "packets": [
            {"packet": one.id, "made": one.made.isoformat(), "sha256": one.sha256}
            for one in await store.packets(tx, row.id)
        ],
    }


@post("/v1/agency/process", operation_id="serveProcess", status_code=200, request_max_body_size=MAX_BODY)
async def serve(data: JSONBody[ProcessIn], services: Parts, session: Caller) -> Response[dict[str, Any]]:
    """Hand in a warrant, an order or a subpoena. No agreement is needed; the form is checked at once."""
    session.of_kind("officer")
    return Response(_said(await deciding.take(services, session, data)), headers=_PRIVATE)


@get("/v1/agency/process", operation_id="listServed")
async def list_served(services: Parts, session: Caller) -> Response[dict[str, Any]]:
    """List what the agency's people handed in, with what was found and decided."""
    session.of_kind("officer")
    async with services.db.transaction() as tx:
        rows = await store.of_agency(tx, session.agency)
        found = [{**_said(row), **_term(await preserving.term(tx, row.id))} for row in rows]
    return Response({"process": found}, headers=_PRIVATE)


@post("/v1/counsel/process", operation_id="enterProcess", status_code=200, request_max_body_size=MAX_BODY)
async def enter(data: JSONBody[ProcessIn], services: Parts, session: Caller) -> Response[dict[str, Any]]:
    """Enter what came on paper, as the operator's counsel."""
    session.of_kind("counsel")
    return Response(_said(await deciding.take(services, session, data)), headers=_PRIVATE)


@get("/v1/counsel/process", operation_id="listProcess")
async def list_process(services: Parts, session: Caller) -> Response[dict[str, Any]]:
    """List all for counsel: what waits first; and what rows there are of a household at all."""
    session.of_kind("counsel")
    today = services.clock().date()
    async with services.db.transaction() as tx:
        rows = [await _counsel(tx, row, today) for row in await store.every(tx)]
        exists = await store.holdings(tx)
    return Response({"process": rows, "exists": exists}, headers=_PRIVATE)


@get("/v1/counsel/process/{process:str}/document", operation_id="getProcessDocument", media_type=_PDF)
async def counsel_document(process: FromPath[str], services: Parts, session: Caller) -> Response[bytes]:
    """Return a document as it was handed in."""
    session.of_kind("counsel")
    async with services.db.transaction() as tx:
        if not is_id(process) or await store.get(tx, process) is None:
            raise deciding.not_there()
        found = await store.document(tx, process)
    return Response(found, media_type=_PDF, headers=_DOCUMENT)


@post("/v1/counsel/process/{process:str}/decision", operation_id="decideProcess", status_code=200)
async def decide(
    process: FromPath[str], data: JSONBody[DecisionIn], services: Parts, session: Caller
) -> Response[dict[str, Any]]:
    """Accept, narrow or reject, with the reason, signed; the household is served and it is entered."""
    session.of_kind("counsel")
    return Response(_said(await deciding.decide(services, session, process, data)), headers=_PRIVATE)


@post("/v1/counsel/process/{process:str}/renewal", operation_id="renewGag", status_code=200)
async def renew(
    process: FromPath[str], data: JSONBody[RenewalIn], services: Parts, session: Caller
) -> Response[dict[str, Any]]:
    """Record that a court renewed a gag."""
    session.of_kind("counsel")
    return Response(_said(await deciding.renew(services, session, process, data)), headers=_PRIVATE)


@get("/v1/counsel/process/{process:str}/packet", operation_id="weighPacket")
async def weigh(process: FromPath[str], services: Parts, session: Caller) -> dict[str, str]:
    """Return the hash of the packet that would go out now, for counsel to sign; nothing of it is shown."""
    session.of_kind("counsel")
    return {"sha256": await deciding.weigh(services, process)}


@post("/v1/counsel/process/{process:str}/packet", operation_id="packProcess", status_code=200)
async def packet(
    process: FromPath[str], data: JSONBody[ReleaseIn], services: Parts, session: Caller
) -> Response[dict[str, Any]]:
    """Make the answer to what was accepted: all rows that exist, with hashes; signed, and entered with it."""
    session.of_kind("counsel")
    return Response(await deciding.pack(services, session, process, data), headers=_PRIVATE)


@get("/v1/counsel/process/{process:str}/clips/{clip:str}", operation_id="getProcessClip")
async def sealed_clip(
    process: FromPath[str], clip: FromPath[str], services: Parts, session: Caller
) -> Stream:
    """Return a sealed clip of an accepted scope, as it lies here; only the household's keys open it."""
    session.of_kind("counsel")
    async with services.db.transaction() as tx:
        row = await store.get(tx, process) if is_id(process) and is_id(clip) else None
        if row is None:
            raise deciding.not_there()
        scope = deciding.scope_of(row)
        if "contents" not in scope.what or not await store.packets(tx, process):
            raise Conflict(
                "No sealed clip was packed for this.",
                do="Make the packet first; clips are in it only where they were accepted.",
                code="process.no_clips",
            )
        for account in scope.accounts:
            await store.as_home(tx, account)
            found = await vault.clip_of(tx, clip) or await vault.held_clip_of(tx, clip)
            if found is not None and found.kept and scope.start <= found.day <= scope.end:
                break
        else:
            raise deciding.not_there()
    return Stream(_age_file(services, found), media_type="application/octet-stream", headers=_PRIVATE)


async def _age_file(services: Services, clip: vault.ClipRow) -> AsyncIterator[bytes]:
    yield bytes(clip.hdr)
    key = vault.blob_of(clip.id, old_place=clip.old_place)
    async for piece in services.blobs.stream(key, 0, clip.length - 1):
        yield piece


@get("/v1/process", operation_id="listOwnProcess")
async def own(services: Parts, session: Caller) -> Response[dict[str, Any]]:
    """List what was served on this household and may be told today."""
    session.at_home()
    async with services.db.transaction(household=session.household) as tx:
        rows = await store.served(tx, services.clock().date())
        found = [
            {
                **_for_home(row, session),
                **_term(await preserving.term(tx, row.id)),
                "aside": await preserving.aside(tx, row.id),
                "objection": await store.objection(tx, row.id),
            }
            for row in rows
        ]
    return Response({"process": found}, headers=_PRIVATE)


def _term(found: preserving.Term | None) -> dict[str, Any]:
    return {"until": found.until.isoformat() if found else None, "renews": found.renews if found else None}


def _for_home(row: Row, session: Session) -> dict[str, Any]:
    given = deciding.given_of(row)
    scope = deciding.scope_of(row) if row.scope else given.scope
    return {
        "process": row.id,
        "kind": given.kind,
        "court": given.court,
        "docket": given.docket,
        "signed_by": given.signed_by,
        "received": row.received.isoformat(),
        "decided": row.decided.isoformat() if row.decided else None,
        "decision": row.decision,
        "reason": row.reason,
        "what": list(scope.what),
        "start": scope.start.isoformat(),
        "end": scope.end.isoformat(),
        "account": session.household,
        "quiet_until": row.quiet_until.isoformat() if row.quiet_until else None,
        "sha256": row.sha256,
    }


@get("/v1/process/{process:str}/document", operation_id="getOwnProcessDocument", media_type=_PDF)
async def own_document(process: FromPath[str], services: Parts, session: Caller) -> Response[bytes]:
    """Return the document, as it was handed in, to a household it was served on."""
    session.at_home()
    async with services.db.transaction(household=session.household) as tx:
        await _own(tx, services, process)
        found = await store.document(tx, process)
    return Response(found, media_type=_PDF, headers=_DOCUMENT)


@post("/v1/process/{process:str}/objection", operation_id="objectToProcess", status_code=200)
async def objection(
    process: FromPath[str], data: JSONBody[ObjectionIn], services: Parts, session: Caller
) -> dict[str, Any]:
    """Record that the household objects. Counsel reads it; whether a court follows is the court's."""
    session.at_home()
    async with services.db.transaction(household=session.household) as tx:
        await _own(tx, services, process)
        if not await store.object_to(tx, process, data.words):
            raise Conflict(
                "Your household has objected already.", do="Load the page again.", code="process.objected"
            )
    return {"process": process, "objection": data.words}


async def _own(tx: Tx, services: Services, process: str) -> None:
    rows = await store.served(tx, services.clock().date())
    if process not in {row.id for row in rows}:
        raise deciding.not_there()


router = Router(
    path="/",
    tags=["process"],
    route_handlers=[
        *(
            serve,
            list_served,
            enter,
            list_process,
            counsel_document,
            decide,
            renew,
            weigh,
            packet,
            sealed_clip,
        ),
        *(own, own_document, objection),
    ],
)
