"""`fanlight import assemblies`: calendars of gatherings; what has no place or time is told and left out."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from fanlight.cli.lists.assemblies import around, assemblies
from fanlight.cli.lists.rows import BadList, Source
from fanlight.cli.main import main
from fanlight.model.geo import AUTHALIC_RADIUS_M, Polygon

WHERE = ("--source", "the town's calendar", "--credit", "the town", "--as-of", "2026-11-01")
EVENT = {"DTSTART": "20261201T180000", "DTEND": "20261201T230000", "SUMMARY": "March", "GEO": "37.38;-122.08"}
FEATURE: dict[str, Any] = {
    "type": "Feature",
    "properties": {"name": "Vigil", "start": "2026-12-01T18:00:00+01:00", "end": "2026-12-01T20:00:00Z"},
    "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [0.01, 0], [0.01, 0.01], [0, 0]]]},
}


def calendar(*events: dict[str, str]) -> str:
    told = [
        "\r\n".join(["BEGIN:VEVENT", *(f"{name}:{value}" for name, value in one.items()), "END:VEVENT"])
        for one in events
    ]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *told, "END:VCALENDAR", ""])


def collection(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def read(body: str, zone: str = "America/New_York") -> Any:
    return assemblies(Source(Path("list"), body.encode(), "0" * 64), radius_m=200, zone=ZoneInfo(zone))


def test_a_calendar_is_read_with_its_zone_and_what_cannot_be_taken_is_told(tmp_path: Path) -> None:
    """R21: a gathering that the town knows of; nothing about it is guessed."""
    path = tmp_path / "calendar.ics"
    wrong = [
        {key: value for key, value in EVENT.items() if key != "GEO"},
        EVENT | {"RRULE": "FREQ=DAILY"},
        EVENT | {"DTSTART": "20261201"},
        EVENT | {"DTEND": "20261201T170000"},
        EVENT | {"DTEND": "20270201T170000"},
        EVENT | {"GEO": "north"},
        EVENT | {"SUMMARY": ""},
    ]
    path.write_text(calendar(EVENT, *wrong))
    result = CliRunner().invoke(
        main, ["import", "assemblies", str(path), "--timezone", "America/New_York", *WHERE]
    )
    assert result.exit_code == 0, result.output
    told = result.output.splitlines()
    assert told[0] == "1 gatherings; 7 left out."
    assert told[1:8] == [
        "  event 2: it has no place (GEO)",
        "  event 3: it repeats: list each day by itself",
        "  event 4: it has no DTSTART with a time of day",
        "  event 5: it ends before it begins",
        "  event 6: it lasts 31 days or more",
        "  event 7: its GEO cannot be read",
        "  event 8: a name has 1 to 200 letters",
    ]
    line = read(path.read_text()).lines[0]
    assert (line["name"], line["start"]) == ("March", "2026-12-01T23:00:00.000Z")
    assert Polygon.of(line["outline"]).contains(-122.08, 37.38)


def test_areas_of_geojson_are_read_as_they_are_drawn() -> None:
    wrong: list[Any] = [
        7,
        FEATURE | {"geometry": None},
        FEATURE | {"geometry": {"type": "Point", "coordinates": [0, 0]}},
        FEATURE | {"properties": {"name": "x", "start": "soon", "end": "later"}},
        FEATURE | {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}},
    ]
    found = read(collection(FEATURE, *wrong))
    assert [(one["name"], one["start"], len(one["outline"])) for one in found.lines] == [
        ("Vigil", "2026-12-01T17:00:00.000Z", 3)
    ]
    assert len(found.left) == len(wrong)


@pytest.mark.parametrize(
    "body", ["", "x", "{", "{}", '{"type": "Feature", "features": []}', calendar(), collection()]
)
def test_what_holds_no_gathering_gets_one_clear_error(body: str) -> None:
    with pytest.raises(BadList, match="cannot be taken over"):
        read(body)


@given(st.text(max_size=200) | st.text(max_size=60).map(lambda some: calendar(EVENT | {"DTEND": some})))
@settings(max_examples=60)
def test_no_text_at_all_brings_more_than_one_clear_error(body: str) -> None:
    for each in (body, body.replace("\r\n", "\n"), collection(body)):
        said = ["list cannot be taken over: "]
        try:
            read(each)
        except BadList as error:
            said = error.what.splitlines()
        assert said[0].startswith("list cannot be taken over: ")


def test_a_gathering_over_the_meridian_at_which_degrees_turn_is_told_and_left_out() -> None:
    found = read(calendar(EVENT, EVENT | {"GEO": "-16.8;179.999"}, EVENT | {"GEO": "-16.8;-180"}))
    assert [line["line"] for line in found.lines] == [1]
    over = "it reaches over the 180th meridian: draw it as an area on either side, in GeoJSON"
    assert found.left == [f"event 2: {over}", f"event 3: {over}"]


@given(st.floats(-179.8, 179.8), st.floats(-80, 80), st.floats(25, 2_000))
def test_a_gathering_reaches_as_far_around_its_point_as_was_said(
    lon: float, lat: float, radius: float
) -> None:
    area = around(lon, lat, radius).area_m2
    circle = 3.14159 * radius**2
    assert circle * 0.98 < area < circle * 1.12
    assert area < AUTHALIC_RADIUS_M**2
