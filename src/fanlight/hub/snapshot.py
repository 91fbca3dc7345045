"""One picture of the recording, for the list of what was seen and the clip of a press of the bell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from fanlight.hub.packet import Packet
from fanlight.hub.pictures import pictures
from fanlight.hub.segmenter import BadFmp4, Segment, fmp4

if TYPE_CHECKING:
    import av


def snapshot(segments: Segment | Sequence[Segment], at: datetime) -> bytes:
    """Return the picture that was to be seen at `at` as JPEG of at most 12 KiB; empty if none decodes.

    Args:
        segments: from the journal, the first starting at a keyframe, H.264 or H.265.
        at: aware; before the first segment's start gives its first picture.
    """
    from fanlight.hub.detector.thumb import shrink, to_jpeg  # noqa: PLC0415 - it loads a decoder

    group = _group([segments] if isinstance(segments, Segment) else segments, at)
    chosen: av.VideoFrame | None = None
    try:
        for frame, shown_at in pictures(group) if group else ():
            if chosen is not None and shown_at > at:
                break
            chosen = frame
    except BadFmp4:
        return b""
    return to_jpeg(shrink(chosen)) if chosen is not None else b""


def _group(segments: Sequence[Segment], at: datetime) -> list[Segment]:
    """Return the segments from the last keyframe before `at` up to `at`: what must be decoded, no more."""
    group: list[Segment] = []
    for segment in fmp4.decodable(segments):
        if group and segment.wall > at:
            break
        if segment.is_key:
            group = []
        group.append(segment)
    return group


def thumb_of(key: Packet) -> bytes:
    """Return a keyframe as JPEG of at most 12 KiB; empty if it does not decode."""
    from fanlight.hub.detector.thumb import shrink, to_jpeg  # noqa: PLC0415 - recording must not load FFmpeg
    from fanlight.hub.still import decode  # noqa: PLC0415

    frame = decode(key)
    return to_jpeg(shrink(frame)) if frame is not None else b""
