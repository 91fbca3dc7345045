"""Whom requests fall on: how many there were for each 1,000 homes, by area and month. Pure.

In:     requests of the record with their days; how many homes lie in each cell of res 8.
Out:    Burden; a view's template and values, or None; rows for a file.
Holds:  a request counts in every area that its published cells touch, and once for the town. No number of
        requests is ever left out, however small. A protected one counts for the town alone until it opens.
        Homes are told to the hundred; where there are fewer than 500, no rate is.
Absent: any figure of people; HTML (the templates).
Why:    R48; docs/design/oversight.md
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import h3

from fanlight.model.geo import BadPolygon, Polygon
from fanlight.server.oversight.record import Record, RequestFile
from fanlight.server.oversight.reports.days import Days

AREA_RES = 7  # some 5 km², as incidents are counted by
FEWEST_HOMES = 500
_HOMES_TO = 100
_FINE_RES = 9
_MONTH = len("2026-11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of the town, or all of it.

    Attributes:
        cell: its H3 cell, or empty for the whole town.
        homes: to the hundred; None without a table of homes, and where they are too few for a rate.
        files: its requests, in their order.
    """

    cell: str
    homes: int | None
    files: tuple[RequestFile, ...]

    @property
    def per_1000(self) -> float | None:
        """Requests for each 1,000 homes, to the hundredth, or None."""
        return round(len(self.files) * 1000 / self.homes, 2) if self.homes else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """Every request with its month and areas; `months`: the latest first."""

    homes: Mapping[str, int] = field(repr=False)
    months: tuple[str, ...]
    placed: tuple[tuple[RequestFile, str, frozenset[str]], ...] = field(repr=False)

    @classmethod
    def of(cls, record: Record) -> "Burden":
        """Lay them out."""
        days = Days.of(record.entries).by_entry
        known = frozenset(h3.cell_to_parent(cell, AREA_RES) for cell in record.homes)
        placed = tuple(
            (file, days.get(file.entries[0].index, "")[:_MONTH], _areas(file, known))
            for file in record.requests.values()
        )
        return cls(
            homes=record.homes,
            months=tuple(sorted({month for _, month, _ in placed if month}, reverse=True)),
            placed=placed,
        )

    @property
    def cells(self) -> list[str]:
        """The areas that have homes or requests, in one order for ever."""
        own = {h3.cell_to_parent(cell, AREA_RES) for cell in self.homes}
        return sorted(own | {cell for _, _, cells in self.placed for cell in cells})

    def area(self, cell: str, month: str) -> Area:
        """Return an area, or the town for an empty cell, in a month, or in all for an empty one."""
        homes = sum(
            count for of, count in self.homes.items() if not cell or h3.cell_to_parent(of, AREA_RES) == cell
        )
        return Area(
            cell=cell,
            homes=round(homes / _HOMES_TO) * _HOMES_TO if homes >= FEWEST_HOMES else None,
            files=tuple(
                file
                for file, of, cells in self.placed
                if (not month or of == month) and (not cell or cell in cells)
            ),
        )

    def areas(self, month: str) -> list[Area]:
        """Return every area in a month, or in all."""
        return [self.area(cell, month) for cell in self.cells]


def _areas(file: RequestFile, known: frozenset[str]) -> frozenset[str]:
    """Return the areas that a request touches, by what is public of it."""
    found: set[str] = set()
    for cell in file.request.cells:
        if not h3.is_valid_cell(cell):
            continue
        if (res := h3.get_resolution(cell)) >= AREA_RES:
            found.add(h3.cell_to_parent(cell, AREA_RES))
        else:
            found |= {area for area in known if h3.cell_to_parent(area, res) == cell}
    if file.request.protected and not found:
        found |= _of_outline(file.opened.get("outline"))
    return frozenset(found)


def _of_outline(value: object) -> set[str]:
    try:
        corners = Polygon.of(value).corners if isinstance(value, list) else ()
    except BadPolygon:
        return set()
    if not corners:
        return set()
    points = [(lat, lon) for lon, lat in corners]
    fine = [h3.latlng_to_cell(*point, _FINE_RES) for point in points]
    fine += h3.h3shape_to_cells(h3.LatLngPoly(points), _FINE_RES)
    return {h3.cell_to_parent(cell, AREA_RES) for cell in fine}


def paths(burden: Burden) -> list[str]:
    """Return the path of each page and file, behind /record."""
    found = ["/burden", "/burden.csv", "/burden.json"]
    for month in ("", *burden.months):
        base = f"/burden/{month}" if month else "/burden"
        found += [base] if month else []
        found += [f"{base}/in/{area.cell}" for area in burden.areas(month) if area.files]
    return found


def find(rest: Sequence[str], burden: Burden) -> tuple[str, dict[str, Any]] | None:
    """Return the template and values of a page: of all months or of one, or of an area's requests."""
    month, left = (rest[0], rest[1:]) if rest and rest[0] in burden.months else ("", rest)
    match list(left):
        case []:
            shown = {"areas": burden.areas(month), "town": burden.area("", month)}
            return "burden.html.jinja", {"burden": burden, "month": month, **shown}
        case ["in", cell] if cell in burden.cells and (area := burden.area(cell, month)).files:
            number = burden.cells.index(cell) + 1
            return "burden_area.html.jinja", {"place": area, "month": month, "number_of": number}
        case _:
            return None


def rows(burden: Burden) -> list[dict[str, Any]]:
    """Return every area and the town, in all months and in each, for a file."""
    return [
        {
            "month": month or "all",
            "area": area.cell or "town",
            "requests": len(area.files),
            "homes": area.homes,
            "per_1000_homes": area.per_1000,
            "entries": [file.entries[0].index for file in area.files],
        }
        for month in ("", *burden.months)
        for area in _with_town(burden, month)
    ]


def _with_town(burden: Burden, month: str) -> Iterable[Area]:
    yield burden.area("", month)
    yield from burden.areas(month)


def shade(area: Area, areas: Iterable[Area]) -> int:
    """Return how dark an area is drawn, 0 (none) to 4 (most for its homes), beside the others."""
    most = max((one.per_1000 or 0.0 for one in areas), default=0.0)
    share = (area.per_1000 or 0.0) / most if most else 0.0
    return 0 if share == 0 else 1 + min(3, int(share * 4 - 1e-9))
