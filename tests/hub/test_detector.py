import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fanlight.hub
from fanlight.hub.camera import FileCamera
from fanlight.hub.detector import Closed, Detector, Event, Opened
from fanlight.hub.detector.event import RANK, Detection, Label, iou
from fanlight.hub.detector.gate import Gate
from fanlight.hub.detector.presence import ABSENCE_S, MAX_EVENT_S, Presence
from fanlight.hub.detector.thumb import MAX_BYTES, shrink, to_jpeg
from fanlight.hub.detector.tracks import Tracks
from fanlight.hub.packet import Packet

CLIP = Path(fanlight.hub.__file__).parent / "data" / "one-by-one-person-detection.mp4"
VISITS = [(6.5, 19.0), (23.0, 44.5), (51.0, 69.0), (74.5, 86.5)]
START = datetime(2026, 11, 21, 18, tzinfo=UTC)
LABELS: list[Label] = ["person", "animal", "vehicle"]


@pytest.fixture(scope="module")
def changes() -> list[Opened | Closed]:
    async def run() -> list[Opened | Closed]:
        camera, detector = FileCamera(CLIP, start=START), Detector("door")
        packets = [packet async for packet in camera.packets() if isinstance(packet, Packet)]
        found = [change for packet in packets for change in detector.feed(packet)]
        await camera.close()
        assert detector.looks < detector.packets / 4
        return found + detector.finish()

    return asyncio.run(run())


def test_each_visit_to_the_door_is_one_event_of_a_person(changes: list[Opened | Closed]) -> None:
    """R01: visitors are seen, also those who stand still for a while."""
    events = [change.event for change in changes if isinstance(change, Closed)]
    assert [event.label for event in events] == ["person"] * 4
    for event, (begins, ends) in zip(events, VISITS, strict=True):
        assert -1.5 <= (event.start - START).total_seconds() - begins <= 0.7
        assert abs((event.end - START).total_seconds() - ends) <= 1.5
        assert event.score > 0.8


def test_each_event_opens_before_it_closes_under_one_id(changes: list[Opened | Closed]) -> None:
    kinds = [type(change) for change in changes]
    assert kinds == [Opened, Closed] * 4
    for opened, closed in zip(changes[::2], changes[1::2], strict=True):
        assert opened.event.id == closed.event.id
        assert opened.event.start == closed.event.start


def test_a_thumbnail_is_a_small_picture(changes: list[Opened | Closed], tmp_path: Path) -> None:
    for change in changes:
        assert 1_000 < len(change.event.thumb) <= MAX_BYTES
    (tmp_path / "thumb.jpg").write_bytes(changes[-1].event.thumb)
    with av.open(str(tmp_path / "thumb.jpg")) as picture:
        (frame,) = picture.decode(video=0)
    assert isinstance(frame, av.VideoFrame)
    assert (frame.width, frame.height) == (320, 180)


def test_an_event_holds_nothing_of_a_person_but_label_score_and_times() -> None:
    """R07: no embedding, no identity, no plate, no gait."""
    known = {"id", "camera", "label", "start", "end", "score", "thumb", "zones", "change", "box"}
    assert set(Event.__dataclass_fields__) == known


@pytest.mark.parametrize(("width", "height"), [(320, 180), (2, 2), (4000, 30), (31, 3001)])
def test_even_noise_becomes_a_thumbnail_of_at_most_12_kib(width: int, height: int) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)
    data = to_jpeg(shrink(av.VideoFrame.from_ndarray(noise, "rgb24")))
    assert 0 < len(data) <= MAX_BYTES


def person(left: float = 0.4, score: float = 0.9, label: Label = "person") -> Detection:
    return Detection(label, score, (left, 0.2, left + 0.2, 0.8))


def moving(tracks: Tracks, now_s: float, found: list[Detection], *, changed: bool = True) -> list[Detection]:
    """Return what is no part of the scene."""
    seen = tracks.look(now_s, found, 0.35, lambda _: changed)
    return [one for one, track in zip(found, seen, strict=True) if track and not track.is_still(now_s)]


def test_what_stood_there_from_the_beginning_is_no_event_until_it_moves() -> None:
    tracks = Tracks()
    for second in range(30):
        assert moving(tracks, second, [person()]) == []
    assert moving(tracks, 30, [person(0.5)]) == [person(0.5)]


def test_who_stands_still_for_more_than_a_minute_becomes_part_of_the_scene() -> None:
    tracks = Tracks()
    moving(tracks, 0, [])
    counted = [second for second in range(5, 200) if moving(tracks, second, [person()])]
    assert counted == list(range(5, 66))


def test_a_parked_car_that_was_overlooked_for_a_while_did_not_arrive() -> None:
    tracks = Tracks()
    moving(tracks, 0, [])
    assert moving(tracks, 20, [person(label="vehicle")], changed=False) == []
    assert moving(tracks, 200, [person(label="vehicle")]) == []
    assert moving(tracks, 201, [person(0.0, label="vehicle")]) != []


def test_a_model_that_is_unsure_begins_nothing_but_goes_on_with_what_was_there() -> None:
    tracks = Tracks()
    moving(tracks, 0, [])
    assert moving(tracks, 5, [person(score=0.3)]) == []
    assert moving(tracks, 6, [person(score=0.4)]) != []
    assert moving(tracks, 7, [person(score=0.3)]) != []


def test_one_unsure_look_opens_nothing_and_two_in_a_row_do() -> None:
    presence = Presence()
    assert presence.look(0, [person(score=0.4)]) == (None, None)
    assert presence.look(5, [person(score=0.4)]) == (None, None)
    _, begun = presence.look(6, [person(score=0.4)])
    assert begun is not None
    assert begun.start_s == 5


def test_an_event_takes_the_highest_rank_among_what_is_seen() -> None:
    presence = Presence()
    presence.look(0, [person(label="vehicle")])
    presence.look(1, [person(label="vehicle"), person(label="person", score=0.5)])
    assert presence.look(8, []) == (None, None)
    ended, _ = presence.look(9, [])
    assert ended is not None
    assert (ended.label, ended.score, ended.start_s, ended.last_s) == ("person", 0.5, 0, 1)


SEEN = st.lists(st.tuples(st.sampled_from(LABELS), st.floats(0.35, 1)), max_size=3)


@given(st.lists(st.tuples(st.floats(0.1, 3), SEEN), max_size=200))
def test_events_are_bounded_in_order_and_never_overlap(
    looks: list[tuple[float, list[tuple[Label, float]]]],
) -> None:
    """E1, E2, E3."""
    presence, now, ended, begun = Presence(), 0.0, [], []
    for step, seen in looks:
        now += step
        over, new = presence.look(now, [person(label=label, score=score) for label, score in seen])
        ended += [over] if over else []
        begun += [new] if new else []
    ended += [over] if (over := presence.stop()) else []
    assert len(begun) == len(ended)
    for event in ended:
        assert event.start_s <= event.last_s <= event.start_s + MAX_EVENT_S
        assert event.label in RANK
    for before, after in itertools.pairwise(ended):
        assert before.last_s <= after.start_s


def test_an_absence_shorter_than_the_limit_ends_nothing() -> None:
    presence = Presence()
    presence.look(0, [person()])
    assert presence.look(ABSENCE_S, []) == (None, None)
    assert presence.look(ABSENCE_S + 0.1, [])[0] is not None


def second(gate: Gate, at: int, size: int) -> list[bool]:
    """Feed a second of a stream with a keyframe at its start; noise costs most just after it."""
    sizes = [size + size // (2 * n) for n in range(1, 10)]
    return [
        gate.feed(at + n / 10, 9_000 if n == 0 else sizes[n - 1] + at % 3, is_key=n == 0) for n in range(10)
    ]


def test_the_gate_shuts_on_a_quiet_stream_and_opens_when_packets_grow() -> None:
    gate = Gate()
    for at in range(30):
        assert all(second(gate, at, 500)) == (at < 2)
    assert any(second(gate, 30, 3_000))
    assert not any(state for at in range(33, 60) for state in second(gate, at, 500))


def test_the_gate_learns_rain_that_goes_on_and_forgets_it_again() -> None:
    gate = Gate()
    states = [any(second(gate, at, 3_000 if 60 <= at < 200 else 500)) for at in range(300)]
    assert all(states[60:85])
    assert not any(states[150:])


@given(
    *[
        st.tuples(*[st.floats(0, 1)] * 4).map(
            lambda s: (min(s[0], s[2]), min(s[1], s[3]), max(s[0], s[2]), max(s[1], s[3]))
        )
    ]
    * 2
)
def test_overlap_is_between_nought_and_one_and_the_same_both_ways(
    a: tuple[float, float, float, float], b: tuple[float, float, float, float]
) -> None:
    assert 0 <= iou(a, b) <= 1.000001
    assert iou(a, b) == pytest.approx(iou(b, a))


def test_a_new_run_ends_what_was_present() -> None:
    async def run() -> list[Opened | Closed]:
        camera, detector = FileCamera(CLIP, start=START), Detector("door")
        packets = [packet async for packet in camera.packets() if isinstance(packet, Packet)]
        await camera.close()
        visit = [packet for packet in packets if 50 <= packet.pts_90k / 90_000 < 54]
        other = FileCamera(CLIP, start=START + timedelta(hours=1))
        again = [p async for p in other.packets() if isinstance(p, Packet) and p.pts_90k < 180_000]
        await other.close()
        return [change for packet in [*visit, *again] for change in detector.feed(packet)]

    opened, closed = asyncio.run(run())
    assert isinstance(opened, Opened)
    assert isinstance(closed, Closed)
