"""Mapbox Vector Tiles 2.1, as far as outlines with properties need them. Pure.

In:     outlines in lon, lat with properties; a tile's address.
Out:    bytes as docs of the format have them (https://github.com/mapbox/vector-tile-spec/tree/master/2.1).
Holds:  an outline is given whole, also where it reaches over the tile's edge; it runs as the format wants.
Absent: points, lines, holes, clipping, reading.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

EXTENT = 16_384
MIME = "application/vnd.mapbox-vector-tile"
_MOST_LAT = 85.051128
_VERSION, _POLYGON = 2, 3
_MOVE, _LINE, _CLOSE = 1, 2, 7
_VARINT, _BYTES = 0, 2

Point = tuple[float, float]
Value = str | int | bool


@dataclass(frozen=True, slots=True)
class Outline:
    """A polygon without holes; its first corner is not repeated at the end."""

    ring: Sequence[Point]
    properties: Mapping[str, Value]


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A tile's place: how often the world was quartered, and the column and row."""

    z: int
    x: int
    y: int


def world(point: Point) -> Point:
    """Return where a point of lon, lat lies in the square of the world, from 0 to 1, down to the south."""
    lon, lat = point
    held = math.radians(max(-_MOST_LAT, min(_MOST_LAT, lat)))
    return (lon + 180) / 360, (1 - math.asinh(math.tan(held)) / math.pi) / 2


def span(bounds: tuple[float, float, float, float], z: int) -> tuple[range, range]:
    """Return the columns and rows of a zoom that a box of west, south, east, north touches."""
    west, south, east, north = bounds
    (left, top), (right, bottom) = world((west, north)), world((east, south))
    last = (1 << z) - 1

    def within(share: float) -> int:
        return max(0, min(last, math.floor(share * (1 << z))))

    return range(within(left), within(right) + 1), range(within(top), within(bottom) + 1)


def tiles_over(bounds: tuple[float, float, float, float], z: int) -> list[Address]:
    """Return the tiles of a zoom that a box of west, south, east, north touches."""
    columns, rows = span(bounds, z)
    return [Address(z, x, y) for y in rows for x in columns]


def touches(ring: Iterable[Point], tile: Address) -> bool:
    """Tell whether the box around an outline touches a tile."""
    corners = [world(point) for point in ring]
    size = 1 / (1 << tile.z)
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return (
        max(across) >= tile.x * size
        and min(across) <= (tile.x + 1) * size
        and max(down) >= tile.y * size
        and min(down) <= (tile.y + 1) * size
    )


def encode(tile: Address, layers: Mapping[str, Sequence[Outline]]) -> bytes:
    """Return a tile; layers without outlines are left out, and an outline that shrinks to a line too."""
    made = [_layer(name, tile, outlines) for name, outlines in layers.items()]
    return b"".join(_field(3, one) for one in made if one)


def _layer(name: str, tile: Address, outlines: Sequence[Outline]) -> bytes:
    keys: dict[str, int] = {}
    values: dict[tuple[type, Value], int] = {}
    features = []
    for outline in outlines:
        geometry = _geometry([_inside(point, tile) for point in outline.ring])
        if not geometry:
            continue
        tags = []
        for key, value in outline.properties.items():
            tags.append(keys.setdefault(key, len(keys)))
            tags.append(values.setdefault((type(value), value), len(values)))
        features.append(_field(2, _packed(tags)) + _number(3, _POLYGON) + _field(4, _packed(geometry)))
    if not features:
        return b""
    return b"".join(
        [
            _number(15, _VERSION),
            _field(1, name.encode()),
            *(_field(2, one) for one in features),
            *(_field(3, key.encode()) for key in keys),
            *(_field(4, _value(value)) for _, value in values),
            _number(5, EXTENT),
        ]
    )


def _inside(point: Point, tile: Address) -> tuple[int, int]:
    x, y = world(point)
    across = (x * (1 << tile.z) - tile.x) * EXTENT
    down = (y * (1 << tile.z) - tile.y) * EXTENT
    return round(across), round(down)


def _geometry(corners: Sequence[tuple[int, int]]) -> list[int]:
    """Return the commands that draw an outline, clockwise as it is seen; none if it has no area."""
    ring = [corner for n, corner in enumerate(corners) if corner != corners[n - 1]]
    twice = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], *ring[:1]], strict=True))
    if twice == 0:
        return []
    if twice < 0:
        ring.reverse()
    said, at = [], (0, 0)
    for n, (x, y) in enumerate(ring):
        if n == 0:
            said.append(_MOVE | 1 << 3)
        elif n == 1:
            said.append(_LINE | (len(ring) - 1) << 3)
        said += [_zigzag(x - at[0]), _zigzag(y - at[1])]
        at = (x, y)
    return [*said, _CLOSE | 1 << 3]


def _zigzag(number: int) -> int:
    return 2 * number if number >= 0 else -2 * number - 1


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits a byte
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3 | _VARINT) + _varint(number)


def _field(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | _BYTES) + _varint(len(body)) + body


def _packed(numbers: Iterable[int]) -> bytes:
    return b"".join(_varint(number) for number in numbers)


def _value(value: Value) -> bytes:
    if isinstance(value, bool):
        return _number(7, int(value))
    if isinstance(value, int):
        return _number(6, _zigzag(value))
    return _field(1, value.encode())
