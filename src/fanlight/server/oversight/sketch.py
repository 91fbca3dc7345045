"""A quiet sketch map of the cells a request reached, drawn as SVG, with no tiles and no script.

In:     H3 cells; the outline once it is public; GeoJSON features of the town.
Out:    SVG text, its words escaped, or nothing where there is nothing to draw.
Holds:  before a request opens only its cells are drawn: coarse is all that is known here.
Absent: the outline's secrecy (oversight.record hands it in or not); choice of colours (oversight.css).
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import h3
import shapely
from markupsafe import Markup, escape
from shapely.geometry.base import BaseGeometry

from fanlight.model.geo import BadCell, BadPolygon, Polygon, check_cell

WIDTH, HEIGHT = 900, 500
_MARGIN = 0.12  # of the drawing, on each side of what is drawn
_MAX_LINES = 900  # streets in one sketch: keeps a page near 60 kB
_MAX_NAMES = 6
_MAJOR = ("highway", "motorway", "trunk", "primary", "major", "secondary", "medium")

Frame = tuple[float, float, float, float, float]  # west, north, x scale, y scale, 1 px in degrees


def draw(
    cells: Sequence[str],
    outline: object,
    features: Sequence[Mapping[str, Any]],
    *,
    label: str,
) -> Markup:
    """Return an `<svg>` of cells, an outline if there is one, and the streets around.

    Args:
        cells: H3 cells; texts that are none are left out.
        outline: `[[lon, lat], ...]` or None; anything else draws nothing.
        features: GeoJSON features with `layer` (land, leisure, water, roads), `k` and `n` as properties.
        label: what the picture shows, for those who cannot see it.
    """
    shapes = [_cell_ring(cell) for cell in cells if _is_cell(cell)]
    area = _outline_ring(outline)
    rings = shapes + ([area] if area else [])
    if not rings:
        return Markup("")
    frame, box = _frame(rings)
    body = [
        *_ground(features, box, frame),
        *(
            Markup('<path class="m-cell me" d="{}"/>').format(_path([ring], frame, close=True))
            for ring in shapes
        ),
    ]
    if area:
        body.append(Markup('<path class="m-area" d="{}"/>').format(_path([area], frame, close=True)))
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


def _ground(features: Sequence[Mapping[str, Any]], box: BaseGeometry, frame: Frame) -> Iterator[Markup]:
    layers: dict[str, list[tuple[BaseGeometry, str, str]]] = {}
    for feature in features:
        found = _clipped(feature, box, frame[4])
        if found:
            layers.setdefault(found[0], []).append(found[1])
    yield Markup('<rect class="{}" width="{}" height="{}"/>').format(
        "m-water" if "land" in layers else "m-land", WIDTH, HEIGHT
    )
    for layer, css in (("land", "m-block"), ("leisure", "m-park"), ("water", "m-water")):
        for geometry, _, _ in layers.get(layer, []):
            rings = list(_rings(geometry))
            if rings:
                yield Markup('<path class="{}" d="{}"/>').format(css, _path(rings, frame, close=True))
    yield from _streets(layers.get("roads", []), frame)


def _streets(roads: list[tuple[BaseGeometry, str, str]], frame: Frame) -> Iterator[Markup]:
    major = [road for road in roads if road[1] in _MAJOR]
    minor = [road for road in roads if road[1] not in _MAJOR]
    minor = minor[: max(0, _MAX_LINES - len(major))]
    for css, group in (("m-r minor", minor), ("m-r", major)):
        d = " ".join(_path(_lines(geometry), frame) for geometry, _, _ in group)
        if d:
            yield Markup('<path class="{}" d="{}"/>').format(css, d)
    named: set[str] = set()
    for geometry, _, name in sorted(roads, key=lambda road: -road[0].length):
        if name and name not in named and len(named) < _MAX_NAMES:
            named.add(name)
            x, y = _pixel(frame, *geometry.interpolate(0.5, normalized=True).coords[0])
            yield Markup('<text class="m-l" x="{:.0f}" y="{:.0f}">{}</text>').format(x, y, escape(name))


def _clipped(
    feature: Mapping[str, Any], box: BaseGeometry, pixel: float
) -> tuple[str, tuple[BaseGeometry, str, str]] | None:
    """Return (layer, (geometry inside the box, kind, name)), or None if nothing of it shows."""
    properties = feature.get("properties") or {}
    geometry = shape_of(feature)
    if geometry is None or not geometry.intersects(box):
        return None
    inside = geometry.intersection(box).simplify(pixel)
    name = properties.get("n") or properties.get("name") or ""
    return (
        None
        if inside.is_empty
        else (str(properties.get("layer", "")), (inside, str(properties.get("k", "")), str(name)))
    )


def shape_of(feature: Mapping[str, Any]) -> BaseGeometry | None:
    """Return a feature's geometry, parsed; one that was parsed before is taken from `shape`."""
    ready = feature.get("shape")
    if isinstance(ready, BaseGeometry):
        return ready
    try:
        found = shapely.geometry.shape(feature["geometry"])
    except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError):
        return None
    return found if found.is_valid else shapely.make_valid(found)


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
