"""Routes: sources hand in; everybody reads the incidents of the last day, the sources and their numbers."""

from datetime import timedelta
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.model.ids import is_id
from fanlight.model.incident import CLASSES
from fanlight.server.accounts import Caller
from fanlight.server.errors import Conflict, Malformed, NotAllowed, NotFound
from fanlight.server.incidents import intake, listing, sources, store, years
from fanlight.server.incidents.intake import Seen, Taken, Upload
from fanlight.server.incidents.rules import Settings
from fanlight.server.programme.years import Years
from fanlight.server.public_files import PUBLIC
from fanlight.server.services import Parts
from fanlight.wire import jcs
from fanlight.wire.mvt import Address

AnyRequest = Request[Any, Any, Any]
MAX_BODY = 8 << 20
_REFUSED_PER_HOUR = 60
_TOLD = timedelta(days=90)
Known = NamedDependency[Seen]


@get("/v1/incident-classes", operation_id="listIncidentClasses")
async def list_classes() -> Response[dict[str, Any]]:
    """Return the classes as which incidents are shown: there are no others."""
    classes = [msgspec.to_builtins(one) for one in CLASSES.values()]
    return Response({"classes": classes}, headers=PUBLIC)


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
    return Response({"sources": found}, headers=PUBLIC)


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
async def list_incidents(
    request: AnyRequest, services: Parts, before: FromQuery[str] = ""
) -> Response[bytes]:
    """Return the town's incidents of the last day, the latest first: the same bytes for everybody."""
    return (await listing.page(services, before)).answer(request)


@get("/v1/incidents/tiles", operation_id="describeIncidentTiles")
async def describe_tiles(request: AnyRequest, services: Parts) -> Response[bytes]:
    """Return what the map's tiles hold (TileJSON), and which of them hold the whole town."""
    return (await listing.tiles_described(services)).answer(request)


@get("/v1/incidents/tiles/{z:int}/{x:int}/{y:int}", operation_id="getIncidentTile")
async def get_tile(
    z: FromPath[int], x: FromPath[int], y: FromPath[int], request: AnyRequest, services: Parts
) -> Response[bytes]:
    """Return a tile of the map of incidents (Mapbox Vector Tile); `204` where the town is not."""
    found = await listing.tile(services, Address(z, x, y))
    if found is None:
        return Response(b"", status_code=204, headers=PUBLIC)
    return found.answer(request)


@get("/v1/incidents/years", operation_id="countIncidents")
async def list_years(services: Parts) -> Response[Years]:
    """Return how many incidents of each class there were a month, by area, for two years; and the homes."""
    async with services.db.transaction() as tx:
        found = await years.of_town(tx, services.clock().date())
    return Response(found, headers=PUBLIC)


router = Router(
    path="/",
    tags=["incidents"],
    route_handlers=[
        list_classes,
        list_sources,
        begin,
        end,
        hand_in,
        list_incidents,
        describe_tiles,
        get_tile,
        list_years,
    ],
)
