"""The demo town: invented where it must be, credited where it is not, and small."""

import gzip
import json
from datetime import date, timedelta
from importlib import resources

import pytest

from fanlight.demo import LAYERS, credits_text, dispatch, layer_gz, load_town, paper
from fanlight.model.geo import covering_cells, home_cell
from fanlight.policy import find_phrases, find_records

TOWN = load_town()
TODAY = date(2026, 11, 21)


def test_everything_invented_says_so() -> None:
    assert TOWN.demo
    for part in ("agency", "agreement", "clerk", "household", "sample_request"):
        assert TOWN.raw[part]["demo"] is True
    assert all(plan["demo"] is True for plan in TOWN.raw["assemblies"])
    assert "(demo)" in TOWN.agency["name"]


def test_the_package_holds_no_key_or_seed() -> None:
    text = json.dumps(TOWN.raw).lower()
    assert not any(word in text for word in ("seed", "secret", "age1", "private"))


@pytest.mark.parametrize("name", LAYERS)
def test_each_layer_is_geojson_with_a_credit(name: str) -> None:
    layer = json.loads(gzip.decompress(layer_gz(name)))
    assert layer["type"] == "FeatureCollection"
    assert layer["features"]
    assert f"`{name}.geojson.gz`" in credits_text()


def test_the_whole_town_is_under_a_megabyte() -> None:
    folder = resources.files("fanlight.demo").joinpath("town")
    assert sum(len(file.read_bytes()) for file in folder.iterdir()) < 1_000_000


def test_the_dispatch_extract_holds_nothing_medical_or_personal() -> None:
    """R18: by a list of what may be shown; time and a place snapped to 100 m, no text."""
    rows = dispatch()
    assert len(rows) == 829
    assert {row.group for row in rows} == {"Alarm", "Collision", "Fire", "Hazard", "Rescue"}
    assert not any("medical" in row.kind.lower() or "assist" in row.kind.lower() for row in rows)
    assert all(abs(row.lat / 0.0009 - round(row.lat / 0.0009)) < 0.02 for row in rows)
    assert all(abs(row.lon / 0.00114 - round(row.lon / 0.00114)) < 0.02 for row in rows)


def test_the_agreement_was_published_heard_and_voted_before_it_began() -> None:
    """R33: the demo's agreement takes the steps that any takes."""
    plan = TOWN.agreement(TODAY)
    voted = date.fromisoformat(plan.vote["date"])
    days = [
        plan.appointed,
        plan.published,
        plan.comment_until,
        plan.heard,
        voted,
        plan.starts,
        TODAY,
        plan.ends,
    ]
    assert days == sorted(set(days))
    assert plan.vote["ayes"] > plan.vote["noes"]
    for name in ("agreement", "impact-report", "use-policy", "hearing", "vote", "clerk"):
        assert "(" in paper(name).splitlines()[0]
        assert "invented" in paper(name).splitlines()[0]


def test_the_household_lives_inside_the_jurisdiction_in_a_shared_cell() -> None:
    assert TOWN.jurisdiction.contains(*TOWN.place)
    cell = home_cell(*TOWN.place, TOWN.homes)
    assert TOWN.homes[cell] >= 50


def test_the_sample_request_could_be_opened_and_reaches_the_household() -> None:
    sample = TOWN.sample_request
    assert TOWN.jurisdiction.covers(sample.area)
    assert sample.area.contains(*TOWN.place)
    assert home_cell(*TOWN.place, TOWN.homes) in covering_cells(sample.area, TOWN.homes)
    assert 0.025 <= sample.area.area_sq_mi <= 0.5
    assert find_phrases(sample.words) == []
    assert find_records(sample.words) == []


def test_the_known_assembly_was_yesterday_and_away_from_the_sample() -> None:
    assembly = TOWN.assemblies(TODAY)[0]
    assert assembly.window.start.date() == TODAY - timedelta(days=1)
    assert not assembly.area.overlaps(TOWN.sample_request.area)
    assert TOWN.jurisdiction.covers(assembly.area)
