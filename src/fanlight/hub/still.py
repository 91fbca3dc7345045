"""One keyframe as a JPEG that a person looks at. Import it in a thread: it loads a decoder."""

from fractions import Fraction

import av

from fanlight.hub.packet import Packet

WIDEST = 1280
_QUALITY = "4"  # MJPEG quantiser: 1280 by 720 is some 100 KB


def still(key: Packet, widest: int = WIDEST) -> bytes:
    """Return a keyframe as JPEG, at most `widest` pixels wide; empty if it does not decode."""
    frame = decode(key)
    return _encode(_fit(frame, widest)) if frame is not None else b""


def decode(key: Packet) -> av.VideoFrame | None:
    """Return the picture of a keyframe, None if it does not decode."""
    try:
        codec = av.CodecContext.create("h264" if key.info.is_h264 else "hevc", "r")
        codec.extradata = key.info.config
        codec.thread_count = 1
        return next(iter([*codec.decode(av.Packet(key.data)), *codec.decode(None)]), None)
    except av.FFmpegError:
        return None


def _fit(frame: av.VideoFrame, widest: int) -> av.VideoFrame:
    scale = min(widest / frame.width, 1)
    width, height = (max(round(side * scale) & ~1, 2) for side in (frame.width, frame.height))
    return frame.reformat(width, height, "yuvj420p")


def _encode(frame: av.VideoFrame) -> bytes:
    codec = av.CodecContext.create("mjpeg", "w")
    codec.width, codec.height, codec.pix_fmt = frame.width, frame.height, "yuvj420p"
    codec.time_base = Fraction(1, 25)
    codec.options = {"qmin": _QUALITY, "qmax": _QUALITY, "flags": "qscale"}
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    return b"".join(bytes(packet) for packet in [*codec.encode(frame), *codec.encode(None)])
