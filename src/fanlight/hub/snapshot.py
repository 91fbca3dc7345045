"""One picture of a recorded segment, for the clip of a press of the bell."""

import io
from datetime import datetime

import av

from fanlight.hub.detector.thumb import shrink, to_jpeg
from fanlight.hub.segmenter import Segment, fmp4


def snapshot(segment: Segment, at: datetime) -> bytes:
    """Return the picture of `segment` nearest before `at` as JPEG of at most 12 KiB; empty if none decodes.

    Args:
        segment: from the journal, starting at a keyframe.
        at: aware; before the segment's start gives its first picture.
    """
    wanted_s = (at - segment.wall).total_seconds()
    chosen: av.VideoFrame | None = None
    try:
        with av.open(io.BytesIO(bytes(fmp4.join([segment]).media)), "r") as container:
            for frame in container.decode(video=0):
                if chosen is not None and (frame.time or 0.0) > wanted_s:
                    break
                chosen = frame
    except av.FFmpegError:
        if chosen is None:
            return b""
    return to_jpeg(shrink(chosen)) if chosen is not None else b""
