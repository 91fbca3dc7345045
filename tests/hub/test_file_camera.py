# ruff: noqa: PLR0913, PLR0917 - fixtures, not arguments
import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fanlight.hub.camera import CameraUnreachable, FileCamera, NotAVideo, Packet
from fanlight.hub.packet import AudioPacket
from fanlight.hub.segmenter import Segment, fmp4

Video = Callable[[str], Path]
Read = Callable[[Path], tuple[list[Packet], FileCamera]]
Cut = Callable[[list[Packet]], list[Segment]]

PASSED_ON = [
    ("plain.mp4", 40), ("b-frames.mp4", 40), ("long-gop.mp4", 125), ("start-codes.ts", 30), ("single.mp4", 1),
    ("open-gop.mkv", 40), ("vfr.mkv", 18), ("with-sound.mp4", 20),
    ("hevc.mp4", 20),
]  # fmt: skip
TRANSCODED = [
    ("odd.mkv", 20), ("ten-bit.mp4", 20), ("mpeg4.avi", 36), ("motion.gif", 10),
    ("picture.png", 1), ("h264-without-times.avi", 30),
]  # fmt: skip


@pytest.mark.parametrize(("name", "count"), PASSED_ON + TRANSCODED)
def test_every_video_becomes_a_clip_that_decodes_whole(
    video: Video, read: Read, cut: Cut, frames: Callable[..., int], name: str, count: int
) -> None:
    """R02: plain MP4 out of whatever a household has."""
    packets, camera = read(video(name))
    assert camera.damage == 0
    assert frames(fmp4.join(cut(packets)).data) == count == len(packets)
    assert packets[0].is_key
    assert camera.info.codec.startswith("hvc1." if name == "hevc.mp4" else "avc1.")


@pytest.mark.parametrize("name", [name for name, _ in TRANSCODED if name != "picture.png"])
def test_what_is_transcoded_has_a_keyframe_each_second_and_no_b_frames(
    video: Video, read: Read, name: str
) -> None:
    packets, _ = read(video(name))
    times = [packet.pts_90k for packet in packets]
    keys = [packet.pts_90k for packet in packets if packet.is_key]
    assert times == sorted(set(times))
    assert all(after - before <= 99_000 for before, after in itertools.pairwise(keys))


@pytest.mark.parametrize(("name", "seconds"), [("b-frames.mp4", 4.0), ("vfr.mkv", 4.0), ("mpeg4.avi", 3.0)])
def test_a_clip_lasts_as_long_as_its_source(
    video: Video, read: Read, cut: Cut, probed_s: Callable[[bytes], float], name: str, seconds: float
) -> None:
    packets, _ = read(video(name))
    joined = fmp4.join(cut(packets))
    assert probed_s(joined.data) == pytest.approx(seconds, abs=0.21)
    assert joined.duration_ms / 1000 == pytest.approx(seconds, abs=0.21)


def test_sound_is_left_out_and_counted(video: Video, read: Read) -> None:
    _, camera = read(video("with-sound.mp4"))
    assert camera.audio_dropped > 0


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [("with-sound.mp4", "mp4a.40.2", 44_100), ("adts.ts", "mp4a.40.2", 44_100), ("opus.mkv", "opus", 48_000),
     ("ulaw.mov", "ulaw", 8_000)],
)  # fmt: skip
def test_sound_that_is_asked_for_comes_as_it_is_on_the_clock_of_the_pictures(
    video: Video, name: str, codec: str, rate: int
) -> None:
    async def read() -> list[Packet | AudioPacket]:
        camera = FileCamera(video(name), audio=True)
        try:
            return [packet async for packet in camera.packets()]
        finally:
            await camera.close()

    packets = asyncio.run(read())
    heard = [packet for packet in packets if isinstance(packet, AudioPacket)]
    seen = [packet for packet in packets if isinstance(packet, Packet)]
    assert {(p.info.codec, p.info.rate_hz, p.run) for p in heard} == {(codec, rate, seen[0].run)}
    ends = [p.pts_90k + p.duration_90k for p in heard]
    assert all(0 <= after.pts_90k - end <= 90 for end, after in zip(ends, heard[1:], strict=False))
    assert ends[-1] == pytest.approx(180_000, abs=9_000)


def test_the_length_of_a_file_is_known_without_decoding_it(video: Video, tmp_path: Path) -> None:
    async def length(path: Path) -> float:
        return await FileCamera(path).length_s()

    assert asyncio.run(length(video("plain.mp4"))) == pytest.approx(3.9)
    assert asyncio.run(length(video("b-frames.mp4"))) == pytest.approx(3.9)
    assert asyncio.run(length(video("mpeg4.avi"))) == pytest.approx(2.9, abs=0.1)
    with pytest.raises(CameraUnreachable):
        asyncio.run(length(tmp_path / "none.mp4"))


def test_a_file_of_sound_only_is_refused_in_words(video: Video, read: Read) -> None:
    with pytest.raises(NotAVideo, match="only sound"):
        read(video("sound-only.m4a"))


def test_a_file_that_is_not_there_is_told_from_one_that_is_no_video(tmp_path: Path, read: Read) -> None:
    with pytest.raises(CameraUnreachable):
        read(tmp_path / "none.mp4")
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(NotAVideo):
        read(tmp_path / "empty.mp4")


def test_a_list_that_names_other_files_is_not_followed(video: Video, tmp_path: Path, read: Read) -> None:
    other = video("plain.mp4")
    for name, text in (
        ("list.m3u8", f"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{other}\n#EXT-X-ENDLIST\n"),
        ("list.ffconcat", f"ffconcat version 1.0\nfile '{other}'\n"),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(NotAVideo):
            read(tmp_path / name)


def test_wall_time_runs_from_the_given_start_with_the_media(video: Video, read: Read) -> None:
    packets, camera = read(video("plain.mp4"))
    assert camera.clock == "media"
    assert (packets[10].wall - packets[0].wall).total_seconds() == pytest.approx(1.0)


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.999])
def test_a_file_that_breaks_off_yields_what_can_be_read(
    video: Video, tmp_path: Path, read: Read, cut: Cut, frames: Callable[..., int], keep: float
) -> None:
    whole = video("start-codes.ts").read_bytes()
    path = tmp_path / "cut.ts"
    path.write_bytes(whole[: int(len(whole) * keep)])
    packets, _ = read(path)
    assert packets
    assert frames(fmp4.join(cut(packets)).data, strict=False) > 0


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_corrupt_file_never_raises_anything_of_its_own(
    video: Video, tmp_path: Path, read: Read, cut: Cut, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(["plain.mp4", "start-codes.ts", "mpeg4.avi", "b-frames.mp4"]))
    content = bytearray(video(name).read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / name
    path.write_bytes(content)
    try:
        packets, _ = read(path)
    except NotAVideo:
        return
    for segment in cut(packets):
        assert segment.duration_90k > 0


def test_closing_in_the_middle_of_a_file_lets_go_of_it(video: Video) -> None:
    async def some() -> int:
        camera = FileCamera(video("long-gop.mp4"))
        stream = camera.packets()
        await anext(stream)
        await camera.close()
        await camera.close()
        return len([packet async for packet in stream])

    assert asyncio.run(some()) < 125
