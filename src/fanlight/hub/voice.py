"""G.711 to AAC: no browser and few players take the sound of old cameras in an MP4.

In:     frames of mu-law or A-law with their times.
Out:    AAC-LC of the same rate with times, 1,024 samples a frame.
Holds:  a time is right to JITTER_90K, however long the sound; where it is missing nothing is made up.
Absent: everything else: AAC and Opus pass as they are. FFmpeg is loaded when the first is made.
"""

from __future__ import annotations

import contextlib
from fractions import Fraction
from typing import TYPE_CHECKING

from fanlight.hub.packet import AudioInfo

if TYPE_CHECKING:
    import av

G711 = {"ulaw": "pcm_mulaw", "alaw": "pcm_alaw"}
JITTER_90K = 4_500  # 50 ms: what cameras' packets wander; a larger gap is one
_BITS_A_CHANNEL = 32_000
_FRAME = 1_024
Heard = tuple[
    int, bytes | memoryview, int
]  # when it begins and how long it lasts, 1/90,000 s; its bytes between


class Voice:
    """One track's way from G.711 to AAC."""

    def __init__(self, source: AudioInfo) -> None:
        """Open both codecs; `source` is G.711 of one or two channels."""
        self._source = source
        self._layout = "mono" if source.channels == 1 else "stereo"
        self._begun: int | None = None
        self._open()
        self.info = AudioInfo(
            codec="mp4a.40.2",
            rate_hz=source.rate_hz,
            channels=source.channels,
            config=bytes(self._encoder.extradata or b""),
        )

    def feed(self, at_90k: int, data: bytes) -> list[Heard]:
        """Take one frame that begins at `at_90k`; return what is ready."""
        done: list[Heard] = []
        if self._begun is not None and abs(at_90k - self._time(self._taken)) > JITTER_90K:
            done = self.finish()
        if self._begun is None:
            self._begun = at_90k
        for frame in self._decode(data):
            frame.pts = None
            self._taken += frame.samples
            self._waiting.write(frame)
        while (full := self._waiting.read(_FRAME)) is not None:
            done += self._encode(full)
        return done

    def finish(self) -> list[Heard]:
        """Return what is left; a later frame begins anew."""
        done: list[Heard] = []
        if self._begun is not None:
            rest = self._waiting.read(0, partial=True)
            done = (self._encode(rest) if rest is not None else []) + self._encode(None)
            self._begun = None
            self._open()
        return done

    def _open(self) -> None:
        import av  # noqa: PLC0415 - recording must not load FFmpeg

        rate = self._source.rate_hz
        decoder, encoder = (
            av.CodecContext.create(G711[self._source.codec], "r"),
            av.CodecContext.create("aac", "w"),
        )
        assert isinstance(decoder, av.AudioCodecContext)  # noqa: S101 - what FFmpeg calls these is fixed
        assert isinstance(encoder, av.AudioCodecContext)  # noqa: S101
        self._decoder, self._encoder = decoder, encoder
        self._decoder.sample_rate, self._decoder.layout = rate, self._layout
        self._resampler = av.AudioResampler(format="fltp", layout=self._layout, rate=rate)
        self._waiting = av.AudioFifo()
        self._encoder.sample_rate, self._encoder.layout, self._encoder.format = rate, self._layout, "fltp"
        self._encoder.bit_rate = _BITS_A_CHANNEL * self._source.channels
        self._encoder.time_base = Fraction(1, rate)
        self._encoder.open()
        self._taken = self._given = 0  # samples

    def _decode(self, data: bytes) -> list[av.AudioFrame]:
        import av  # noqa: PLC0415

        with contextlib.suppress(av.FFmpegError):  # not whole samples, or none: left out
            heard = self._decoder.decode(av.Packet(data)) if data else []
            return [frame for sound in heard for frame in self._resampler.resample(sound)]
        return []

    def _encode(self, frame: av.AudioFrame | None) -> list[Heard]:
        if frame is not None:
            frame.pts, frame.time_base = self._given, Fraction(1, self._source.rate_hz)
            self._given += frame.samples
        done: list[Heard] = []
        for packet in self._encoder.encode(frame):
            # The encoder's first frame only primes the decoder: it would be heard before the sound.
            if packet.pts is not None and packet.pts >= 0:
                at, end = self._time(packet.pts), self._time(packet.pts + _FRAME)
                done.append((at, bytes(packet), end - at))
        return done

    def _time(self, samples: int) -> int:
        return (self._begun or 0) + samples * 90_000 // self._source.rate_hz
