import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fanlight.hub.camera import FileCamera
from fanlight.hub.detector import Closed, Detector, Event
from fanlight.hub.detector.model import OnnxModel
from fanlight.hub.packet import Packet
from fanlight.hub.segmenter import Segmenter, fmp4

FOLDER = Path(os.environ["FANLIGHT_SHARED"]) / "data" / "footage"
START = datetime(2026, 11, 21, 18, tzinfo=UTC)


@pytest.fixture(scope="module")
def model() -> OnnxModel:
    return OnnxModel()


def events_of(name: str, model: OnnxModel) -> list[Event]:
    async def run() -> list[Event]:
        camera, detector = FileCamera(FOLDER / name, start=START), Detector("a", model=model)
        packets = [packet async for packet in camera.packets() if isinstance(packet, Packet)]
        changes = [change for packet in packets for change in detector.feed(packet)]
        await camera.close()
        return [change.event for change in changes + detector.finish() if isinstance(change, Closed)]

    return asyncio.run(run())


@pytest.mark.parametrize("name", ["vtest.avi", "vtest_1280x960_h264.mp4"])
def test_walkers_who_are_always_in_view_make_person_events_of_bounded_length(
    name: str, model: OnnxModel
) -> None:
    events = events_of(name, model)
    assert {event.label for event in events} == {"person"}
    assert max((event.end - event.start).total_seconds() for event in events) <= 61
    assert sum((event.end - event.start).total_seconds() for event in events) > 70


def test_a_sudden_change_of_brightness_is_nobody(model: OnnxModel) -> None:
    assert events_of("issue53_brightness_change.avi", model) == []


def test_hands_that_move_bottles_leave_no_package_where_no_person_was_seen(model: OnnxModel) -> None:
    """R09: what the detector cannot see it does not invent."""
    assert {event.label for event in events_of("bottle-detection.mp4", model)} <= {"person"}


@pytest.mark.parametrize(
    "name", ["traffic_camera.mp4", "traffic_camera_vfr.mp4", "traffic_1080p_camprofile.mp4"]
)
def test_traffic_makes_vehicle_events(name: str, model: OnnxModel) -> None:
    assert {event.label for event in events_of(name, model)} == {"vehicle"}


def test_a_visitor_in_a_noisy_stream_with_rare_keyframes_is_one_event(model: OnnxModel) -> None:
    (event,) = events_of("person_1080p_camprofile_noisy.mp4", model)
    assert event.label == "person"
    assert abs((event.start - START).total_seconds() - 6.5) <= 1


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.[ma][pv][4i]")), ids=lambda path: path.name)
def test_all_footage_becomes_clips_of_the_right_length(path: Path) -> None:
    async def run() -> tuple[fmp4.Joined, int]:
        camera, segmenter = FileCamera(path, start=START), Segmenter()
        segments = [s async for packet in camera.packets() for s in segmenter.feed(packet)]
        await camera.close()
        return fmp4.join(segments + segmenter.finish()), camera.damage

    joined, damage = asyncio.run(run())
    assert damage == 0
    lengths = {
        "bottle": 39.9, "issue53": 4.9, "one-by-one": 90.1, "person": 20.0, "traffic_1080p": 23.1,
        "traffic_camera.": 23.0, "traffic_camera_vfr": 34.5, "vtest": 79.5,
    }  # fmt: skip
    wanted = next(length for prefix, length in lengths.items() if path.name.startswith(prefix))
    assert joined.duration_ms / 1000 == pytest.approx(wanted, abs=0.1)
