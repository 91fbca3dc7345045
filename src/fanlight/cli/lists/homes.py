"""Read a table of homes and keep of it how many there are in each fine cell.

In:     CSV with `lon` and `lat`, or a GeoJSON FeatureCollection of points; either may say `homes` and `id`.
Out:    homes per H3 cell of resolution 8; how many lines were read, taken, left out and why.
Holds:  a line becomes a cell while it is read. No address, name, id, point or other word of a line is
        returned, printed, or put into an error; of columns the names are told, if the file names lon and lat.
Absent: which cells a town is divided into (`model.geo`, from these counts).
"""

import csv
import functools
import io
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import h3
import msgspec

from fanlight.cli.lists.rows import Source, bad_list, text
from fanlight.model.geo import FINEST_RES, MAX_LAT

MOST_AT_ONE_POINT = 10_000
_USED = ("lon", "lat", "homes", "id")
_MOST_SAID = 60
_NEEDS = "Its first line must name the columns lon and lat, and may name homes and id."

Bounds = tuple[float, float, float, float]
_Whole = Annotated[int, msgspec.Meta(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What is kept of a table, and the account of it.

    Attributes:
        homes: H3 cell of resolution 8 -> homes, one at least; in the order of the cells' names.
        read: lines (or features) in the file.
        taken: those counted in `homes`.
        left: why -> how many were left out.
        dropped: names of columns or properties that were not looked at.
    """

    homes: Mapping[str, int]
    read: int
    taken: int
    left: Mapping[str, int]
    dropped: tuple[str, ...]


class _Left(ValueError):
    """A line is not counted; the message is one of a few, and holds nothing of the line."""


class _Point(msgspec.Struct):
    type: Literal["Point"]
    coordinates: Annotated[list[float], msgspec.Meta(min_length=2, max_length=4)]


class _Feature(msgspec.Struct):
    geometry: _Point
    properties: dict[str, Any] | None = None


class _Collection(msgspec.Struct):
    type: Literal["FeatureCollection"]
    features: list[msgspec.Raw]


@dataclass
class _Count:
    within: Bounds | None
    cells: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    read: int = 0
    _ids: set[int] = field(default_factory=set)

    def take(self, make: Callable[[], tuple[float, float, int, str]]) -> None:
        self.read += 1
        try:
            lon, lat, homes, name = make()
            self._check(lon, lat, name)
        except _Left as why:
            self.left[str(why)] += 1
            return
        if homes == 0:
            self.left["it has no homes"] += 1
            return
        self.cells[h3.latlng_to_cell(lat, lon, FINEST_RES)] += homes

    def _check(self, lon: float, lat: float, name: str) -> None:
        if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= MAX_LAT):  # noqa: PLR2004
            raise _Left("its point is not on the map")
        if lon == lat == 0:
            raise _Left("its point is 0, 0")
        if self.within is not None:
            west, south, east, north = self.within
            if not (west <= lon <= east and south <= lat <= north):
                raise _Left("its point lies outside")
        if name:
            # A number of 64 bits for a name, with a key that this process alone has: the names go nowhere.
            if hash(name) in self._ids:
                raise _Left("its id stood before")
            self._ids.add(hash(name))


def homes(source: Source, *, within: Bounds | None = None) -> Counted:
    """Return how many homes a table has in each cell.

    Args:
        source: CSV with a header, or GeoJSON (RFC 7946). A line is one home unless `homes` says how many
            are at its point. Of lines with one `id` the first counts.
        within: west, south, east, north in degrees; lines outside are left out.

    Raises:
        BadList: it is neither, or no line of it can be counted.
    """
    body = text(source)
    count = _Count(within)
    found = _features(source, body) if body.lstrip().startswith("{") else _lines(source, body)
    names: set[str] = set()
    for more, make in found:
        names.update(more)
        count.take(make)
    if not count.cells:
        raise bad_list(source.path, f"none of its {count.read} lines is a home with a point", _NEEDS)
    return Counted(
        homes=dict(sorted(count.cells.items())),
        read=count.read,
        taken=count.read - count.left.total(),
        left=dict(sorted(count.left.items())),
        dropped=tuple(sorted(name[:_MOST_SAID] for name in names if name.isprintable() and name.strip())),
    )


_Entry = tuple[Iterable[str], Callable[[], tuple[float, float, int, str]]]


def _lines(source: Source, body: str) -> Iterator[_Entry]:
    reader = csv.DictReader(io.StringIO(body, newline=""), strict=True)
    try:
        # What a first line holds is not told: in a file without names it is somebody's address.
        columns = reader.fieldnames or ()
        if not {"lon", "lat"} <= set(columns) or len(set(columns)) != len(columns):
            raise bad_list(source.path, "its first line does not name lon and lat, each column once", _NEEDS)
        dropped = [name for name in columns if name not in _USED]
        for fields in reader:
            yield dropped, functools.partial(_line, fields)
    except csv.Error as error:
        raise bad_list(source.path, f"line {reader.line_num} is no CSV") from error


def _line(fields: Mapping[Any, Any]) -> tuple[float, float, int, str]:
    if None in fields or None in fields.values():
        raise _Left("it has not as many fields as the first line")
    many = fields.get("homes", "1").strip()
    return (
        _degrees(fields["lon"]),
        _degrees(fields["lat"]),
        _many(int(many) if many.isascii() and many.isdigit() and len(many) < 9 else None),  # noqa: PLR2004
        fields.get("id", "").strip(),
    )


def _degrees(said: str) -> float:
    try:
        return float(said)
    except ValueError:
        raise _Left("it has no point") from None


def _many(homes: int | None) -> int:
    if homes is None or homes > MOST_AT_ONE_POINT:
        raise _Left(f"its homes are no whole number up to {MOST_AT_ONE_POINT}")
    return homes


def _features(source: Source, body: str) -> Iterator[_Entry]:
    try:
        features = msgspec.json.decode(body, type=_Collection).features
    except (msgspec.MsgspecError, RecursionError):
        raise bad_list(
            source.path, "it is no GeoJSON FeatureCollection", "Export it as CSV or GeoJSON."
        ) from None
    for raw in features:
        try:
            feature = msgspec.json.decode(raw, type=_Feature)
        except (msgspec.MsgspecError, RecursionError):
            yield (), _no_point
            continue
        about = feature.properties or {}
        dropped = [name for name in about if name not in {"homes", "id"}]
        yield dropped, functools.partial(_feature, feature.geometry.coordinates, about)


def _no_point() -> tuple[float, float, int, str]:
    raise _Left("it has no point")


def _feature(point: list[float], about: Mapping[str, Any]) -> tuple[float, float, int, str]:
    many = about.get("homes", 1)
    try:
        number = msgspec.convert(many, _Whole)
    except msgspec.ValidationError:
        number = None
    name = about.get("id")
    return point[0], point[1], _many(number), "" if name is None else str(name)
