"""The `compat` driver: a network camera read by FFmpeg, for devices that our own reader does not understand.

In:     `rtsp://` or `rtsps://` with its credentials.
Out:    as a file (`reader`), times of arrival from the hub's clocks.
Holds:  neither address nor password enters a message; FFmpeg's own messages are not passed on.
Absent: FFmpeg holds each picture back until the next has begun, and costs three times our own reader.
"""

import asyncio
import itertools
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from fanlight.hub.camera.errors import CameraError, NotAVideo
from fanlight.hub.camera.rtsp import refusals
from fanlight.hub.camera.rtsp.address import read_address
from fanlight.hub.packet import AudioPacket, Clock, Packet, StreamInfo
from fanlight.model import clock

if TYPE_CHECKING:
    import av

_ANSWER_S, _STALL_S = 10.0, 10.0


class CompatCamera:
    """One connection to one camera."""

    clock: Clock = "hub"

    def __init__(self, url: str, *, audio: bool = False, stall_s: float = _STALL_S) -> None:
        """Name the camera; nothing is opened. A wrong address is told by `open`."""
        self.damage = self.audio_dropped = 0
        self._url, self._audio, self._stall_s = url, audio, stall_s
        self._container: av.container.InputContainer | None = None
        self._source: Iterator[Packet | AudioPacket] | None = None
        self._first: list[Packet | AudioPacket] = []
        self._reading = threading.Lock()  # a cancelled read goes on in its thread; close waits for it
        self._info: StreamInfo | None = None

    @property
    def info(self) -> StreamInfo:
        """How the stream is coded; raises CameraGone before `open`."""
        if self._info is None:
            raise refusals.gone("The camera has not said yet how its pictures are coded.")
        return self._info

    async def open(self) -> StreamInfo:
        """Connect and wait for the first picture; raises a CameraError, as the own driver does."""
        if self._source is None:
            read_address(self._url)
            try:
                await asyncio.to_thread(self._open)
                while self._info is None:
                    packet = await asyncio.to_thread(self._next)
                    self._first.append(packet)
                    self._info = packet.info if isinstance(packet, Packet) else None
            except BaseException:
                await self.close()
                raise
        return self.info

    async def packets(self) -> AsyncIterator[Packet | AudioPacket]:
        """Yield what comes; raises what `open` raises, and CameraGone at the end."""
        await self.open()
        first, self._first = self._first, []
        for packet in first:
            yield packet
        while True:
            packet = await asyncio.to_thread(self._next)
            if isinstance(packet, Packet):
                self._info = packet.info
            yield packet

    async def close(self) -> None:
        """Close the connection; harmless when called twice."""
        await asyncio.to_thread(self._shut)

    def _open(self) -> None:
        import av  # noqa: PLC0415 - see the package

        from fanlight.hub.camera.media.reader import Reader  # noqa: PLC0415 - see the package

        try:
            self._container = av.open(
                self._url.partition("#")[0],
                options={"rtsp_transport": "tcp", "protocol_whitelist": "rtsp,rtsps,rtp,tcp,tls,crypto"},
                timeout=(_ANSWER_S, self._stall_s),
            )
            self._source = Reader(self._container, self, _now, audio=self._audio, live=True).read()
        except NotAVideo as error:
            raise refusals.no_video() from error
        except (av.FFmpegError, ValueError) as error:
            raise _refusal(type(error).__name__, with_user="@" in self._url) from None

    def _next(self) -> Packet | AudioPacket:
        with self._reading:
            for packet in itertools.islice(self._source or (), 1):
                return packet
        raise refusals.gone("The camera ended the stream.")

    def _shut(self) -> None:
        with self._reading:
            self._source = iter(())
            if self._container is not None:
                self._container.close()
                self._container = None


def _now(_: int) -> tuple[datetime, int]:
    return clock.now(), clock.mono_us()


def _refusal(name: str, *, with_user: bool) -> CameraError:
    """Return our error for one of FFmpeg's."""
    statuses = {"HTTPUnauthorizedError": 401, "HTTPForbiddenError": 403, "HTTPNotFoundError": 404}
    if name in statuses:
        return refusals.refusal(statuses[name], with_user=with_user)
    if name in ("InvalidDataError", "HTTPBadRequestError"):
        return refusals.no_video()
    return refusals.unreachable("The camera does not answer.")
