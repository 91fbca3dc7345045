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

import shapely

from fanlight.model.geo import AUTHALIC_RADIUS_M, Polygon

_HALF_TURN, _TURN = 180.0, 360.0


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
