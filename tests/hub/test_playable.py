"""What a camera sends and no browser plays becomes a clip that every browser plays."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.hub.demuxed import cut, later, make, packets

from fanlight.hub.packet import AudioInfo, Packet
from fanlight.hub.playable import playable
from fanlight.hub.segmenter import BadFmp4, Segment, fmp4
from fanlight.hub.voice import Voice


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., list[Segment]]:
    folder = tmp_path_factory.mktemp("playable")

    def read(picture: str, sound: str | None = None, **more: str) -> list[Segment]:
        name = "-".join([picture, sound or "silent", *more.values()])
        return cut(packets(make(folder / name, picture, sound, seconds=3, **more)))

    return read


def length_ms(segments: list[Segment]) -> int:
    return fmp4.join(segments).duration_ms


@pytest.mark.parametrize("sound", [None, "aac", "opus"])
def test_what_plays_already_passes_as_it_is(
    recorded: Callable[..., list[Segment]], sound: str | None
) -> None:
    segments = recorded("h264", sound)
    assert playable(segments) == segments


@pytest.mark.parametrize("sound", ["ulaw", "alaw"])
def test_the_sound_of_old_cameras_becomes_aac_and_stays_in_time(
    recorded: Callable[..., list[Segment]], sound: str, frames: Callable[[bytes], int], tmp_path: Path
) -> None:
    made = playable(recorded("h264", sound))
    joined = fmp4.join(made)
    assert fmp4.sound_of(made) == AudioInfo(
        codec="mp4a.40.2",
        rate_hz=8_000,
        channels=1,
        config=fmp4.sound_of(made).config,  # type: ignore[union-attr]
    )
    assert frames(joined.data) == 45 + heard(made)
    assert joined.duration_ms == 3_000
    assert loudness(joined.data, tmp_path, 0.3, 2.4) > -25


def heard(segments: list[Segment]) -> int:
    """Return how many frames of sound the clip of these segments has."""
    joined = fmp4.join(segments)
    runs = [fmp4.read(joined.data[s.offset : s.offset + s.length]).sound for s in joined.segments]
    return sum(len(run.sizes) for run in runs if run is not None)


def loudness(clip: bytes, folder: Path, start_s: float, length_s: float) -> float:
    """Return the mean loudness of a stretch of a clip in dB."""
    path = folder / "heard.mp4"
    path.write_bytes(clip)
    command = ["ffmpeg", "-nostdin", "-i", str(path), "-vn"]
    command += ["-af", f"atrim={start_s}:{start_s + length_s},volumedetect", "-f", "null", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    return float(said.split("mean_volume: ")[1].split(" dB")[0])


@pytest.mark.parametrize("picture", ["h265", "h265-b"])
@pytest.mark.parametrize("sound", [None, "ulaw", "aac"])
def test_h265_is_transcoded_picture_by_picture_where_there_is_nothing_else(
    recorded: Callable[..., list[Segment]], picture: str, sound: str | None, frames: Callable[[bytes], int]
) -> None:
    segments = recorded(picture, sound)
    made = playable(segments)
    assert all(segment.info.is_h264 for segment in made)
    assert [abs(made[0].wall - segments[0].wall), length_ms(made)] == [timedelta(), length_ms(segments)]
    assert frames(fmp4.join(made).data) == 45 + (heard(made) if sound else 0)
    assert (fmp4.sound_of(made) is None) == (sound is None)


def test_a_sub_stream_in_h264_serves_the_clip_of_a_camera_in_h265_with_the_main_streams_sound(
    recorded: Callable[..., list[Segment]], frames: Callable[[bytes], int], tmp_path: Path
) -> None:
    main, small = recorded("h265", "ulaw"), recorded("h264", size="80x44")
    late = [replace(segment, wall=segment.wall + timedelta(milliseconds=400)) for segment in small]
    made = playable(main, late)
    assert [(s.info, s.wall, s.is_key) for s in made] == [(s.info, s.wall, s.is_key) for s in late]
    assert frames(fmp4.join(made).data) == 45 + heard(made)
    assert loudness(fmp4.join(made).data, tmp_path, 0.2, 2.0) > -25


@pytest.mark.parametrize("why", ["too short", "h265 too", "orphaned"])
def test_a_sub_stream_that_does_not_serve_is_left_alone(
    recorded: Callable[..., list[Segment]], why: str
) -> None:
    main = recorded("h265")
    small = recorded("h265", size="80x44") if why == "h265 too" else recorded("h264", size="80x44")
    if why == "too short":
        small = [replace(segment, wall=segment.wall - timedelta(seconds=60)) for segment in small]
    if why == "orphaned":
        small = [replace(segment, is_key=False, run=-1) for segment in small]
    made = playable(main, small)
    assert {(s.info.width, s.info.is_h264) for s in made} == {(main[0].info.width, True)}


def test_two_runs_stay_two_runs_with_the_gap_between_them(
    tmp_path: Path, frames: Callable[[bytes], int]
) -> None:
    once = packets(make(tmp_path / "h265", "h265", "ulaw", seconds=2))
    segments = cut(once + later(once, 7.5, run=2))
    made = playable(segments)
    assert length_ms(made) == length_ms(segments) == 9_500
    assert frames(fmp4.join(made).data) == 60 + heard(made)


def test_pictures_that_no_decoder_reads_are_no_clip(tmp_path: Path) -> None:
    found = packets(make(tmp_path / "h265", "h265", seconds=1))
    broken = [replace(p, data=b"\0\0\0\4junk") for p in found if isinstance(p, Packet)]
    with pytest.raises(BadFmp4):
        playable(cut(list(broken)))


def test_a_gap_in_old_sound_is_a_gap_and_nothing_is_made_up() -> None:
    voice = Voice(AudioInfo(codec="ulaw", rate_hz=8_000, channels=1))
    times = [*range(0, 90_000, 1_800), *range(900_000, 990_000, 1_800)]
    made = [one for at in times for one in voice.feed(at, b"\x12" * 160)] + voice.finish()
    starts = [at for at, _, _ in made]
    assert starts == sorted(starts)
    assert not [at for at in starts if 90_000 + 11_520 < at < 900_000]
    assert {900_000, 0} <= set(starts)


def test_sound_that_is_not_whole_samples_is_left_out() -> None:
    voice = Voice(AudioInfo(codec="alaw", rate_hz=8_000, channels=2))
    assert voice.feed(0, b"") == voice.feed(1_800, b"\1") == []
    assert voice.finish() == []


def test_recording_loads_no_decoder() -> None:
    """R12: a hub that records pays nothing for what only clips need."""
    probe = (
        "import sys, fanlight.hub.segmenter, fanlight.hub.playable, fanlight.hub.export, fanlight.hub.voice;"
        "print(sorted({'av', 'numpy', 'onnxruntime'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", probe], text=True) == "[]\n"
