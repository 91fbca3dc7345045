# ruff: noqa: PLR0913, PLR0917 - fixtures, not arguments
import contextlib
import itertools
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.hub.camera import FileCamera, Packet, StreamInfo
from fanlight.hub.segmenter import BadFmp4, Segment, Segmenter, fmp4
from fanlight.hub.segmenter.segmenter import wall_step
from fanlight.model.padding import padded_length

Video = Callable[[str], Path]
Read = Callable[[Path], tuple[list[Packet], FileCamera]]
Cut = Callable[[list[Packet]], list[Segment]]
NAMES = ["plain.mp4", "b-frames.mp4", "open-gop.mkv", "long-gop.mp4", "vfr.mkv", "single.mp4"]


@pytest.mark.parametrize("name", NAMES)
def test_segments_follow_each_other_without_gap_or_overlap(
    video: Video, read: Read, cut: Cut, name: str
) -> None:
    segments = cut(read(video(name))[0])
    for before, after in itertools.pairwise(segments):
        assert before.start_90k + before.duration_90k == after.start_90k
        assert abs((after.wall - before.wall_end).total_seconds()) < 0.001
    assert [s.is_discontinuous for s in segments] == [True] + [False] * (len(segments) - 1)


@pytest.mark.parametrize("name", NAMES)
def test_without_decode_times_the_same_clip_comes_out(video: Video, read: Read, cut: Cut, name: str) -> None:
    packets = read(video(name))[0]
    without = [replace(packet, dts_90k=None) for packet in packets]
    assert fmp4.join(cut(packets)).data == fmp4.join(cut(without)).data


def test_a_long_group_of_pictures_is_cut_every_second_and_decodes_when_joined(
    video: Video, read: Read, cut: Cut, frames: Callable[..., int]
) -> None:
    """S2, R02: a crash loses the second that was not closed, however seldom the camera sends a keyframe."""
    segments = cut(read(video("long-gop.mp4"))[0])
    assert [segment.is_key for segment in segments] == [True] + [False] * (len(segments) - 1)
    assert max(segment.duration_90k for segment in segments) <= 126_000  # two pictures more
    joined = fmp4.join(segments)
    assert frames(joined.data) == 125
    assert all(8_000 < span.duration_ms <= 10_000 for span in joined.segments[:-1])
    assert not fmp4.can_join(segments[1:])


def test_a_segment_of_a_clip_starts_at_a_keyframe_though_it_was_recorded_in_pieces(
    video: Video, read: Read, cut: Cut, frames: Callable[..., int]
) -> None:
    segments = cut(read(video("b-frames.mp4"))[0])
    assert [segment.is_key for segment in segments[:4]] == [True, False, True, False]
    joined = fmp4.join(segments)
    spans = [span.to_list() for span in joined.segments]
    assert [span[3] for span in spans] == [1_200, 1_200, 1_200, 400]
    for number, pictures in enumerate([12, 12, 12, 4]):
        assert frames(fmp4.trim(joined.data, joined.init, spans, number, number).data) == pictures


def test_what_lost_its_beginning_is_left_out_of_a_clip(
    video: Video, read: Read, cut: Cut, frames: Callable[..., int]
) -> None:
    """A second that the disk refused takes with it what cannot be decoded without it, and nothing else."""
    segments = cut(read(video("b-frames.mp4"))[0])
    orphaned = segments[:2] + segments[3:]
    assert fmp4.decodable(orphaned) == segments[:2] + segments[4:]
    assert frames(fmp4.join(orphaned).data) == 28


def test_packets_before_the_first_keyframe_are_dropped_and_counted(video: Video, read: Read) -> None:
    packets = read(video("plain.mp4"))[0]
    segmenter = Segmenter()
    made = [s for packet in packets[3:] for s in segmenter.feed(packet)] + segmenter.finish()
    assert segmenter.leading_dropped == 7
    assert made[0].start_90k == packets[10].pts_90k


def test_a_new_run_never_shares_a_segment_with_the_old(video: Video, read: Read, cut: Cut) -> None:
    packets = read(video("plain.mp4"))[0]
    again = [replace(p, run=p.run + 1, wall=p.wall + timedelta(seconds=30)) for p in packets]
    segments = cut(packets + again)
    assert [s.is_discontinuous for s in segments].count(True) == 2
    joined = fmp4.join(segments)
    assert joined.duration_ms == 34_000


def test_a_clip_is_padded_and_its_spans_lead_to_its_segments(video: Video, read: Read, cut: Cut) -> None:
    """R11: sizes tell little."""
    segments = cut(read(video("plain.mp4"))[0])
    joined = fmp4.join(segments)
    used = joined.segments[-1].offset + joined.segments[-1].length
    assert len(joined.data) == padded_length(used)
    assert [span.start_ms for span in joined.segments] == [0, 1000, 2000, 3000]
    assert joined.data[used + 4 : used + 8] == b"free"


@pytest.mark.parametrize("name", ["plain.mp4", "b-frames.mp4", "open-gop.mkv"])
def test_a_trimmed_clip_starts_at_nought_decodes_and_lasts_what_was_kept(
    video: Video,
    read: Read,
    cut: Cut,
    frames: Callable[..., int],
    probed_s: Callable[[bytes], float],
    name: str,
) -> None:
    joined = fmp4.join(cut(read(video(name))[0]))
    spans = [span.to_list() for span in joined.segments]
    trimmed = fmp4.trim(joined.data, joined.init, spans, 1, 2)
    assert trimmed.segments[0].start_ms == 0
    assert frames(trimmed.data) > 0
    assert probed_s(trimmed.data) * 1000 == pytest.approx(trimmed.duration_ms, abs=1)
    assert trimmed.duration_ms == pytest.approx(sum(span[3] for span in spans[1:3]), abs=1)


def test_trimming_all_of_a_clip_gives_the_same_bytes(video: Video, read: Read, cut: Cut) -> None:
    joined = fmp4.join(cut(read(video("plain.mp4"))[0]))
    spans = [span.to_list() for span in joined.segments]
    assert fmp4.trim(joined.data, joined.init, spans, 0, len(spans) - 1) == joined


@given(st.data())
def test_any_bytes_are_trimmed_or_refused_as_no_clip(data: st.DataObject) -> None:
    case = json.loads(_vector("plain").read_text())
    clip = bytearray(bytes.fromhex(case["clip"]) + bytes(case["zeros"]))
    for _ in range(data.draw(st.integers(0, 4))):
        clip[data.draw(st.integers(0, 3_000))] = data.draw(st.integers(0, 255))
    spans = data.draw(
        st.one_of(
            st.just(case["segments"]),
            st.lists(st.lists(st.integers(-5, 400_000), min_size=0, max_size=4), max_size=4),
        )
    )
    with contextlib.suppress(BadFmp4):
        fmp4.trim(
            bytes(clip), case["init"], spans, data.draw(st.integers(-1, 3)), data.draw(st.integers(-1, 4))
        )


def _vector(name: str) -> Path:
    return Path(__file__).parents[2] / "vectors" / "fmp4" / f"{name}.json"


@pytest.mark.parametrize("path", sorted(_vector("x").parent.glob("*.json")), ids=lambda path: path.stem)
def test_trimming_gives_the_bytes_of_the_vectors(path: Path) -> None:
    case = json.loads(path.read_text())
    clip = bytes.fromhex(case["clip"]) + bytes(case["zeros"])
    ask = (clip, case["init"], case["segments"], case["first"], case["last"])
    if case["expect"] != "trimmed":
        with pytest.raises(BadFmp4):
            fmp4.trim(*ask)
        return
    trimmed = fmp4.trim(*ask)
    want = case["trimmed"]
    assert trimmed.data == bytes.fromhex(want["clip"]) + bytes(want["zeros"])
    assert [span.to_list() for span in trimmed.segments] == want["segments"]
    assert list(trimmed.init) == want["init"]


@given(st.integers(0, 900_000), st.integers(-(10**9), 10**9))
def test_the_wall_clock_of_a_run_never_steps_back_or_jumps(media_90k: int, ahead_90k: int) -> None:
    step = wall_step(media_90k, ahead_90k)
    assert abs(step - media_90k) <= media_90k // 2_000
    assert step >= 0


@given(
    st.lists(
        st.tuples(st.integers(0, 10**7), st.booleans(), st.integers(0, 2), st.integers(0, 50)),
        max_size=60,
    )
)
def test_whatever_the_times_every_packet_is_in_one_segment_or_counted(
    steps: list[tuple[int, bool, int, int]],
) -> None:
    """S1, S3."""
    packets = [_packet(pts, is_key=key, run=run, size=size) for pts, key, run, size in steps]
    segmenter = Segmenter()
    segments = [s for packet in packets for s in segmenter.feed(packet)] + segmenter.finish()
    timings = [fmp4.timing(segment.fragment) for segment in segments]
    assert all(t.duration_90k == s.duration_90k for t, s in zip(timings, segments, strict=True))
    kept = sum(_samples(segment.fragment) for segment in segments)
    assert kept + segmenter.leading_dropped == len(packets)
    for before, after in itertools.pairwise(segments):
        if not after.is_discontinuous:
            assert before.start_90k + before.duration_90k <= after.start_90k


def _samples(fragment: bytes) -> int:
    at = fragment.index(b"trun")
    return int.from_bytes(fragment[at + 8 : at + 12], "big")


def _packet(pts: int, *, is_key: bool, run: int, size: int) -> Packet:
    info = StreamInfo(codec="avc1.42001e", width=16, height=16, config=b"\1")
    return Packet(
        info=info, run=run, pts_90k=pts, dts_90k=None, is_key=is_key, data=bytes(size),
        wall=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=pts * 100 / 9),
    )  # fmt: skip


def test_the_standard_tool_finds_pictures_shown_in_order(
    video: Video, read: Read, cut: Cut, tmp_path: Path
) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(fmp4.join(cut(read(video("b-frames.mp4"))[0])).data)
    command = ["ffprobe", "-v", "error", "-show_entries", "frame=pts", "-of", "csv=p=0", str(path)]
    shown = (
        subprocess.run(command, check=True, capture_output=True, text=True).stdout.replace(",", "").split()
    )
    steps = {int(after) - int(before) for before, after in itertools.pairwise(shown)}
    assert steps == {9_000}
