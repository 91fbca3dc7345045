"""Routes: officers ask, supervisors sign, everybody fetches a cell's file."""

import hashlib
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta

from fanlight.model.clock import to_text
from fanlight.model.geo import check_cell
from fanlight.model.ids import is_id
from fanlight.policy import find_phrases, find_records
from fanlight.server import programme, tables
from fanlight.server.accounts import Caller, Session, account_by_id, cell_of, person_name
from fanlight.server.errors import Malformed, NotAllowed, NotFound
from fanlight.server.requests import cells, deciding, store
from fanlight.server.requests.deciding import Outcome, Signer
from fanlight.server.requests.rules import RequestIn
from fanlight.server.requests.store import RequestRow
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx
from fanlight.wire import jcs

AnyRequest = Request[Any, Any, Any]
Format = Literal["json", "csv"]
MAX_BODY = 1024 * 1024
_FILE_CACHE = "public, max-age=5"
_COLUMNS = (
    *("request", "state", "at", "officer", "cosigner", "case_number", "offence", "purpose", "number_in_case"),
    *("emergency", "decision", "expires", "reason", "disclosures"),
)


class CosignIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The second signature, over the request's canonical JSON (`body`)."""

    signature: Annotated[str, Meta(min_length=88, max_length=88)]


async def signer(services: Services, session: Session) -> Signer:
    """Return who signs, with the key their session was opened with."""
    async with services.db.transaction() as tx:
        account = await account_by_id(tx, session.account)
    if account is None:
        raise NotAllowed("This account is gone.", do="Sign in again.")
    return Signer(session, bytes(account.sign_pub))


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "request": outcome.request,
        "state": outcome.state,
        "decision": outcome.decision.as_json(),
    }


async def request_json(tx: Tx, row: RequestRow) -> dict[str, Any]:
    """Return a request as its agency sees it in a list."""
    body = jcs.loads(row.body)
    return {
        "request": row.id,
        "state": row.state,
        "at": to_text(row.made),
        "expires": to_text(row.expires),
        "cosign_by": to_text(row.cosign_by) if row.cosign_by else None,
        "officer": await person_name(tx, row.officer),
        "officer_account": row.officer,
        "cosigner": await person_name(tx, row.cosigner) if row.cosigner else None,
        "cosigner_account": row.cosigner,
        "case_number": body["case_number"],
        "offence": body["offence"],
        "purpose": body["purpose"],
        "words": body["words"],
        "outline": body["outline"],
        "start": body["start"],
        "end": body["end"],
        "emergency": row.emergency,
        "protected": row.protected,
        "number_in_case": row.number_in_case,
        "pack": row.pack,
        "decision": msgspec.json.decode(row.decision),
        "disclosures": row.received,
        "reason": row.reason,
        "band": row.band,
        "case_key": row.case_key,
        "reminded": row.remind_leaf is not None,
    }


@post("/v1/agency/requests", operation_id="submitRequest", status_code=200, request_max_body_size=MAX_BODY)
async def submit(request: AnyRequest, services: Parts, session: Caller) -> dict[str, Any]:
    """Ask residents of an area for footage; the ordinance decides at once and names its clauses."""
    session.as_role("officer", "supervisor")
    raw = await request.body()
    try:
        wire = msgspec.json.decode(raw, type=RequestIn)
        fields = msgspec.json.decode(raw)
        for beside in ("signature", "copies", "recovery"):
            fields.pop(beside, None)
        body = jcs.dumps(fields)
    except (msgspec.MsgspecError, jcs.BadJson, UnicodeError) as error:
        raise Malformed(
            f"The request has not the form it should have: {error}.",
            kept="What you wrote is still in the form.",
            do="Correct it and send it again.",
        ) from error
    outcome = await deciding.submit(services, await signer(services, session), wire, body)
    words = (*find_phrases(wire.words), *find_records(wire.words))
    found = [{"phrase": one.phrase, "why": one.why} for one in words]
    return {**_outcome(outcome), "phrases": found, "joined": list(outcome.joined)}


@post("/v1/agency/requests/{request_id:str}/cosign", operation_id="cosignRequest", status_code=200)
async def cosign(
    request_id: FromPath[str], data: JSONBody[CosignIn], services: Parts, session: Caller
) -> dict[str, Any]:
    """Give the second signature as another person of the agency."""
    session.of_kind("officer")
    who = await signer(services, session)
    return _outcome(await deciding.cosign(services, who, _id(request_id), data.signature))


@post("/v1/agency/requests/{request_id:str}/close", operation_id="closeRequest", status_code=200)
async def close(request_id: FromPath[str], services: Parts, session: Caller) -> dict[str, Any]:
    """Close a request; only now the public hears in which band the disclosures were."""
    session.as_role("supervisor", "officer")
    band = await deciding.close(services, session, _id(request_id))
    return {"request": request_id, "state": "closed", "band": band}


@post("/v1/agency/requests/{request_id:str}/reminder", operation_id="remindOfRequest", status_code=200)
async def remind(request_id: FromPath[str], services: Parts, session: Caller) -> dict[str, Any]:
    """Remind residents of an open request: once, in the same file for all of a cell, without more words."""
    session.as_role("supervisor", "officer")
    await deciding.remind(services, session, _id(request_id))
    return {"request": request_id, "reminded": True}


@get("/v1/agency/requests", operation_id="listRequests")
async def list_requests(
    services: Parts,
    session: Caller,
    format: FromQuery[Format] = "json",  # noqa: A002 - the API's word
) -> Response[Any]:
    """List the agency's requests, latest first."""
    session.of_kind("officer")
    async with services.db.transaction() as tx:
        await programme.require_agreement(tx, session.agency, services.clock().date())
        rows = [await request_json(tx, row) for row in await store.of_agency(tx, session.agency)]
    if format == "csv":
        flat = [{**row, "decision": row["decision"]["decision"]} for row in rows]
        return tables.as_csv("requests", _COLUMNS, flat)
    return Response({"requests": rows}, headers={"Cache-Control": "no-store"})


@get("/v1/cells/{cell:str}/requests", operation_id="getCellRequests")
async def cell_requests(cell: FromPath[str], request: AnyRequest, services: Parts) -> Response[bytes]:
    """Return the cell's open requests: one signed file, the same for everybody."""
    body = await cells.file_of(services, check_cell(cell))
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": _FILE_CACHE, "Access-Control-Allow-Origin": "*"}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers, media_type="application/json")
    return Response(body, headers=headers, media_type="application/json")


@get("/v1/cells/{cell:str}/key", operation_id="getCellKey")
async def cell_key(cell: FromPath[str], services: Parts, session: Caller) -> Response[dict[str, str]]:
    """Return the key with which homes of a cell open what is sealed to it."""
    session.at_home("member", "hub")
    check_cell(cell)
    async with services.db.transaction(household=session.household) as tx:
        own = await cell_of(tx, session.household)
    if own != cell:
        raise NotAllowed(
            "This is not the area of your home.", do="Ask for your own.", code="requests.other_cell"
        )
    async with services.db.transaction() as tx:
        cells.check_in_town(await programme.town(tx), cell)
        identity, _ = await cells.identity_of(tx, cell)
    return Response({"identity": identity}, headers={"Cache-Control": "private, no-store"})


def _id(request_id: str) -> str:
    if not is_id(request_id):
        raise NotFound("There is no such request of your agency.", do="Load the list again.")
    return request_id


router = Router(
    path="/",
    tags=["requests"],
    route_handlers=[submit, cosign, close, remind, list_requests, cell_requests, cell_key],
)
