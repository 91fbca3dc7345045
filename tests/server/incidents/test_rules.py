"""R11 R18: what of a report is kept: coarse in place and time, whatever an outline looks like."""

from datetime import UTC, datetime, timedelta
from typing import Any

import h3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.server.incidents import samples

from fanlight.server.incidents.mapping import from_toml
from fanlight.server.incidents.reading import Report
from fanlight.server.incidents.rules import Kept, Settings, Shaping, rounded

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BOUNDS = (-122.45, 37.76, -122.38, 37.8)
SETTINGS = Settings(
    agency="CA0389900",
    name="Dispatch",
    mapping=from_toml(samples.CSV),
    types={"Fire": "fire"},
    delay_min=30,
    key="A" * 43 + "=",
)


def shaped(drawn: float = 0.5, **said: Any) -> Kept | str:
    report = Report(**{"key": "1", "kind": "Fire", "began": NOW - timedelta(hours=3), "changed": NOW, **said})
    return Shaping(SETTINGS, bytes(32), BOUNDS, NOW).shape(report, drawn)


CORNERS = st.tuples(st.floats(-180, 180), st.floats(-85, 85)) | st.tuples(
    st.floats(-122.6, -122.2), st.floats(37.6, 37.9)
)


@given(st.lists(st.lists(CORNERS, min_size=3, max_size=8).map(tuple), min_size=1, max_size=3).map(tuple))
@settings(deadline=None)
def test_any_outline_is_cells_the_town_or_elsewhere(
    outline: tuple[tuple[tuple[float, float], ...], ...],
) -> None:
    """Crossing, tiny, huge and empty outlines: never an error, never more than some hundred cells."""
    found = shaped(outline=outline)
    if not isinstance(found, Kept):
        assert found == "elsewhere"
        return
    assert len(found.cells) <= 300
    assert {h3.get_resolution(cell) for cell in found.cells} <= {7}


@given(st.floats(-122.45, -122.38), st.floats(37.76, 37.8), st.floats(0, 1), st.integers(0, 86_000))
@settings(deadline=None)
def test_a_point_is_a_cell_and_no_time_is_exact(lon: float, lat: float, drawn: float, ago: int) -> None:
    """The cell holds the point, nothing tells where in it; each time is a full ten minutes, late enough."""
    began = NOW - timedelta(seconds=ago)
    found = shaped(drawn, point=(lon, lat), began=began)
    assert isinstance(found, Kept)
    assert found.cells == (h3.latlng_to_cell(lat, lon, 9),)
    for moment in (found.began, found.shown, found.ends):
        assert moment == rounded(moment)
    assert began + timedelta(minutes=30) < found.shown <= began + timedelta(minutes=56)
    assert found.ends - began <= timedelta(hours=24, minutes=10)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"kind": "Medical"}, "not_listed"),
        ({"began": NOW - timedelta(hours=25)}, "over_a_day_old"),
        ({"until": NOW - timedelta(minutes=1)}, "over_a_day_old"),
        ({"began": NOW + timedelta(minutes=11)}, "ahead"),
        ({"began": datetime.max.replace(tzinfo=UTC)}, "ahead"),
        ({"point": (10.0, 10.0)}, "elsewhere"),
    ],
)
def test_why_something_is_dropped(said: dict[str, Any], why: str) -> None:
    """Each reason by itself; a type is known whatever its case."""
    assert shaped(**said) == why
    assert isinstance(shaped(kind="FIRE"), Kept)
