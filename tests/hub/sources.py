"""Cameras that play a real file and do something on the way."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

from fanlight.hub.camera import FileCamera, Packet, StreamInfo
from fanlight.model import clock

DEMO_CLIP = Path(__file__).parents[2] / "src/fanlight/hub/data/one-by-one-person-detection.mp4"


class Source:
    """A file as a camera; `each` may change a packet, given its number, or do anything else meanwhile."""

    def __init__(
        self, path: Path, start: datetime, each: Callable[[int, Packet], Packet] = lambda _, packet: packet
    ) -> None:
        self._file, self._each = FileCamera(path, start=start), each
        self.clock, self.audio_dropped = self._file.clock, 0

    @property
    def damage(self) -> int:
        return self._file.damage

    @property
    def info(self) -> StreamInfo:
        return self._file.info

    async def open(self) -> StreamInfo:
        return await self._file.open()

    async def packets(self) -> AsyncIterator[Packet]:
        number = 0
        async for packet in self._file.packets():
            assert isinstance(packet, Packet), "no sound was asked for"
            yield self._each(number, packet)
            number += 1

    async def close(self) -> None:
        await self._file.close()


class Live(Source):
    """The demo's clip as a live camera; what it sends is for others to say."""

    def __init__(self) -> None:
        super().__init__(DEMO_CLIP, clock.now())
        self.clock = "hub"
