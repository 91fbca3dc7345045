"""Areas on the map and the H3 cells of a town.

In:     corners as lon, lat in degrees (WGS 84); the town's table of homes per res-8 cell.
Out:    Polygon (a request's area), Boundary (a jurisdiction), cells as H3 text.
Holds:  a Polygon has 3 to 100 corners, does not cross or touch itself, and is listed without its
        first corner repeated.
Absent: any limit on size (the ordinance's), any address.
Why:    docs/design/rules.md
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import h3
import shapely

from fanlight.model.division import COARSEST_RES, FINEST_RES, HOMES_PER_CELL, Division, divide
from fanlight.model.errors import FanlightError

__all__ = [
    "COARSEST_RES",
    "FINEST_RES",
    "HOMES_PER_CELL",
    "BadBoundary",
    "BadCell",
    "BadPolygon",
    "Boundary",
    "Polygon",
    "check_cell",
    "covering_cells",
    "home_cell",
    "town_cells",
    "within_reach",
]

SQ_MILE_M2 = 2_589_988.110336
# The sphere with the area of the WGS 84 ellipsoid: areas are then right to 0.4 % anywhere, and it is
# the sphere H3 uses, so that a cell and an outline of it have one area.
AUTHALIC_RADIUS_M = 6_371_007.180918475
MIN_CORNERS, MAX_CORNERS = 3, 100
MAX_LAT = 85.0  # what a web map can show
_AROUND_DEG = 0.5
_CELL = re.compile(r"[0-9a-f]{15}")

Point = tuple[float, float]
Homes = Division | Mapping[str, int]


class BadPolygon(FanlightError):
    """Some corners that make no area."""

    code = "geo.bad_polygon"


class BadCell(FanlightError):
    """A text that names no H3 cell of the town's sizes."""

    code = "geo.bad_cell"


class BadBoundary(FanlightError):
    """A GeoJSON value that is no boundary."""

    code = "geo.bad_boundary"


@dataclass(frozen=True, slots=True)
class Polygon:
    """A simple area. Build it with `Polygon.of`, which checks.

    Attributes:
        corners: lon, lat in degrees, in drawing order, the first not repeated.
    """

    corners: tuple[Point, ...]

    @classmethod
    def of(cls, points: Iterable[Sequence[float]]) -> "Polygon":
        """Check corners and return the polygon. A repeated first corner at the end is dropped.

        Raises:
            BadPolygon: too few or many corners, one out of range, or edges that cross or touch.
        """
        corners = _corners(points)
        if len(corners) > 1 and corners[0] == corners[-1]:
            corners = corners[:-1]
        if not MIN_CORNERS <= len(corners) <= MAX_CORNERS:
            raise _bad_polygon(
                f"The area has {len(corners)} corners.", f"Draw {MIN_CORNERS} to {MAX_CORNERS} corners."
            )
        lons = [lon for lon, _ in corners]
        if max(lons) - min(lons) >= 180:  # noqa: PLR2004 -- half the globe: such an outline has no inside
            raise _bad_polygon("The area spans half the globe.", "Draw it within one town.")
        if not shapely.Polygon(corners).is_valid or len(set(corners)) != len(corners):
            raise _bad_polygon("The outline crosses or touches itself.", "Move the corners apart.")
        return cls(tuple(corners))

    @property
    def area_m2(self) -> float:
        """Area in square metres, by the spherical excess on the authalic sphere.

        Each edge is a great circle; the area between it and the equator is
        2 atan2(tan(dlon/2) (t1 + t2), 1 + t1 t2) with t = tan(lat/2). web/core/geo does the same.
        """
        excess = 0.0
        for (lon1, lat1), (lon2, lat2) in zip(self.corners, self.corners[1:] + self.corners[:1], strict=True):
            t1, t2 = math.tan(math.radians(lat1) / 2), math.tan(math.radians(lat2) / 2)
            excess += 2 * math.atan2(math.tan(math.radians(lon2 - lon1) / 2) * (t1 + t2), 1 + t1 * t2)
        return abs(excess) * AUTHALIC_RADIUS_M**2

    @property
    def area_sq_mi(self) -> float:
        """Area in square miles."""
        return self.area_m2 / SQ_MILE_M2

    def contains(self, lon: float, lat: float) -> bool:
        """Tell whether a point lies inside. On an edge it may be either; web/core/geo agrees bit by bit."""
        inside = False
        lon2, lat2 = self.corners[-1]
        for lon1, lat1 in self.corners:
            if (lat1 > lat) != (lat2 > lat) and lon < (lon2 - lon1) * (lat - lat1) / (lat2 - lat1) + lon1:
                inside = not inside
            lon2, lat2 = lon1, lat1
        return inside

    def overlaps(self, other: "Polygon") -> bool:
        """Tell whether the two areas share any point."""
        return bool(shapely.Polygon(self.corners).intersects(shapely.Polygon(other.corners)))

    def as_json(self) -> list[list[float]]:
        """Return the corners as `[[lon, lat], ...]`, as leaves and requests carry an outline."""
        return [[lon, lat] for lon, lat in self.corners]


class Boundary:
    """A jurisdiction: one or many rings, holes allowed, any number of corners."""

    __slots__ = ("_shape", "geometry")

    def __init__(self, geometry: Mapping[str, Any]) -> None:
        """Read a GeoJSON Polygon or MultiPolygon geometry; raises BadBoundary."""
        try:
            shape = shapely.from_geojson(json.dumps(dict(geometry)))
        except (TypeError, ValueError, RecursionError, shapely.errors.ShapelyError) as error:
            raise _bad_boundary() from error
        if (
            not isinstance(shape, shapely.Polygon | shapely.MultiPolygon)
            or shape.is_empty
            or not shape.is_valid
        ):
            raise _bad_boundary()
        shapely.prepare(shape)
        self._shape = shape
        self.geometry = geometry

    def covers(self, polygon: Polygon) -> bool:
        """Tell whether the whole polygon lies inside or on the boundary."""
        return bool(self._shape.covers(shapely.Polygon(polygon.corners)))

    def contains(self, lon: float, lat: float) -> bool:
        """Tell whether a point lies inside or on the boundary."""
        return bool(self._shape.covers(shapely.Point(lon, lat)))

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        west, south, east, north = self._shape.bounds
        return west, south, east, north


def home_cell(lon: float, lat: float, homes: Homes) -> str:
    """Return the cell under which the server knows a home at this point.

    Args:
        lon: degrees east.
        lat: degrees north.
        homes: the town's division, or homes per H3 cell of res 8 to divide by; empty where there is no table.
    """
    return _division(homes).cell_of(h3.latlng_to_cell(lat, lon, FINEST_RES))


def covering_cells(polygon: Polygon, homes: Homes) -> list[str]:
    """Return the cells of the town's partition that the polygon touches, sorted.

    Raises:
        BadPolygon: the area is so large (over 200 cells of res 8) that it is no request's.
    """
    too_many = 200
    if polygon.area_m2 > too_many * 600_000:  # a res-8 cell has 0.4 to 0.9 km2
        raise _bad_polygon("The area is larger than a town's district.", "Draw a smaller area.")
    shape = h3.LatLngPoly([(lat, lon) for lon, lat in polygon.corners])
    fine = h3.h3shape_to_cells_experimental(shape, FINEST_RES, contain="overlap")
    division = _division(homes)
    return sorted({division.cell_of(cell) for cell in fine})


def town_cells(bounds: tuple[float, float, float, float], homes: Homes) -> list[str]:
    """Return all cells of the town; without a table, those of res 5 that touch its bounds. Sorted.

    Args:
        bounds: west, south, east, north in degrees.
        homes: the town's division, or homes per H3 cell of res 8; empty where no table is loaded.
    """
    division = _division(homes)
    if division.rest:
        return sorted(division.cells)
    west, south, east, north = bounds
    box = h3.LatLngPoly([(south, west), (south, east), (north, east), (north, west)])
    return sorted(h3.h3shape_to_cells_experimental(box, COARSEST_RES, contain="overlap"))


def check_cell(text: str, *, coarsest: int = COARSEST_RES, finest: int = FINEST_RES) -> str:
    """Return `text` if it names an H3 cell of these sizes, in its one spelling; raises BadCell."""
    # h3 reads any text that is a number in base 16, such as -1, 0x88 or 8_8.
    if _CELL.fullmatch(text) and h3.is_valid_cell(text) and coarsest <= h3.get_resolution(text) <= finest:
        return text
    raise BadCell(
        "A text names no cell of this map.", kept="Nothing was changed.", do="Choose the place again."
    )


def within_reach(cell: str, bounds: tuple[float, float, float, float]) -> bool:
    """Tell whether a cell's middle lies in a town's bounds (west, south, east, north) or near them."""
    west, south, east, north = bounds
    lat, lon = h3.cell_to_latlng(cell)
    return bool(
        west - _AROUND_DEG <= lon <= east + _AROUND_DEG and south - _AROUND_DEG <= lat <= north + _AROUND_DEG
    )


def _division(homes: Homes) -> Division:
    return homes if isinstance(homes, Division) else divide(homes)


def _corners(points: Iterable[Sequence[float]]) -> list[Point]:
    corners: list[Point] = []
    try:
        for lon, lat in points:
            corners.append((_degrees(lon), _degrees(lat)))
            if len(corners) > MAX_CORNERS + 1:
                raise _bad_polygon(f"The area has more than {MAX_CORNERS} corners.", "Draw it with fewer.")
    except (TypeError, ValueError, OverflowError) as error:
        raise _bad_polygon("A corner is not a pair of numbers.", "Give longitude, latitude.") from error
    if not all(-180 <= lon <= 180 and -MAX_LAT <= lat <= MAX_LAT for lon, lat in corners):  # noqa: PLR2004 -- degrees
        raise _bad_polygon("A corner is not on the map.", "Give longitude first, then latitude.")
    return corners


def _degrees(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(value)


def _bad_polygon(what: str, do: str) -> BadPolygon:
    return BadPolygon(what, kept="Nothing was sent.", do=do)


def _bad_boundary() -> BadBoundary:
    return BadBoundary(
        "A boundary is not a valid GeoJSON area.",
        kept="The earlier boundary.",
        do="Check the file with a map program.",
    )
