"""Places as published: parts, holes, rings without area, the 180th meridian."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.model.geo import BadBoundary, Polygon
from fanlight.model.place import Place, read_topojson


def box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings: list[list[float]]) -> Place:
    return Place.of({"type": "Polygon", "coordinates": list(rings)})


def parts(*rings: list[list[float]]) -> Place:
    return Place.of({"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]})


def test_a_hole_is_outside_and_its_edge_inside() -> None:
    town = polygon(box(0, 0, 4, 4), box(1, 1, 2, 2))
    assert town.contains(3, 3)
    assert not town.contains(1.5, 1.5)
    assert town.contains(1, 1.5)


def test_an_island_in_a_hole_is_inside() -> None:
    town = Place.of(
        {"type": "MultiPolygon", "coordinates": [[box(0, 0, 9, 9), box(1, 1, 8, 8)], [box(3, 3, 5, 5)]]}
    )
    assert town.contains(4, 4)
    assert not town.contains(2, 2)


def test_rings_without_area_are_dropped_and_counted() -> None:
    point, line = [[7.0, 7.0]] * 4, [[7.0, 7.0], [8.0, 8.0], [7.0, 7.0], [7.0, 7.0]]
    flat = [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [0.0, 0.0]]
    town = parts(point, box(0, 0, 1, 1), line, flat)
    assert town.dropped == 3
    assert town.contains(0.5, 0.5)
    assert not town.contains(7, 7)
    assert polygon(box(0, 0, 4, 4), line).dropped == 1


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [[[1, 1], [1, 1], [1, 1]]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": []},
        {"type": "Point", "coordinates": [1, 1]},
        {"type": "Polygon", "coordinates": [box(0, 0, 181, 1)]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, "1"], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [True, 0], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [float("nan"), 0], [1, 1]]]},
        {"type": "Polygon"},
        {},
    ],
)
def test_what_has_no_area_or_another_form_is_no_place(geometry: dict[str, Any]) -> None:
    with pytest.raises(BadBoundary):
        Place.of(geometry)


def test_a_ring_round_the_pole_is_refused() -> None:
    with pytest.raises(BadBoundary, match="pole"):
        polygon([[-180, 60], [-60, 60], [60, 60], [179, 60], [-180, 60]])


def test_a_place_over_the_180th_meridian_goes_the_shorter_way() -> None:
    island = polygon([[179, 0], [-179, 0], [-179, 2], [179, 2], [179, 0]])
    for lon in (179.5, 180, -180, -179.5):
        assert island.contains(lon, 1)
    assert not island.contains(0, 1)
    assert not island.contains(178.9, 1)
    other = polygon([[-179, 0], [179, 0], [179, 2], [-179, 2], [-179, 0]])
    assert other.contains(179.9, 1)
    assert island.shares_area_with(other)


def test_a_hole_over_the_180th_meridian_is_outside() -> None:
    ring: list[list[float]] = [[170, 0], [-170, 0], [-170, 9], [170, 9], [170, 0]]
    holes: list[list[list[float]]] = [
        [[179, 4], [-179, 4], [-179, 5], [179, 5]],
        [[-179, 4], [179, 4], [179, 5], [-179, 5]],
        box(-179.9, 4, -179, 5),
    ]
    for hole in holes:
        place = polygon(ring, hole)
        assert not place.contains(-179.5, 4.5)
        assert place.contains(-175, 4.5)
        assert place.contains(175, 4.5)


def test_a_bow_tie_is_both_its_halves() -> None:
    tie = polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]])
    assert tie.contains(0.2, 1)
    assert tie.contains(1.8, 1)
    assert not tie.contains(1, 0.2)


@given(
    st.integers(-179, 180), st.integers(1, 20), st.integers(-60, 50), st.floats(-180, 180), st.integers(0, 3)
)
def test_turning_the_globe_changes_nothing(west: int, width: int, south: int, lon: float, start: int) -> None:
    """A box anywhere holds a point exactly when it does so counted from its own western edge."""

    def wrapped(value: float) -> float:
        return (value + 180) % 360 - 180

    ring = [[wrapped(x), y] for x, y in box(west, south, west + width, south + 5)[:4]]
    ring = ring[start:] + ring[:start]
    place = polygon([*ring, ring[0]])
    beyond = (lon - west) % 360
    near_edge = min(abs(beyond - edge) for edge in (0, width, 360)) < 1e-6
    if not near_edge:
        assert place.contains(lon, south + 2) == (beyond < width)
    assert not place.contains(lon, south - 1)


def test_what_is_left_outside_others_has_an_area_or_is_nothing() -> None:
    town = polygon(box(0, 0, 4, 4))
    west, east = polygon(box(0, 0, 2, 4)), polygon(box(2, 0, 4, 4))
    rest = town.without([west])
    assert rest is not None
    assert rest.contains(3, 3)
    assert not rest.contains(1, 3)
    assert town.without([west, east]) is None
    assert not west.shares_area_with(east)


def test_the_area_of_a_request_is_a_place() -> None:
    assert Place.of_polygon(Polygon.of([(0, 0), (1, 0), (1, 1)])).contains(0.9, 0.5)


def test_a_topojson_layer_is_read_arc_by_arc() -> None:
    topology = {
        "type": "Topology",
        "transform": {"scale": [0.5, 0.5], "translate": [10, 20]},
        "arcs": [[[0, 0], [4, 0], [0, 4]], [[4, 4], [-4, 0], [0, -4]]],
        "objects": {
            "towns": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "id": "01", "properties": {"name": "A"}, "arcs": [[0, 1]]},
                    {"type": "MultiPolygon", "id": "02", "arcs": [[[-2, -1]]]},
                    {"type": "Point", "id": "03", "coordinates": [0, 0]},
                ],
            }
        },
    }
    found = list(read_topojson(json.dumps(topology).encode(), "towns"))
    assert [(area, name) for area, name, _ in found] == [("01", "A"), ("02", "")]
    for _, _, geometry in found:
        place = Place.of(geometry)
        assert place.contains(11, 21)
        assert not place.contains(13, 21)


@given(st.binary(max_size=60) | st.sampled_from([b"{}", b'{"arcs":[]}', b"[]"]))
def test_other_bytes_are_no_topojson(data: bytes) -> None:
    with pytest.raises(BadBoundary):
        list(read_topojson(data, "towns"))
