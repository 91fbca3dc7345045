"""Films of the recording: exact at both ends, true to the clock, whole or not at all."""

import io
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hub.demuxed import START, cut, later, make, packets

from fanlight.hub.export import ExportRefused, Film, NothingRecorded
from fanlight.hub.packet import AudioInfo, AudioPacket, Packet, StreamInfo
from fanlight.hub.segmenter import Segment, fmp4
from fanlight.hub.segmenter.boxes import find, walk

SECONDS, RATE = 5, 15
Recorded = Callable[..., list[Segment]]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("export")

    def read(picture: str, sound: str | None = None, **more: str) -> list[Segment]:
        name = "-".join([picture, sound or "silent", *more.values()])
        return cut(packets(make(folder / name, picture, sound, seconds=SECONDS, **more)))

    return read


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def film(segments: list[Segment], start: float, end: float, **more: Any) -> tuple[Film, bytes]:
    made = Film(at(start), at(end), **more)
    return made, b"".join(made.pieces(iter(segments)))


def probe(data: bytes, folder: Path, *show: str) -> dict[str, Any]:
    path = folder / "probed.mp4"
    path.write_bytes(data)
    command = ["ffprobe", "-v", "error", *show, "-of", "json", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stderr == ""
    return dict(json.loads(done.stdout))


def times(data: bytes, folder: Path) -> list[float]:
    """Return when each picture is shown that a player shows."""
    found = probe(data, folder, "-select_streams", "v", "-show_entries", "frame=pts_time")["frames"]
    return [float(frame["pts_time"]) for frame in found]


def decodes(data: bytes, folder: Path) -> None:
    path = folder / "decoded.mp4"
    path.write_bytes(data)
    command = ["ffmpeg", "-v", "warning", "-xerror", "-nostdin", "-i", str(path), "-f", "null", "-"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


PICTURES = ["h264", "h264-b", "h264-long", "h265", "h265-b"]


@pytest.mark.parametrize(
    ("picture", "sound"),
    [
        *((picture, None) for picture in PICTURES),
        *(("h264", sound) for sound in ("aac", "aac-44", "opus", "ulaw", "alaw")),
        *((picture, sound) for picture in ("h264-b", "h265-b") for sound in ("aac", "ulaw")),
    ],
)
def test_a_film_lasts_as_long_as_its_source_to_the_frame_and_decodes_silently(
    recorded: Recorded, picture: str, sound: str | None, tmp_path: Path
) -> None:
    """R01, R12: what the hub writes, any player plays."""
    made, data = film(recorded(picture, sound), 0, SECONDS)
    decodes(data, tmp_path)
    said = probe(data, tmp_path, "-show_entries", "format=duration,start_time:stream=codec_type,duration")
    assert {float(said["format"]["start_time"]), float(said["format"]["duration"])} == {0, SECONDS}
    assert float(said["streams"][0]["duration"]) == SECONDS
    assert [stream["codec_type"] for stream in said["streams"]] == ["video", "audio"][: 1 + bool(sound)]
    shown = times(data, tmp_path)
    assert [round(time * RATE) for time in shown] == list(range(SECONDS * RATE))
    assert (made.begins, round((made.ends - made.begins).total_seconds(), 3)) == (START, SECONDS)


@pytest.mark.parametrize("sound", [None, "aac", "ulaw"])
@pytest.mark.parametrize("picture", PICTURES)
def test_a_film_begins_with_the_picture_to_be_seen_then_and_ends_on_time(
    recorded: Recorded, picture: str, sound: str | None, tmp_path: Path
) -> None:
    """R01: the start need not be a keyframe; the pictures before it are decoded and not shown."""
    made, data = film(recorded(picture, sound), 1.5, 3.2)
    assert round((made.begins - START).total_seconds() * RATE, 3) == 22  # 22/15 s is the last before 1.5 s
    shown = times(data, tmp_path)
    assert [round(time * RATE) for time in shown] == list(range(26))
    lasts = probe(data, tmp_path, "-show_entries", "format=duration")["format"]["duration"]
    assert float(lasts) == pytest.approx(3.2 - 22 / RATE, abs=0.001)
    decodes(data, tmp_path)


def test_the_first_picture_of_a_film_is_the_cameras_picture_of_that_moment(
    recorded: Recorded, tmp_path: Path
) -> None:
    segments = recorded("h264-b")

    def pictures(data: bytes) -> list[str]:
        path = tmp_path / "x.mp4"
        path.write_bytes(data)
        command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "framemd5", "-"]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
        return [line.rpartition(",")[2] for line in lines if not line.startswith("#")]

    whole = pictures(film(segments, 0, SECONDS)[1])
    assert pictures(film(segments, 2.45, 3.95)[1]) == whole[36:60]


def test_nothing_from_after_the_end_and_no_sound_from_before_the_start_is_in_the_file(
    recorded: Recorded,
) -> None:
    """R03: who gets a film of four seconds does not get the fifth."""
    segments = recorded("h264-long", "aac")
    heard = _sound_of(segments)
    _, data = film(segments, 2, 4)
    for when, frame in heard:
        inside = 2 - 0.07 < when < 4
        if len(frame) > 40 and abs(when - 2) > 0.07:
            assert (frame in data) == inside
    assert segments[4].fragment[-2000:-1500] not in data


def _sound_of(segments: list[Segment]) -> list[tuple[float, bytes]]:
    found = []
    for segment in segments:
        run = fmp4.read(segment.fragment).sound
        assert run is not None
        time = run.start_90k
        for data, duration in zip(run.cut(segment.fragment), run.durations_90k, strict=True):
            found.append((time / 90_000, bytes(data)))
            time += duration
    return found


def test_a_gap_is_as_long_as_the_clock_says_and_a_chapter_names_it(tmp_path: Path) -> None:
    """R12: film time is wall time; a court can add the position to the start."""
    once = packets(make(tmp_path / "x", "h264", "aac", seconds=2))
    segments = cut(once + later(once, 12.5, run=2))
    made, data = film(segments, 0, 60)
    assert times(data, tmp_path)[30] == pytest.approx(12.5, abs=0.001)
    decodes(data, tmp_path)
    said = probe(data, tmp_path, "-show_chapters", "-show_entries", "format=duration")
    assert float(said["format"]["duration"]) == pytest.approx(14.5, abs=0.001)
    chapters = [(float(c["start_time"]), c["tags"]["title"]) for c in said["chapters"]]
    assert chapters == [
        (0, "2026-11-01T05:59:58.250Z"),
        (2, "nothing recorded until 2026-11-01T06:00:10.750Z"),
        (12.5, "2026-11-01T06:00:10.750Z"),
    ]
    assert made.ends == at(14.5)


def test_a_joined_film_leaves_gaps_out_and_names_the_time_of_each_stretch(tmp_path: Path) -> None:
    once = packets(make(tmp_path / "x", "h264", "ulaw", seconds=2))
    segments = cut(once + later(once, 86_400.0, run=2))
    made, data = film(segments, 0.5, 100_000, joined=True)
    assert len(times(data, tmp_path)) == 53
    assert times(data, tmp_path)[-1] == pytest.approx(52 / RATE, abs=0.001)
    decodes(data, tmp_path)
    said = probe(data, tmp_path, "-show_chapters")["chapters"]
    assert [c["tags"]["title"] for c in said] == ["2026-11-01T05:59:58.716Z", "2026-11-02T05:59:58.250Z"]
    assert made.ends == at(86_402)


def test_an_hour_that_the_clock_lived_twice_is_shown_twice(tmp_path: Path) -> None:
    once = packets(make(tmp_path / "x", "h264", "aac", seconds=3))
    segments = cut(once + later(once, 1.0, run=2))
    _, data = film(segments, 0, 60)
    assert [round(time * RATE) for time in times(data, tmp_path)] == list(range(90))
    decodes(data, tmp_path)


def test_a_camera_whose_clock_runs_fast_stays_in_step_with_the_wall() -> None:
    """Within a millisecond, corrected a millisecond at a time, however long."""
    segments = [_bare(number, wall=at(number * 0.9997)) for number in range(120)]
    made, data = film(segments, 0, 200)
    shown = times_of_samples(data)
    for number, shown_90k in enumerate(shown):
        assert abs(shown_90k / 90_000 - number * 0.9997) <= 0.00101
    assert made.ends == segments[-1].wall_end


def _bare(number: int, *, wall: datetime, key: bool = True) -> Segment:
    fragment = fmp4.fragment(1, number * 90_000, [fmp4.Sample(b"\0\0\0\1x", 90_000, 0, key)])
    return Segment(
        info=StreamInfo(codec="avc1.42001e", width=16, height=16, config=b"\1"), run=1, fragment=fragment,
        start_90k=number * 90_000, duration_90k=90_000, wall=wall, is_key=key, is_discontinuous=not number,
    )  # fmt: skip


def times_of_samples(data: bytes) -> list[int]:
    movie = next(box for box in walk(data, 0, len(data)) if box.kind == b"moov")
    table = find(data, movie, b"trak", b"mdia", b"minf", b"stbl", b"stts")
    count = int.from_bytes(data[table.body + 4 : table.body + 8])
    found, time = [], 0
    for row in range(count):
        at = table.body + 8 + 8 * row
        for _ in range(int.from_bytes(data[at : at + 4])):
            found.append(time)
            time += int.from_bytes(data[at + 4 : at + 8])
    return found


def test_the_film_says_when_it_was_taken(recorded: Recorded, tmp_path: Path) -> None:
    """R12: exact to the millisecond, in the file itself."""
    _, data = film(recorded("h264"), 1, 3, title="Front door")
    tags = probe(data, tmp_path, "-show_entries", "format_tags")["format"]["tags"]
    assert (tags["date"], tags["title"]) == ("2026-11-01T05:59:59.250Z", "Front door")
    assert tags["creation_time"].startswith("2026-11-01T05:59:59")


def test_another_size_in_mid_stream_stays_in_the_film(tmp_path: Path) -> None:
    small, large = (
        packets(make(tmp_path / "s", "h264", seconds=2)),
        make(tmp_path / "l", "h264", seconds=2, size="320x180"),
    )
    segments = cut(small + later(packets(large), 2.0, run=2))
    _, data = film(segments, 0, 9)
    found = probe(data, tmp_path, "-select_streams", "v", "-show_entries", "frame=width")["frames"]
    assert [frame["width"] for frame in found] == [160] * 30 + [320] * 30
    decodes(data, tmp_path)


def test_a_change_to_h265_ends_the_film_and_says_where_the_rest_begins(tmp_path: Path) -> None:
    old = packets(make(tmp_path / "old", "h264", seconds=2))
    new = packets(make(tmp_path / "new", "h265", seconds=2))
    segments = cut(old + later(new, 2.0, run=2))
    first, data = film(segments, 0, 9)
    assert (first.ends, first.stopped, len(times(data, tmp_path))) == (at(2), at(2), 30)
    assert first.stopped is not None
    rest = Film(first.stopped, at(9))
    assert len(times(b"".join(rest.pieces(segments[2:])), tmp_path)) == 30


def test_sound_in_another_coding_is_left_out_and_the_rest_stays_in_time(tmp_path: Path) -> None:
    one = packets(make(tmp_path / "one", "h264", "aac", seconds=2))
    other = packets(make(tmp_path / "other", "h264", "opus", seconds=2))
    segments = cut(one + later(other, 2.0, run=2) + later(one, 4.0, run=3))
    _, data = film(segments, 0, 9)
    decodes(data, tmp_path)
    found = probe(data, tmp_path, "-select_streams", "a", "-show_entries", "packet=pts_time")["packets"]
    heard = [float(packet["pts_time"]) for packet in found]
    assert [time for time in heard if 2.1 < time < 3.9] == []
    assert max(heard) > 5.8


def test_a_second_that_is_missing_takes_only_what_needs_it(tmp_path: Path) -> None:
    segments = cut(packets(make(tmp_path / "x", "h264-long", "aac", seconds=7)))
    assert [segment.is_key for segment in segments].count(True) == 2
    _, data = film(segments[:2] + segments[3:], 0, 9)
    decodes(data, tmp_path)
    shown = times(data, tmp_path)
    assert len(shown) == 30 + 35
    assert shown[30] == pytest.approx(70 / RATE, abs=0.001)


@pytest.mark.parametrize(("start", "end"), [(2, 2), (3, 1), (0, 12 * 3600 + 1)])
def test_a_stretch_that_makes_no_film_is_refused(start: float, end: float) -> None:
    with pytest.raises(ExportRefused):
        Film(at(start), at(end))


def test_where_nothing_was_recorded_not_a_byte_is_given(recorded: Recorded) -> None:
    segments = recorded("h264-long")
    for kept in ([], segments[1:3]):
        with pytest.raises(NothingRecorded):
            next(Film(at(0), at(9)).pieces(kept))
    early = Film(at(-9), at(-1))
    with pytest.raises(NothingRecorded):
        next(early.pieces(segments))


@given(data=st.data())
def test_whatever_is_kept_and_asked_for_the_film_adds_up(data: st.DataObject) -> None:
    """Every sample lies in the file where the index says, whole; times rise; the film fits the stretch."""
    segments = _random(data)
    start = data.draw(st.integers(-3, 12)) + data.draw(st.floats(0, 1))
    end = start + data.draw(st.floats(0.01, 12))
    made = Film(at(start), at(end), joined=data.draw(st.booleans()))
    try:
        whole = b"".join(made.pieces(segments))
    except NothingRecorded:
        return
    assert made.ends <= at(end)
    with av.open(io.BytesIO(whole), "r") as container:
        pictures = [p for p in container.demux(video=0) if p.size]
    known = {b"\1", b"\2", b"\3"}
    assert pictures
    assert all(bytes(p)[4:5] in known and bytes(p)[:4] == (p.size - 4).to_bytes(4) for p in pictures)
    decode = [p.dts for p in pictures if p.dts is not None]
    assert decode == sorted(set(decode))


def _random(data: st.DataObject) -> list[Segment]:
    """Return segments of odd lengths, runs, gaps and drifts, some with sound."""
    info = StreamInfo(codec="avc1.42001e", width=16, height=16, config=b"\1\x42\0\x1e\xff\xe0\0")
    audio = AudioInfo(codec="opus", rate_hz=48_000, channels=1)
    found: list[Packet | AudioPacket] = []
    wall = START
    for run in range(1, data.draw(st.integers(1, 3)) + 1):
        wall += timedelta(seconds=data.draw(st.floats(-2, 4)))
        pts = 0
        for number in range(data.draw(st.integers(1, 40))):
            pts += data.draw(st.integers(1, 30_000))
            moment = wall + timedelta(microseconds=pts * 11.115)
            body = bytes([run]) * data.draw(st.integers(1, 20))
            found.append(Packet(
                info=info, run=run, pts_90k=pts, dts_90k=None, is_key=number % 9 == 0,
                data=len(body).to_bytes(4) + body, wall=moment.astimezone(UTC),
            ))  # fmt: skip
            if data.draw(st.booleans()):
                found.append(AudioPacket(
                    info=audio, run=run, pts_90k=pts, duration_90k=1_800, data=b"\xf8\xff\xfe", wall=moment
                ))  # fmt: skip
        wall = found[-1].wall
    segments = cut(found)
    missing = data.draw(st.sets(st.integers(0, len(segments)), max_size=3))
    return [replace(s) for n, s in enumerate(segments) if n not in missing]
