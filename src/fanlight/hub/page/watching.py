"""Routes: what a camera's gate and detector see, and what it shows, now."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from fanlight.hub.options import Outline
from fanlight.hub.page import live
from fanlight.hub.page.cameras import no_picture
from fanlight.hub.page.parts import Hub
from fanlight.hub.sources import main_stream

MP4 = "video/mp4"
_PASSING = ("person", "vehicle")  # a parcel lies at the door and says nothing about the street


class GateView(msgspec.Struct, frozen=True, kw_only=True):
    """The last minute, two values a second, oldest first."""

    open: bool
    level: tuple[float, ...]
    threshold: tuple[float, ...]


class BoxView(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of the last look; `box` is left, top, right, bottom as shares of the picture."""

    label: str
    score: float
    box: tuple[float, float, float, float]
    counts: bool
    why: str


class InsightView(msgspec.Struct, frozen=True, kw_only=True):
    """What the detector sees and why it counts or not."""

    at: datetime | None
    gate: GateView
    boxes: list[BoxView]
    looks_per_min: float
    cpu_share: float


class ZonesIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Zones as they are drawn."""

    zones: tuple[Outline, ...]


@get("/api/cameras/{camera:str}/watching", operation_id="getWatching")
async def get_watching(camera: FromPath[str], hub: Hub) -> InsightView | None:
    """Return what the gate and the detector see; null where nothing is looked at."""
    hub.camera(camera)
    found = hub.pipeline.line(camera).insight()
    if found is None:
        return None
    return msgspec.convert(msgspec.to_builtins(found), InsightView)


@get("/api/cameras/{camera:str}/live.mp4", operation_id="getLive", media_type=MP4)
async def get_live(camera: FromPath[str], hub: Hub) -> Stream:
    """Send the camera's picture as it is recorded, fragment by fragment, until the reader goes."""
    hub.camera(camera)
    stream: AsyncIterator[bytes] = live.fragments(hub.pipeline, camera)
    return Stream(stream, media_type=MP4)


@post("/api/cameras/{camera:str}/privacy/estimate", operation_id="estimatePrivacy", status_code=200)
async def estimate(camera: FromPath[str], data: JSONBody[ZonesIn], hub: Hub) -> dict[str, Any]:
    """Say what painting these zones would cost this hub."""
    from fanlight.hub import privacy  # noqa: PLC0415 - it loads a decoder

    settings = hub.camera(camera)
    line = hub.pipeline.line(camera)
    if line.latest_key is None:
        raise no_picture()
    fps = line.rate.fps or None
    plain = main_stream(settings, camera_paints=True)()  # as it comes: that is what would be painted
    cost = await privacy.measure(plain, data.zones, lone=line.latest_key, fps=fps)
    return {"cpu_percent": round(cost.cpu_percent, 1), "note": cost.note}


@get("/api/cameras/{camera:str}/privacy/proposal", operation_id="proposePrivacy")
async def proposal(camera: FromPath[str], hub: Hub) -> dict[str, Any]:
    """Propose a zone at the lot line (R51).

    From where people and vehicles stood in this camera's events, if at least five of them say where; else the
    usual band at the far edge. A camera that was just added gets the usual band: it has seen nobody yet.
    """
    from fanlight.hub.privacy import propose  # noqa: PLC0415

    hub.camera(camera)
    rows = await asyncio.to_thread(lambda: hub.pipeline.events.find(camera=camera, limit=500))
    stood = [row.box for row in rows if row.box is not None and row.label in _PASSING]
    found = propose([((left + right) / 2, lower) for left, _, right, lower in stood])
    return {"outline": found.outline, "why": found.why}
