"""The order of the hub's rooms: camera, segmenter, journal, detector, sealer, outbox. Known here only.

In:     settings, keys, and a way to open each camera.
Out:    sealed clips at the server, a status box, matches found at home.
Holds:  recording goes on when detector, server or a disk write fails; each failure is a state, not an end.
Absent: how any of it works.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from fanlight.hub.camera import Camera as Source
from fanlight.hub.camera import Packet, StateChanged, watch
from fanlight.hub.detector import Closed, Detector, Event
from fanlight.hub.epochs import Epochs
from fanlight.hub.journal import Journal, JournalError
from fanlight.hub.outbox import Outbox
from fanlight.hub.requests import Requests
from fanlight.hub.sealer import POST_ROLL, PRE_ROLL, Kept, Occasion, Sealer
from fanlight.hub.segmenter import Segment, Segmenter, fmp4
from fanlight.hub.settings import Camera, HubKeys, HubSettings
from fanlight.hub.snapshot import snapshot
from fanlight.hub.status import CameraStatus, make_status
from fanlight.hub.uplink import Uplink, UplinkError
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.seal.epoch import Epoch

LONGEST_WAIT = timedelta(seconds=12)
RETRY_S = 3.0
PRESS_LENGTH = timedelta(seconds=10)
LONG_AGO = datetime.min.replace(tzinfo=clock.now().tzinfo)


@dataclass(slots=True)
class Line:
    """One camera's way through the rooms. `recorded_to` is the end of its last segment in the journal."""

    camera: Camera
    status: CameraStatus
    recorded_to: datetime = LONG_AGO
    began: datetime | None = None
    ended: bool = False


class Pipeline:
    """One hub at work."""

    def __init__(self, folder: Path, settings: HubSettings, keys: HubKeys, uplink: Uplink) -> None:
        """Open the rooms; nothing runs yet."""
        self.settings, self.keys, self.uplink = settings, keys, uplink
        self.journal = Journal(folder)
        self.outbox = Outbox(folder)
        self.sealer = Sealer(folder, settings.household, keys.signing)
        self.epochs = Epochs(folder, settings)
        self.requests = Requests(folder, settings)
        self.lines: dict[str, Line] = {}
        self._on_kept: Callable[[Occasion, Kept], None] = lambda *_: None
        self._wake = asyncio.Event()
        self._sealing = asyncio.Lock()

    def listen_to_clips(self, listener: Callable[[Occasion, Kept], None]) -> None:
        """Tell `listener` of each clip that is sealed from now on."""
        self._on_kept = listener

    def close(self) -> None:
        """Close the rooms."""
        self.journal.close()
        self.outbox.close()
        self.sealer.close()

    async def record(self, camera: Camera, make: Callable[[], Source]) -> None:
        """Record and watch one camera until its source ends (a live one never does)."""
        now = clock.now()
        line = Line(camera, CameraStatus(id=camera.id, name=camera.name, state="away", since=now))
        self.lines[camera.id] = line
        segmenter, detector = Segmenter(), Detector(camera.id)
        source_clock = make().clock
        async with asyncio.TaskGroup() as clips:

            def clip(found: list[Event]) -> None:
                for event in found:
                    occasion = Occasion(
                        label=event.label,
                        start=event.start,
                        end=event.end,
                        score=round(event.score * 100),
                        thumb=event.thumb,
                    )
                    clips.create_task(self.make_clip(line, occasion, source_clock))

            async for item in watch(make):
                if isinstance(item, StateChanged):
                    line.status = CameraStatus(
                        id=camera.id, name=camera.name, state=item.state, since=item.at, note=item.note
                    )
                    continue
                line.began = line.began or item.wall
                await self._keep(line, segmenter.feed(item))
                clip(await asyncio.to_thread(_closed, detector, item))
            await self._keep(line, segmenter.finish())
            line.ended = True
            clip([said.event for said in detector.finish() if isinstance(said, Closed)])

    async def make_clip(self, line: Line, occasion: Occasion, source_clock: str) -> Kept | None:
        """Seal what surrounds an occasion and put it into the outbox; None if nothing of it was recorded."""
        await self._recorded(line, occasion.end)
        segments = await asyncio.to_thread(
            self.journal.read, line.camera.id, occasion.start - PRE_ROLL, occasion.end + POST_ROLL
        )
        segments = _joinable(segments)
        if not segments:
            return None
        async with self._sealing:
            epoch = await self._epoch()
            parcel, kept = await asyncio.to_thread(
                self.sealer.seal,
                line.camera,
                occasion,
                segments,
                epoch,
                "media" if source_clock == "media" else "hub",
            )
            self.outbox.put(parcel)
        self._on_kept(occasion, kept)
        self._wake.set()
        return kept

    async def press(self, line: Line, at: datetime, source_clock: str) -> Kept | None:
        """Make the clip of a press of the bell at `at`."""
        around = await asyncio.to_thread(self.journal.read, line.camera.id, at, at + timedelta(seconds=1))
        thumb = await asyncio.to_thread(snapshot, around[0], at) if around else b""
        occasion = Occasion(label="doorbell", start=at, end=at + PRESS_LENGTH, score=100, thumb=thumb)
        return await self.make_clip(line, occasion, source_clock)

    async def send(self) -> None:
        """Send clips as they are made, for ever; wait and try again while the server is away."""
        while True:
            self._wake.clear()
            try:
                await self.outbox.push(self.uplink)
            except UplinkError:
                await asyncio.sleep(RETRY_S)
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), RETRY_S)

    async def report(self) -> None:
        """Put the status box at the server at a steady pace, for ever."""
        while True:
            with contextlib.suppress(FanlightError):
                await self.report_once()
            await asyncio.sleep(self.settings.status_s)

    async def report_once(self) -> None:
        """Put one status box; raises UplinkError when it could not be sent."""
        await self.epochs.refresh(self.uplink)
        epoch = self.epochs.newest
        if epoch is None:
            return
        now = clock.now()
        box = make_status(
            household=self.settings.household,
            at=now,
            place=(self.settings.lon, self.settings.lat),
            cameras=[line.status for line in self.lines.values()],
            matches=self.requests.matches(self.sealer.kept(), now),
            waiting=self.outbox.waiting(),
            epoch=epoch,
            signing=self.keys.signing,
        )
        await self.uplink.call("PUT", "/v1/hub/status", content=box)

    async def listen(self) -> None:
        """Fetch the cell's requests at a steady pace, for ever."""
        while True:
            with contextlib.suppress(FanlightError):
                await self.requests.refresh(self.uplink)
            await asyncio.sleep(self.settings.poll_s)

    async def _keep(self, line: Line, segments: list[Segment]) -> None:
        for segment in segments:
            try:
                await asyncio.to_thread(self.journal.append, line.camera.id, segment)
            except JournalError as error:
                line.status = CameraStatus(
                    id=line.camera.id,
                    name=line.camera.name,
                    state="unreadable",
                    since=clock.now(),
                    note=error.what,
                )
            line.recorded_to = max(line.recorded_to, segment.wall_end)

    async def _recorded(self, line: Line, until: datetime) -> None:
        waited = timedelta()
        while not line.ended and line.recorded_to < until and waited < LONGEST_WAIT:
            await asyncio.sleep(0.05)
            waited += timedelta(seconds=0.05)

    async def _epoch(self) -> Epoch:
        while self.epochs.newest is None:
            with contextlib.suppress(UplinkError):
                await self.epochs.refresh(self.uplink)
            if self.epochs.newest is None:
                await asyncio.sleep(RETRY_S)
        return self.epochs.newest


def _closed(detector: Detector, packet: Packet) -> list[Event]:
    return [said.event for said in detector.feed(packet) if isinstance(said, Closed)]


def _joinable(segments: list[Segment]) -> list[Segment]:
    """Return the last run of segments that make one clip: coded alike, from a keyframe on."""
    while segments and not fmp4.can_join(segments):
        segments = segments[1:]
    return segments
