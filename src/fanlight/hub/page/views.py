"""What the page's calls answer, as they are written out: no address of a camera, no password, no key.

In:     options, lines, rows.
Out:    plain records; their forms are the API's published types.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

from fanlight.hub.events import Row
from fanlight.hub.line import Line
from fanlight.hub.options import Bell, Camera, Detect, Outline

Painting = Literal["hub", "camera", "none", "waiting"]


class StreamView(msgspec.Struct, frozen=True, kw_only=True):
    """How a camera's pictures come; `fps` and `kbps` are 0 until they are known."""

    codec: str
    width: int
    height: int
    fps: float
    kbps: float


class PrivacyView(msgspec.Struct, frozen=True, kw_only=True):
    """What is painted over, and who paints it now; `waiting`: nothing is recorded until it holds."""

    zones: tuple[Outline, ...]
    by: Literal["auto", "camera", "hub"]
    active: Painting


class CameraView(msgspec.Struct, frozen=True, kw_only=True):
    """One camera: how it is, and what a person decided about it."""

    id: str
    name: str
    state: str
    since: datetime
    note: str
    stream: StreamView | None
    record: Literal["events", "always", "off"]
    audio: bool
    indoor: bool
    has_sub: bool
    onvif: bool
    driver: Literal["auto", "own", "compat"]
    privacy: PrivacyView
    detect: Detect
    bell: Bell
    keep_days: int
    quota_gb: float


class EventView(msgspec.Struct, frozen=True, kw_only=True):
    """One event. `score` is a share of 1; `end` is null while it lasts."""

    id: str
    camera: str
    label: str
    start: datetime
    end: datetime | None
    score: float
    zones: tuple[str, ...]
    change: str | None
    clip: str | None
    not_this: bool


def camera_view(camera: Camera, line: Line) -> CameraView:
    """Return how a camera is."""
    status = line.status
    return CameraView(
        id=camera.id,
        name=camera.name,
        state=status.state,
        since=status.since,
        note=status.note,
        stream=_stream(line),
        record=camera.record,
        audio=camera.audio,
        indoor=camera.indoor,
        has_sub=bool(camera.sub_url),
        onvif=bool(camera.onvif),
        driver=camera.driver,
        privacy=PrivacyView(zones=camera.privacy.zones, by=camera.privacy.by, active=_painter(camera, line)),
        detect=camera.detect,
        bell=camera.bell,
        keep_days=camera.keep_days,
        quota_gb=camera.quota_gb,
    )


def event_view(row: Row) -> EventView:
    """Return one event."""
    return EventView(
        id=row.id,
        camera=row.camera,
        label=row.label,
        start=row.start,
        end=row.end,
        score=row.score / 100,
        zones=row.zones,
        change=row.change,
        clip=row.clip,
        not_this=row.not_this,
    )


def merged(before: msgspec.Struct, changes: dict[str, Any]) -> dict[str, Any]:
    """Return a struct's fields with some of them changed, tables within it field by field."""
    fields: dict[str, Any] = msgspec.to_builtins(before)
    for name, value in changes.items():
        inner = getattr(before, name, None)
        is_table = isinstance(inner, msgspec.Struct) and isinstance(value, dict)
        fields[name] = merged(inner, value) if is_table else value  # type: ignore[arg-type] # checked above
    return fields


def _painter(camera: Camera, line: Line) -> Painting:
    """Return who paints; a line that has just begun has not decided yet."""
    decided = line.painting.painter
    return "waiting" if camera.privacy.zones and decided == "none" else decided


def _stream(line: Line) -> StreamView | None:
    if line.info is None:
        return None
    return StreamView(
        codec=line.info.codec,
        width=line.info.width,
        height=line.info.height,
        fps=round(line.rate.fps, 1),
        kbps=round(line.rate.kbps, 1),
    )
