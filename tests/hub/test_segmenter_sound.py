"""Sound beside the pictures, and the hub's clock: nothing is lost uncounted, nothing delays a picture."""

import contextlib
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hub.demuxed import cut, later, make, packets

from fanlight.hub.packet import AudioInfo, AudioPacket, Packet, StreamInfo
from fanlight.hub.segmenter import BadFmp4, Segment, Segmenter, fmp4
from fanlight.hub.segmenter.segmenter import MAX_WAITING_SOUND

INFO = StreamInfo(codec="avc1.42001e", width=16, height=16, config=b"\1")
AAC = AudioInfo(codec="mp4a.40.2", rate_hz=16_000, channels=1, config=b"\x14\x08")
OPUS = AudioInfo(codec="opus", rate_hz=48_000, channels=1)
WALL = datetime(2026, 3, 29, 0, 59, 50, tzinfo=UTC)  # ten seconds before clocks go forward in Europe
STEP, FRAME = 6_000, 5_760


def picture(pts: int, *, key: bool = False, run: int = 1, ahead_s: float = 0, **more: object) -> Packet:
    """Return a picture; `ahead_s` is by how much the hub's clock was set since the start."""
    made = Packet(
        info=INFO, run=run, pts_90k=pts, dts_90k=None, is_key=key, data=pts.to_bytes(8) + b"picture",
        wall=WALL + timedelta(microseconds=pts * 100 / 9, seconds=ahead_s), mono_us=10**9 + pts * 100 // 9,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type] # names of fields


def sound(pts: int, *, run: int = 1, info: AudioInfo = AAC, lasts: int = FRAME) -> AudioPacket:
    return AudioPacket(
        info=info, run=run, pts_90k=pts, duration_90k=lasts, data=pts.to_bytes(8) + b"sound", wall=WALL
    )


def film(seconds: int, *, run: int = 1, gop: int = 15, ahead_s: float = 0) -> list[Packet]:
    """Return pictures, 15 a second, a keyframe each `gop`."""
    return [picture(n * STEP, key=n % gop == 0, run=run, ahead_s=ahead_s) for n in range(seconds * 15)]


def heard(segments: list[Segment]) -> list[int]:
    """Return when each frame of sound in the segments was sent to begin."""
    return [int.from_bytes(data[:8]) for _, data, _ in placed(segments)]


def placed(segments: list[Segment]) -> list[tuple[int, bytes, int]]:
    """Return when each frame of sound begins by the segments, its bytes, and how long it lasts."""
    found = []
    for segment in segments:
        run = fmp4.read(segment.fragment).sound
        assert (run is None) == (segment.audio is None)
        if run is not None:
            at = run.start_90k
            for data, duration in zip(run.cut(segment.fragment), run.durations_90k, strict=True):
                found.append((at, bytes(data), duration))
                at += duration
    return found


def feed(found: list[Packet | AudioPacket]) -> tuple[list[Segment], Segmenter]:
    segmenter = Segmenter()
    return [s for packet in found for s in segmenter.feed(packet)] + segmenter.finish(), segmenter


def by_arrival(
    pictures: list[Packet], frames: list[AudioPacket], late: int = 0
) -> list[Packet | AudioPacket]:
    """Return both in the order in which they come when sound is `late`, 1/90,000 s."""
    together = [(p.pts_90k, 0, p) for p in pictures] + [(f.pts_90k + late, 1, f) for f in frames]
    return [item for _, _, item in sorted(together, key=lambda one: one[:2])]


@pytest.mark.parametrize("late", [-90_000, -20_000, 0, FRAME, 45_000, 200_000])
def test_sound_ahead_or_behind_is_kept_at_its_own_time_and_moves_no_picture(late: int) -> None:
    """S7: a picture is in a segment as early as it would be without sound."""
    pictures, frames = film(4), [sound(at) for at in range(0, 360_000, FRAME)]
    silent, made = cut(list(pictures)), feed(by_arrival(pictures, frames, late))[0]
    times = [(s.start_90k, s.duration_90k, s.wall, s.is_key) for s in silent]
    assert [(s.start_90k, s.duration_90k, s.wall, s.is_key) for s in made] == times
    assert [at for at, _, _ in placed(made)] == heard(made) == [frame.pts_90k for frame in frames]


def test_a_segment_is_closed_by_the_same_picture_with_and_without_sound() -> None:
    """S7: sound that never comes, or comes in heaps, is not waited for."""
    pictures = film(3)
    for frames in ([], [sound(at) for at in range(0, 270_000, FRAME)] * 2):
        segmenter = Segmenter()
        for frame in frames:
            assert segmenter.feed(frame) == []
        closed = [n for n, one in enumerate(pictures) if segmenter.feed(one)]
        assert closed == [15, 30]


def test_a_stretch_without_sound_has_segments_without_sound_and_the_clip_has_silence() -> None:
    pictures = film(5)
    frames = [sound(at) for at in range(0, 450_000, FRAME) if not 80_000 < at < 290_000]
    made, _ = feed(by_arrival(pictures, frames))
    assert [segment.audio for segment in made] == [AAC, None, None, AAC, AAC]
    joined = fmp4.join(made)
    for number, span in enumerate(joined.segments):
        run = fmp4.read(joined.data[span.offset : span.offset + span.length]).sound
        assert run is not None
        assert 0 <= run.start_90k - 90_000 * number < 22_500
    alone = fmp4.trim(joined.data, joined.init, [s.to_list() for s in joined.segments], 1, 2)
    assert alone.duration_ms == 2_000


def test_sound_in_another_coding_begins_a_segment_of_its_own_and_keeps_its_time() -> None:
    pictures = film(4)
    frames = [sound(at, info=AAC if at < 120_000 else OPUS) for at in range(0, 360_000, FRAME)]
    made, segmenter = feed(by_arrival(pictures, frames))
    assert [segment.audio for segment in made] == [AAC, AAC, OPUS, OPUS]
    assert heard(made) == [frame.pts_90k for frame in frames]
    assert segmenter.sound_dropped == 0
    runs = {segment.run for segment in made}
    assert len(runs) == 1  # the pictures go on


def test_sound_from_before_the_first_picture_or_after_the_last_is_counted() -> None:
    pictures = [replace(p, pts_90k=p.pts_90k + 90_000) for p in film(1)]
    frames = [sound(at) for at in range(0, 300_000, FRAME)]
    made, segmenter = feed(by_arrival(pictures, frames))
    assert min(heard(made)) >= 90_000 - FRAME // 2
    assert max(heard(made)) < 180_000
    assert len(heard(made)) + segmenter.sound_dropped == len(frames)


def test_sound_that_repeats_or_runs_backwards_is_dropped_and_counted() -> None:
    pictures = film(3)
    frames = [sound(at) for at in range(0, 270_000, FRAME)]
    again = frames[:20] + frames[10:20] + frames[:5] + frames[20:]
    order: list[Packet | AudioPacket] = [*again, *pictures]
    made, segmenter = feed(order)
    assert heard(made) == [frame.pts_90k for frame in frames]
    assert segmenter.sound_dropped == 15


def test_sound_without_pictures_stays_within_bounds() -> None:
    segmenter = Segmenter()
    for number in range(MAX_WAITING_SOUND + 100):
        segmenter.feed(sound(number * FRAME))
    assert segmenter.sound_dropped == 100
    assert segmenter.finish() == []


def test_each_run_has_its_own_sound() -> None:
    one, other = film(2), film(2, run=2)
    first, second = ([sound(at, run=run) for at in range(0, 180_000, FRAME)] for run in (1, 2))
    order: list[Packet | AudioPacket] = [*one, *first, *second, *other]
    made, segmenter = feed(order)
    assert [s.is_discontinuous for s in made] == [True, False, True, False]
    assert made[1].run != made[2].run
    assert len(heard(made)) + segmenter.sound_dropped == len(first) + len(second)
    assert len(heard(made[2:])) == len(second)


@pytest.mark.parametrize("step_s", [3_600, -3_600, 315_360_000, -315_360_000, 2.5, -2.5])
def test_a_hub_whose_clock_is_set_begins_a_run_at_the_next_keyframe(step_s: float) -> None:
    """R12: what was recorded before keeps its time, what comes after has the right one at once."""
    before, after = film(3), film(6, ahead_s=step_s)[40:]
    made = cut([*before[:40], *after])
    starts = [segment for segment in made if segment.is_discontinuous]
    assert [segment.start_90k for segment in starts] == [0, 45 * STEP]
    assert starts[0].run != starts[1].run
    assert starts[1].wall == WALL + timedelta(seconds=3 + step_s)
    assert {s.wall - timedelta(microseconds=s.start_90k * 100 / 9) for s in made[:3]} == {WALL}
    assert [s.start_90k for s in made] == [n * 90_000 for n in range(6)]


@pytest.mark.parametrize("step_s", [0.5, -1.5, 1.0])
def test_a_small_correction_of_the_clock_and_a_leap_second_begin_no_run(step_s: float) -> None:
    made = cut([*film(3)[:40], *film(30, ahead_s=step_s)[40:]])
    assert [segment.is_discontinuous for segment in made].count(True) == 1
    for one, other in itertools.pairwise(made):
        assert abs((other.wall - one.wall_end).total_seconds()) <= 0.0006


def test_pictures_that_come_in_a_heap_after_a_stall_begin_no_run() -> None:
    """The network held them back; both clocks say so alike."""
    late = timedelta(seconds=8)
    stalled = [
        replace(p, wall=p.wall + late, mono_us=p.mono_us + 8_000_000) if 20 <= n < 80 else p
        for n, p in enumerate(film(8))
    ]
    assert [segment.is_discontinuous for segment in cut(list(stalled))].count(True) == 1


def test_a_recording_read_faster_than_it_was_made_begins_no_run() -> None:
    fast = [replace(p, mono_us=10**9 + p.pts_90k) for p in film(8)]
    assert [segment.is_discontinuous for segment in cut(list(fast))].count(True) == 1


def test_a_clock_set_inside_a_long_group_of_pictures_waits_for_its_keyframe() -> None:
    made = cut([*film(6, gop=60)[:20], *film(6, gop=60, ahead_s=3_600)[20:]])
    assert [s.is_discontinuous for s in made] == [True, False, False, False, True, False]
    assert [s.is_key for s in made] == [True, False, False, False, True, False]
    for one, other in itertools.pairwise(made[:4]):
        assert abs((other.wall - one.wall_end).total_seconds()) <= 0.0006


def test_segments_carry_the_monotonic_clock() -> None:
    made = cut(list(film(3)))
    assert [s.mono_us for s in made] == [10**9 + n * 1_000_000 for n in range(3)]
    unknown = [replace(p, mono_us=0) for p in film(3)]
    assert {s.mono_us for s in cut(list(unknown))} == {0}


@pytest.mark.parametrize("gop_s", [0.2, 0.5, 0.99, 1.0, 1.2, 2.0, 4.0, 10.0])
def test_no_segment_is_longer_than_a_second_and_a_picture(gop_s: float) -> None:
    """R02: what a crash can take is never more than what was not closed."""
    made = cut(list(film(20, gop=max(round(gop_s * 15), 1))))
    assert max(segment.duration_90k for segment in made) <= 90_000 + STEP
    assert sum(segment.duration_90k for segment in made) == 20 * 90_000
    assert len(made) <= 40


def test_a_clip_has_the_sound_of_its_source_in_order_and_in_time(tmp_path: Path) -> None:
    found = packets(make(tmp_path / "x", "h264-b", "aac"))
    sent = [p for p in found if isinstance(p, AudioPacket)]
    joined = fmp4.join(cut(found))
    runs = [(joined.data[s.offset : s.offset + s.length], s) for s in joined.segments]
    frames: list[tuple[int, bytes]] = []
    for data, span in runs:
        run = fmp4.read(data).sound
        assert run is not None
        at = run.start_90k
        for frame, duration in zip(run.cut(data), run.durations_90k, strict=True):
            assert span.start_ms * 90 <= at < (span.start_ms + span.duration_ms) * 90
            frames.append((at, bytes(frame)))
            at += duration
    assert [frame for _, frame in frames] == [bytes(p.data) for p in sent]
    assert all(abs(at - p.pts_90k) <= 1 for (at, _), p in zip(frames, sent, strict=True))


def test_two_runs_with_sound_join_with_their_gap(
    tmp_path: Path, frames: Callable[..., int], probed_s: Callable[[bytes], float]
) -> None:
    once = packets(make(tmp_path / "x", "h264", "aac", seconds=2))
    joined = fmp4.join(cut(once + later(once, 5.0, run=2)))
    assert (joined.duration_ms, probed_s(joined.data)) == (7_000, 7.0)
    assert frames(joined.data) > 60


SENT = st.tuples(
    st.booleans(),  # sound or picture
    st.integers(-(10**6), 2**34),  # a wrap of RTP's 32 bits and far beyond
    st.booleans(),
    st.integers(1, 3),
    st.integers(0, 40_000),
)
STEADY = st.tuples(
    st.booleans(), st.integers(-9_000, 9_000), st.booleans(), st.just(1), st.integers(0, 9_000)
)


@given(st.one_of(st.lists(SENT, max_size=60), st.lists(STEADY, max_size=200)))
def test_whatever_the_times_every_packet_is_in_one_segment_or_counted(
    steps: list[tuple[bool, int, bool, int, int]],
) -> None:
    """S1, S3: times that jump, repeat, run backwards or wrap; sound and pictures mixed in any way."""
    found: list[Packet | AudioPacket] = []
    clock = 0
    for is_sound, at, key, run, length in steps:
        clock += abs(at) if run == 1 and abs(at) <= 9_000 else 0
        pts = max(clock + at, 0)
        if is_sound:
            found.append(sound(pts, run=run, lasts=length, info=AAC if key else OPUS))
        else:
            found.append(picture(pts, key=key, run=run))
    found = [replace(p, data=n.to_bytes(8) + b"x") for n, p in enumerate(found)]
    made, segmenter = feed(found)
    pictures, frames = Counter[bytes](), Counter[bytes]()
    for segment in made:
        contents = fmp4.read(segment.fragment)
        pictures.update(bytes(data) for data in contents.pictures.cut(segment.fragment))
        assert sum(contents.pictures.durations_90k) == segment.duration_90k
        assert contents.pictures.start_90k == segment.start_90k
        assert contents.pictures.keys[0] == segment.is_key
    frames.update(data for _, data, _ in placed(made))
    assert not [data for data, count in (pictures + frames).items() if count > 1]
    assert len(pictures) + segmenter.leading_dropped == sum(isinstance(p, Packet) for p in found)
    assert len(frames) + segmenter.sound_dropped == sum(isinstance(p, AudioPacket) for p in found)
    for run in {segment.run for segment in made}:
        mine = [segment for segment in made if segment.run == run]
        assert [s.is_discontinuous for s in mine] == [True] + [False] * (len(mine) - 1)
        assert all(b.start_90k == a.start_90k + a.duration_90k for a, b in itertools.pairwise(mine))
        times = [at for at, _, _ in placed(mine)]
        assert times == sorted(set(times))
    with contextlib.suppress(BadFmp4):
        joined = fmp4.join(made)
        spans = [span.to_list() for span in joined.segments]
        assert fmp4.trim(joined.data, joined.init, spans, 0, len(spans) - 1) == joined


@given(st.data())
def test_a_fragment_of_any_bytes_is_read_or_refused(data: st.DataObject) -> None:
    frames = [sound(at) for at in range(0, 90_000, FRAME)]
    whole = bytearray(feed(by_arrival(film(1), frames))[0][0].fragment)
    for _ in range(data.draw(st.integers(0, 5))):
        whole[data.draw(st.integers(0, min(len(whole) - 1, 700)))] = data.draw(st.integers(0, 255))
    broken = (
        bytes(whole[: data.draw(st.integers(0, len(whole)))]) if data.draw(st.booleans()) else bytes(whole)
    )
    with contextlib.suppress(BadFmp4):
        contents = fmp4.read(broken)
        assert all(
            len(sample) == size
            for sample, size in zip(contents.pictures.cut(broken), contents.pictures.sizes, strict=True)
        )
    with contextlib.suppress(BadFmp4):
        fmp4.rebase(broken, 1, data.draw(st.integers(0, 2**40)))
