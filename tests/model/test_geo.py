"""Areas, cells and boundaries: the shared vectors, an independent area, and whatever bytes."""

import contextlib
import json
import math
from pathlib import Path
from typing import Any

import h3
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fanlight.model.division import divide
from fanlight.model.geo import (
    HOMES_PER_CELL,
    BadBoundary,
    BadCell,
    BadPolygon,
    Boundary,
    Polygon,
    check_cell,
    covering_cells,
    home_cell,
    town_cells,
)

VECTORS = Path(__file__).parents[2] / "vectors/geo"


def _read(start: str) -> list[Any]:
    return [
        pytest.param(json.loads(path.read_text("utf-8")), id=path.stem)
        for path in sorted(VECTORS.glob(f"{start}*.json"))
    ]


@pytest.mark.parametrize("vector", _read("polygon-"))
def test_an_outline_is_read_as_the_vector_says(vector: dict[str, Any]) -> None:
    if vector["expect"] == "refused":
        with pytest.raises(BadPolygon):
            Polygon.of(vector["corners"])
        return
    polygon = Polygon.of(vector["corners"])
    assert polygon.area_m2 == pytest.approx(vector["area_m2"], abs=0.01)
    assert all(polygon.contains(*point) for point in vector["inside"])
    assert not any(polygon.contains(*point) for point in vector["outside"])


@pytest.mark.parametrize("vector", _read("cells-"))
def test_the_towns_cells_are_as_the_vector_says(vector: dict[str, Any]) -> None:
    division = divide(vector["homes"])
    assert {"cells": sorted(division.cells), "rest": division.rest} == vector["division"]
    assert home_cell(vector["point"][0], vector["point"][1], division) == vector["home_cell"]
    assert covering_cells(Polygon.of(vector["corners"]), division) == vector["covering"]


@settings(max_examples=15)  # a whole town is partitioned each time
@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 2**32))
def test_every_cell_that_an_area_touches_is_one_of_the_towns(x: float, y: float, which: int) -> None:
    west, south, east, north = bounds = (-122.52, 37.70, -122.35, 37.84)
    fine = h3.cell_to_children("85283083fffffff", 8)
    homes = {cell: which % 97 + at % 50 for at, cell in enumerate(fine) if (at * 2_654_435_761 ^ which) % 3}
    lon, lat = west + x * (east - west), south + y * (north - south)
    area = Polygon.of([(lon, lat), (lon + 0.01, lat), (lon + 0.01, lat + 0.01)])
    for table in (homes, {}):
        everywhere = town_cells(bounds, table)
        assert home_cell(lon, lat, table) in everywhere
        if table or (lon + 0.01 <= east and lat + 0.01 <= north):
            assert set(covering_cells(area, table)) <= set(everywhere)


@given(st.floats(-60, 60), st.floats(-170, 170))
def test_the_area_of_a_cells_outline_is_the_area_h3_gives_it(lat: float, lon: float) -> None:
    cell = h3.latlng_to_cell(lat, lon, 8)
    polygon = Polygon.of([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)])
    assert polygon.area_m2 == pytest.approx(h3.cell_area(cell, "m^2"), rel=1e-6)


@given(st.floats(-80, 80), st.floats(-179, 179), st.floats(0.001, 0.05))
def test_the_area_of_a_small_square_is_near_its_sides_product(lat: float, lon: float, side: float) -> None:
    polygon = Polygon.of([(lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side)])
    degree_m = math.pi * 6_371_007.18 / 180
    expected = (side * degree_m) ** 2 * math.cos(math.radians(lat + side / 2))
    assert polygon.area_m2 == pytest.approx(expected, rel=1e-4)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=8, unique=True))
def test_a_polygon_is_accepted_exactly_when_its_ring_is_simple(points: list[tuple[int, int]]) -> None:
    corners = [(lon / 128, lat / 128) for lon, lat in points]  # no rounding: what lies on a line does
    ring = shapely.LinearRing(corners)
    if ring.is_simple and shapely.Polygon(corners).area > 0:
        assert Polygon.of(corners).corners == tuple(corners)
    else:
        with pytest.raises(BadPolygon):
            Polygon.of(corners)


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(st.lists(_anything, max_size=5))
def test_whatever_stands_for_corners_raises_bad_polygon_or_is_one(points: list[Any]) -> None:
    with contextlib.suppress(BadPolygon):
        Polygon.of(points)


@given(
    st.dictionaries(st.text(max_size=5), _anything, max_size=3)
    | st.fixed_dictionaries({"type": st.sampled_from(["Polygon", "MultiPolygon"]), "coordinates": _anything})
)
def test_whatever_stands_for_a_boundary_raises_bad_boundary(geometry: dict[str, Any]) -> None:
    with pytest.raises(BadBoundary):
        Boundary(geometry)


def test_an_area_that_leaves_the_boundary_is_not_covered() -> None:
    boundary = Boundary({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]})
    assert boundary.covers(Polygon.of([(0.1, 0.1), (0.2, 0.1), (0.2, 0.2)]))
    assert not boundary.covers(Polygon.of([(0.9, 0.9), (1.1, 0.9), (0.9, 1.0)]))
    assert boundary.contains(0.5, 0.5)
    assert not boundary.contains(1.5, 0.5)
    assert boundary.bounds == (0, 0, 1, 1)


@given(st.floats(37.72, 37.80), st.floats(-122.5, -122.38), st.data())
def test_a_home_is_found_by_every_request_whose_area_holds_it(lat: float, lon: float, data: Any) -> None:
    """R24: the cell of a home and the cells of an area come from one partition."""
    around = h3.grid_disk(h3.latlng_to_cell(lat, lon, 8), 2)
    homes = {cell: data.draw(st.sampled_from([0, 10, 49, 50, 400])) for cell in sorted(around)}
    area = Polygon.of([(lon - 0.003, lat - 0.002), (lon + 0.003, lat - 0.002), (lon, lat + 0.004)])
    assert home_cell(lon, lat, homes) in covering_cells(area, homes)


@given(st.floats(37.72, 37.80), st.floats(-122.5, -122.38), st.integers(0, 120))
def test_no_cell_finer_than_res_5_is_named_with_fewer_than_50_homes(
    lat: float, lon: float, count: int
) -> None:
    """R11: the server knows a home by a cell that at least 50 homes share."""
    homes = {h3.latlng_to_cell(lat, lon, 8): count}
    cell = home_cell(lon, lat, homes)
    assert (
        covering_cells(Polygon.of([(lon, lat), (lon + 0.02, lat), (lon, lat + 0.02)]), homes) == [cell]
        or not count
    )
    assert h3.get_resolution(cell) == (8 if count >= HOMES_PER_CELL else 5)


def test_an_area_of_half_a_county_has_no_cells() -> None:
    with pytest.raises(BadPolygon):
        covering_cells(Polygon.of([(-123, 37), (-122, 37), (-122, 38), (-123, 38)]), {})


@example("-1")
@example("0x88283082a3fffff")
@example("88283082_3fffff")
@given(st.text(max_size=20))
def test_a_text_that_is_no_cell_is_refused(text: str) -> None:
    with pytest.raises(BadCell):
        check_cell(text)


@pytest.mark.parametrize("res", [4, 9])
def test_a_cell_of_another_size_is_refused(res: int) -> None:
    with pytest.raises(BadCell):
        check_cell(h3.latlng_to_cell(37.78, -122.4, res))


def test_overlapping_areas_are_told() -> None:
    one = Polygon.of([(0, 0), (0.02, 0), (0, 0.02)])
    assert one.overlaps(Polygon.of([(0.005, 0.005), (0.02, 0.005), (0.02, 0.02)]))
    assert not one.overlaps(Polygon.of([(0.03, 0.03), (0.04, 0.03), (0.03, 0.04)]))
    assert one.area_sq_mi == pytest.approx(one.area_m2 / 2_589_988.11, rel=1e-9)
