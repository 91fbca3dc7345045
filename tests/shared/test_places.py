"""The counties and states of the United States, as their coarse files have them."""

import os
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import shapely

from fanlight.model.geo import BadBoundary
from fanlight.model.place import Place, read_topojson
from fanlight.policy import default_pack, shipped_pack
from fanlight.policy.jurisdiction import Jurisdictions

FOLDER = Path(os.environ["FANLIGHT_SHARED"]) / "data/basemap"


@cache
def places(layer: str) -> tuple[dict[str, Place], list[str]]:
    """Return the places of a layer by id, and the ids of those that have no area in the file."""
    found, empty = {}, []
    for area, _, geometry in read_topojson((FOLDER / f"us-{layer}-10m.topojson").read_bytes(), layer):
        try:
            found[area] = Place.of(geometry)
        except BadBoundary:
            empty.append(area)
    return found, empty


def test_every_state_is_a_place_and_rings_without_area_are_counted() -> None:
    """R43: real polygons with their degenerate rings."""
    states, empty = places("states")
    assert len(states) == 56
    assert empty == []
    assert {area: one.dropped for area, one in states.items() if one.dropped} == {"10": 1}


def test_every_county_is_a_place_but_those_that_the_file_has_no_area_of() -> None:
    counties, empty = places("counties")
    assert len(counties) + len(empty) == 3231
    assert empty == ["51610"]
    assert sum(one.dropped for one in counties.values()) == 21


@pytest.mark.parametrize(
    ("layer", "area", "lon", "lat"),
    [
        ("states", "17", -87.65, 41.85),
        ("counties", "06075", -122.40785, 37.77675),
        ("counties", "53033", -122.33, 47.61),
        ("counties", "41051", -122.65, 45.52),
        ("states", "02", 173.2, 52.87),
        ("states", "02", -149.9, 61.2),
    ],
)
def test_a_point_lies_in_its_place_and_in_no_other(layer: str, area: str, lon: float, lat: float) -> None:
    found, _ = places(layer)
    assert [name for name, one in found.items() if one.contains(lon, lat)] == [area]


def test_a_point_of_each_county_lies_in_its_state() -> None:
    states, _ = places("states")
    wrong = []
    for area, one in places("counties")[0].items():
        inside = shapely.point_on_surface(max(shapely.get_parts(one.shape), key=lambda part: part.area))
        if not states[area[:2]].contains(inside.x, inside.y):
            wrong.append(area)
    assert wrong == []


def test_the_law_of_a_state_adds_to_a_town_of_it_and_to_no_other() -> None:
    packs = (default_pack(), shipped_pack("portland-34.10"), shipped_pack("illinois-bipa"))
    states = {f"us-state.{area}": one for area, one in places("states")[0].items()}
    own = Place.of(
        {
            "type": "Polygon",
            "coordinates": [[[-87.7, 41.8], [-87.6, 41.8], [-87.6, 41.9], [-87.7, 41.9], [-87.7, 41.8]]],
        }
    )
    governs = Jurisdictions(packs, states).of_agency(own, date(2026, 11, 22), "request.open")
    assert governs.packs == (default_pack(),)
    faces = Jurisdictions(packs, states).of_agency(own, date(2026, 11, 22), "face.use")
    assert faces.unknown == ("place.portland-or",)
