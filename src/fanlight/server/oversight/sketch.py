"""A quiet sketch map of the cells a request reached, drawn as SVG, with no tiles and no script.

In:     H3 cells; the outline once it is public; a town's map layers as GeoJSON.
Out:    SVG text, its words escaped, or nothing where there is nothing to draw.
Holds:  before a request opens only its cells are drawn: coarse is all that is known here.
Absent: the outline's secrecy (oversight.record hands it in or not); choice of colours (oversight.css).
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import h3
import shapely
from markupsafe import Markup
from shapely.geometry.base import BaseGeometry

from fanlight.model.geo import BadBoundary, BadCell, BadPolygon, Polygon, check_cell

WIDTH, HEIGHT = 900, 500
_MARGIN = 0.12  # of the drawing, on each side of what is drawn
_MAX_LINES = 900  # streets in one sketch: keeps a page near 60 kB
_MAX_NAMES = 6
_NAME_WIDTH, _NAME_HEIGHT = 220, 60  # pixels that a name keeps for itself
_MAJOR = ("motorway", "trunk", "primary", "secondary")
_MINOR = ("tertiary", "residential", "unclassified", "living_street", "pedestrian", "road")

Frame = tuple[float, float, float, float, float]  # west, north, x scale, y scale, 1 px in degrees


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing on the ground: its layer (land, leisure, water, roads), kind, name and shape."""

    layer: str
    kind: str
    name: str
    shape: BaseGeometry


class Ground:
    """What lies under a sketch: a town's land, parks and streets, found by place. Built once."""

    __slots__ = ("_features", "_named", "_tree")

    def __init__(self, features: Iterable[Feature] = ()) -> None:
        """Index the features."""
        self._features = tuple(features)
        self._tree = shapely.STRtree([feature.shape for feature in self._features])
        self._named: dict[str, tuple[str, ...]] = {}

    def __bool__(self) -> bool:
        """Tell whether anything is known of the ground."""
        return bool(self._features)

    def within(self, box: BaseGeometry, pixel: float, *, roads: bool = True) -> list[Feature]:
        """Return what of the features lies in a box, cut to it and simplified to `pixel` degrees.

        Without `roads` none of them: a whole town's would cover what is drawn over them.
        """
        found: list[Feature] = []
        for place in sorted(self._tree.query(box, predicate="intersects")):
            feature = self._features[place]
            if feature.layer == "roads" and not roads:
                continue
            inside = feature.shape.intersection(box).simplify(pixel)
            if not inside.is_empty:
                found.append(replace(feature, shape=inside))
        return found

    def streets_in(self, cell: str, most: int = 2) -> tuple[str, ...]:
        """Return the names of the streets that are longest within a cell, the longest first."""
        if cell not in self._named:
            ring = shapely.Polygon(_cell_ring(cell))
            lengths: dict[str, float] = {}
            for place in self._tree.query(ring, predicate="intersects"):
                feature = self._features[place]
                if feature.layer == "roads" and feature.name and feature.kind in (*_MAJOR, *_MINOR):
                    inside = feature.shape.intersection(ring).length
                    lengths[feature.name] = lengths.get(feature.name, 0.0) + inside
            self._named[cell] = tuple(sorted(lengths, key=lambda name: (-lengths[name], name)))
        return self._named[cell][:most]


def draw_areas(shaded: Sequence[tuple[str, int]], ground: Ground, *, label: str) -> Markup:
    """Return an `<svg>` of numbered areas, each shaded 0 to 4, with land, parks and water below.

    Args:
        shaded: an H3 cell and its shade; numbers follow this order, from 1.
        ground: what lies around, if it is known.
        label: what the picture shows, for those who cannot see it.
    """
    rings = [
        (_cell_ring(cell), shade, place) for place, (cell, shade) in enumerate(shaded, 1) if _is_cell(cell)
    ]
    if not rings:
        return Markup("")
    frame, box = _frame([ring for ring, _, _ in rings])
    body = [*_ground(ground.within(box, frame[4], roads=False), frame)]
    for ring, shade, place in rings:
        x, y = _pixel(frame, *shapely.Polygon(ring).centroid.coords[0])
        body.append(
            Markup(
                '<path class="m-rate r{}" d="{}"/><text class="m-l" x="{:.0f}" y="{:.0f}">{}</text>'
            ).format(shade, _path([ring], frame, close=True), x, y + 6, place)
        )
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, label, Markup("").join(body)
    )


def read_layer(data: bytes) -> list[Feature]:
    """Read a GeoJSON FeatureCollection with `layer`, `k` and `n` as properties; the shapeless are left out.

    Raises:
        BadBoundary: it is no FeatureCollection.
    """
    try:
        rows = json.loads(data)["features"]
        return [feature for row in rows if (feature := _feature(row)) is not None]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadBoundary(
            "A map layer is not GeoJSON.", kept="The pages, without streets.", do="Check the file."
        ) from error


def _feature(row: Mapping[str, Any]) -> Feature | None:
    try:
        shape = shapely.geometry.shape(row["geometry"])
    except (ValueError, AttributeError, shapely.errors.ShapelyError):
        return None
    properties = row.get("properties") or {}
    layer, kind, name = (str(properties.get(key) or "") for key in ("layer", "k", "n"))
    return Feature(layer, kind, name, shape if shape.is_valid else shapely.make_valid(shape))


def draw(
    cells: Sequence[str],
    outline: object,
    ground: Ground,
    *,
    label: str,
) -> Markup:
    """Return an `<svg>` of cells, an outline if there is one, and the streets around.

    Args:
        cells: H3 cells; texts that are none are left out.
        outline: `[[lon, lat], ...]` or None; anything else draws nothing.
        ground: what lies around, if it is known.
        label: what the picture shows, for those who cannot see it.
    """
    shapes = [_cell_ring(cell) for cell in cells if _is_cell(cell)]
    area = _outline_ring(outline)
    rings = shapes + ([area] if area else [])
    if not rings:
        return Markup("")
    frame, box = _frame(rings)
    around = ground.within(box, frame[4])
    body = [
        *_ground(around, frame),
        *(
            Markup('<path class="m-cell me" d="{}"/>').format(_path([ring], frame, close=True))
            for ring in shapes
        ),
    ]
    if area:
        body.append(Markup('<path class="m-area" d="{}"/>').format(_path([area], frame, close=True)))
    body += _names(around, frame)
    return Markup(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="xMidYMid slice" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, label, Markup("").join(body))


def _is_cell(text: str) -> bool:
    try:
        check_cell(text)
    except BadCell:
        return False
    return True


def _cell_ring(cell: str) -> list[tuple[float, float]]:
    return [(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]


def _outline_ring(value: object) -> list[tuple[float, float]] | None:
    if not isinstance(value, list):
        return None
    try:
        return list(Polygon.of(value).corners)
    except BadPolygon:
        return None


def _frame(rings: Sequence[Sequence[tuple[float, float]]]) -> tuple[Frame, BaseGeometry]:
    """Fit the rings, with a margin; a degree of longitude is cos(latitude) of one of latitude."""
    lons = [lon for ring in rings for lon, _ in ring]
    lats = [lat for ring in rings for _, lat in ring]
    middle_lon, middle_lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    squeeze = math.cos(math.radians(middle_lat))
    wide = max((max(lons) - min(lons)) * squeeze, 1e-4)
    high = max(max(lats) - min(lats), 1e-4)
    scale = (1 - 2 * _MARGIN) * min(WIDTH / wide, HEIGHT / high)  # pixels in a degree of latitude
    west = middle_lon - WIDTH / 2 / scale / squeeze
    north = middle_lat + HEIGHT / 2 / scale
    box = shapely.box(west, north - HEIGHT / scale, west + WIDTH / scale / squeeze, north)
    return (west, north, scale * squeeze, scale, 1 / scale), box


def _ground(around: list[Feature], frame: Frame) -> Iterator[Markup]:
    layers: dict[str, list[Feature]] = {}
    for feature in around:
        layers.setdefault(feature.layer, []).append(feature)
    yield Markup('<rect class="{}" width="{}" height="{}"/>').format(
        "m-water" if "land" in layers else "m-land", WIDTH, HEIGHT
    )
    for layer, css in (("land", "m-block"), ("leisure", "m-park"), ("water", "m-water")):
        for feature in layers.get(layer, []):
            rings = list(_rings(feature.shape))
            if rings:
                yield Markup('<path class="{}" d="{}"/>').format(css, _path(rings, frame, close=True))
    yield from _streets(layers.get("roads", []), frame)


def _streets(roads: list[Feature], frame: Frame) -> Iterator[Markup]:
    major = [road for road in roads if road.kind in _MAJOR]
    minor = [road for road in roads if road.kind in _MINOR]
    for css, group in (("m-r minor", minor[: max(0, _MAX_LINES - len(major))]), ("m-r", major)):
        d = "".join(_path(_lines(road.shape), frame) for road in group)
        if d:
            yield Markup('<path class="{}" d="{}"/>').format(css, d)


def _names(around: list[Feature], frame: Frame) -> Iterator[Markup]:
    """Name a few long streets, apart from each other and from the edge."""
    drawn = (*_MAJOR, *_MINOR)
    roads = [road for road in around if road.layer == "roads" and road.name and road.kind in drawn]
    taken: list[tuple[float, float]] = []
    named: set[str] = set()
    for road in sorted(roads, key=lambda road: (road.kind not in _MAJOR, -road.shape.length)):
        x, y = _pixel(frame, *road.shape.interpolate(0.5, normalized=True).coords[0])
        clear = all(abs(x - left) > _NAME_WIDTH or abs(y - top) > _NAME_HEIGHT for left, top in taken)
        inside = _NAME_WIDTH / 2 < x < WIDTH - _NAME_WIDTH / 2 and _NAME_HEIGHT < y < HEIGHT - _NAME_HEIGHT
        if road.name not in named and clear and inside and len(named) < _MAX_NAMES:
            named.add(road.name)
            taken.append((x, y))
            yield Markup('<text class="m-l" x="{:.0f}" y="{:.0f}">{}</text>').format(x, y, road.name)


def _rings(geometry: BaseGeometry) -> Iterator[Sequence[tuple[float, float]]]:
    for part in getattr(geometry, "geoms", [geometry]):
        if isinstance(part, shapely.Polygon):
            yield from (_points(ring) for ring in (part.exterior, *part.interiors))


def _lines(geometry: BaseGeometry) -> Iterator[Sequence[tuple[float, float]]]:
    for part in getattr(geometry, "geoms", [geometry]):
        if isinstance(part, shapely.LineString):
            yield _points(part)


def _points(line: shapely.LineString) -> list[tuple[float, float]]:
    return [(point[0], point[1]) for point in line.coords]


def _pixel(frame: Frame, lon: float, lat: float) -> tuple[float, float]:
    west, north, x_scale, y_scale, _ = frame
    return (lon - west) * x_scale, (north - lat) * y_scale


def _path(rings: Iterable[Sequence[tuple[float, ...]]], frame: Frame, *, close: bool = False) -> str:
    parts: list[str] = []
    for ring in rings:
        points = [_pixel(frame, point[0], point[1]) for point in ring]
        parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if close else ""))
    return "".join(parts)
