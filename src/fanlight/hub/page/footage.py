"""Routes: which days and stretches are recorded, and the film of any of them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Annotated

import msgspec
from litestar import get
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from fanlight.hub.page.errors import NOTHING, Malformed
from fanlight.hub.page.events import read_time
from fanlight.hub.page.parts import Hub
from fanlight.hub.page.views import EventView, event_view
from fanlight.hub.page.watching import MP4

Piece = bytes | memoryview
OffsetMin = Annotated[int, QueryParameter(ge=-14 * 60, le=14 * 60)]
Text = Annotated[str, QueryParameter(max_length=40)]
Joined = Annotated[bool, QueryParameter(name="joined")]


class SpanView(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch that is recorded: `event`, or the `rest`, which goes first."""

    start: datetime
    end: datetime
    kind: str


class GapView(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch that is not, and why."""

    start: datetime
    end: datetime
    why: str


class DayView(msgspec.Struct, frozen=True, kw_only=True):
    """One day of a camera, cut at midnight of the asker's own time."""

    spans: list[SpanView]
    gaps: list[GapView]
    events: list[EventView]


@get("/api/days", operation_id="listDays")
async def get_days(hub: Hub, offset_min: OffsetMin = 0) -> dict[str, list[date]]:
    """List the days of which something is recorded."""
    journal, zone = hub.pipeline.journal, timezone(timedelta(minutes=offset_min))
    ids = [camera.id for camera in hub.settings.options.camera]
    found = await asyncio.to_thread(lambda: {day for camera in ids for day in journal.days(camera, zone)})
    return {"days": sorted(found)}


@get("/api/cameras/{camera:str}/timeline", operation_id="getTimeline")
async def get_timeline(camera: FromPath[str], day: Text, hub: Hub, offset_min: OffsetMin = 0) -> DayView:
    """Return what is recorded of a day and what was seen; `offset_min` is the asker's zone, east of UTC."""
    hub.camera(camera)
    zone = timezone(timedelta(minutes=offset_min))
    try:
        asked = date.fromisoformat(day)
        start = datetime.combine(asked, time(), zone).astimezone(UTC)
        end = datetime.combine(asked + timedelta(days=1), time(), zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:  # the latter: the calendar's first and last day, elsewhere
        raise Malformed("`day` is no day.", kept=NOTHING, do="Write it like 2026-05-01.") from error
    events = hub.pipeline.events

    def ask() -> DayView:
        found = hub.pipeline.journal.timeline(camera, asked, zone)
        rows = events.find(camera=camera, since=start, before=end)
        return DayView(
            spans=[SpanView(start=a, end=b, kind=kind) for a, b, kind in found.spans],
            gaps=[GapView(start=a, end=b, why=why) for a, b, why in found.gaps],
            events=[event_view(row) for row in reversed(rows)],
        )

    return await asyncio.to_thread(ask)


@get("/api/cameras/{camera:str}/film.mp4", operation_id="getFilm", media_type=MP4)
async def get_film(
    camera: FromPath[str], start: Text, end: Text, hub: Hub, *, joined: Joined = False
) -> Stream:
    """Return a stretch of the recording as one MP4, true to the clock; `joined` leaves gaps out."""
    from fanlight.hub.export import Film  # noqa: PLC0415 - loaded when somebody asks for a film

    title = hub.camera(camera).name
    first, last = read_time("start", start), read_time("end", end)
    film = Film(first, last, title=title, joined=joined)
    pieces = film.pieces(hub.pipeline.journal.segments(camera, first, last))
    head = await asyncio.to_thread(next, pieces, b"")  # what cannot be is said before the film begins
    name = f"{first.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.mp4"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Stream(_in_threads(head, pieces), media_type=MP4, headers=headers)


async def _in_threads(head: Piece, pieces: Iterator[Piece]) -> AsyncIterator[bytes]:
    """Yield what is read from the disk without holding the hub up."""
    piece: Piece | None = head
    while piece is not None:
        yield bytes(piece)
        piece = await asyncio.to_thread(next, pieces, None)
