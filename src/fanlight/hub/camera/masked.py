"""A camera with parts of its picture painted over, for cameras that cannot do it themselves.

In:     another camera, of any driver, and outlines as shares of the picture.
Out:    Packet in H.264 and the AudioPackets as they came, in the same runs and with the same times.
Holds:  no picture leaves that was not painted. Where decoding fails, nothing of that picture leaves.
        A camera whose outlines are drawn anew is a new instance.
Drops:  what cannot be decoded, counted in `damage`.
Absent: how it is painted (camera.paint). Decoders and encoders are loaded with the first camera that
        needs them: a hub without privacy zones never holds them in memory for this.
Why:    docs/design/privacy.md
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from fanlight.hub.camera.errors import NotAVideo
from fanlight.hub.options import Outline
from fanlight.hub.packet import AudioPacket, Camera, Clock, Packet, StreamInfo

if TYPE_CHECKING:
    from fanlight.hub.camera.paint import Painter

_PATIENCE = 150  # pictures, ten seconds of most cameras; no decoder holds back so many


class MaskedCamera:
    """`inner`, painted. It opens and closes `inner`."""

    def __init__(self, inner: Camera, outlines: Sequence[Outline]) -> None:
        """Name camera and outlines; nothing is opened.

        Args:
            inner: the camera, not opened yet.
            outlines: what is painted, each three points or more.
        """
        self.clock: Clock = inner.clock
        self._inner, self._outlines = inner, tuple(outlines)
        self._painter: Painter | None = None
        self._run: int | None = None  # what the painter was made for
        self._source: StreamInfo | None = None
        self._damage = 0  # of painters that are done
        self._info: StreamInfo | None = None
        self._unseen = 0
        self._working = threading.Lock()  # a cancelled picture is finished in its thread; close waits for it

    @property
    def audio_dropped(self) -> int:
        """How much sound was left out."""
        return self._inner.audio_dropped

    @property
    def damage(self) -> int:
        """How often something was lost or made no sense, at the camera or here."""
        return self._inner.damage + self._damage + (self._painter.damage if self._painter else 0)

    @property
    def info(self) -> StreamInfo:
        """How the painted pictures are coded; raises NotAVideo before `open`."""
        if self._info is None:
            raise _unreadable("it has not been opened")
        return self._info

    async def open(self) -> StreamInfo:
        """Open the camera and an encoder for its pictures; raises a CameraError."""
        source = await self._inner.open()
        if self._info is None:
            await asyncio.to_thread(self._begin, source)
        return self.info

    async def packets(self) -> AsyncIterator[Packet | AudioPacket]:
        """Yield painted pictures, and sound as it came; raises what the camera raises."""
        async for packet in self._inner.packets():
            if isinstance(packet, AudioPacket):
                yield packet
                continue
            for painted in await asyncio.to_thread(self._feed, packet):
                self._info = painted.info
                yield painted
        for painted in await asyncio.to_thread(self._finish):
            yield painted

    async def close(self) -> None:
        """Close the camera; harmless when called twice."""
        await self._inner.close()
        await asyncio.to_thread(self._finish)

    def _feed(self, packet: Packet) -> list[Packet]:
        with self._working:
            left: list[Packet] = []
            if self._painter is None or (packet.run, packet.info) != (self._run, self._source):
                if (self._run, self._source) != (None, packet.info):
                    left = self._end()
                    self._begin(packet.info)
                self._run = packet.run
            painted = self._painter.feed(packet) if self._painter else []
            self._unseen = 0 if painted else self._unseen + 1
            if self._unseen > _PATIENCE:
                raise _unreadable("none of its pictures can be decoded")
            return left + painted

    def _begin(self, source: StreamInfo) -> None:
        import av  # noqa: PLC0415 - heavy: loaded only where a camera has a zone

        from fanlight.hub.camera.paint import Painter  # noqa: PLC0415 - it loads av and numpy

        try:
            self._painter = Painter(source, self._outlines)
        except (av.FFmpegError, ValueError) as error:
            raise _unreadable("its description makes no sense") from error
        self._source, self._info = source, self._painter.info

    def _end(self) -> list[Packet]:
        painter, self._painter, self._run, self._source = self._painter, None, None, None
        if painter is None:
            return []
        left = painter.finish()
        self._damage += painter.damage
        return left

    def _finish(self) -> list[Packet]:
        with self._working:
            return self._end()


def _unreadable(why: str) -> NotAVideo:
    return NotAVideo(
        f"This camera's picture cannot be painted over: {why}.",
        kept="Nothing of it was recorded.",
        do="Let the camera itself paint the zone, or remove the zone.",
    )
