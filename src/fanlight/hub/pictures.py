"""Decode what was recorded: the pictures of some segments, with their times. FFmpeg is loaded when asked."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from fanlight.hub.segmenter import Segment, fmp4

if TYPE_CHECKING:
    import av


def pictures(run: Sequence[Segment]) -> Iterator[tuple[av.VideoFrame, datetime]]:
    """Yield the pictures of one run in the order in which they are shown; a damaged one is left out.

    Args:
        run: segments that follow each other, from a keyframe on. A picture's `pts` is on their clock.

    Raises:
        BadFmp4: a segment is damaged.
    """
    import av  # noqa: PLC0415 - recording must not load FFmpeg

    first = run[0]
    codec = av.CodecContext.create("h264" if first.info.is_h264 else "hevc", "r")
    assert isinstance(codec, av.VideoCodecContext)  # noqa: S101 - what FFmpeg calls it is fixed
    codec.extradata, codec.thread_count = first.info.config, 1
    for packet in _packets(run):
        shown: list[av.VideoFrame] = []
        with contextlib.suppress(av.FFmpegError):
            shown = codec.decode(packet)
        for frame in shown:
            if frame.pts is not None:
                yield frame, first.wall + timedelta(microseconds=(frame.pts - first.start_90k) * 100 / 9)


def _packets(run: Sequence[Segment]) -> Iterator[av.Packet[Any] | None]:
    import av  # noqa: PLC0415

    for segment in run:
        at = segment.start_90k
        table = fmp4.read(segment.fragment).pictures
        samples = table.cut(segment.fragment)
        for data, step, offset in zip(samples, table.durations_90k, table.offsets_90k, strict=True):
            packet: av.Packet[Any] = av.Packet(bytes(data))
            packet.pts, packet.time_base = at + offset, Fraction(1, fmp4.TIMESCALE)
            yield packet
            at += step
    yield None
