"""A camera whose clock steps, stops, repeats or wraps is recorded all the same (R01)."""

import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fault.bad_camera import Seat, Shown, cut, make_clip, runs, showing, take

from fanlight.hub.camera import Packet, RtspCamera
from fanlight.hub.camera.live_line import LATE, LiveLine
from fanlight.hub.demo_camera.tracks import Loop

S = 90_000
STEP = 9_000  # between pictures
HOUR, YEARS = 3_600 * S, 10 * 31_557_600 * S


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Loop:
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4")


def shown_at(clip: Loop, times: list[int], first_time: int = 0) -> tuple[list[Packet], RtspCamera]:
    """Return what comes of a camera that gives its pictures these times."""

    async def play(seat: Seat) -> None:
        seat.sender.first_time = first_time
        for index, time in enumerate(times):
            seat.picture(clip, clip.packets[index % len(clip.packets)], time)

    async def run() -> tuple[list[Packet], RtspCamera]:
        async with showing(Shown(clip, [play])) as url:
            camera = RtspCamera(url)
            return await take(camera, len(times)), camera

    return asyncio.run(run())


@pytest.mark.parametrize("step", [HOUR, -HOUR, YEARS, -YEARS, 15 * S, -5 * S])
@pytest.mark.parametrize("at", [20, 23], ids=["at a keyframe", "between keyframes"])
def test_a_clock_that_steps_begins_a_new_run_and_loses_no_picture(clip: Loop, step: int, at: int) -> None:
    """R01: clock steps of an hour and of ten years at the camera."""
    times = [index * STEP + (step if index >= at else 0) for index in range(40)]
    packets, camera = shown_at(clip, times)
    assert [len(p.data) for p in packets] == [len(clip.packets[i % 20].data) for i in range(40)]
    assert camera.damage == 0
    before, after = runs(packets)
    assert len(before) == -(-at // 5) * 5  # the new run begins at the next keyframe
    assert after[0].is_key
    assert sum(s.duration_90k for s in cut(packets)) < 60 * S
    for first, second in itertools.pairwise(packets):
        assert 0 < second.pts_90k - first.pts_90k < 2 * S


def test_a_time_that_wraps_is_no_step(clip: Loop) -> None:
    packets, _ = shown_at(clip, [index * STEP for index in range(40)], first_time=2**32 - 15 * STEP)
    assert [packet.pts_90k for packet in packets] == [index * STEP for index in range(40)]
    assert len(list(runs(packets))) == 1


def test_times_that_repeat_are_told_apart_and_end_nothing(clip: Loop) -> None:
    packets, _ = shown_at(clip, [index // 2 * 2 * STEP for index in range(40)])
    assert len(list(runs(packets))) == 1
    assert all(b.pts_90k > a.pts_90k for a, b in itertools.pairwise(packets))
    assert packets[-1].pts_90k == 38 * STEP + 1


def test_a_clock_that_stands_still_is_replaced_by_arrival() -> None:
    line = LiveLine()
    times = [line.place(5_000, 100_000 * index, is_key=index % 10 == 0) for index in range(200)]
    assert line.steps == 3
    assert all(b > a for a, b in itertools.pairwise(times))
    assert times[-1] - times[-11] == pytest.approx(S, abs=10)


def test_a_clock_that_runs_at_double_speed_is_replaced_by_arrival() -> None:
    line = LiveLine()
    times = [line.place(18_000 * index, 100_000 * index, is_key=index % 10 == 0) for index in range(900)]
    assert times[-1] - times[-11] == pytest.approx(S, abs=10)


def test_a_slow_clock_of_a_cheap_camera_is_no_step() -> None:
    """Up to 500 ppm either way for a day; one picture a second stands for all."""
    for error in (-500, 500):
        line = LiveLine()
        run = line.run
        for second in range(0, 86_400, 5):
            line.place(second * (S + S * error // 1_000_000), second * 1_000_000, is_key=True)
        assert (line.steps, line.run) == (0, run)


def test_what_a_stalled_network_held_back_is_no_step() -> None:
    line = LiveLine()
    run = line.run
    arrivals = [*range(50), *[140] * 90, *range(141, 200)]  # nine seconds late, then all at once
    times = [line.place(9_000 * n, 100_000 * at, is_key=True) for n, at in enumerate(arrivals)]
    assert times == [9_000 * n for n in range(len(arrivals))]
    assert (line.steps, line.run) == (0, run)


@given(
    st.lists(st.tuples(st.integers(-(2**40), 2**40), st.integers(0, 11_000_000), st.booleans()), max_size=60)
)
def test_whatever_the_times_pictures_stay_near_their_arrival(parts: list[tuple[int, int, bool]]) -> None:
    line = LiveLine()
    raw = mono = 0
    for step, passed, is_key in parts:
        raw, mono = raw + step, mono + passed
        at = line.place(raw, mono, is_key=is_key)
        assert abs(at - line.at_arrival(mono)) <= LATE + 3 * S
