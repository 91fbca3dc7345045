"""Read a calendar of gatherings: iCalendar with places, or GeoJSON with areas and times.

In:     a file; how far around a point a gathering reaches; the zone of times that name none.
Out:    lines as docs/spec/register.md has them; a word on each event that could not be taken.
Holds:  nothing is guessed: an event without a place or an end, or one that repeats, is left out and told.
Absent: whether a gathering is lawful, or wanted. It is asked only whether the town knows of it.
"""

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any, Literal

import icalendar
import msgspec

from fanlight.cli.lists.agencies import name_of
from fanlight.cli.lists.rows import Source, bad_list, text
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.model.geo import AUTHALIC_RADIUS_M, Polygon

_CORNERS = 16
_HALF_TURN = 180  # degrees
_LONGEST_DAYS = 31


@dataclass
class Read:
    """What a file holds: the lines to take over, and what was left out, by line and why."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


_Entry = tuple[int, Callable[[], dict[str, Any]]]
_Position = Annotated[list[float], msgspec.Meta(min_length=2, max_length=4)]
_Aware = Annotated[datetime, msgspec.Meta(tz=True)]


class _About(msgspec.Struct):
    name: str
    start: _Aware
    end: _Aware


class _Area(msgspec.Struct):
    type: Literal["Polygon"]
    coordinates: Annotated[list[list[_Position]], msgspec.Meta(min_length=1, max_length=1)]


class _Feature(msgspec.Struct):
    properties: _About
    geometry: _Area


class _Collection(msgspec.Struct):
    type: Literal["FeatureCollection"]
    features: list[msgspec.Raw]


class _Left(ValueError):
    """An event cannot be taken over; the message says why."""


def assemblies(source: Source, *, radius_m: float, zone: tzinfo) -> Read:
    """Return the gatherings of a calendar.

    Args:
        source: iCalendar (RFC 5545), or a GeoJSON FeatureCollection (RFC 7946) whose features have an area,
            and `name`, `start` and `end` (RFC 3339 with an offset) as properties.
        radius_m: how far around a calendar's point a gathering reaches, in metres.
        zone: of times in a calendar that name none.

    Raises:
        BadList: it is neither, or nothing of it can be taken over.
    """
    body = text(source)
    read = Read()
    features = body.lstrip().startswith("{")
    for number, make in _features(source, body) if features else _events(source, body, radius_m, zone):
        try:
            read.lines.append({"line": number, **make()})
        except (_Left, FanlightError, ValueError) as error:
            why = error.what.rstrip(".") if isinstance(error, FanlightError) else str(error)
            read.left.append(f"{'feature' if features else 'event'} {number}: {why}")
    if not read.lines:
        raise bad_list(source.path, f"none of its {len(read.left)} entries has a place, a start and an end")
    return read


def _gathering(name: str, outline: Polygon, start: datetime, end: datetime) -> dict[str, Any]:
    if start >= end:
        raise _Left("it ends before it begins")
    if (end - start).days >= _LONGEST_DAYS:
        raise _Left(f"it lasts {_LONGEST_DAYS} days or more")
    return {
        "name": name_of(name),
        "outline": outline.as_json(),
        "start": clock.to_text(start),
        "end": clock.to_text(end),
    }


def _events(source: Source, body: str, radius_m: float, zone: tzinfo) -> Iterator[_Entry]:
    try:
        events = icalendar.Calendar.from_ical(body).walk("VEVENT")
    except (ValueError, KeyError, IndexError, RecursionError) as error:
        raise bad_list(
            source.path, "it is neither a calendar nor GeoJSON", "Export it as iCalendar or GeoJSON."
        ) from error
    for number, event in enumerate(events, 1):
        yield number, functools.partial(_event, event, radius_m, zone)


def _event(event: icalendar.Component, radius_m: float, zone: tzinfo) -> dict[str, Any]:
    if event.errors:
        raise _Left(f"its {event.errors[0][0]} cannot be read")
    if any(event.get(name) for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        raise _Left("it repeats: list each day by itself")
    place, name = event.get("GEO"), str(event.get("SUMMARY", "")).strip()
    if place is None:
        raise _Left("it has no place (GEO)")
    start, end = (_moment(event, what, zone) for what in ("DTSTART", "DTEND"))
    return _gathering(name, around(place.longitude, place.latitude, radius_m), start, end)


def _moment(event: icalendar.Component, what: str, zone: tzinfo) -> datetime:
    value = event.get(what)
    when = getattr(value, "dt", None)
    if not isinstance(when, datetime):
        raise _Left(f"it has no {what} with a time of day")
    return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)


def _features(source: Source, body: str) -> Iterator[_Entry]:
    try:
        features = msgspec.json.decode(body, type=_Collection).features
    except (msgspec.MsgspecError, RecursionError) as error:
        raise bad_list(
            source.path, "it is no GeoJSON FeatureCollection", "Export it as iCalendar or GeoJSON."
        ) from error
    for number, feature in enumerate(features, 1):
        yield number, functools.partial(_feature, feature)


def _feature(raw: msgspec.Raw) -> dict[str, Any]:
    try:
        feature = msgspec.json.decode(raw, type=_Feature)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _Left("it has no name, start, end, or not one area") from error
    about, (ring,) = feature.properties, feature.geometry.coordinates
    outline = Polygon.of([(lon, lat) for lon, lat, *_ in ring])
    return _gathering(about.name.strip(), outline, about.start, about.end)


def around(lon: float, lat: float, radius_m: float) -> Polygon:
    """Return a polygon whose edges lie no nearer to a point than `radius_m` (a sphere's metres)."""
    reach = radius_m / math.cos(math.pi / _CORNERS) / AUTHALIC_RADIUS_M
    north = math.degrees(reach)
    east = north / max(0.01, math.cos(math.radians(lat)))
    if abs(lon) + east > _HALF_TURN:
        raise _Left("it reaches over the 180th meridian: draw it as an area on either side, in GeoJSON")
    turns = (2 * math.pi * corner / _CORNERS for corner in range(_CORNERS))
    return Polygon.of(
        (round(lon + east * math.cos(turn), 6), round(lat + north * math.sin(turn), 6)) for turn in turns
    )
