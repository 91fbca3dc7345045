"""What of a report is kept and shown: a class, a place of a few hundred metres, a rounded, later time. Pure.

In:     a report, the source's settings, the town's bounds, the present, and a number drawn at random.
Out:    Kept, or why it is dropped.
Holds:  a type that the source's public list does not name is dropped; no class stands for a medical call or
        for somebody's state of mind, so that no list can name one. A point is kept as its H3 cell of res 9
        (some 350 m across) and nothing else. Only what lies far from the town is elsewhere.
Absent: rows; whether there is an agreement (`intake`).
Why:    docs/design/incidents.md
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated

import h3
import msgspec
import shapely
from msgspec import Meta

from fanlight.model.division import FINEST_RES, Division
from fanlight.model.geo import Point, within_reach
from fanlight.model.incident import CLASSES
from fanlight.server.incidents.mapping import BadMapping, Part
from fanlight.server.incidents.mapping import Mapping as Columns
from fanlight.server.incidents.reading import Report
from fanlight.server.incidents.reading.report import State, Why

POINT_RES = 9
AREA_RES = 7
SHOWN = timedelta(hours=24)
ROUND = timedelta(minutes=10)
MAY_BE_AHEAD = timedelta(minutes=10)  # clocks differ
MOST_CELLS = 300
KEY_BYTES = 16
Bounds = tuple[float, float, float, float]


class Settings(Part, frozen=True):
    """A source as everybody can read it, and as the record has it.

    Attributes:
        agency: ORI of whose dispatch it is.
        mapping: which columns are read.
        types: its types, and the class as which each is shown. What is not named here is dropped.
        delay_min: how much later than it began an incident is shown, at least; up to half as much again is
            drawn at random.
        key: the Ed25519 public key whose signatures its uploads bear.
    """

    agency: Annotated[str, Meta(pattern=r"^[A-Z0-9]{9}\Z")]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    mapping: Columns
    types: Annotated[dict[Annotated[str, Meta(min_length=1, max_length=200)], str], Meta(max_length=500)]
    delay_min: Annotated[int, Meta(ge=10, le=720)]
    key: Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]{43}=\Z")]

    def check(self) -> "Settings":
        """Return these settings; raises BadMapping where a part does not fit."""
        self.mapping.check()
        unknown = sorted(set(self.types.values()) - set(CLASSES))
        if unknown:
            raise BadMapping(
                f"There is no class {unknown[0][:60]!r}.",
                kept="Nothing was changed.",
                do=f"Use one of: {', '.join(CLASSES)}.",
            )
        return self

    def classes(self) -> dict[str, str]:
        """Return the classes by type, without regard to case."""
        return {kind.casefold(): found for kind, found in self.types.items()}


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """All that is kept of an incident.

    Attributes:
        key: what the source calls it, as a keyed hash.
        cells: H3 cells; none: somewhere in town.
        began: rounded down to ten minutes.
        shown, ends: from when until when it is on lists and maps, to ten minutes.
        changed: to the minute, never shown; of two reports the later one counts.
    """

    key: bytes
    kind: str
    cells: tuple[str, ...]
    began: datetime
    shown: datetime
    ends: datetime
    changed: datetime
    state: State


def hashed(secret: bytes, key: str) -> bytes:
    """Return a source's own number of an incident as nobody without the source's secret can guess it."""
    return hmac.digest(secret, key.encode(), hashlib.sha256)[:KEY_BYTES]


class Shaping:
    """Shapes the reports of one upload."""

    def __init__(self, settings: Settings, secret: bytes, bounds: Bounds, now: datetime) -> None:
        """Take the source's settings and secret, the town's bounds and the present."""
        self._classes = settings.classes()
        self._delay = timedelta(minutes=settings.delay_min)
        self._secret = secret
        self._bounds = bounds
        self._now = now
        self._cells: dict[Point, str | None] = {}

    def withdrawn(self, reports: Iterable[Report]) -> dict[bytes, datetime]:
        """Return what is to go, and until when nothing may bring it back."""
        found: dict[bytes, datetime] = {}
        for one in reports:
            keys = [*one.replaces, *([one.key] if one.state == "cancelled" else [])]
            for key in keys:
                found[hashed(self._secret, key)] = self._now + 2 * SHOWN
        return found

    def shape(self, report: Report, drawn: float) -> Kept | Why:
        """Return what is kept of a report that is not cancelled; `drawn` is a number from 0 to 1."""
        kind = self._classes.get(report.kind.casefold())
        if kind is None:
            return "not_listed"
        if report.began > self._now + MAY_BE_AHEAD:  # first: nothing can be added to the year 9999
            return "ahead"
        ends = min(report.began + SHOWN, report.until or report.began + SHOWN)
        if ends <= self._now:
            return "over_a_day_old"
        cells = self._place(report)
        if cells is None:
            return "elsewhere"
        return Kept(
            key=hashed(self._secret, report.key),
            kind=kind,
            cells=cells,
            began=rounded(report.began),
            shown=rounded(report.began + self._delay * (1 + drawn / 2)) + ROUND,
            ends=rounded(ends) + ROUND,
            changed=min(report.changed, self._now).replace(second=0, microsecond=0),
            state=report.state,
        )

    def _place(self, report: Report) -> tuple[str, ...] | None:
        if report.point is not None:
            if report.point not in self._cells:
                lon, lat = report.point
                cell = h3.latlng_to_cell(lat, lon, POINT_RES)
                self._cells[report.point] = cell if within_reach(cell, self._bounds) else None
            cell_or_none = self._cells[report.point]
            return None if cell_or_none is None else (cell_or_none,)
        return self._area(report.outline) if report.outline else ()

    def _area(self, outline: tuple[tuple[Point, ...], ...]) -> tuple[str, ...] | None:
        """Return the cells of an area that lie around the town; none: all of it, or too many to tell."""
        around = shapely.box(*self._bounds).buffer(0.1)
        try:
            # What crosses itself is drawn around, which leaves nothing out: to untangle it can take for ever.
            rings = [shapely.Polygon(ring) for ring in outline]
            parts = [ring if ring.is_valid else ring.convex_hull for ring in rings]
            here = shapely.union_all([part.intersection(around) for part in parts])
        except shapely.errors.ShapelyError:
            return ()  # an outline that cannot be drawn: somewhere in town
        if here.is_empty:
            return None
        if here.covers(shapely.box(*self._bounds)):
            return ()
        found: set[str] = set()
        for part in getattr(here, "geoms", [here]):
            if isinstance(part, shapely.Polygon) and not part.is_empty:
                corners = [(lat, lon) for lon, lat in part.exterior.coords[:-1]]
                found |= _cells(corners)
        return tuple(sorted(found)) if 0 < len(found) <= MOST_CELLS else ()


def _cells(corners: Sequence[tuple[float, float]]) -> set[str]:
    """Return the cells that an outline of lat, lon touches; none where H3 cannot tell."""
    try:
        return set(h3.h3shape_to_cells_experimental(h3.LatLngPoly(corners), AREA_RES, contain="overlap"))
    except (h3.H3BaseException, ValueError):
        return set()


def cell_of(cells: Sequence[str], division: Division) -> str:
    """Return the town's cell in which an incident counts; empty for one of an area, or of no known place."""
    point = len(cells) == 1 and h3.get_resolution(cells[0]) == POINT_RES
    return division.cell_of(h3.cell_to_parent(cells[0], FINEST_RES)) if point else ""


def rounded(moment: datetime) -> datetime:
    """Return the last full ten minutes."""
    return moment - timedelta(
        minutes=moment.minute % (ROUND.seconds // 60), seconds=moment.second, microseconds=moment.microsecond
    )
