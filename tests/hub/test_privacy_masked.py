import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.hub.painted import START, STEP_90K, Luma, Played, area, demuxed, lossless, masked, packet, seen

from fanlight.hub.camera import FileCamera, NotAVideo
from fanlight.hub.camera.masked import MaskedCamera
from fanlight.hub.camera.paint import Painter, cells, pixels
from fanlight.hub.options import Outline
from fanlight.hub.packet import AudioInfo, AudioPacket, Packet, StreamInfo
from fanlight.hub.segmenter import Segment, fmp4

ZONE: Outline = ((0.1, 0.1), (0.9, 0.2), (0.8, 0.6), (0.2, 0.5))
ELSEWHERE: Outline = ((0.0, 0.9), (1.0, 0.9), (1.0, 1.0), (0.0, 1.0))
WIDTH, HEIGHT = 64, 48
RINGING = 80  # what coding may make of flat black, of 0 to 255, right beside a bright edge
FLAT = 3  # and on average

shares = st.floats(0, 1, allow_nan=False)
outlines = st.lists(st.tuples(shares, shares), min_size=3, max_size=7).map(tuple)


def noise(seed: int, count: int, height: int = HEIGHT, width: int = WIDTH) -> list[Luma]:
    return list(np.random.default_rng(seed).integers(16, 235, (count, height, width), np.uint8))


def is_flat(part: Luma) -> bool:
    return bool(part.max() <= RINGING and part.mean() <= FLAT)


def pictures(packets: list[Packet | AudioPacket]) -> list[Packet]:
    return [p for p in packets if isinstance(p, Packet)]


def sounds(packets: list[Packet | AudioPacket]) -> list[AudioPacket]:
    return [p for p in packets if isinstance(p, AudioPacket)]


@settings(max_examples=25, suppress_health_check=[HealthCheck.differing_executors])
@given(outline=outlines, seed=st.integers(0, 2**32))
def test_what_is_behind_a_zone_changes_not_one_byte_that_leaves(outline: Outline, seed: int) -> None:
    """R09: two cameras that differ only behind the zone cannot be told apart by what is recorded of them."""
    hidden = area(outline, WIDTH, HEIGHT)
    one, other = noise(seed, 4), noise(seed + 1, 4)
    same_outside = [np.where(hidden, b, a) for a, b in zip(one, other, strict=True)]
    left, right = masked(lossless(one), outline), masked(lossless(same_outside), outline)
    assert len(left) == 4
    assert [p.data for p in left] == [p.data for p in right]


def test_without_a_zone_or_with_another_the_same_difference_does_leave() -> None:
    """Positive control of the test above."""
    hidden = area(ZONE, WIDTH, HEIGHT)
    one = noise(1, 3)
    other = [np.where(hidden, b, a) for a, b in zip(one, noise(2, 3), strict=True)]
    for zones in ((), (ELSEWHERE,)):
        left, right = masked(lossless(one), *zones), masked(lossless(other), *zones)
        assert all(a.data != b.data for a, b in zip(left, right, strict=True))


@pytest.mark.parametrize("name", ["plain.mp4", "b-frames.mp4", "hevc.mp4"])
def test_every_picture_is_painted_all_over_the_zone_and_nowhere_else(
    video: Callable[[str], Path], name: str
) -> None:
    """R09: H.264 with and without B-frames, and H.265."""
    source = demuxed(video(name))
    painted, plain = seen(masked(source, ZONE)), seen(masked(source))
    assert len(painted) == len(plain) == len(source)
    hidden = area(ZONE, *painted[0].shape[::-1])
    grown = pixels(cells((ZONE,), *painted[0].shape[::-1]), *painted[0].shape[::-1])
    for picture, control in zip(painted, plain, strict=True):
        assert is_flat(picture[hidden])
        assert not is_flat(control[hidden])
        assert np.abs(picture[~grown].astype(int) - control[~grown]).mean() < 4


@pytest.mark.parametrize("name", ["plain.mp4", "b-frames.mp4", "hevc.mp4"])
def test_times_runs_and_sound_stay_and_a_keyframe_comes_each_second(
    video: Callable[[str], Path], name: str
) -> None:
    source = demuxed(video(name))
    info = AudioInfo(codec="ulaw", rate_hz=8000, channels=1)
    sound = [
        AudioPacket(info=info, run=0, pts_90k=p.pts_90k, duration_90k=1, data=b"s", wall=p.wall)
        for p in source[::3]
    ]
    mixed: list[Packet | AudioPacket] = [*source[:5], *sound, *source[5:]]
    out = masked(mixed, ZONE)
    left = pictures(out)
    assert sounds(out) == sound
    shown = sorted(source, key=lambda p: p.pts_90k)
    assert [p.pts_90k for p in left] == [p.pts_90k for p in shown]
    assert [p.mono_us for p in left] == [p.mono_us for p in shown]
    assert [p.wall for p in left] == sorted(p.wall for p in shown)
    assert {(p.run, p.info, p.dts_90k) for p in left} == {(0, left[0].info, None)}
    assert left[0].info.is_h264
    keys = [p.pts_90k for p in left if p.is_key]
    assert left[0].is_key
    assert all(b - a == 90_000 for a, b in itertools.pairwise(keys))


def test_a_painted_picture_leaves_before_the_next_one_comes() -> None:
    """A press and its picture are not held up by painting."""
    source = lossless(noise(10, 20))
    painter = Painter(source[0].info, (ZONE,))
    assert [len(painter.feed(each)) for each in source] == [1] * 20
    assert painter.finish() == []


def test_pictures_of_one_run_never_enter_the_next() -> None:
    small, large = lossless(noise(3, 5), run=1), lossless(noise(4, 5, 96, 128), run=2)
    again = lossless(noise(5, 5), run=3)
    out = pictures(masked([*small, *large, *again], ZONE))
    assert [(p.run, p.info.width) for p in out] == [(1, 64)] * 5 + [(2, 128)] * 5 + [(3, 64)] * 5
    assert [p.is_key for p in out] == [True, False, False, False, False] * 3
    assert [p.data for p in out[10:]] == [p.data for p in pictures(masked(again, ZONE))]


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_of_damaged_pictures_only_what_is_painted_leaves(seed: int) -> None:
    rng = np.random.default_rng(seed)
    damaged = []
    for each in lossless(noise(seed, 8)):
        data = bytearray(each.data)
        if rng.random() < 0.5:
            for at in rng.integers(0, len(data), rng.integers(1, 30)):
                data[at] = rng.integers(0, 256)
            data = data[: rng.integers(1, len(data) + 1)]
        damaged.append(packet(each.info, each.pts_90k, bytes(data), is_key=each.is_key))
    out = masked(damaged, ZONE)
    hidden = area(ZONE, WIDTH, HEIGHT)
    assert all(is_flat(picture[hidden]) for picture in (seen(out) if out else []))


@pytest.mark.parametrize("name", ["plain.mp4", "b-frames.mp4", "vfr.mkv", "hevc.mp4", "odd.mkv"])
def test_what_leaves_becomes_segments_and_a_clip_that_plays(
    video: Callable[[str], Path],
    cut: Callable[[list[Packet]], list[Segment]],
    frames: Callable[..., int],
    name: str,
) -> None:
    async def run() -> list[Packet]:
        camera = MaskedCamera(FileCamera(video(name), start=START), (ZONE,))
        packets = [p async for p in camera.packets() if isinstance(p, Packet)]
        await camera.close()
        return packets

    painted = asyncio.run(run())
    segments = cut(painted)
    assert frames(fmp4.join(segments).data) == len(painted)


def test_a_lost_picture_is_counted() -> None:
    source = lossless(noise(6, 4))
    broken = packet(source[1].info, source[1].pts_90k, b"\0\0\0\4\x65aaa", is_key=False)

    async def run() -> tuple[int, int]:
        camera = MaskedCamera(Played([source[0], broken, *source[2:]]), (ZONE,))
        count = len([p async for p in camera.packets()])
        await camera.close()
        return count, camera.damage

    count, damage = asyncio.run(run())
    assert damage >= 1
    assert count <= 4


def test_two_pictures_of_the_same_moment_leave_as_one() -> None:
    first, second, third = lossless(noise(7, 3))
    twice = packet(second.info, first.pts_90k, second.data, is_key=False)
    assert [p.pts_90k for p in pictures(masked([first, twice, third], ZONE))] == [0, 2 * STEP_90K]


def test_a_camera_is_described_as_it_leaves_and_closed_with_it() -> None:
    source = Played(packets := lossless(noise(8, 3)))

    async def run() -> tuple[StreamInfo, list[StreamInfo]]:
        camera = MaskedCamera(source, (ZONE,))
        with pytest.raises(NotAVideo):
            _ = camera.info
        info = await camera.open()
        infos = [p.info async for p in camera.packets() if isinstance(p, Packet)]
        await camera.close()
        await camera.close()
        return info, infos

    info, infos = asyncio.run(run())
    assert infos == [info] * len(packets)
    assert (info.width, info.height) == (WIDTH, HEIGHT)
    assert source.closed == 2


def test_a_camera_that_is_left_in_the_middle_is_closed() -> None:
    source = Played(lossless(noise(9, 6)))

    async def run() -> None:
        camera = MaskedCamera(source, (ZONE,))
        packets = camera.packets()
        await anext(packets)
        await camera.close()
        await packets.aclose()  # type: ignore[attr-defined]

    asyncio.run(run())
    assert source.closed == 1


def test_a_description_that_makes_no_sense_is_an_unreadable_camera() -> None:
    too_large = StreamInfo(codec="avc1.42001e", width=40_000, height=40_000, config=b"")
    with pytest.raises(NotAVideo) as told:
        masked([packet(too_large, 0, b"\0\0\0\1\x65", is_key=True)], ZONE)
    assert told.value.kept == "Nothing of it was recorded."


def test_a_camera_of_which_nothing_can_be_decoded_is_unreadable_and_not_silent() -> None:
    nonsense = StreamInfo(codec="avc1.42001e", width=64, height=48, config=b"\1\2\3")
    source = [packet(nonsense, at * STEP_90K, b"\0\0\0\1\x65", is_key=True) for at in range(200)]
    with pytest.raises(NotAVideo, match="none of its pictures can be decoded"):
        masked(source, ZONE)


@settings(max_examples=200)
@given(outline=outlines, width=st.integers(2, 40), height=st.integers(2, 40))
def test_a_mask_covers_every_pixel_inside_its_outline(outline: Outline, width: int, height: int) -> None:
    mask = pixels(cells((outline,), width, height), width, height)
    assert mask.shape == (height, width)
    assert not (area(outline, width, height) & ~mask).any()


def test_a_mask_covers_little_more_than_its_outline() -> None:
    outline: Outline = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))
    mask = pixels(cells((outline,), 200, 100), 200, 100)
    ys, xs = np.nonzero(mask)
    assert 44 <= xs.min() <= 50
    assert 149 <= xs.max() <= 155
    assert 20 <= ys.min() <= 25
    assert 74 <= ys.max() <= 79
