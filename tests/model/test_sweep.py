"""What is split to get round a limit is joined, and what lies apart is not."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.model.make_joined_vectors import FOLDER, M, box, read

from fanlight.model.geo import BadPolygon, Polygon
from fanlight.model.joined import distance_m, joined_area_m2
from fanlight.model.request import FootageRequest, RequestFacts, Standing, joined_holds
from fanlight.model.sweep import adjoin, is_one_case, number_in_case, sweep_of
from fanlight.model.window import Window
from fanlight.policy import decide, default_pack

LON, LAT = -122.42, 37.77
START = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
NOW = START + timedelta(days=2)
LIMIT_M2, LIMIT_MIN = 1_294_994, 720


def _vectors(pattern: str) -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob(pattern))]


SWEEPS = json.loads(Path(FOLDER / "sweeps.json").read_text("utf-8"))


def asked(area: Polygon, start_h: float, length_h: float, **change: Any) -> FootageRequest:
    start = START + timedelta(minutes=round(start_h * 60))
    parts: dict[str, Any] = {
        "case_number": "HD-2026-0001",
        "offence": "220",
        "purpose": "identify_suspect",
        "words": "You are free to say no.",
        "area": area,
        "window": Window(start=start, end=start + timedelta(minutes=round(length_h * 60))),
    }
    return FootageRequest(**{**parts, **change})


def rectangle(x_m: float, y_m: float, width_m: float, height_m: float) -> Polygon:
    east = box(LON, LAT, x_m, 1)[1][0]
    return Polygon.of(box(east, LAT + y_m * M, width_m, height_m))


def refusing(request: FootageRequest, earlier: list[FootageRequest]) -> tuple[str, ...]:
    """Return the clauses of the model ordinance that refuse a request after others."""
    sweep = sweep_of(request, earlier)
    standing = Standing(
        agency_kind="municipal",
        agreement_in_force=True,
        vote_recorded=True,
        named_officer=True,
        inside_jurisdiction=True,
        number_in_case=number_in_case(request, earlier),
        joined_area_m2=sweep.area_m2,
        joined_window_min=sweep.window_min,
        assembly_overlap=False,
        words_plain=True,
        words_no_records=True,
        second_signature=False,
    )
    facts = RequestFacts.of(request, standing, NOW).as_dict()
    assert joined_holds(facts)
    pack = default_pack()
    return decide(pack, "request.submit", pack.asks("request.submit", facts)).refusing


@pytest.mark.parametrize("vector", _vectors("joined-*.json"), ids=lambda vector: vector["why"])
def test_what_several_areas_cover_together_is_as_the_vector_says(vector: dict[str, Any]) -> None:
    """R21: the browser comes to the same square metre by another way."""
    areas = [Polygon.of(ring) for ring in vector["outlines"]]
    assert round(joined_area_m2(areas)) == pytest.approx(vector["area_m2"], abs=0)
    assert joined_area_m2(reversed(areas)) == joined_area_m2(areas)
    assert distance_m(areas[0], areas[-1]) == pytest.approx(vector["distance_m"], abs=1e-5)
    assert distance_m(areas[-1], areas[0]) == pytest.approx(distance_m(areas[0], areas[-1]), abs=1e-5)


@pytest.mark.parametrize("vector", SWEEPS, ids=lambda vector: vector["why"])
def test_what_is_split_is_joined_as_the_vector_says(vector: dict[str, Any]) -> None:
    """R21: under two cases, in areas or windows that adjoin, by anybody of the agency."""
    request, earlier = read(vector["request"]), [read(one) for one in vector["earlier"]]
    sweep = sweep_of(request, earlier)
    assert number_in_case(request, earlier) == vector["number_in_case"]
    assert (sweep.area_m2, sweep.window_min) == (vector["joined_area_m2"], vector["joined_window_min"])
    assert sweep.others == tuple(earlier[place] for place in vector["others"])


metres = st.integers(0, 20).map(lambda n: n * 150.0)
requests = st.builds(
    asked,
    st.builds(rectangle, metres, metres, st.sampled_from([150, 300, 600]), st.sampled_from([150, 450])),
    st.integers(0, 20).map(float),
    st.sampled_from([0.25, 1, 4, 12]),
    case_number=st.sampled_from(["HD-2026-0001", "HD-2026-0002", "HD-2026-0003"]),
    offence=st.sampled_from(["220", "23F", "11A"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(requests, min_size=2, max_size=7), st.randoms(use_true_random=False))
def test_neither_figure_nor_number_hangs_on_the_order_of_asking(
    some: list[FootageRequest], chance: random.Random
) -> None:
    """R21: whoever of the agency asks first."""
    first, *earlier = some
    shuffled = chance.sample(earlier, len(earlier))
    one, other = sweep_of(first, earlier), sweep_of(first, shuffled)
    assert (one.area_m2, one.window_min) == (other.area_m2, other.window_min)
    assert sorted(map(repr, one.others)) == sorted(map(repr, other.others))
    assert number_in_case(first, earlier) == number_in_case(first, shuffled)
    # Each of a sweep is part of the very same sweep, and a request's number is that of its case.
    for place, member in enumerate(some):
        if member in one.others:
            same = sweep_of(member, [*some[:place], *some[place + 1 :]])
            assert (same.area_m2, same.window_min) == (one.area_m2, one.window_min)


def joined_by_all(request: FootageRequest, earlier: list[FootageRequest], joins: Any) -> list[int]:
    """Compare each with each: what a list of a thousand is too long for."""
    reached: set[int] = set()
    waiting = [request]
    while waiting:
        member = waiting.pop()
        found = {n for n, other in enumerate(earlier) if n not in reached and joins(member, other)}
        waiting += [earlier[n] for n in found]
        reached |= found
    return sorted(reached)


def placed(west: float, south: float, width_m: int, height_m: int) -> Polygon:
    ring = box(west, south, width_m, height_m)
    return Polygon.of(ring if ring[1][0] <= 180 else box(-180.0, south, width_m, height_m))


somewhere = st.builds(
    placed,
    st.builds(
        lambda west, n: west + n * 0.0011, st.sampled_from([LON, 0.0, 179.97, -180.0]), st.integers(0, 40)
    ),
    st.builds(
        lambda south, n: south + n * 0.0009,
        st.sampled_from([LAT, -0.001, 60.0, 84.8, -84.9]),
        st.integers(0, 30),
    ),
    st.sampled_from([90, 150, 600, 1_500, 12_000]),
    st.sampled_from([30, 150, 1_500]),
)
anywhere = st.builds(
    asked,
    somewhere,
    st.integers(0, 60).map(lambda n: n / 2),
    st.sampled_from([0.25, 1, 4, 12]),
    case_number=st.sampled_from(["HD-2026-0001", "HD-2026-0002", ""]),
    offence=st.sampled_from(["220", "23F", "11A"]),
)


@settings(max_examples=150, deadline=None)
@given(anywhere, st.lists(anywhere, max_size=14))
def test_what_is_passed_over_unseen_is_what_adjoins_nothing(
    request: FootageRequest, earlier: list[FootageRequest]
) -> None:
    """R21: the same requests are joined as by comparing each with each, near poles and 180th meridian too."""
    found = sweep_of(request, earlier).others
    assert list(found) == [earlier[n] for n in joined_by_all(request, earlier, adjoin)]
    assert number_in_case(request, earlier) == 1 + len(joined_by_all(request, earlier, is_one_case))


@settings(max_examples=60, deadline=None)
@given(requests, requests)
def test_that_two_requests_adjoin_is_mutual_and_does_not_hang_on_who_has_which_case(
    one: FootageRequest, other: FootageRequest
) -> None:
    assert adjoin(one, other) == adjoin(other, one)
    assert is_one_case(one, other) == is_one_case(other, one)
    assert adjoin(replace(one, case_number="X-9999"), other) == adjoin(one, other)
    assert adjoin(one, replace(one, case_number="X-9999"))


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1_300, 2_400),
    st.integers(2, 4),
    st.integers(0, 60),
    st.sampled_from(["columns", "rows"]),
    st.randoms(),
)
def test_an_area_over_the_limit_is_had_in_no_slices(
    side_m: int, slices: int, gap_m: int, cut: str, chance: random.Random
) -> None:
    """R21: nor with a street left out between them, in any order, under any cases and offences."""
    wide = side_m / slices
    areas = [
        rectangle(wide * n, 0, wide - gap_m, side_m)
        if cut == "columns"
        else rectangle(0, wide * n, side_m, wide - gap_m)
        for n in range(slices)
    ]
    asking = [
        asked(area, 0, 1, case_number=f"HD-2026-000{n}", offence=chance.choice(["220", "23F", "120"]))
        for n, area in enumerate(areas)
    ]
    chance.shuffle(asking)
    had: list[FootageRequest] = []
    for request in asking:
        if not refusing(request, had):
            had.append(request)
    for place, request in enumerate(had):
        assert sweep_of(request, [*had[:place], *had[place + 1 :]]).area_m2 <= LIMIT_M2
    assert len(had) < len(asking)


@settings(max_examples=40, deadline=None)
@given(st.integers(721, 2_880), st.integers(2, 5), st.integers(0, 59), st.randoms())
def test_a_window_over_the_limit_is_had_in_no_slices(
    whole_min: int, slices: int, gap_min: int, chance: random.Random
) -> None:
    """R21: nor with less than an hour left out between them."""
    long = whole_min / slices
    asking = [
        asked(
            rectangle(0, 0, 400, 400),
            n * long / 60,
            max(0.25, (long - gap_min) / 60),
            case_number=f"HD-000{n}",
        )
        for n in range(slices)
    ]
    chance.shuffle(asking)
    had: list[FootageRequest] = []
    for request in asking:
        if not refusing(request, had):
            had.append(request)
    near = [one for one in combinations(had, 2) if adjoin(*one)]
    for one, other in near:
        span = max(one.window.end, other.window.end) - min(one.window.start, other.window.start)
        assert span <= timedelta(minutes=LIMIT_MIN)


@settings(max_examples=60, deadline=None)
@given(requests, st.integers(350, 50_000), st.sampled_from(["east", "north"]))
def test_what_lies_far_apart_is_never_joined(request: FootageRequest, gap_m: int, way: str) -> None:
    """R21: no false join in place. Only a case that says so itself counts as one."""
    lon, lat = gap_m * M * 1.3 * (way == "east"), gap_m * M * (way == "north")
    lons = [x for x, _ in request.area.corners]
    lats = [y for _, y in request.area.corners]
    width, height = max(lons) - min(lons), max(lats) - min(lats)
    moved = Polygon.of(
        [
            (x + lon + width * (way == "east"), y + lat + height * (way == "north"))
            for x, y in request.area.corners
        ]
    )
    far = replace(request, area=moved, case_number="X-9999")
    assert not adjoin(request, far)
    assert number_in_case(far, [request]) == 1
    assert sweep_of(far, [request]).area_m2 == sweep_of(far, []).area_m2


@settings(max_examples=60, deadline=None)
@given(requests, st.integers(6 * 60, 60 * 24 * 30))
def test_what_lies_long_apart_is_never_joined(request: FootageRequest, gap_min: int) -> None:
    """R21: no false join in time."""
    start = request.window.end + timedelta(minutes=gap_min)
    later = Window(start=start, end=start + request.window.length)
    far = replace(request, window=later, case_number="X-9999")
    assert not adjoin(request, far)
    assert sweep_of(far, [request]).window_min == request.window.length_min


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 400), st.integers(0, 400), st.sampled_from([-16.8, 0.0, 52.0, 71.0]))
def test_the_180th_meridian_is_nothing_special(gap_m: int, north_m: int, lat: float) -> None:
    """R21: areas on its two sides are as near as the same ones anywhere else."""
    there = (box(10.0, lat, 400, 400), box(10.005, lat + north_m * M, gap_m + 1, 400))
    across = [
        [[x + 169.997 if x + 169.997 <= 180 else x + 169.997 - 360, y] for x, y in ring] for ring in there
    ]
    try:
        turned = [Polygon.of(ring) for ring in across]
    except BadPolygon:  # one of the two would itself lie across it
        return
    plain = [Polygon.of(ring) for ring in there]
    assert distance_m(*turned) == pytest.approx(distance_m(*plain), abs=0.01)
    assert joined_area_m2(turned) == pytest.approx(joined_area_m2(plain), abs=0.1)


HOLE = [box(LON, LAT, 900, 900), box(LON + 0.002, LAT + 0.002, 200, 200)]
BAD: dict[str, Any] = {
    "with a hole": HOLE,
    "of several parts": [HOLE[0], box(LON + 0.1, LAT, 400, 400)],
    "a hole tied to the outline by a seam": [*HOLE[0], HOLE[0][0], *HOLE[1], HOLE[1][0]],
    "self-crossing": [HOLE[0][0], HOLE[0][2], HOLE[0][1], HOLE[0][3]],
    "without any ground": [[LON, LAT], [LON + 0.01, LAT], [LON + 0.02, LAT]],
    "of half the globe": [[-90, -60], [90.5, -60], [90.5, 60], [-90, 60]],
    "across the 180th meridian": [[179.99, 10], [-179.99, 10], [-179.99, 10.02], [179.99, 10.02]],
    "beyond the 180th meridian": [[179.99, 10], [180.01, 10], [180.01, 10.02], [179.99, 10.02]],
    "of more corners than a person draws": [[LON + n * 1e-5, LAT + (n % 2) * 1e-3] for n in range(102)],
}


@pytest.mark.parametrize("ring", BAD.values(), ids=BAD.keys())
def test_what_is_no_plain_area_is_one_clear_error(ring: Any) -> None:
    """R21: what happened, what was kept, what to do."""
    with pytest.raises(BadPolygon) as refused:
        Polygon.of(ring)
    assert refused.value.code == "geo.bad_polygon"
    assert all((refused.value.what, refused.value.kept, refused.value.do))


@pytest.mark.parametrize(
    ("size_m", "clause"), [(1e-9, "area.least"), (1.0, "area.least"), (200_000.0, "area.most")]
)
def test_the_ordinance_says_of_tiny_and_huge_areas_which_clause(size_m: float, clause: str) -> None:
    """R21: also beside others, whose union is still counted."""
    request = asked(rectangle(0, 0, size_m, size_m), 0, 1)
    assert clause in refusing(request, [])
    assert clause in refusing(request, [asked(rectangle(0, 0, 400, 400), 0, 1, case_number="X-9999")])


def test_figures_of_a_sweep_that_are_less_than_those_of_its_request_do_not_hold() -> None:
    alone: dict[str, bool | int | str] = {"area_m2": 400_000, "window_min": 60}
    assert joined_holds(alone)
    assert joined_holds({**alone, "joined_area_m2": 400_000, "joined_window_min": 60})
    assert not joined_holds({**alone, "joined_area_m2": 399_000, "joined_window_min": 60})
    assert not joined_holds({**alone, "joined_area_m2": 400_000, "joined_window_min": 59})
    assert not joined_holds({**alone, "joined_area_m2": "much"})
