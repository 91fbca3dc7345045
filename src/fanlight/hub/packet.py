"""What a camera yields: encoded pictures and sound, and what a decoder needs. Shared by the hub's rooms.

Holds:  a picture's `data` is length-prefixed NAL units (4-byte big-endian lengths), parameter sets left
        out: those are in `info`. Timestamps of one run start at or after 0 and never wrap.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Clock = Literal["hub", "media"]
Role = Literal["main", "sub"]  # of a camera's streams: what is recorded, and a smaller one for looking


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamInfo:
    """How a stream's pictures are coded.

    `codec` is the RFC 6381 text (`avc1.4d401f`, `hvc1.1.6.L93.B0`), `config` the AVC or HEVC
    DecoderConfigurationRecord of ISO/IEC 14496-15, `width` and `height` the visible picture in pixels.
    """

    codec: str
    width: int
    height: int
    config: bytes

    @property
    def is_h264(self) -> bool:
        """Whether every browser plays it; otherwise it is H.265."""
        return self.codec.startswith("avc1")

    @property
    def mime(self) -> str:
        """The type that a browser's MediaSource takes for the pictures alone."""
        return f'video/mp4; codecs="{self.codec}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioInfo:
    """How a stream's sound is coded.

    `codec` is `mp4a.40.2` (AAC-LC and its kin), `opus`, `ulaw` or `alaw`; `config` the
    AudioSpecificConfig of AAC, the `dOps` content of Opus without its box header, empty for G.711.
    """

    codec: str
    rate_hz: int
    channels: int
    config: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One encoded picture, in decode order.

    `pts_90k` is the camera's own clock in 1/90,000 s from the start of the run; `dts_90k` is None where
    the source sends none (RTSP). `duration_90k` is a hint, None where unknown. `wall` is when it reached
    the hub, or for a recording the start that was given plus the media time; `mono_us` the hub's monotonic
    clock (`clock.mono_us`) at the same moment. `run` differs between stretches that do not continue each
    other (reconnect, new codec settings).
    """

    info: StreamInfo
    run: int
    pts_90k: int
    dts_90k: int | None
    duration_90k: int | None = None
    is_key: bool
    data: bytes
    wall: datetime
    mono_us: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioPacket:
    """One encoded frame of sound, on the same clock and in the same run as the pictures."""

    info: AudioInfo
    run: int
    pts_90k: int
    duration_90k: int
    data: bytes
    wall: datetime
    mono_us: int = 0


class Camera(Protocol):
    """One open source. `info` is right once `packets` has yielded, or after `open`."""

    clock: Clock

    @property
    def audio_dropped(self) -> int:
        """How much sound was left out."""
        ...

    @property
    def damage(self) -> int:
        """How often something was lost or made no sense."""
        ...

    @property
    def info(self) -> StreamInfo:
        """How the pictures are coded."""
        ...

    async def open(self) -> StreamInfo:
        """Reach the source and learn how it is coded; raises a CameraError."""
        ...

    def packets(self) -> AsyncIterator[Packet | AudioPacket]:
        """Yield pictures in decode order, and sound where it was asked for, until the source ends."""
        ...

    async def close(self) -> None:
        """Let go of the source; harmless when called twice."""
        ...
