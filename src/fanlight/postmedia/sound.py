"""A clip's sound: decoded to plain samples, and given back in step with the pictures. In the child only.

In:     an MP4, and the number of its audio stream.
Out:    frames of 48 kHz, in mono or stereo, with times from the first picture on.
Holds:  a little more than 60 s at most, whatever the file says of its times.
"""

from __future__ import annotations  # the library's own types are generic on paper only

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream

from fanlight.wire.media import CLIP_S

RATE = 48_000
_FRAME = 1_024  # samples of one AAC frame
_JUMP_S = 0.1  # times that jump by less are the writer's rounding
_MOST_S = CLIP_S + 1


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples in a row: `start_s` on the file's clock; one row of float32 a channel."""

    start_s: float
    samples: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sound:
    """All of a clip's sound."""

    pieces: list[Piece]
    layout: str

    def frames(self, first_s: float) -> Iterator[av.AudioFrame]:
        """Yield what is heard from `first_s` on the file's clock, in frames for AAC."""
        whole = self._line(first_s)
        for at in range(0, whole.shape[1], _FRAME):
            piece = np.ascontiguousarray(whole[:, at : at + _FRAME])
            frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout=self.layout)
            frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
            yield frame

    def _line(self, first_s: float) -> npt.NDArray[np.float32]:
        """Return the samples on one line, silent where the file has none."""
        channels = self.pieces[0].samples.shape[0]
        line = np.zeros((channels, _MOST_S * RATE), np.float32)
        at = None
        for piece in self.pieces:
            said = round((piece.start_s - first_s) * RATE)
            at = said if at is None or abs(said - at) > _JUMP_S * RATE else at
            begin, end = max(at, 0), min(at + piece.samples.shape[1], line.shape[1])
            if begin < end:
                line[:, begin:end] = piece.samples[:, begin - at : end - at]
            at += piece.samples.shape[1]
        return line


def read_sound(source: BinaryIO) -> Sound | None:
    """Return a file's AAC sound; None if it has none that can be heard."""
    source.seek(0)
    pieces: list[Piece] = []
    heard = 0
    with av.open(source, "r", format="mp4") as found:
        stream = next((one for one in found.streams.audio if one.codec_context.name.startswith("aac")), None)
        if stream is None:
            return None
        layout = "mono" if stream.codec_context.channels == 1 else "stereo"
        plain = av.AudioResampler(format="fltp", layout=layout, rate=RATE)
        for packet in found.demux(stream):
            for frame in _decoded(packet):
                start_s = frame.time
                for made in plain.resample(frame):
                    samples = made.to_ndarray().astype(np.float32, copy=False)
                    if start_s is not None and heard < _MOST_S * RATE:
                        pieces.append(Piece(start_s, samples))
                        heard += samples.shape[1]
    return Sound(pieces, layout) if pieces else None


def _decoded(packet: av.Packet[AudioStream]) -> list[av.AudioFrame]:
    """Return the frames of a packet; a damaged one is silent."""
    try:
        return packet.decode()
    except av.FFmpegError:
        return []
