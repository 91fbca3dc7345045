"""Routes: what was seen, and what a member says of it."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from litestar import Response, get, put
from litestar.params import FromPath, JSONBody, QueryParameter

from fanlight.hub.page.cameras import JPEG
from fanlight.hub.page.errors import NOTHING, Malformed, no_such
from fanlight.hub.page.parts import Hub
from fanlight.hub.page.views import EventView, event_view

MOST = 500
Limit = Annotated[int, QueryParameter(ge=1, le=MOST)]
Word = Annotated[str | None, QueryParameter(max_length=64)]


class NotThisIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the event shows nothing that matters."""

    on: bool


@get("/api/events", operation_id="listEvents")
async def get_events(
    hub: Hub, camera: Word = None, label: Word = None, before: Word = None, limit: Limit = 50
) -> dict[str, list[EventView]]:
    """List events, newest first."""
    at = read_time("before", before) if before else None
    find = hub.pipeline.events.find
    rows = await asyncio.to_thread(lambda: find(camera=camera, label=label, before=at, limit=limit))
    return {"events": [event_view(row) for row in rows]}


@get("/api/events/{event:str}/thumb.jpg", operation_id="getThumb", media_type=JPEG)
async def get_thumb(event: FromPath[str], hub: Hub) -> Response[bytes]:
    """Return an event's small picture."""
    data = await asyncio.to_thread(hub.pipeline.events.thumb, event)
    if data is None:
        raise no_such("picture")
    return Response(data, media_type=JPEG)


@put("/api/events/{event:str}/not-this", operation_id="setNotThis")
async def put_not_this(event: FromPath[str], data: JSONBody[NotThisIn], hub: Hub) -> EventView:
    """Say that an event shows nothing that matters, or take that back. It stays at home."""
    row = await asyncio.to_thread(lambda: hub.pipeline.not_this(event, on=data.on))
    if row is None:
        raise no_such("event")
    return event_view(row)


def read_time(name: str, text: str) -> datetime:
    """Read an RFC 3339 time with its zone; raises Malformed."""
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is not None:
            return time.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter: beyond the calendar, in another zone
        pass
    raise Malformed(
        f"`{name}` is no time with a zone.", kept=NOTHING, do="Write it like 2026-05-01T12:00:00Z."
    )
