"""A picture small enough for a push. Import it in a thread: it loads a decoder."""

from fractions import Fraction

import av

_WIDTHS = (240, 200, 160, 120, 96)
_QUALITIES = (60, 40, 25, 12)


def small(jpeg: bytes, most: int) -> bytes:
    """Return a JPEG as WebP of at most `most` bytes, as large and fine as fits; empty if none does."""
    try:
        codec = av.CodecContext.create("mjpeg", "r")
        frame = next(iter([*codec.decode(av.Packet(jpeg)), *codec.decode(None)]), None)
        if frame is None:
            return b""
        for width in _WIDTHS:
            for quality in _QUALITIES:
                data = _encode(frame, min(width, frame.width & ~1), quality)
                if len(data) <= most:
                    return data
    except av.FFmpegError:
        return b""
    return b""


def _encode(frame: av.VideoFrame, width: int, quality: int) -> bytes:
    height = max(round(frame.height * width / frame.width) & ~1, 2)
    fitted = frame.reformat(max(width, 2), height, "yuv420p", dst_color_range="MPEG")
    codec = av.CodecContext.create("libwebp", "w")
    codec.width, codec.height, codec.pix_fmt = fitted.width, fitted.height, "yuv420p"
    codec.time_base = Fraction(1, 25)
    codec.options = {"quality": str(quality), "compression_level": "2"}
    fitted.pts, fitted.time_base = 0, Fraction(1, 25)
    return b"".join(bytes(packet) for packet in [*codec.encode(fitted), *codec.encode(None)])
