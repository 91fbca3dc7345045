"""Places with boundaries as published: many parts, holes, rings without area, the 180th meridian.

In:     GeoJSON geometry, or a layer of a TopoJSON file; longitude, latitude in degrees (WGS 84).
Out:    Place: whether a point or an area lies in it, and what is left of an area outside it.
Holds:  a place has an area. A ring without one (coarse files have them where a small part shrank to a
        line) is dropped and counted, never guessed at. An edge goes the shorter way round the globe.
Drops:  rings without area.
Absent: an agency's own boundary, which must be exact (model.geo.Boundary); which rules hold in a place.
Why:    docs/spec/packs.md
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import shapely
import shapely.affinity

from fanlight.model.geo import BadBoundary, Point, Polygon

MAX_POINTS = 1_000_000
_HALF, _WHOLE = 180.0, 360.0
_MIN_CORNERS = 3
# Less than a square centimetre in degrees: what rounding leaves where two outlines share an edge.
SLIVER = 1e-14


@dataclass(frozen=True, slots=True)
class Place:
    """An area of the globe, cut at the 180th meridian. Build it with `Place.of`.

    Attributes:
        shape: polygons between -180 and 180 degrees.
        dropped: rings that had no area.
    """

    shape: shapely.MultiPolygon
    dropped: int = 0

    @classmethod
    def of(cls, geometry: Mapping[str, Any]) -> "Place":
        """Read a GeoJSON Polygon or MultiPolygon.

        Raises:
            BadBoundary: of another kind or form, off the globe, round a pole, or without any area.
        """
        try:
            parts = _parts(geometry)
        except (KeyError, TypeError, ValueError, RecursionError, shapely.errors.ShapelyError) as error:
            raise _bad("A place is not a GeoJSON area.") from error
        dropped = 0
        areas: list[shapely.Geometry] = []
        for rings in parts:
            read = [_ring(ring) for ring in rings]
            dropped += read.count(None)
            if read and read[0] is not None:
                areas += _cut(read[0], [hole for hole in read[1:] if hole is not None])
        shape = _polygons(shapely.union_all(areas)) if areas else None
        if shape is None:
            raise _bad("A place has no area.")
        shapely.prepare(shape)
        return cls(shape, dropped)

    @classmethod
    def of_polygon(cls, polygon: Polygon) -> "Place":
        """Return the area of a request as a place."""
        return cls.of({"type": "Polygon", "coordinates": [polygon.as_json()]})

    def contains(self, lon: float, lat: float) -> bool:
        """Tell whether a point lies inside or on the boundary."""
        lons = (-_HALF, _HALF) if abs(lon) == _HALF else (lon,)
        return any(bool(self.shape.covers(shapely.Point(one, lat))) for one in lons)

    def shares_area_with(self, other: "Place") -> bool:
        """Tell whether the two overlap; a shared edge is not enough."""
        return bool(self.shape.intersection(other.shape).area > SLIVER)

    def without(self, others: Sequence["Place"]) -> "Place | None":
        """Return what of it lies outside the others, None if nothing does."""
        rest = self.shape.difference(shapely.union_all([other.shape for other in others]))
        left = _polygons(rest)
        return None if left is None or left.area <= SLIVER else Place(left)


def read_topojson(data: bytes, layer: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield (id, name, GeoJSON geometry) of each area in a layer of a TopoJSON file.

    Raises:
        BadBoundary: it is no TopoJSON, has no such layer, or refers to an arc that it does not have.
    """
    try:
        topology = json.loads(data)
        arcs = _arcs(topology)
        for area in topology["objects"][layer]["geometries"]:
            if area["type"] in {"Polygon", "MultiPolygon"}:
                one = area["type"] == "Polygon"
                parts = [area["arcs"]] if one else area["arcs"]
                found = [[_joined(ring, arcs) for ring in rings] for rings in parts]
                name = str(area.get("properties", {}).get("name", ""))
                yield (
                    str(area["id"]),
                    name,
                    {
                        "type": area["type"],
                        "coordinates": found[0] if one else found,
                    },
                )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise _bad(f"There is no readable layer {layer} in a TopoJSON file.") from error


def _arcs(topology: Mapping[str, Any]) -> list[list[Point]]:
    (scale_x, scale_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs: list[list[Point]] = []
    for arc in topology["arcs"]:
        x = y = 0
        line: list[Point] = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * scale_x + left, y * scale_y + bottom))
        arcs.append(line)
    return arcs


def _joined(ring: Sequence[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    line: list[Point] = []
    for index in ring:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        line += arc[1:] if line else arc
    return line


def _parts(geometry: Mapping[str, Any]) -> list[list[list[Point]]]:
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind not in {"Polygon", "MultiPolygon"}:
        raise ValueError(kind)
    polygons = [coordinates] if kind == "Polygon" else coordinates
    parts = [[[_point(place) for place in ring] for ring in rings] for rings in polygons]
    if sum(len(ring) for rings in parts for ring in rings) > MAX_POINTS:
        raise ValueError
    return parts


def _point(place: Sequence[Any]) -> Point:
    lon, lat = place[0], place[1]
    if isinstance(lon, bool) or isinstance(lat, bool):
        raise TypeError
    lon, lat = float(lon), float(lat)
    if not (-_HALF <= lon <= _HALF and -_HALF / 2 <= lat <= _HALF / 2):
        raise ValueError
    return lon, lat


def _ring(points: Sequence[Point]) -> list[Point] | None:
    """Return a ring that goes on over the 180th meridian instead of jumping; None if it has no area."""
    corners = [*points[:1], *(after for before, after in pairwise(points) if before != after)]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if len(set(corners)) < _MIN_CORNERS:
        return None
    line = [corners[0]]
    for lon, lat in [*corners[1:], corners[0]]:
        turns = round((line[-1][0] - lon) / _WHOLE)
        line.append((lon + turns * _WHOLE, lat))
    if line[-1] != line[0]:
        raise _bad("A place goes round a pole.")
    return line if shapely.Polygon(line).buffer(0).area > 0 else None


def _cut(shell: list[Point], holes: list[list[Point]]) -> list[shapely.Geometry]:
    """Return a polygon's pieces between -180 and 180 degrees."""
    whole = shapely.make_valid(shapely.Polygon(shell))
    for hole in holes:
        own = shapely.make_valid(shapely.Polygon(hole))
        # Shell and hole may have begun on different sides of the 180th meridian.
        for turns in (-1, 0, 1):
            whole = whole.difference(shapely.affinity.translate(own, turns * _WHOLE))
    west, _, east, _ = whole.bounds
    if west >= -_HALF and east <= _HALF:
        return [whole]
    pieces: list[shapely.Geometry] = []
    for turns in (-1, 0, 1):
        window = shapely.box((2 * turns - 1) * _HALF, -90, (2 * turns + 1) * _HALF, 90)
        pieces.append(shapely.affinity.translate(whole.intersection(window), -turns * _WHOLE))
    return pieces


def _polygons(geometry: shapely.Geometry) -> shapely.MultiPolygon | None:
    parts = [
        part for part in shapely.get_parts(geometry) if isinstance(part, shapely.Polygon) and part.area > 0
    ]
    return shapely.MultiPolygon(parts) if parts else None


def _bad(what: str) -> BadBoundary:
    return BadBoundary(what, kept="The earlier boundary.", do="Check the file with a map program.")
