"""Which ordinances govern where: city before county before state, unless one adds."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.model.place import Place
from fanlight.policy import Pack, default_pack, load_pack
from fanlight.policy.jurisdiction import Governing, Jurisdictions, PlaceUnknown, accepted
from fanlight.wire import jcs

DAY = date(2026, 11, 22)
RAW = (Path(__file__).parents[2] / "vectors/policy/overflowing.pack.json").read_bytes()
ACTION = "request.open"


@cache
def pack(name: str, level: str, *, adds: bool = False, **meta: Any) -> Pack:
    value = json.loads(RAW)
    value["meta"] |= {"id": f"of-{name}", **meta}
    value["meta"]["jurisdiction"] = {"name": name, "polygon": name, "level": level, "adds": adds}
    return load_pack(jcs.dumps(value))


def square(west: float, south: float, east: float, north: float) -> Place:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return Place.of({"type": "Polygon", "coordinates": [ring]})


def names(governing: Governing) -> list[str]:
    return [one.meta.jurisdiction.name for one in governing.packs]


TOWN, COUNTY, STATE = pack("town", "city"), pack("county", "county"), pack("state", "state")
ADDING = pack("adding", "state", adds=True)
PLACES = {
    "town": square(1, 1, 3, 3),
    "county": square(0, 0, 5, 5),
    "state": square(0, 0, 20, 20),
    "adding": square(0, 0, 20, 20),
}
ALL = Jurisdictions((STATE, ADDING, COUNTY, TOWN), PLACES)


def test_a_city_goes_before_a_county_and_a_county_before_a_state() -> None:
    """R43: and what adds holds everywhere."""
    assert names(ALL.at(2, 2, DAY, ACTION)) == ["town", "adding"]
    assert names(ALL.at(4, 4, DAY, ACTION)) == ["county", "adding"]
    assert names(ALL.at(9, 9, DAY, ACTION)) == ["state", "adding"]
    assert names(ALL.at(30, 30, DAY, ACTION)) == []


def test_an_area_that_leaves_the_city_is_governed_by_both() -> None:
    assert names(ALL.over(square(2, 2, 4, 4), DAY, ACTION)) == ["town", "county", "adding"]
    assert names(ALL.over(square(1, 1, 3, 3), DAY, ACTION)) == ["town", "adding"]
    assert names(ALL.over(square(2, 2, 7, 7), DAY, ACTION)) == ["town", "county", "state", "adding"]


def test_a_shared_edge_is_no_shared_area() -> None:
    assert names(ALL.over(square(3, 1, 4, 3), DAY, ACTION)) == ["county", "adding"]


def test_what_governs_an_agency_is_what_governs_its_ground() -> None:
    own = Jurisdictions((default_pack(), STATE), PLACES)
    assert [one.meta.id for one in own.of_agency(square(1, 1, 2, 2), DAY, ACTION).packs] == [
        default_pack().meta.id
    ]
    beside = own.over(square(1, 1, 4, 2), DAY, ACTION, agency=square(1, 1, 2, 2))
    assert len(beside.packs) == 2


def test_a_pack_governs_within_its_days_and_only_what_it_decides() -> None:
    """R43: effective dates."""
    old = pack("town", "city", effective_from="2026-01-01", effective_until="2026-06-01")
    new = pack("town", "city", effective_from="2026-06-01")
    both = Jurisdictions((old, new, STATE), PLACES)
    assert both.at(2, 2, date(2026, 5, 31), ACTION).packs == (old,)
    assert both.at(2, 2, date(2026, 6, 1), ACTION).packs == (new,)
    assert names(both.at(2, 2, date(2025, 12, 31), ACTION)) == []
    assert names(both.at(2, 2, DAY, "face.use")) == []


def test_a_place_that_nobody_supplied_is_not_taken_for_elsewhere() -> None:
    here = Jurisdictions((STATE, TOWN), {"state": PLACES["state"]})
    assert here.at(2, 2, DAY, ACTION).unknown == ("town",)
    assert here.over(square(1, 1, 2, 2), DAY, ACTION).unknown == ("town",)
    with pytest.raises(PlaceUnknown):
        here.at(2, 2, DAY, ACTION).decide({"figure": 1})
    nobody = Jurisdictions((default_pack(),), PLACES)
    assert nobody.at(2, 2, DAY, ACTION).unknown == ("agency",)


def test_it_is_accepted_only_if_somebody_governs_and_all_accept() -> None:
    assert accepted(ALL.at(2, 2, DAY, ACTION).decide({"figure": 1, "moon": 2}))
    assert not accepted(ALL.at(2, 2, DAY, ACTION).decide({"figure": 4}))
    assert not accepted(ALL.at(30, 30, DAY, ACTION).decide({"figure": 1}))
    strict = pack("adding", "state", adds=True, title="Strict")
    split = Jurisdictions((TOWN, strict), PLACES).at(2, 2, DAY, ACTION)
    assert [decision.accepted for _, decision in split.decide({"figure": 1})] == [True, True]


LEVELS = st.sampled_from(["city", "county", "state"])
BOXES = st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 4), st.integers(1, 4))


@given(st.lists(st.tuples(LEVELS, st.booleans(), BOXES), max_size=5), BOXES)
def test_an_area_is_governed_by_what_governs_its_points(
    drawn: list[tuple[str, bool, tuple[int, int, int, int]]], area: tuple[int, int, int, int]
) -> None:
    """Boxes on a grid: each cell of the area is as its middle, and the area as all its cells."""
    packs = tuple(pack(f"p{place}", level, adds=adds) for place, (level, adds, _) in enumerate(drawn))
    places = {
        f"p{place}": square(x, y, x + width, y + height)
        for place, (_, _, (x, y, width, height)) in enumerate(drawn)
    }
    grid = Jurisdictions(packs, places)
    x, y, width, height = area
    cells = {
        one.meta.id
        for column in range(x, x + width)
        for row in range(y, y + height)
        for one in grid.at(column + 0.5, row + 0.5, DAY, ACTION).packs
    }
    assert {one.meta.id for one in grid.over(square(x, y, x + width, y + height), DAY, ACTION).packs} == cells


@given(st.lists(st.tuples(LEVELS, st.booleans(), BOXES), max_size=6), st.floats(0, 9), st.floats(0, 9))
def test_at_a_point_one_level_governs_and_whatever_adds(
    drawn: list[tuple[str, bool, tuple[int, int, int, int]]], lon: float, lat: float
) -> None:
    packs = tuple(pack(f"p{place}", level, adds=adds) for place, (level, adds, _) in enumerate(drawn))
    places = {
        f"p{place}": square(x, y, x + width, y + height)
        for place, (_, _, (x, y, width, height)) in enumerate(drawn)
    }
    governing = Jurisdictions(packs, places).at(lon, lat, DAY, ACTION).packs
    found = {one.meta.id for one in governing}
    here = [one for one in packs if places[one.meta.jurisdiction.polygon].contains(lon, lat)]
    order = ["city", "county", "state"]
    ranks = [order.index(one.meta.jurisdiction.level) for one in here if not one.meta.jurisdiction.adds]
    for one in here:
        finest = order.index(one.meta.jurisdiction.level) == min(ranks, default=-1)
        assert (one.meta.id in found) == (one.meta.jurisdiction.adds or finest)
    assert found <= {one.meta.id for one in here}
