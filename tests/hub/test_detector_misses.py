import json
from pathlib import Path

from fanlight.hub.detector import misses
from fanlight.hub.detector.miss_rates import NOT_COVERED

LABELS = Path(__file__).parents[2] / "bench" / "labels" / "persons.json"


def test_the_hub_can_say_how_often_people_are_overlooked_by_light_and_by_size() -> None:
    """R08."""
    found = misses()
    assert {"person, as recorded", "person, smaller"} <= {rate.case for rate in found}
    for rate in found:
        assert 0 <= rate.missed <= rate.frames
        assert rate.rate == rate.missed / rate.frames
    people = sum(
        len(boxes) for frames in json.loads(LABELS.read_text()).values() for boxes in frames.values()
    )
    by_size = [
        rate for rate in found if rate.case.split(", ")[1].startswith(("half", "an eighth", "smaller"))
    ]
    assert sum(rate.frames for rate in by_size) == found[0].frames == people


def test_what_was_not_measured_is_said_beside_it() -> None:
    """R08: no rate by groups of people is shown or hinted at; that there is none is said."""
    assert all(word in NOT_COVERED for word in ("skin colour", "sex", "age", "night", "children"))
    assert all("skin" not in rate.case for rate in misses())
