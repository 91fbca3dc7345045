"""Zones, heights, sensitivity, presence and "not this": what counts and what does not."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.hub.detector.event import Box, Detection, Label
from fanlight.hub.detector.feedback import NEVER, Feedback
from fanlight.hub.detector.judge import Verdict, is_inside, judge, judge_place
from fanlight.hub.detector.presence import ABSENCE_S, Presence
from fanlight.hub.detector.tracks import STILL_S, Track, Tracks
from fanlight.hub.options import Detect, Point, Zone

PATH = Zone(name="Path", outline=((0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (0.0, 1.0)), labels=("person",))
DOOR = Zone(name="Door", outline=((0.2, 0.7), (0.4, 0.7), (0.3, 1.0)))


def thing(box: Box, label: Label = "person", score: float = 0.9) -> Detection:
    return Detection(label, score, box)


def verdict(one: Detection, options: Detect, *, needs: float = 0.0, first: Box | None = None) -> Verdict:
    track = Track(one.label, first or one.box, one.box, one.box, 0, 0, was_there=False)
    return judge(one, track, 1, options, needs)


STANDS_IN_PATH = (0.2, 0.1, 0.4, 0.8)
STANDS_BESIDE = (0.6, 0.1, 0.9, 0.8)
HANGS_OVER_PATH = (0.1, 0.1, 0.3, 0.4)


def test_only_what_stands_in_a_zone_counts_and_the_event_says_in_which() -> None:
    """R09: the middle of the lower edge decides, so a tall visitor behind a fence does not count."""
    options = Detect(zones=(PATH, DOOR))
    assert verdict(thing(STANDS_IN_PATH), options).zones == ("Path", "Door")
    assert not verdict(thing(STANDS_BESIDE), options).counts
    assert not verdict(thing(HANGS_OVER_PATH), options).counts
    assert "no zone" in verdict(thing(STANDS_BESIDE), options).why


def test_without_zones_everything_counts_wherever_it_stands() -> None:
    assert verdict(thing(STANDS_BESIDE), Detect()) == Verdict(counts=True)


def test_a_zone_takes_only_the_kinds_that_count_in_it() -> None:
    options = Detect(zones=(PATH,))
    assert verdict(thing(STANDS_IN_PATH), options).counts
    assert not verdict(thing(STANDS_IN_PATH, "vehicle"), options).counts


@pytest.mark.parametrize(
    ("options", "one", "counts"),
    [
        (Detect(labels=("person",)), thing(STANDS_BESIDE, "animal"), False),
        (Detect(labels=("animal",)), thing(STANDS_BESIDE, "animal"), True),
        (Detect(min_height=0.7), thing(STANDS_BESIDE), True),
        (Detect(min_height=0.71), thing(STANDS_BESIDE), False),
        (Detect(sensitivity="low"), thing(STANDS_BESIDE, score=0.34), False),
        (Detect(sensitivity="normal"), thing(STANDS_BESIDE, score=0.34), True),
        (Detect(sensitivity="normal"), thing(STANDS_BESIDE, score=0.2), False),
        (Detect(sensitivity="high"), thing(STANDS_BESIDE, score=0.2), True),
    ],
)
def test_kind_height_and_sensitivity_decide(options: Detect, one: Detection, counts: bool) -> None:  # noqa: FBT001
    """R09."""
    assert verdict(one, options).counts is counts


def test_what_stands_still_does_not_count_and_the_page_can_say_why() -> None:
    still = Track("vehicle", STANDS_BESIDE, STANDS_BESIDE, STANDS_BESIDE, 0, 0, was_there=True)
    told = judge(thing(STANDS_BESIDE, "vehicle"), still, 5, Detect())
    assert (told.counts, told.why) == (False, "It has stood there for long or from the beginning.")


TENTHS = st.integers(0, 9)


@given(st.tuples(TENTHS, TENTHS), st.tuples(st.integers(1, 5), st.integers(1, 5)), st.tuples(TENTHS, TENTHS))
def test_inside_a_rectangle_is_between_its_sides(
    corner: tuple[int, int], size: tuple[int, int], cell: tuple[int, int]
) -> None:
    (left, top), (right, bottom) = corner, (corner[0] + size[0], corner[1] + size[1])
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    outline: list[Point] = [(x / 10, y / 10) for x, y in corners]
    point = (cell[0] / 10 + 0.05, cell[1] / 10 + 0.05)
    expected = left <= cell[0] < right and top <= cell[1] < bottom
    assert is_inside(point, outline) is is_inside(point, outline[::-1]) is expected


def test_a_look_that_sees_somebody_never_ends_an_event_however_late_it_comes() -> None:
    presence = Presence()
    _, begun = presence.look(0, [thing(STANDS_BESIDE)])
    assert begun is not None
    assert presence.look(ABSENCE_S + 4, [thing(STANDS_BESIDE)]) == (None, None)
    assert presence.present is begun


def test_one_look_that_missed_somebody_ends_nothing_and_asks_for_another() -> None:
    presence = Presence()
    presence.look(0, [thing(STANDS_BESIDE)])
    assert presence.look(10, []) == (None, None)
    assert presence.is_unsure
    ended, _ = presence.look(10.5, [])
    assert ended is not None
    assert ended.last_s == 0


def test_what_stood_still_before_a_break_is_still_known_after_it() -> None:
    tracks = Tracks()
    car = thing(STANDS_BESIDE, "vehicle")
    tracks.look(0, [car], 0.35, lambda _: True)
    (after,) = tracks.look(300, [car], 0.35, lambda _: True)
    assert after is not None
    assert after.is_still(300)


def test_a_car_that_passes_a_parked_one_leaves_it_parked() -> None:
    tracks = Tracks()
    parked, passing = thing(STANDS_BESIDE, "vehicle"), thing((0.45, 0.1, 0.75, 0.8), "vehicle")
    tracks.look(0, [parked], 0.35, lambda _: True)
    (moves,) = tracks.look(10, [passing], 0.35, lambda _: True)
    (stands,) = tracks.look(11, [parked], 0.35, lambda _: True)
    assert moves is not None
    assert stands is not None
    assert (moves.is_still(10), stands.is_still(11)) == (False, True)


def test_who_comes_to_rest_counts_for_a_minute() -> None:
    tracks = Tracks()
    tracks.look(0, [], 0.35, lambda _: True)
    (track,) = tracks.look(10, [thing(STANDS_BESIDE)], 0.35, lambda _: True)
    assert track is not None
    assert not track.is_still(10 + STILL_S["person"])
    assert track.is_still(10.1 + STILL_S["person"])


@pytest.fixture
def feedback(tmp_path: Path) -> Iterator[Feedback]:
    store = Feedback(tmp_path)
    yield store
    store.close()


STATUE = (0.5, 0.2, 0.6, 0.6)
ALMOST = (0.51, 0.21, 0.61, 0.61)
FAR = (0.1, 0.2, 0.2, 0.6)


def said(feedback: Feedback, *scores: float) -> list[str]:
    """Let the detector have made events of a statue, and a member say of each: not this."""
    names = [f"event-{index}" for index in range(len(scores))]
    for name, score in zip(names, scores, strict=True):
        feedback.saw(name, "door", "person", STATUE, score)
        assert feedback.mark(name)
    return names


def test_not_this_makes_the_like_at_its_place_need_more(feedback: Feedback) -> None:
    """R09: and it is the positive control: a person elsewhere, or of another size, counts as before."""
    said(feedback, 0.6)
    needs = feedback.needs("door", "person", ALMOST)
    assert needs == pytest.approx(0.7)
    assert not verdict(thing(ALMOST, score=0.65), Detect(), needs=needs).counts
    assert verdict(thing(ALMOST, score=0.75), Detect(), needs=needs).counts
    others: list[tuple[Box, Label, str]] = [
        (FAR, "person", "door"),
        ((0.5, 0.2, 0.9, 1.0), "person", "door"),
        (ALMOST, "vehicle", "door"),
        (ALMOST, "person", "garden"),
    ]
    for box, label, camera in others:
        assert feedback.needs(camera, label, box) == 0


def test_who_walked_to_a_marked_place_counts_even_there(feedback: Feedback) -> None:
    said(feedback, 0.6)
    needs = feedback.needs("door", "person", ALMOST)
    assert verdict(thing(ALMOST, score=0.5), Detect(), needs=needs, first=FAR).counts


def test_the_third_mark_at_a_place_silences_it(feedback: Feedback) -> None:
    said(feedback, 0.6, 0.7)
    assert feedback.needs("door", "person", ALMOST) == pytest.approx(0.9)
    said(feedback, 0.6, 0.7, 0.8)
    assert feedback.needs("door", "person", ALMOST) == NEVER


def test_a_mark_can_be_taken_back(feedback: Feedback) -> None:
    (name,) = said(feedback, 0.6)
    assert feedback.mark(name, on=False)
    assert feedback.needs("door", "person", ALMOST) == 0
    assert feedback.marks("door") == []


def test_an_event_that_nobody_saw_cannot_be_marked(feedback: Feedback) -> None:
    assert not feedback.mark("unheard-of")


def test_marks_outlive_the_hub_and_end_with_the_camera(tmp_path: Path) -> None:
    first = Feedback(tmp_path)
    said(first, 0.6)
    first.close()
    again = Feedback(tmp_path)
    assert [mark.box for mark in again.marks("door")] == [STATUE]
    again.forget("door")
    assert again.needs("door", "person", STATUE) == 0
    again.close()


def test_a_mark_is_a_place_and_a_label_and_nothing_of_anybody(feedback: Feedback, tmp_path: Path) -> None:
    """R07: no picture and nothing computed from one is in the store."""
    said(feedback, 0.6)
    db = sqlite3.connect(tmp_path / "feedback.sqlite")
    columns = [(name, kind) for _, name, kind, *_ in db.execute("PRAGMA table_info(place)")]
    db.close()
    assert columns == [
        ("event", "TEXT"), ("camera", "TEXT"), ("label", "TEXT"), ("score", "REAL"),
        ("x0", "REAL"), ("y0", "REAL"), ("x1", "REAL"), ("y1", "REAL"), ("not_this", "INTEGER"),
    ]  # fmt: skip


@given(st.binary(min_size=1, max_size=300))
def test_a_damaged_store_is_put_aside(data: bytes) -> None:
    import tempfile  # noqa: PLC0415 - a folder for each example

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "feedback.sqlite").write_bytes(data)
        store = Feedback(folder)
        assert store.marks("door") == []
        store.close()


def test_what_was_left_counts_by_the_same_rules() -> None:
    box = (0.25, 0.7, 0.35, 0.8)
    parcel = thing(box, "package", 0.4)
    assert judge_place(parcel, Detect(zones=(DOOR,))) == Verdict(counts=True, zones=("Door",))
    assert not judge_place(parcel, Detect(zones=(PATH,))).counts
    assert not judge_place(parcel, Detect(labels=("person",))).counts
    assert not judge_place(parcel, Detect(sensitivity="low")).counts
    assert not judge_place(parcel, Detect(), needs=0.5).counts
