"""Make a clip anew: its pictures and sound and nothing else. Runs in the child (postmedia.child) only.

In:     an open MP4.
Out:    an MP4 with its index in front (H.264 main, AAC) and a JPEG of an early picture; Made.
Holds:  what is written was encoded here: of the file read only pictures, samples and their distances in time
        come over. No part of it is told apart by when or with what it was made.
Raises: Refused, and whatever a decoder raises.
"""

from __future__ import annotations  # the library's own types are generic on paper only

import contextlib
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from types import TracebackType
from typing import BinaryIO, Self

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.codec.context import Flags
from av.container import InputContainer
from av.video.reformatter import Interpolation
from av.video.stream import VideoStream

from fanlight.postmedia.made import Made, Refused
from fanlight.postmedia.photo import check_size, write_picture
from fanlight.postmedia.sound import RATE, Sound, read_sound
from fanlight.wire.media import CLIP_S

SHORTER, LONGER = 720, 1_280
PER_S = 30
_TICKS = 90_000
_SLACK_S = 0.5  # the last picture's own length
_LEAST = 16  # pixels of a side; an encoder's smallest block
_VIDEO = {
    "preset": "veryfast",
    "crf": "26",
    "profile": "main",
    "maxrate": "2500k",
    "bufsize": "5000k",
    "g": "60",
    "a53cc": "0",  # no captions of the pictures that came
    "udu_sei": "0",
}
_PLAIN = {1, 5, 6, 7}  # colours as H.264 numbers them, of a usual camera
_NARROW = 1
_HEAD = 8  # bytes before a box's own: its size and name


@dataclass(frozen=True, slots=True)
class _Shape:
    """How pictures are scaled, and then turned by quarters to the left."""

    width: int
    height: int
    quarters: int


class _Pictures:
    """The pictures of a file, scaled and upright, 30 a second at most."""

    def __init__(self, found: InputContainer, stream: VideoStream) -> None:
        """Read from an open file."""
        self._found, self._stream = found, stream
        self._came = 0

    def __iter__(self) -> Iterator[tuple[float, av.VideoFrame]]:
        """Yield time and picture."""
        last_s = None
        for frame in self._frames():
            check_size(frame.width, frame.height)
            at_s = frame.time
            if frame.pts is None or (last_s is not None and at_s - last_s < 1 / (PER_S + 1)):
                continue
            last_s = at_s
            yield at_s, _made(frame, _shape(frame, self._stream))

    def cut_off(self) -> bool:
        """Tell whether the file lists more pictures than came."""
        return self._came < self._stream.frames

    def _frames(self) -> Iterator[av.VideoFrame]:
        for packet in self._found.demux(self._stream):
            self._came += packet.size > 0
            with contextlib.suppress(av.FFmpegError):  # a damaged picture is left out
                yield from packet.decode()


def _shape(frame: av.VideoFrame, stream: VideoStream) -> _Shape:
    ratio = stream.sample_aspect_ratio
    wide = frame.width * (min(max(float(ratio), 0.25), 4.0) if ratio else 1.0)
    high = float(frame.height)
    scale = min(1.0, LONGER / max(wide, high), SHORTER / min(wide, high))
    quarters = round(frame.rotation / 90) % 4
    return _Shape(_even(wide * scale), _even(high * scale), quarters)


def _even(side: float) -> int:
    return max(int(side) // 2 * 2, _LEAST)


def _made(frame: av.VideoFrame, shape: _Shape) -> av.VideoFrame:
    """Return a picture of our own: planes of brightness and colour, with nothing that hung on the frame."""
    scaled = frame.reformat(shape.width, shape.height, "yuv420p", interpolation=Interpolation.BICUBIC)
    plain: npt.NDArray[np.uint8] = scaled.to_ndarray()  # type: ignore[assignment]  # of this format it is
    if shape.quarters:
        width, height = shape.width, shape.height
        small = (2, height // 2, width // 2)
        planes = [plain[:height], *plain[height:].reshape(small)]
        turned = [np.rot90(plane, shape.quarters).ravel() for plane in planes]
        across = height if shape.quarters % 2 else width
        plain = np.concatenate(turned).reshape(-1, across)
    made = av.VideoFrame.from_ndarray(np.ascontiguousarray(plain), format="yuv420p")
    made.color_range = _NARROW
    made.colorspace = frame.colorspace if frame.colorspace in _PLAIN else made.colorspace
    return made


class _Film:
    """The file that is written."""

    def __init__(self, out: BinaryIO, again: BinaryIO) -> None:
        """Write to `out`; the index is moved to the front with the help of `again`."""
        options = {"movflags": "faststart", "fflags": "+bitexact"}
        self._file = av.open(out, "w", format="mp4", options=options, io_open=_second(out, again))
        self._bare: BitStreamFilterContext | None = None
        self._video: VideoStream | None = None
        self._audio: AudioStream | None = None
        self._frames: Iterator[av.AudioFrame] = iter(())
        self.width = self.height = self._heard = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file."""
        self._file.close()

    def begin(self, first: av.VideoFrame, sound: Sound | None, first_s: float) -> None:
        """Take size and colours from the first picture."""
        self.width, self.height = first.width, first.height
        video = self._file.add_stream("libx264", rate=PER_S, options=dict(_VIDEO))
        video.width, video.height, video.pix_fmt = first.width, first.height, "yuv420p"
        video.time_base = video.codec_context.time_base = Fraction(1, _TICKS)
        video.codec_context.color_range = _NARROW
        video.codec_context.colorspace = first.colorspace
        video.codec_context.thread_count = 2
        video.codec_context.flags |= Flags.bitexact  # and without the library's name
        self._video = video
        if sound is not None:
            self._audio = self._file.add_stream("aac", rate=RATE, layout=sound.layout)
            self._audio.bit_rate = 96_000
            self._audio.codec_context.flags |= Flags.bitexact
            self._frames = sound.frames(first_s)
        # Type 6: what the encoder says of itself, and whatever else would say more than a picture.
        self._bare = BitStreamFilterContext("filter_units=remove_types=6", video)

    def show(self, picture: av.VideoFrame, pts: int) -> None:
        """Encode a picture; one of another size than the first is made to fit."""
        if (picture.width, picture.height) != (self.width, self.height):
            picture = picture.reformat(self.width, self.height)
        picture.pts, picture.time_base = pts, Fraction(1, _TICKS)
        assert self._video is not None  # noqa: S101 - it began
        self._write(self._video.encode(picture))
        self._hear(pts / _TICKS)

    def end(self, length_s: float) -> None:
        """Encode what is left."""
        assert self._video is not None and self._bare is not None  # noqa: S101, PT018 - it began
        self._write(self._video.encode(None))
        for last in self._bare.filter(None):
            self._file.mux(last)
        self._hear(length_s)
        if self._audio is not None:
            self._file.mux(self._audio.encode(None))

    def _hear(self, until_s: float) -> None:
        """Encode the sound up to a moment, so that pictures and sound lie beside each other in the file."""
        while self._audio is not None and self._heard < until_s * RATE:
            frame = next(self._frames, None)
            if frame is None:
                return
            self._heard += frame.samples
            self._file.mux(self._audio.encode(frame))

    def _write(self, packets: Iterable[av.Packet[VideoStream]]) -> None:
        assert self._bare is not None  # noqa: S101 - it began
        for packet in packets:
            for bare in self._bare.filter(packet):
                self._file.mux(bare)


def make_clip(source: BinaryIO, out: BinaryIO, again: BinaryIO, poster: BinaryIO) -> Made:
    """Write the clip and its poster anew; `again` is the same file as `out`, open for reading."""
    sound = read_sound(source)
    source.seek(0)
    with av.open(source, "r", format="mp4") as found:
        stream = next((one for one in found.streams.video if one.codec_context.name == "h264"), None)
        if stream is None:
            raise Refused("not_taken")
        check_size(stream.codec_context.width, stream.codec_context.height)
        stated = found.duration
        if stated is not None and stated > (CLIP_S + _SLACK_S) * av.time_base:
            raise Refused("too_long")
        pictures = _Pictures(found, stream)
        with _Film(out, again) as film:
            length_s, still = _encode(pictures, sound, film)
    _blank_words(out)
    made = write_picture(still.to_image(), poster)  # type: ignore[no-untyped-call]
    return Made(width=film.width, height=film.height, seconds=length_s, alike=made.alike)


def _encode(pictures: _Pictures, sound: Sound | None, film: _Film) -> tuple[float, av.VideoFrame]:
    """Encode all pictures and then the sound; return the clip's length and its poster."""
    first_s = last_s = 0.0
    step_s = 1 / PER_S
    still = None
    for at_s, picture in pictures:
        if still is None:
            still, first_s = picture, at_s
            film.begin(picture, sound, first_s)
        elif at_s - first_s > CLIP_S + _SLACK_S:
            raise Refused("too_long")
        elif last_s - first_s < 1 <= at_s - first_s:
            still = picture  # after a second a door or a person is seen, not a camera that wakes up
        film.show(picture, round((at_s - first_s) * _TICKS))
        if at_s > first_s:
            step_s = min(at_s - last_s, 1.0)  # the last picture is taken to stand as long as the one before
        last_s = at_s
    if still is None or pictures.cut_off():
        raise Refused("unreadable")
    length_s = min(last_s - first_s + step_s, CLIP_S)
    film.end(length_s)
    return round(length_s, 3), still


def _blank_words(out: BinaryIO) -> None:
    """Write nothing over the place that the library makes for words, empty as it is."""
    at, end = 0, out.seek(0, io.SEEK_END)
    while at + _HEAD <= end:
        out.seek(at)
        head = out.read(_HEAD)
        size, name = int.from_bytes(head[:4]), head[4:]
        if name == b"udta":
            out.seek(at + 4)
            out.write(b"free" + bytes(size - _HEAD))
        if name == b"mdat" or size < _HEAD:
            return
        at += _HEAD if name == b"moov" else size


def _second(out: BinaryIO, again: BinaryIO) -> Callable[..., BinaryIO]:
    def opened(_url: str, _flags: int, _options: dict[str, str]) -> BinaryIO:
        out.flush()
        return again

    return opened
