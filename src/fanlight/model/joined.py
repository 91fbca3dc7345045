"""How far areas lie from each other, and what several of them cover together.

In:     polygons, wherever they lie on the globe.
Out:    metres between two; square metres that several cover, ground that they share counted once.
Holds:  the order of the areas is nothing to the result; of one area it is the area itself. A browser comes
        to the same square metre (web/core/geo/joined.ts, vectors/geo/joined-*.json).
How:    shapely tells distance and union in a plane. For distances it is one whose east and north are true
        at the middle of the two; for sizes the equal-area cylinder of the sphere of `fanlight.model.geo`.
Absent: what is too near or too large (fanlight.model.sweep, and the ordinance).
Why:    docs/design/rules.md
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import shapely

from fanlight.model.geo import AUTHALIC_RADIUS_M, MAX_LAT, Polygon

_HALF_TURN, _TURN = 180.0, 360.0
_DEGREE_M = math.radians(1.0) * AUTHALIC_RADIUS_M
_WIDEST = 1.0  # degrees: of an outline from there on nothing is said
_STEEPEST = math.tan(math.radians(MAX_LAT))
_ROUNDING = (
    1.01  # a rim is never too narrow by a number's last digits, or by what a box on a sphere is short of
)


def distance_m(one: Polygon, other: Polygon) -> float:
    """Return the metres between the nearest points of two areas; 0 if they share one.

    Right to 1 % up to a few kilometres, which is as far as anybody asks; farther away only "far" is right.
    """
    lats = [lat for polygon in (one, other) for _, lat in polygon.corners]
    shrink = math.cos(math.radians((min(lats) + max(lats)) / 2))
    reference = min(one.corners[0][0], other.corners[0][0])

    def flat(polygon: Polygon) -> shapely.Polygon:
        shift = _shift(polygon, reference)
        return shapely.Polygon(
            [
                (
                    AUTHALIC_RADIUS_M * math.radians(lon + shift - reference) * shrink,
                    AUTHALIC_RADIUS_M * math.radians(lat),
                )
                for lon, lat in polygon.corners
            ]
        )

    return float(shapely.distance(flat(one), flat(other)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where an area lies, from outside: a box, and a rim around it.

    Attributes:
        south, north, west, east: of its corners, degrees.
        rim_m: within that many metres it adjoins, or within fewer.
    """

    south: float
    north: float
    west: float
    east: float
    rim_m: float

    @classmethod
    def of(cls, area: Polygon, least_m: float, sides: float) -> "Place":
        """Return it for what adjoins within `least_m`, or `sides` of its own side if that is more."""
        lons, lats = zip(*area.corners, strict=True)
        south, north, across = min(lats), max(lats), max(lons) - min(lons)
        if across > _WIDEST:
            return cls(south, north, min(lons), max(lons), math.inf)
        # The area is no larger than its box on the ground, where that is widest, and than what the edges of
        # the box bend out of it: an edge is a great circle.
        nearest = 0.0 if south < 0 < north else min(abs(south), abs(north))
        wide = across * _DEGREE_M * math.cos(math.radians(nearest))
        tall = (north - south) * _DEGREE_M + wide * math.radians(across) / 8 * _STEEPEST
        rim = max(least_m, math.sqrt(tall * wide) * sides) * _ROUNDING
        return cls(south, north, min(lons), max(lons), rim)


def surely_apart(one: Place, other: Place) -> bool:
    """Tell whether two areas are farther from each other than the wider of their rims, by their boxes alone.

    False says nothing. Near the 180th meridian and the poles nothing is said either.
    """
    rim = max(one.rim_m, other.rim_m)
    if max(one.south - other.north, other.south - one.north) * _DEGREE_M > rim:
        return True
    gap = max(one.west - other.east, other.west - one.east)
    if gap <= 0 or max(one.east, other.east) - min(one.west, other.west) >= _HALF_TURN:
        return False
    # As `distance_m` has it: east is true at the middle of the two.
    middle = (min(one.south, other.south) + max(one.north, other.north)) / 2
    return gap * _DEGREE_M * math.cos(math.radians(middle)) > rim


def joined_area_m2(polygons: Iterable[Polygon]) -> float:
    """Return the square metres that at least one polygon covers: their sizes less what they share."""
    different = sorted(set(polygons), key=lambda polygon: polygon.corners)
    whole = sum(polygon.area_m2 for polygon in different)
    if len(different) == 1:
        return whole
    reference = different[0].corners[0][0]
    flat = [_equal_area(polygon, reference) for polygon in different]
    shared = sum(shape.area for shape in flat) - shapely.union_all(_valid(flat)).area
    return whole - max(0.0, shared)


def _equal_area(polygon: Polygon, reference: float) -> shapely.Polygon:
    shift = _shift(polygon, reference)
    return shapely.Polygon(
        [
            (
                AUTHALIC_RADIUS_M * math.radians(lon + shift - reference),
                AUTHALIC_RADIUS_M * math.sin(math.radians(lat)),
            )
            for lon, lat in polygon.corners
        ]
    )


def _valid(shapes: Sequence[shapely.Polygon]) -> list[shapely.Geometry]:
    # An outline that barely keeps off itself in degrees may touch itself once its latitudes are bent.
    return [shape if shape.is_valid else shapely.make_valid(shape) for shape in shapes]


def _shift(polygon: Polygon, reference: float) -> float:
    """Return the whole turn that brings an area to the side of the 180th meridian of the reference."""
    away = polygon.corners[0][0] - reference
    return -_TURN if away > _HALF_TURN else _TURN if away < -_HALF_TURN else 0.0
