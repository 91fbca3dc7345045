"""Any decodable picture to H.264 that every browser plays: for files in other codings.

In:     decoded frames with times on a 90 kHz clock.
Out:    H.264 High, 4:2:0, 8 bit, a keyframe a second, no B-frames, in NAL units.
Absent: audio; the picture's size is kept, made even.
"""

import fractions
from dataclasses import dataclass

import av
from av.video.frame import PictureType

from fanlight.hub.camera import nal
from fanlight.hub.camera.sample import SampleBuilder
from fanlight.hub.packet import StreamInfo

_GOP_90K = 90_000
_CRF = "23"
_MOST_BITS = 0.12  # a pixel: 3.7 Mb/s for 1080p15, a little more than cameras send


@dataclass(frozen=True, slots=True)
class Coded:
    """One coded picture at `pts_90k`."""

    pts_90k: int
    data: bytes
    is_key: bool
    dts_90k: int | None = None
    duration_90k: int | None = None


class Transcoder:
    """One libx264 encoder; frames of another size are scaled to the first one's."""

    def __init__(self, width: int, height: int, rate: float, *, live: bool = False) -> None:
        """Open the encoder.

        Args:
            width: of the source, pixels.
            height: of the source, pixels.
            rate: frames a second, a hint for the rate control.
            live: give each picture back at once, on the calling thread; less computing, a bounded rate.
        """
        codec = av.CodecContext.create("libx264", "w")
        codec.width, codec.height = max(width & ~1, 2), max(height & ~1, 2)
        codec.pix_fmt = "yuv420p"
        codec.time_base = fractions.Fraction(1, 90_000)
        codec.framerate = fractions.Fraction(rate).limit_denominator(1000)
        codec.gop_size = max(round(rate), 1)
        codec.max_b_frames = 0
        codec.thread_count = 1 if live else 2
        codec.flags |= av.codec.context.Flags.global_header
        codec.options = {
            "preset": "veryfast", "crf": _CRF, "forced-idr": "1", "rc-lookahead": "10",
            "x264-params": "scenecut=0:open-gop=0",
        }  # fmt: skip
        if live:
            most = max(round(codec.width * codec.height * rate * _MOST_BITS), 100_000)
            codec.options |= {
                "preset": "superfast", "tune": "zerolatency", "rc-lookahead": "0", "maxrate": str(most),
                "bufsize": str(2 * most),
            }  # fmt: skip
        codec.open()
        self._codec = codec
        self._samples = SampleBuilder("H264", nal.split_annexb(bytes(codec.extradata or b"")))
        self._key_at: int | None = None
        self._last = -1

    @property
    def info(self) -> StreamInfo:
        """How the result is coded."""
        info = self._samples.info
        assert info is not None  # noqa: S101 - the encoder was opened with a global header
        return info

    def encode(self, frame: av.VideoFrame, pts_90k: int) -> list[Coded]:
        """Take a frame; return what the encoder has ready. A frame not later than the last is left out."""
        if pts_90k <= self._last:
            return []
        self._last = pts_90k
        picture = frame.reformat(self._codec.width, self._codec.height, "yuv420p")
        picture.pts, picture.time_base = pts_90k, self._codec.time_base
        picture.pict_type = PictureType.NONE
        if self._key_at is None or pts_90k - self._key_at >= _GOP_90K:
            picture.pict_type, self._key_at = PictureType.I, pts_90k
        return self._read(picture)

    def flush(self) -> list[Coded]:
        """Return what the encoder still held."""
        return self._read(None)

    def _read(self, picture: av.VideoFrame | None) -> list[Coded]:
        coded = []
        for packet in self._codec.encode(picture):
            sample = self._samples.add(nal.split_annexb(bytes(packet)))
            if sample is not None and packet.pts is not None:
                coded.append(Coded(packet.pts, *sample))
        return coded
