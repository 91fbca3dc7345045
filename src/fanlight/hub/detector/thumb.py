"""A small picture of an event for the timeline. It is sealed with the manifest and shown to members only."""

from fractions import Fraction

import av

MAX_BYTES = 12 * 1024
_WIDTH, _HEIGHT = 320, 180
_QUALITIES = (5, 8, 12, 18, 25, 31)  # MJPEG quantiser, finest first


def shrink(frame: av.VideoFrame) -> av.VideoFrame:
    """Return a copy that fits 320 by 180 pixels, proportions kept."""
    scale = min(_WIDTH / frame.width, _HEIGHT / frame.height, 1)
    width, height = (max(round(side * scale) & ~1, 2) for side in (frame.width, frame.height))
    return frame.reformat(width, height, "yuvj420p")


def to_jpeg(frame: av.VideoFrame) -> bytes:
    """Return a shrunk picture as JPEG of at most 12 KiB: as fine as fits, smaller if need be."""
    while True:
        for quality in _QUALITIES:
            data = _encode(frame, quality)
            if len(data) <= MAX_BYTES:
                return data
        frame = frame.reformat(max(frame.width // 4 * 2, 2), max(frame.height // 4 * 2, 2))


def _encode(frame: av.VideoFrame, quality: int) -> bytes:
    codec = av.CodecContext.create("mjpeg", "w")
    codec.width, codec.height, codec.pix_fmt = frame.width, frame.height, "yuvj420p"
    codec.time_base = Fraction(1, 25)
    codec.options = {"qmin": str(quality), "qmax": str(quality), "flags": "qscale"}
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    return b"".join(bytes(packet) for packet in [*codec.encode(frame), *codec.encode(None)])
