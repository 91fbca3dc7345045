"""The tour's hub: the real pipeline on the camera that was named, until its file or its time ends."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from fanlight.hub.camera import Camera as Source
from fanlight.hub.camera import FileCamera, Packet, StreamInfo, open_camera
from fanlight.hub.options import Camera
from fanlight.hub.packet import AudioPacket
from fanlight.hub.pipeline import Pipeline
from fanlight.hub.sealer import Kept, Occasion
from fanlight.hub.town import Town
from fanlight.model import clock

WHOLE_MINUTE_AGO = timedelta(seconds=65)  # so that a request's window, in whole minutes, is over at once
LIVE_SCHEMES = ("rtsp://", "rtsps://")


@dataclass(slots=True)
class Watched:
    """What came of watching. `first` and `last` are UTC times of the first and last picture."""

    kept: list[tuple[Occasion, Kept]] = field(default_factory=list)
    first: datetime | None = None
    last: datetime | None = None
    damage: int = 0

    @property
    def middle(self) -> datetime:
        """The time halfway through what was watched."""
        first, last = self.first or clock.now(), self.last or clock.now()
        return first + (last - first) / 2


class _Bounded:
    """A live source that ends after some seconds, like a file that has been read."""

    def __init__(self, source: Source, seconds: float) -> None:
        self._source, self._seconds = source, seconds
        self.clock, self.damage, self.audio_dropped = source.clock, 0, 0

    @property
    def info(self) -> StreamInfo:
        return self._source.info

    async def open(self) -> StreamInfo:
        return await self._source.open()

    async def close(self) -> None:
        await self._source.close()

    async def packets(self) -> AsyncIterator[Packet | AudioPacket]:
        ends = time.monotonic() + self._seconds
        async for packet in self._source.packets():
            yield packet
            if time.monotonic() >= ends:
                return


def is_live(camera: str) -> bool:
    """Tell whether a camera is watched for a time rather than to its end."""
    return camera.startswith(LIVE_SCHEMES)


async def probe(camera: str) -> StreamInfo:
    """Reach the camera once, so that what is wrong with it is said at once; raises CameraError."""
    source = open_camera(camera)
    try:
        return await source.open()
    finally:
        await source.close()


async def start_of(camera: str) -> datetime:
    """Return the time to give a file's first picture so that its last lies a good minute ago.

    Its length is counted by reading it through, since headers of damaged files lie.
    """
    if is_live(camera):
        return clock.now()
    length_s = await FileCamera(Path(camera.removeprefix("file://"))).length_s()
    return clock.now() - timedelta(seconds=length_s) - WHOLE_MINUTE_AGO


async def watch_camera(pipeline: Pipeline, camera: Camera, start: datetime, seconds: float) -> Watched:
    """Record and watch until the source ends; every event's clip is in the outbox then.

    Args:
        pipeline: the hub.
        camera: which camera.
        start: time of a file's first picture.
        seconds: how long to watch a live source.
    """
    watched = Watched()
    sources: list[Source] = []

    def make() -> Source:
        source = open_camera(camera.url) if is_live(camera.url) else open_camera(camera.url, start=start)
        sources.append(source)
        return _Bounded(source, seconds) if is_live(camera.url) else source

    pipeline.listen_to_clips(lambda occasion, kept: watched.kept.append((occasion, kept)))
    line = await pipeline.record(camera, make)
    watched.first, watched.last = line.began, line.recorded_to
    watched.damage = sum(source.damage for source in sources)
    return watched


async def press_bell(pipeline: Pipeline, camera: Camera, watched: Watched) -> None:
    """Ring at the middle of what was watched, and wait for the clip."""
    await pipeline.press(camera.id, watched.middle, "page")
    await pipeline.line(camera.id).happenings.settle()


async def send_all(town: Town) -> int:
    """Send every waiting clip; return how many."""
    sent = 0
    while town.outbox.waiting():
        sent += await town.outbox.push(town.uplink)
        await asyncio.sleep(0)
    return sent
