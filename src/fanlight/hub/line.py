"""One camera's way through the rooms: driver, segmenter, journal, and beside them detector, bell and events.

In:     the camera's options, and how to open its streams.
Out:    segments in the journal, rows of events, notices on the board, occasions for clips.
Holds:  L1 recording never waits for looking, telling or sealing; each of them may fail and is then a state.
        L2 nothing is recorded before the camera's privacy zones hold (the source it is given paints them).
        L3 a camera that is said to record and of which nothing is committed for STALL_S is opened anew.
Absent: how any of it works.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import msgspec

from fanlight.hub.camera import Camera as Source
from fanlight.hub.camera import StateChanged, watch
from fanlight.hub.detector import Detector, Insight
from fanlight.hub.happenings import Happenings, Rooms
from fanlight.hub.journal import Why
from fanlight.hub.notices import CameraTold
from fanlight.hub.options import Camera
from fanlight.hub.packet import AudioPacket, Clock, Packet, Role, StreamInfo
from fanlight.hub.painting import Decision
from fanlight.hub.segmenter import Segment, Segmenter
from fanlight.hub.status import CameraState, CameraStatus
from fanlight.hub.watcher import WATCHING, Watcher
from fanlight.model import clock
from fanlight.model.errors import FanlightError

STALL_S, AGAIN_S = 20.0, 30.0
PRESS_LENGTH = timedelta(seconds=10)
RATE_WINDOW_S = 10.0
LONG_AGO = datetime.min.replace(tzinfo=UTC)
RECORDING, CLIPS = "recording", "clips"

log = logging.getLogger("fanlight.hub")
MakeSource = Callable[[], Source]


class MaskUnproved(Exception):
    """A camera that paints its own privacy zones went away: who knows whether it still does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What all lines share.

    `tap` is given every picture of every stream, and sound, as they arrive; None where a stream breaks off.
    `new_detector` blocks, and raises FanlightError where no detector can be had. `looks` bounds how many
    pictures are looked at together. `stall_s` is STALL_S of L3.
    """

    rooms: Rooms
    new_detector: Callable[[Camera], Detector]
    looks: asyncio.Semaphore
    tap: Callable[[str, Role, Packet | AudioPacket | None], None] = lambda *_: None
    stall_s: float = STALL_S


@dataclass(slots=True)
class Rate:
    """How much a stream sends, over the last RATE_WINDOW_S or so."""

    kbps: float = 0.0
    fps: float = 0.0
    _since_us: int = 0
    _bytes: int = 0
    _count: int = 0

    def add(self, packet: Packet) -> None:
        """Count one picture."""
        now = packet.mono_us or clock.mono_us()
        if not self._since_us:
            self._since_us = now
        self._bytes += len(packet.data)
        self._count += 1
        lasted_s = (now - self._since_us) / 1e6
        if lasted_s >= RATE_WINDOW_S:
            self.kbps, self.fps = self._bytes / lasted_s / 125, self._count / lasted_s
            self._since_us, self._bytes, self._count = now, 0, 0


@dataclass(slots=True)
class Line:
    """One camera at work.

    `heard` is what its driver said last, `troubles` since when and why one of `RECORDING`, `WATCHING`,
    `CLIPS` does not work. `painting` is who paints its privacy zones. `latest_key`, and `latest_sub` of
    the second stream, is the newest picture that decodes alone, already painted.
    """

    options: Camera
    tools: Tools
    heard: CameraStatus
    watcher: Watcher | None = None
    latest_key: Packet | None = None
    latest_sub: Packet | None = None
    info: StreamInfo | None = None
    began: datetime | None = None
    recorded_to: datetime = LONG_AGO
    ended: bool = False
    painting: Decision = Decision("none")  # noqa: RUF009 - frozen
    rate: Rate = field(default_factory=Rate)
    troubles: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    _source_clock: Clock = "hub"
    happenings: Happenings = field(init=False)
    _gap: Why | None = None
    _kept_to: datetime = LONG_AGO
    _progress: tuple[int, datetime] = (0, LONG_AGO)

    def __post_init__(self) -> None:
        """Let what happens before this camera be told and kept."""
        self.happenings = Happenings(self, self.tools.rooms)

    @classmethod
    def begin(cls, options: Camera, tools: Tools) -> "Line":
        """Return a line that has not heard of its camera yet."""
        now = clock.now()
        return cls(options, tools, CameraStatus(id=options.id, name=options.name, state="away", since=now))

    @property
    def status(self) -> CameraStatus:
        """How the camera is, for the household."""
        heard = replace(self.heard, name=self.options.name)
        for what in (RECORDING, WATCHING, CLIPS):
            if what in self.troubles:
                since, note = self.troubles[what]
                state = "unkept" if what == RECORDING else heard.state
                return replace(heard, state=state, since=since, note=note)
        return heard

    @property
    def clock(self) -> Clock:
        """Whose clock its times are of."""
        return self._source_clock

    def over(self) -> None:
        """Let go of what this line said about why there is nothing: another takes its place."""
        self._missing(None)

    def rest(self, why: Why, note: str) -> None:
        """Say that this camera is off, and why."""
        self._missing(why)
        state: CameraState = "away" if why == "away" else "off"
        if (self.heard.state, self.heard.note) != (state, note):
            self.heard = replace(self.heard, state=state, since=clock.now(), note=note)
        self.ended = True
        self._tell_state()

    def insight(self) -> Insight | None:
        """Return what the gate sees and what was found; None where nothing is looked at."""
        return None if self.watcher is None else self.watcher.detector.insight()

    def fails(self, what: str, note: str) -> None:
        """Say that something does not work, once for each reason."""
        if self.troubles.get(what, (LONG_AGO, ""))[1] != note:
            self.troubles[what] = (clock.now(), note)
            log.warning("%s: %s", what, note)
            self._tell_state()

    def works(self, what: str) -> None:
        """Say that something works, again or still."""
        if self.troubles.pop(what, None) is not None:
            log.warning("%s: it works again.", what)
            self._tell_state()

    def change(self, options: Camera) -> bool:
        """Take new options without a break if they allow it; otherwise tell the caller to begin anew."""
        kept = {"name", "keep_days", "quota_gb", "bell", "detect"}
        for name in msgspec.structs.asdict(options).keys() - kept:
            if getattr(options, name) != getattr(self.options, name):
                return False
        if options.detect.enabled != self.options.detect.enabled:
            return False
        if self.watcher is not None and options.detect != self.options.detect:
            self.watcher.detector.change(options.detect)
        self.options = options
        return True

    async def run(self, make: MakeSource, make_sub: MakeSource | None = None) -> None:
        """Record and watch until the source ends (a live one never does), then finish what is on its way."""
        self._source_clock = make().clock
        is_live = self._source_clock == "hub"
        helpers: list[asyncio.Task[None]] = []
        if self.options.detect.enabled and is_live:  # recording does not wait for a model (L1)
            helpers.append(asyncio.create_task(self._kept_going(self._watch_live)))
        elif self.options.detect.enabled:
            await self._begin_watching(is_live=False)
        if make_sub is not None:
            helpers.append(asyncio.create_task(self._kept_going(partial(self._sub, make_sub))))
        try:
            await self._main(make, looks=make_sub is None)
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            self.ended = True
            self._missing(None)
            if self.watcher is not None:
                self.happenings.take(await asyncio.to_thread(self.watcher.detector.finish))
        await self.happenings.settle()

    async def _kept_going(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do what goes on beside the recording; begin it again whatever ends it (L1)."""
        while True:
            try:
                await work()
            except Exception as error:
                log.exception("watching broke off")
                self.fails(WATCHING, f"Watching broke off ({type(error).__name__}); it begins again.")
                await asyncio.sleep(AGAIN_S)
            else:
                return

    async def _begin_watching(self, *, is_live: bool) -> None:
        try:
            detector = await asyncio.to_thread(self.tools.new_detector, self.options)
        except FanlightError as error:
            self.fails(WATCHING, f"{error.what} {error.do}")
        else:
            self.watcher = Watcher(detector, self, self.happenings.take, self.tools.looks, is_live=is_live)

    async def _watch_live(self) -> None:
        await self._begin_watching(is_live=True)
        if self.watcher is not None:
            await self.watcher.look_when_due()

    async def _main(self, make: MakeSource, *, looks: bool) -> None:
        segmenter = Segmenter()
        while True:
            async with contextlib.aclosing(watch(make)) as items:
                try:
                    async for item in items:
                        if isinstance(item, StateChanged):
                            self.tools.tap(self.options.id, "main", None)
                            await self._keep(segmenter.finish())
                            self._hear(item)
                            if item.state != "recording" and self.painting.painter == "camera":
                                raise MaskUnproved  # it may come back without its mask (L2)
                            continue
                        if isinstance(item, Packet):
                            self._note_picture(item)
                        else:
                            self.tools.tap(self.options.id, "main", item)
                        await self._keep(segmenter.feed(item))
                        if looks and self.watcher is not None and isinstance(item, Packet):
                            await self.watcher.take(item)
                        if self._is_stalled():
                            break  # L3
                    else:
                        return
                finally:
                    await self._keep(segmenter.finish())

    def _note_picture(self, packet: Packet) -> None:
        self.began = self.began or packet.wall
        self.info = packet.info
        self.rate.add(packet)
        if packet.is_key:
            self.latest_key = packet
        self.tools.tap(self.options.id, "main", packet)

    def _is_stalled(self) -> bool:
        """Tell, once every `stall_s`, that pictures come and nothing of them is committed (L3)."""
        now, stall_s = clock.mono_us(), self.tools.stall_s
        committed = self.tools.rooms.journal.committed(self.options.id)
        if committed != self._progress[1] or not self._progress[0]:
            self._progress = (now, committed)
        elif self._records and self._source_clock == "hub" and now - self._progress[0] > stall_s * 1e6:
            self._progress = (now, committed)
            if RECORDING not in self.troubles:
                self.fails(RECORDING, f"Pictures come, but none was kept for {stall_s:.0f} s.")
                return True
        return False

    def _mind_disk(self, committed_before: datetime) -> None:
        """Say whether what is recorded is also kept."""
        journal = self.tools.rooms.journal
        state = journal.state
        if state.state in ("full", "unwritable", "missing"):
            self.fails(RECORDING, state.note)
        elif journal.committed(self.options.id) != committed_before:
            self.works(RECORDING)

    async def _sub(self, make: MakeSource) -> None:
        segmenter = Segmenter()
        async with contextlib.aclosing(watch(make)) as items:
            async for item in items:
                if isinstance(item, StateChanged):
                    self.latest_sub = None
                    self.tools.tap(self.options.id, "sub", None)
                    await self._keep(segmenter.finish(), role="sub")
                    if item.state != "recording" and self.heard.state == "recording":
                        self.fails(WATCHING, f"The camera's second stream cannot be looked at. {item.note}")
                    elif item.state == "recording":
                        self.works(WATCHING)
                    continue
                if isinstance(item, Packet):
                    self.latest_sub = item if item.is_key else self.latest_sub
                    self.tools.tap(self.options.id, "sub", item)
                await self._keep(segmenter.feed(item), role="sub")
                if self.watcher is not None and isinstance(item, Packet):
                    await self.watcher.take(item)

    @property
    def _records(self) -> bool:
        return self.options.record != "off"

    async def _keep(self, segments: list[Segment], role: Role = "main") -> None:
        if not self._records or not segments:
            return
        journal = self.tools.rooms.journal
        before = journal.committed(self.options.id)
        for segment in segments:
            journal.offer(self.options.id, segment, role=role)
            if role == "main":
                self.recorded_to = max(self.recorded_to, segment.wall_end)
        if self._source_clock == "media":
            # A file is read faster than a disk writes, and must not be thinned out for that.
            await asyncio.to_thread(journal.flush, STALL_S)
        if role == "main":
            self._mind_disk(before if self._source_clock == "media" else self._kept_to)
            self._kept_to = journal.committed(self.options.id)

    def _hear(self, told: StateChanged) -> None:
        state = told.state if self._records or told.state != "recording" else "watching"
        self.heard = replace(self.heard, state=state, since=told.at, note=told.note)
        if told.state == "recording":
            self._missing(None)
        else:
            self._missing(told.state)
        self._tell_state()

    def _missing(self, why: Why | None) -> None:
        """Say why nothing is recorded; None: it is."""
        journal, camera = self.tools.rooms.journal, self.options.id
        if why != self._gap:
            if self._gap is not None:
                journal.end_gap(camera, self._gap)
            if why is not None:
                journal.begin_gap(camera, why)
            self._gap = why

    def _tell_state(self) -> None:
        now = self.status
        self.tools.rooms.board.post(
            CameraTold(camera=now.id, state=now.state, since=now.since, note=now.note)
        )
