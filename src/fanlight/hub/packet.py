"""What a camera yields: encoded pictures, and what a decoder needs for them. Shared by the hub's rooms.

Holds:  `data` is length-prefixed NAL units (4-byte big-endian lengths), parameter sets left out:
        those are in `info`. Timestamps of one run start at or after 0 and never wrap.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Clock = Literal["hub", "media"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamInfo:
    """How a stream is coded.

    `codec` is the RFC 6381 text (`avc1.4d401f`), `avcc` the AVCDecoderConfigurationRecord of ISO/IEC
    14496-15, `width` and `height` the visible picture in pixels.
    """

    codec: str
    width: int
    height: int
    avcc: bytes

    @property
    def mime(self) -> str:
        """The type that a browser's MediaSource takes."""
        return f'video/mp4; codecs="{self.codec}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One encoded picture, in decode order.

    `pts_90k` is the camera's own clock in 1/90,000 s from the start of the run; `dts_90k` is None where
    the source sends none (RTSP). `duration_90k` is a hint, None where unknown. `wall` is when it reached
    the hub, or for a recording the start that was given plus the media time. `run` differs between
    stretches that do not continue each other (reconnect, new codec settings).
    """

    info: StreamInfo
    run: int
    pts_90k: int
    dts_90k: int | None
    duration_90k: int | None = None
    is_key: bool
    data: bytes
    wall: datetime


class Camera(Protocol):
    """One open source. `info` is right once `packets` has yielded, or after `open`."""

    clock: Clock
    audio_dropped: int

    @property
    def damage(self) -> int:
        """How often something was lost or made no sense."""
        ...

    @property
    def info(self) -> StreamInfo:
        """How the stream is coded."""
        ...

    async def open(self) -> StreamInfo:
        """Reach the source and learn how it is coded; raises a CameraError."""
        ...

    def packets(self) -> AsyncIterator[Packet]:
        """Yield packets in decode order until the source ends."""
        ...

    async def close(self) -> None:
        """Let go of the source; harmless when called twice."""
        ...
