"""The picture of a moment, out of the recording."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import av
import pytest
from tests.hub.demuxed import START, cut, make, packets

from fanlight.hub.segmenter import Segment
from fanlight.hub.snapshot import snapshot


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Segment]]:
    folder = tmp_path_factory.mktemp("snapshot")
    return lambda picture: cut(packets(make(folder / picture, picture, seconds=4)))


def brightness(jpeg: bytes) -> bytes:
    with av.open(io.BytesIO(jpeg), "r") as container:
        frame = next(container.decode(video=0))
        return bytes(frame.reformat(16, 9, "gray").planes[0])


def distance(one: bytes, other: bytes) -> float:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


@pytest.mark.parametrize("picture", ["h264", "h264-b", "h264-long", "h265-b"])
def test_it_is_the_picture_that_was_to_be_seen_then(
    recorded: Callable[[str], list[Segment]], picture: str, tmp_path: Path
) -> None:
    """R01: the list shows what happened when the bell was pressed, not a second before."""
    segments = recorded(picture)
    with av.open(str(make(tmp_path / "film", picture, seconds=4)), "r") as container:
        shown = [bytes(f.reformat(16, 9, "gray").planes[0]) for f in container.decode(video=0)]
    for number in (0, 7, 20, 33, 59):
        at = START + timedelta(seconds=number / 15 + 0.02)
        found = brightness(snapshot(segments, at))
        nearest = min(range(60), key=lambda n: distance(shown[n], found))
        assert nearest == number


def test_before_the_recording_it_is_the_first_picture_and_after_it_the_last(
    recorded: Callable[[str], list[Segment]],
) -> None:
    segments = recorded("h264")
    long_ago, far_off = START - timedelta(hours=1), START + timedelta(hours=1)
    assert snapshot(segments, long_ago) == snapshot(segments[0], START)
    assert snapshot(segments, far_off) == snapshot(segments[-1], segments[-1].wall_end)
    assert len(snapshot(segments, START)) <= 12 * 1024


def test_what_cannot_be_decoded_has_no_picture(recorded: Callable[[str], list[Segment]]) -> None:
    segments = recorded("h264-long")
    torn = replace(segments[0], fragment=segments[0].fragment[:-3])
    junk = segments[0].fragment
    at = junk.index(b"mdat") + 4
    junk = junk[:at] + bytes(len(junk) - at)
    assert snapshot(torn, START) == snapshot(replace(torn, fragment=junk), START) == b""
    assert snapshot(segments[1:], START) == snapshot([], START) == b""
