"""The order of the hub's rooms: camera, segmenter, journal, detector, sealer, outbox. Known here only.

In:     settings, keys, and a way to open each camera.
Out:    sealed clips at the server, a status box, matches found at home.
Holds:  recording goes on when detector, server or a disk write fails; each failure is a state of its
        camera and a line in the hub's log, not an end.
Absent: how any of it works.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fanlight.hub.camera import Camera as Source
from fanlight.hub.camera import Packet, StateChanged, watch
from fanlight.hub.detector import Closed, Detector, Event
from fanlight.hub.epochs import Epochs
from fanlight.hub.journal import Journal, JournalError
from fanlight.hub.options import Camera
from fanlight.hub.outbox import Outbox, OutboxFull
from fanlight.hub.packet import AudioPacket
from fanlight.hub.requests import Requests
from fanlight.hub.sealer import POST_ROLL, PRE_ROLL, Kept, Occasion, Sealer
from fanlight.hub.segmenter import Segment, Segmenter, fmp4
from fanlight.hub.settings import HubKeys, Pairing
from fanlight.hub.snapshot import snapshot
from fanlight.hub.status import CameraStatus, make_status
from fanlight.hub.uplink import Uplink
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.seal.epoch import Epoch

LONGEST_WAIT = timedelta(seconds=20)  # a press's ten seconds, what follows it, and a long segment
RETRY_S = 3.0
PRESS_LENGTH = timedelta(seconds=10)
JITTER = 0.2  # so that the hubs of a town do not all ask in the same second
LONG_AGO = datetime.min.replace(tzinfo=UTC)
RECORDING, WATCHING, CLIPS = "recording", "watching", "clips"

_RANDOM = random.SystemRandom()
log = logging.getLogger("fanlight.hub")


@dataclass(slots=True)
class Line:
    """One camera's way through the rooms.

    `recorded_to` is the end of the last segment that the journal was given, `heard` what the camera's driver
    said last, `troubles` since when and why one of `RECORDING`, `WATCHING`, `CLIPS` does not work.
    """

    camera: Camera
    heard: CameraStatus
    recorded_to: datetime = LONG_AGO
    began: datetime | None = None
    ended: bool = False
    troubles: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    @property
    def status(self) -> CameraStatus:
        """How the camera is, for the household."""
        for what in (RECORDING, WATCHING, CLIPS):
            if what in self.troubles:
                since, note = self.troubles[what]
                state = "unreadable" if what == RECORDING else self.heard.state
                return replace(self.heard, state=state, since=since, note=note)
        return self.heard

    def fails(self, what: str, note: str) -> None:
        """Say that something does not work, once for each reason."""
        if self.troubles.get(what, (LONG_AGO, ""))[1] != note:
            self.troubles[what] = (clock.now(), note)
            log.warning("%s: %s", what, note)

    def works(self, what: str) -> None:
        """Say that something works, again or still."""
        if self.troubles.pop(what, None) is not None:
            log.warning("%s: it works again.", what)


class Pipeline:
    """One hub at work."""

    def __init__(self, folder: Path, pairing: Pairing, keys: HubKeys, uplink: Uplink) -> None:
        """Open the rooms; nothing runs yet."""
        self.pairing, self.keys, self.uplink = pairing, keys, uplink
        self.journal = Journal(folder)
        self.outbox = Outbox(folder)
        self.sealer = Sealer(folder, pairing.household, keys.signing)
        self.epochs = Epochs(folder, pairing)
        self.requests = Requests(folder, pairing)
        self.lines: dict[str, Line] = {}
        self._on_kept: Callable[[Occasion, Kept], None] = lambda *_: None
        self._wake = asyncio.Event()
        self._sealing = asyncio.Lock()
        self._said: dict[str, str] = {}

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
                    clips.create_task(self._try_clip(line, occasion, source_clock))

            async for item in watch(make):
                if isinstance(item, StateChanged):
                    line.heard = replace(line.heard, state=item.state, since=item.at, note=item.note)
                    continue
                if isinstance(item, AudioPacket):
                    continue
                line.began = line.began or item.wall
                await self._keep(line, segmenter.feed(item))
                clip(await _watch(line, detector, item))
            await self._keep(line, segmenter.finish())
            line.ended = True
            clip([said.event for said in detector.finish() if isinstance(said, Closed)])

    async def make_clip(self, line: Line, occasion: Occasion, source_clock: str) -> Kept | None:
        """Seal what surrounds an occasion and put it into the outbox; None if nothing of it was recorded.

        Raises:
            OutboxFull, JournalError: the clip is lost.
        """
        await self._recorded(line, occasion.end + POST_ROLL)
        async with self._sealing:
            epoch = await self._epoch()  # before the segments: it may be long in coming, and they are large
            segments = _joinable(
                await asyncio.to_thread(
                    self.journal.read, line.camera.id, occasion.start - PRE_ROLL, occasion.end + POST_ROLL
                )
            )
            if not segments:
                return None
            parcel, kept = await asyncio.to_thread(
                self.sealer.seal,
                line.camera,
                occasion,
                segments,
                epoch,
                "media" if source_clock == "media" else "hub",
            )
            try:
                await asyncio.to_thread(self.outbox.put, parcel)
            except OutboxFull:
                self.sealer.lose(kept.clip)
                raise
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
            if not await self._try("sending", self.outbox.push(self.uplink)):
                await asyncio.sleep(RETRY_S)
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), RETRY_S)

    async def report(self) -> None:
        """Put the status box at the server at a steady pace, for ever."""
        while True:
            await self._try("status", self.report_once())
            await asyncio.sleep(self.pairing.status_s)

    async def report_once(self) -> None:
        """Put one status box; raises UplinkError when it could not be sent."""
        # A server that shows other keys than an owner signed is still told, under the last right key.
        await self._try("household keys", self.epochs.refresh(self.uplink))
        epoch = self.epochs.newest
        if epoch is None:
            return
        now = clock.now()
        box = make_status(
            household=self.pairing.household,
            at=now,
            place=(self.pairing.lon, self.pairing.lat),
            cameras=[line.status for line in self.lines.values()],
            matches=self.requests.matches(self.sealer.kept(), now),
            waiting=self.outbox.waiting(),
            epoch=epoch,
            signing=self.keys.signing,
        )
        await self.uplink.call("PUT", "/v1/hub/status", content=box)

    async def listen(self) -> None:
        """Fetch the cell's requests, for ever, at a pace that varies by chance and by nothing else."""
        while True:
            await self._try("requests", self.requests.refresh(self.uplink))
            await asyncio.sleep(self.pairing.poll_s * _RANDOM.uniform(1 - JITTER, 1 + JITTER))

    async def _try(self, room: str, work: Awaitable[object]) -> bool:
        """Do some work; say once in the hub's log why it fails, and when it works again."""
        try:
            await work
        except FanlightError as error:
            if self._said.get(room) != error.what:
                self._said[room] = error.what
                log.warning("%s: %s", room, error)
            return False
        if self._said.pop(room, None) is not None:
            log.warning("%s: it works again.", room)
        return True

    async def _try_clip(self, line: Line, occasion: Occasion, source_clock: str) -> None:
        try:
            await self.make_clip(line, occasion, source_clock)
        except FanlightError as error:
            line.fails(CLIPS, f"A clip was lost. {error.what} {error.do}")
        except Exception:
            log.exception("clips: one was lost")
            line.fails(CLIPS, "A clip was lost. The reason is in the hub's log.")
        else:
            line.works(CLIPS)

    async def _keep(self, line: Line, segments: list[Segment]) -> None:
        for segment in segments:
            try:
                await asyncio.to_thread(self.journal.append, line.camera.id, segment)
            except JournalError as error:
                line.fails(RECORDING, f"{error.what} {error.do}")
            else:
                line.works(RECORDING)
            line.recorded_to = max(line.recorded_to, segment.wall_end)

    async def _recorded(self, line: Line, until: datetime) -> None:
        waited = timedelta()
        while not line.ended and line.recorded_to < until and waited < LONGEST_WAIT:
            await asyncio.sleep(0.05)
            waited += timedelta(seconds=0.05)

    async def _epoch(self) -> Epoch:
        while self.epochs.newest is None:
            await self._try("household keys", self.epochs.refresh(self.uplink))
            if self.epochs.newest is None:
                await asyncio.sleep(RETRY_S)
        return self.epochs.newest


async def _watch(line: Line, detector: Detector, packet: Packet) -> list[Event]:
    """Let the detector look; whatever goes wrong in decoders and models must not end the recording."""
    try:
        events = await asyncio.to_thread(_closed, detector, packet)
    except Exception as error:
        if WATCHING not in line.troubles:
            log.exception("watching: the detector failed")
        line.fails(
            WATCHING, f"The detector fails ({type(error).__name__}): no clips are made of what it misses."
        )
        return []
    if packet.is_key:
        line.works(WATCHING)
    return events


def _closed(detector: Detector, packet: Packet) -> list[Event]:
    return [said.event for said in detector.feed(packet) if isinstance(said, Closed)]


def _joinable(segments: list[Segment]) -> list[Segment]:
    """Return the last run of segments that make one clip: coded alike, from a keyframe on."""
    while segments and not fmp4.can_join(segments):
        segments = segments[1:]
    return segments
