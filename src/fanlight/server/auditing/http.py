"""Routes: who audits which agency; a clerk enters and ends an appointment; an auditor reads.

Holds:  whoever is signed in as an auditor is asked for an appointment that counts today at each call, so that
        an ended term opens nothing, whatever session is left.
"""

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta

from fanlight.model.readable import check_name, check_words
from fanlight.server import tables
from fanlight.server.accounts import Caller
from fanlight.server.auditing import appointing, counting, looks, naming_http, papers, reading, store
from fanlight.server.auditing.appointing import Ended, Naming
from fanlight.server.auditing.store import Auditor
from fanlight.server.services import Parts
from fanlight.wire import b64

Format = Literal["json", "csv"]
_COLUMNS = ("table", "value", "count", "leaves")
_MOST_LOOKS = 400
_PRIVATE = {"Cache-Control": "no-store"}
_FRESH = {"Cache-Control": "no-cache"}
_MOST_DOCUMENT = 131_072
_Signature = Annotated[str, Meta(min_length=88, max_length=88)]
_Statement = Annotated[str, Meta(min_length=1, max_length=8_192)]


class AppointIn(papers.Form, frozen=True):
    """An appointment with the elected body's words, as docs/spec/auditing.md has it."""

    account: papers.Id
    offer: _Statement
    acceptance: _Signature
    statement: _Statement
    signature: _Signature
    document: Annotated[str, Meta(min_length=1, max_length=_MOST_DOCUMENT)]


class EndIn(papers.Form, frozen=True):
    """The end of an appointment, signed."""

    statement: _Statement
    signature: _Signature


@get("/v1/auditing/auditors", operation_id="listAuditors")
async def list_auditors(services: Parts) -> Response[dict[str, Any]]:
    """Return every auditor of an agency there ever was, with key, term, appointment and the body's words."""
    async with services.db.transaction() as tx:
        found = [auditor_json(row) for row in await store.all_of(tx)]
    return Response({"auditors": found}, headers=_FRESH)


@post("/v1/auditing/auditors", operation_id="appointAuditor", request_max_body_size=1024 * 1024)
async def appoint(data: JSONBody[AppointIn], services: Parts, session: Caller) -> dict[str, str]:
    """Record whom the elected body appointed as an agency's auditor."""
    session.of_kind("clerk")
    check_name(papers.read_offer(data.offer).name, most=200)
    check_words(data.document, most=_MOST_DOCUMENT)
    naming = Naming(
        account=data.account,
        offer=data.offer,
        acceptance=b64.decode(data.acceptance),
        statement=data.statement,
        signature=b64.decode(data.signature),
        document=data.document,
    )
    async with services.db.transaction() as tx:
        row = await appointing.appoint(services.log, tx, session.account, naming, services.clock().date())
    return {"auditor": row.id, "agency": row.agency}


@post("/v1/auditing/auditors/end", operation_id="endAuditor", status_code=204)
async def end(data: JSONBody[EndIn], services: Parts, session: Caller) -> None:
    """Record that somebody audits an agency no more."""
    session.of_kind("clerk")
    check_words(papers.read_ending(data.statement).reason)
    ended = Ended(statement=data.statement, signature=b64.decode(data.signature))
    async with services.db.transaction() as tx:
        await appointing.end(services.log, tx, session.account, ended, services.clock().date())


@get("/v1/auditing/looks", operation_id="listLooks")
async def list_looks(services: Parts) -> Response[dict[str, Any]]:
    """Return the latest looks of auditors: whose, at which agency, on which day, at what kind of thing."""
    async with services.db.transaction() as tx:
        found = [msgspec.to_builtins(one) for one in await looks.latest(tx, _MOST_LOOKS)]
    return Response({"looks": found}, headers=_FRESH)


@get("/v1/auditing/agencies/{agency:str}/log", operation_id="readAuditLog")
async def read_log(
    agency: FromPath[str], services: Parts, session: Caller, after: FromQuery[int] = -1
) -> Response[dict[str, Any]]:
    """Return the agency's entries with all that is left of what they committed to, and their proofs."""
    async with services.db.transaction() as tx:
        await looks.enter(services, tx, session, agency, "log")
        found = await reading.page(services, tx, agency, after)
    return Response(found, headers=_PRIVATE)


@get("/v1/auditing/agencies/{agency:str}/access", operation_id="readAccess")
async def read_access(agency: FromPath[str], services: Parts, session: Caller) -> Response[dict[str, Any]]:
    """Return who may act for the agency now."""
    async with services.db.transaction() as tx:
        await looks.enter(services, tx, session, agency, "access")
        found = await reading.access(services, tx, agency)
    return Response(found, headers=_PRIVATE)


@get("/v1/auditing/agencies/{agency:str}/patterns", operation_id="readPatterns")
async def read_patterns(  # noqa: PLR0913, PLR0917 - a span and a form
    agency: FromPath[str],
    services: Parts,
    session: Caller,
    first: FromQuery[date | None] = None,
    last: FromQuery[date | None] = None,
    format: FromQuery[Format | None] = None,  # noqa: A002 - the API's word
) -> Response[Any]:
    """Count the agency's entries of a span of days; with a format, as a file to keep."""
    what: looks.What = "patterns" if format is None else "export"
    async with services.db.transaction() as tx:
        await looks.enter(services, tx, session, agency, what)
        lines = await reading.lines(services.log, tx, agency)
    counted = [one.as_json() for one in counting.count(lines, first, last)]
    if format == "csv":
        flat = [{**one, "leaves": " ".join(map(str, one["leaves"]))} for one in counted]
        return tables.as_csv(f"audit-{agency}", _COLUMNS, flat)
    span = {"first": first and first.isoformat(), "last": last and last.isoformat()}
    headers = dict(_PRIVATE)
    if format == "json":
        headers["Content-Disposition"] = f'attachment; filename="audit-{agency}.json"'
    return Response({"agency": agency, **span, "counts": counted}, headers=headers)


def auditor_json(row: Auditor) -> dict[str, Any]:
    """Return what everybody may know of an appointment."""
    return {
        "auditor": row.id,
        "agency": row.agency,
        "name": row.name,
        "key": b64.encode(bytes(row.sign_pub)),
        "day": row.day.isoformat(),
        "from": row.valid_from.isoformat(),
        "until": row.valid_until.isoformat(),
        "ended": row.ended.isoformat() if row.ended else None,
        "clerk": row.clerk,
        "offer": row.offer,
        "acceptance": b64.encode(bytes(row.acceptance)),
        "statement": row.statement,
        "signature": b64.encode(bytes(row.signature)),
        "document": row.document,
        "index": row.idx,
    }


router = Router(
    path="/",
    tags=["auditing"],
    route_handlers=[
        list_auditors,
        appoint,
        end,
        list_looks,
        read_log,
        read_access,
        read_patterns,
        *naming_http.HANDLERS,
    ],
)
