"""Read the demo town's data.

In:     package data town/.
Out:    Town (frozen), gzipped map layers as shipped, rows of the dispatch extract.
Holds:  days are counted from a day the caller gives, so that the demo never goes stale.
Absent: seeds and keys (made at the first start), the network.
Why:    src/fanlight/demo/town/CREDITS.md
"""

import csv
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any
from zoneinfo import ZoneInfo

from fanlight.model.geo import Boundary, Polygon
from fanlight.model.window import Window

LAYERS = ("city", "streets", "neighbourhoods", "police_districts", "supervisor_districts", "jurisdiction")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An invented person; `kind` is member, officer or operator, `role` what they do."""

    name: str
    kind: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The invented agreement, dated from the day the demo was first started.

    Attributes:
        starts: first day in force.
        ends: day on which it is over.
        appointed: day on which the clerk was appointed.
        published: day of its papers.
        comment_until: last day for comments.
        heard: day of the hearing.
        vote: as the clerk signs it, with its date.
    """

    starts: date
    ends: date
    appointed: date
    published: date
    comment_until: date
    heard: date
    vote: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """A known assembly: where, when, and who says so."""

    name: str
    source: str
    area: Polygon
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRequest:
    """A request that the demo's officer may start from; the outline holds the household's corner."""

    case_number: str
    offence: str
    purpose: str
    words: str
    area: Polygon


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One dispatch, fit to be shown: local wall-clock time, place snapped to 100 m."""

    kind: str
    group: str
    day: date
    at: time
    lon: float
    lat: float
    cell: str


@dataclass(frozen=True, kw_only=True)
class Town:
    """The demo town.

    Attributes:
        name: as shown, with where its data is from.
        demo: always true.
        country: ISO 3166 code.
        timezone: of the wall clocks in the dispatch extract.
        origin: the log's origin line.
        bounds: west, south, east, north of the detailed streets, degrees.
        center: lon, lat to open the map at.
        agency: ori, name, kind, attested_by, attested_how, demo.
        jurisdiction: the agency's boundary.
        homes: invented homes per res-8 cell.
        people: without keys.
        household_name: of the one household.
        corner: the street corner it stands on, in words.
        place: lon, lat of that corner.
        camera: name of its camera.
        sample_request: for the officer's form.
        raw: the rest of town.json, as written.
    """

    name: str
    demo: bool
    country: str
    timezone: str
    origin: str
    bounds: tuple[float, float, float, float]
    center: tuple[float, float]
    agency: Mapping[str, Any]
    jurisdiction: Boundary
    homes: Mapping[str, int]
    people: tuple[Person, ...]
    household_name: str
    corner: str
    place: tuple[float, float]
    camera: str
    sample_request: SampleRequest
    raw: Mapping[str, Any]

    def agreement(self, first_day: date) -> Agreement:
        """Return the agreement for a demo first started on `first_day`."""
        plan = self.raw["agreement"]
        starts = first_day - timedelta(days=plan["in_force_days_before"])
        voted = starts - timedelta(days=7)
        published = voted - timedelta(days=45)
        return Agreement(
            starts=starts,
            ends=starts + timedelta(days=plan["term_days"]),
            appointed=published - timedelta(days=30),
            published=published,
            comment_until=published + timedelta(days=30),
            heard=voted - timedelta(days=14),
            vote={**plan["vote"], "date": voted.isoformat()},
        )

    def assemblies(self, today: date) -> tuple[Assembly, ...]:
        """Return the known assemblies, dated from `today`."""
        return tuple(self._assembly(plan, today) for plan in self.raw["assemblies"])

    def _assembly(self, plan: Mapping[str, Any], today: date) -> Assembly:
        day = today - timedelta(days=plan["days_before"])
        start = datetime.combine(day, time.fromisoformat(plan["from"]), ZoneInfo(self.timezone))
        return Assembly(
            name=plan["name"],
            source=plan["source"],
            area=Polygon.of(plan["outline"]),
            window=Window(start=start, end=start + timedelta(minutes=plan["length_min"])),
        )


@cache
def load_town() -> Town:
    """Return the demo town, read once."""
    raw = json.loads(_file("town.json").read_bytes())
    jurisdiction = json.loads(gzip.decompress(layer_gz("jurisdiction")))["features"][0]["geometry"]
    household, sample = raw["household"], raw["sample_request"]
    return Town(
        name=raw["name"],
        demo=raw["demo"],
        country=raw["country"],
        timezone=raw["timezone"],
        origin=raw["origin"],
        bounds=tuple(raw["bounds"]),
        center=tuple(raw["center"]),
        agency=raw["agency"],
        jurisdiction=Boundary(jurisdiction),
        homes=json.loads(_file("homes.json").read_bytes())["homes"],
        people=tuple(Person(**person) for person in raw["people"]),
        household_name=household["name"],
        corner=household["corner"],
        place=tuple(household["place"]),
        camera=household["camera"],
        sample_request=SampleRequest(
            case_number=sample["case_number"],
            offence=sample["offence"],
            purpose=sample["purpose"],
            words=sample["words"],
            area=Polygon.of(sample["outline"]),
        ),
        raw=raw,
    )


def layer_gz(name: str) -> bytes:
    """Return one of LAYERS as gzipped GeoJSON, ready to be served with `Content-Encoding: gzip`."""
    return _file(f"{name}.geojson.gz").read_bytes()


def paper(name: str) -> str:
    """Return an invented paper: agreement, impact-report, use-policy, hearing, vote or clerk."""
    return _file(f"paper-{name}.md").read_text("utf-8")


def credits_text() -> str:
    """Return the credits as Markdown. A map that shows `streets` must show their line."""
    return _file("CREDITS.md").read_text("utf-8")


def dispatch() -> tuple[Dispatch, ...]:
    """Return the rows of the dispatch extract, in order of time."""
    text = gzip.decompress(_file("dispatch.csv.gz").read_bytes()).decode()
    return tuple(
        Dispatch(
            kind=row["type"],
            group=row["group"],
            day=date.fromisoformat(row["day"]),
            at=time.fromisoformat(row["time"]),
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            cell=row["cell"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def _file(name: str) -> Traversable:
    return resources.files("fanlight.demo").joinpath("town").joinpath(name)
