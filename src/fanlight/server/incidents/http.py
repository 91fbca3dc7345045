"""Routes: sources hand in; everybody reads the incidents of the last day, the sources and their numbers."""

import hashlib
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.model.ids import is_id
from fanlight.server.accounts import Caller
from fanlight.server.errors import Conflict, Malformed, NotAllowed, NotFound
from fanlight.server.incidents import intake, sources, store, years
from fanlight.server.incidents.intake import Seen, Taken, Upload
from fanlight.server.incidents.rules import CLASSES, Settings
from fanlight.server.services import Parts
from fanlight.wire import jcs

AnyRequest = Request[Any, Any, Any]
MAX_BODY = 8 << 20
_REFUSED_PER_HOUR = 60
_TOLD = timedelta(days=90)
_PUBLIC = {"Cache-Control": "public, max-age=60", "Access-Control-Allow-Origin": "*"}
Known = NamedDependency[Seen]


@get("/v1/incident-classes", operation_id="listIncidentClasses")
async def list_classes() -> Response[dict[str, Any]]:
    """Return the classes as which incidents are shown: there are no others."""
    classes = [msgspec.to_builtins(one) for one in CLASSES.values()]
    return Response({"classes": classes}, headers=_PUBLIC)


@get("/v1/cad-sources", operation_id="listCadSources")
async def list_sources(services: Parts) -> Response[dict[str, Any]]:
    """Return the sources, what is read of them, whether they may send today, and their numbers of 90 days."""
    today = services.clock().date()
    async with services.db.transaction() as tx:
        rows = await store.sources(tx)
        may = await sources.allowed(tx, services)
        taken = await store.taken(tx, today - _TOLD, today)  # today's would tell the minute of each report
    found = [
        {
            "source": row.id,
            "day": row.day.isoformat(),
            "ended": row.ended.isoformat() if row.ended else None,
            "allowed": row.ended is None and row.agency in may,
            **jcs.loads(row.settings.encode()),
            "taken": [
                {"day": one.day.isoformat(), "uploads": one.uploads, **one.numbers}
                for one in taken
                if one.source == row.id
            ],
        }
        for row in rows
    ]
    return Response({"sources": found}, headers=_PUBLIC)


@post("/v1/cad-sources", operation_id="beginCadSource", status_code=201)
async def begin(data: JSONBody[Settings], services: Parts, session: Caller) -> dict[str, str]:
    """Begin a source, as the operator, for an agency whose agreement says that it passes on dispatches."""
    session.of_kind("operator")
    return {"source": await sources.begin(services, data)}


@post("/v1/cad-sources/{source:str}/end", operation_id="endCadSource", status_code=200)
async def end(source: FromPath[str], services: Parts, session: Caller) -> dict[str, str]:
    """End a source, as the operator; what it told of is no longer shown."""
    session.of_kind("operator")
    if not is_id(source):
        raise sources.not_there()
    await sources.end(services, source)
    return {"source": source}


@post(
    "/v1/cad-sources/{source:str}/uploads",
    operation_id="handInIncidents",
    status_code=200,
    request_max_body_size=MAX_BODY,
)
async def hand_in(source: FromPath[str], request: AnyRequest, services: Parts, seen: Known) -> Taken:
    """Hand in an export, an alert or a document; `Fanlight-Sent` and `Fanlight-Signature` go with it."""
    sent = request.headers.get("fanlight-sent", "")
    try:
        moment = clock.from_text(sent)
    except FanlightError as error:
        raise Malformed(
            "The call does not say when it was signed.", do="Send Fanlight-Sent with it."
        ) from error
    if not is_id(source):
        raise sources.not_there()
    upload = Upload(
        source=source,
        body=await request.body(),
        sent=moment,
        sent_text=sent,
        signature=request.headers.get("fanlight-signature", ""),
    )
    try:
        return await intake.take(services, seen, upload)
    except (NotFound, NotAllowed, Conflict):
        services.spend(request, "uploads refused", _REFUSED_PER_HOUR)
        raise


@get("/v1/incidents", operation_id="listIncidents")
async def list_incidents(request: AnyRequest, services: Parts) -> Response[bytes]:
    """Return the town's incidents of the last day: one file, the same bytes for everybody."""
    async with services.db.transaction() as tx:
        rows = await store.shown(tx, services.clock(), await sources.allowed(tx, services))
    incidents = [
        {
            "incident": row.key.hex(),
            "source": row.source,
            "class": row.kind,
            "cells": row.cells,
            "began": clock.to_text(row.began),
            "ends": clock.to_text(row.ends),
            "state": row.state,
        }
        for row in rows
    ]
    body = jcs.dumps({"v": 1, "type": "incidents", "incidents": incidents})
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, **_PUBLIC}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers, media_type="application/json")
    return Response(body, headers=headers, media_type="application/json")


@get("/v1/incidents/years", operation_id="countIncidents")
async def list_years(services: Parts) -> Response[years.Years]:
    """Return how many incidents of each class there were a month, for two years; and how many homes."""
    async with services.db.transaction() as tx:
        found = await years.of_town(tx, services.clock().date())
    return Response(found, headers=_PUBLIC)


router = Router(
    path="/",
    tags=["incidents"],
    route_handlers=[list_classes, list_sources, begin, end, hand_in, list_incidents, list_years],
)
