"""The closed list of offences, and the facts that a request is decided on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.model.geo import Polygon
from fanlight.model.offence import UnknownOffence, offence, offences
from fanlight.model.request import BadRequest, FootageRequest, RequestFacts, Standing
from fanlight.model.window import Window

NOW = datetime(2026, 11, 21, 18, 36, tzinfo=UTC)
AREA = Polygon.of([(-122.4108, 37.7763), (-122.4074, 37.7742), (-122.4049, 37.7771), (-122.4083, 37.7793)])
REQUEST = FootageRequest(
    case_number="HD-2026-0417",
    offence="220",
    purpose="identify_suspect",
    words="You are free to say no.",
    area=AREA,
    window=Window(start=NOW - timedelta(hours=5), end=NOW - timedelta(hours=3)),
)
STANDING = Standing(
    agency_kind="municipal",
    agreement_in_force=True,
    vote_recorded=True,
    named_officer=True,
    inside_jurisdiction=True,
    number_in_case=1,
    joined_area_m2=150_550,
    joined_window_min=120,
    assembly_overlap=False,
    words_plain=True,
    words_no_records=True,
    second_signature=False,
)


def test_the_list_has_every_nibrs_code_once() -> None:
    assert len(offences()) == 85
    assert offence("220").name == "Burglary/Breaking and Entering"


@pytest.mark.parametrize("code", ["35A", "35B", "90B", "90C", "90E", "90G", "90J", "23C", "40A"])
def test_minor_offences_are_below_the_floor_for_every_purpose(code: str) -> None:
    """R23: no footage is asked for over minor drug possession, loitering or disorder."""
    assert offence(code).listed
    assert not any(offence(code).above_floor(p) for p in ("identify_suspect", "collision", "find_vehicle"))


def test_a_collision_and_a_missing_person_are_the_only_use_of_their_codes() -> None:
    assert offence("90D").above_floor("collision")
    assert not offence("90D").above_floor("identify_suspect")
    assert offence("90I").above_floor("find_missing_person")
    assert not offence("90Z").above_floor("identify_suspect")


@pytest.mark.parametrize("code", ["30A", "30D", "49C", "103", "09C"])
def test_immigration_and_other_federal_offences_are_not_on_the_list(code: str) -> None:
    """R27: a town's agency does not ask residents on behalf of immigration enforcement."""
    assert not offence(code).listed
    assert not offence(code).above_floor("identify_suspect")


@pytest.mark.parametrize("code", ["11A", "11D", "36B", "64A", "90F", "90I"])
def test_sexual_domestic_and_juvenile_offences_show_as_protected(code: str) -> None:
    facts = RequestFacts.of(replace(REQUEST, offence=code), STANDING, NOW)
    assert facts.offence_class == "protected"
    assert code not in facts.as_dict().values()


def test_an_officer_can_mark_any_offence_as_sensitive() -> None:
    request = replace(REQUEST, offence="13A", sensitive=True)
    assert request.protected
    assert RequestFacts.of(request, STANDING, NOW).offence_class == "protected"


def test_graver_than_a_protest_never_means_what_police_charge_at_protests() -> None:
    """R23: beside a known assembly only a grave offence may be named."""
    assert not any(offence(code).grave for code in ("290", "13B", "13C", "90B", "90C", "90J", "520"))
    assert all(row.listed for row in offences().values() if row.grave)


@given(st.text(max_size=4).filter(lambda text: text not in offences()))
def test_a_code_that_nibrs_lacks_is_an_error(code: str) -> None:
    with pytest.raises(UnknownOffence):
        offence(code)


def test_the_facts_of_a_request_are_flat_and_say_what_was_asked() -> None:
    """R21: everything that a request is decided on stands in its leaf."""
    facts = RequestFacts.of(REQUEST, STANDING, NOW).as_dict()
    assert all(isinstance(value, bool | int | str) for value in facts.values())
    assert facts["area_m2"] == 150_550
    assert facts["window_min"] == 120
    assert facts["hours_since_end"] == 2  # ends 15:36, published as 16:00
    assert facts["offence_class"] == "Burglary"
    assert not facts["ends_in_future"]


@given(st.integers(0, 60 * 24 * 40), st.integers(1, 900))
def test_the_facts_tell_no_more_of_the_end_than_the_published_window_does(
    ago_min: int, length_min: int
) -> None:
    """R42: hours_since_end is a function of what the leaf shows anyway."""
    end = NOW - timedelta(minutes=ago_min)
    window = Window(start=end - timedelta(minutes=length_min), end=end)
    shown = window.rounded_out().end
    facts = RequestFacts.of(replace(REQUEST, window=window), STANDING, NOW)
    assert facts.hours_since_end == max(0, int((NOW - shown) / timedelta(hours=1)))


def test_a_window_still_running_ends_in_the_future() -> None:
    window = Window(start=NOW - timedelta(hours=1), end=NOW + timedelta(minutes=1))
    facts = RequestFacts.of(replace(REQUEST, window=window), STANDING, NOW)
    assert facts.ends_in_future
    assert facts.hours_since_end == 0


@pytest.mark.parametrize(
    "change",
    [
        {"case_number": "hd 1"},
        {"case_number": "A" * 40},
        {"purpose": "Identify suspect"},
        {"purpose": ""},
        {"words": " "},
        {"words": "x" * 1001},
        {"window": Window(start=NOW - timedelta(hours=2, seconds=1), end=NOW)},
    ],
)
def test_a_request_without_the_form_of_one_is_refused_with_the_next_step(change: dict[str, Any]) -> None:
    with pytest.raises(BadRequest) as caught:
        replace(REQUEST, **change)
    assert caught.value.kept
    assert caught.value.do


def test_a_missing_case_number_is_left_to_the_ordinance() -> None:
    facts = RequestFacts.of(replace(REQUEST, case_number=""), STANDING, NOW)
    assert not facts.has_case_number
