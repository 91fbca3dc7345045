"""Routes: the hub as a whole, and whether somebody is home."""

import asyncio
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
from litestar import get, put
from litestar.params import JSONBody

from fanlight import __version__
from fanlight.hub.detector.miss_rates import NOT_COVERED, misses
from fanlight.hub.page import health
from fanlight.hub.page.parts import Hub, Parts
from fanlight.hub.page.views import CameraView, camera_view
from fanlight.hub.wiping import Wiped, note_of


class StorageView(msgspec.Struct, frozen=True, kw_only=True):
    """What the recording takes; `oldest` is the beginning of what is still there."""

    used_bytes: int
    quota_bytes: int
    free_bytes: int
    oldest: datetime | None


class MissView(msgspec.Struct, frozen=True, kw_only=True):
    """How often the detector missed what people marked, on published footage (R08)."""

    case: str
    frames: int
    missed: int
    rate: float


class DetectorView(msgspec.Struct, frozen=True, kw_only=True):
    """Which model looks, whether it passed its own test here, what it overlooks, and what nobody measured."""

    model: str
    self_test: str
    misses: list[MissView]
    not_covered: str


class HubView(msgspec.Struct, frozen=True, kw_only=True):
    """The hub at a glance. `day_keys`: what keeps the recording's keys; so far always a `file`.

    `wiped`: when all it held was destroyed, and by whose word; null once it has a household again.
    """

    version: str
    paired: bool
    home: bool
    cameras: list[CameraView]
    health: list[health.HealthView]
    storage: StorageView
    detector: DetectorView
    day_keys: str
    wiped: Wiped | None


class HomeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether somebody is home."""

    home: bool


def camera_views(hub: Parts) -> list[CameraView]:
    """Return every camera, in the settings' order."""
    lines = hub.pipeline.lines
    return [camera_view(one, lines[one.id]) for one in hub.settings.options.camera if one.id in lines]


@get("/api/hub", operation_id="getHub")
async def get_hub(hub: Hub) -> HubView:
    """Describe the hub: cameras, health, storage, detector."""
    return HubView(
        version=__version__,
        paired=hub.pipeline.town is not None,
        home=hub.pipeline.home,
        cameras=camera_views(hub),
        health=health.rows(hub),
        storage=await asyncio.to_thread(_storage, hub),
        detector=_detector(hub),
        day_keys="file",
        wiped=None if hub.pipeline.town is not None else await asyncio.to_thread(note_of, hub.folder),
    )


@put("/api/home", operation_id="setHome")
async def put_home(data: JSONBody[HomeIn], hub: Hub) -> dict[str, Any]:
    """Say whether somebody is home: indoor cameras are off while somebody is (R51)."""
    await hub.pipeline.set_home(data.home)
    return {"home": hub.pipeline.home}


def _storage(hub: Parts) -> StorageView:
    journal = hub.pipeline.journal
    return StorageView(
        used_bytes=journal.size_bytes,
        quota_bytes=round(hub.settings.options.storage.quota_gb * 1e9),
        free_bytes=journal.free_bytes,
        oldest=journal.oldest,
    )


def _detector(hub: Parts) -> DetectorView:
    detectors = hub.pipeline.detectors
    ships = not hub.settings.options.detector.model
    return DetectorView(
        model=detectors.model,
        self_test=detectors.trouble or detectors.tested,
        misses=_misses() if ships else [],
        not_covered=NOT_COVERED if ships else "Nobody has measured what your own model overlooks.",
    )


@cache
def _misses() -> list[MissView]:
    return [MissView(case=one.case, frames=one.frames, missed=one.missed, rate=one.rate) for one in misses()]
