"""The order of the hub's rooms: camera, segmenter, journal, detector, sealer, outbox. Known here only.

In:     settings, keys, and the household if there is one.
Out:    a recording at home, events, notices; with a household also sealed clips and a status box.
Holds:  P1 one camera's trouble is its own: the others go on, and it is tried again.
        P2 settings change while it runs: only cameras whose own table asks for it begin anew.
        P3 a hub without a household records and notices; it seals and sends nothing (R02).
Absent: how any of it works (a camera's way: `line`; towards the server: `town`); who listens to notices
        (`services`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from fanlight.hub.at_home import AtHome
from fanlight.hub.camera import Camera as Source
from fanlight.hub.detectors import Detectors
from fanlight.hub.doorbell import Mouths, Presses
from fanlight.hub.events import Events, Row
from fanlight.hub.happenings import By, MakeClip, Recorded, Rooms
from fanlight.hub.health import Found, Health, Memory
from fanlight.hub.journal import Journal, Limits
from fanlight.hub.line import RECORDING, Line, MaskUnproved, Tools
from fanlight.hub.notices import Board, StorageTold
from fanlight.hub.options import Camera, HubOptions
from fanlight.hub.packet import AudioPacket, Packet, Role
from fanlight.hub.painting import Decision, Painting
from fanlight.hub.sealer import Kept, Occasion
from fanlight.hub.settings import HubKeys, NotPaired, Pairing
from fanlight.hub.sources import main_stream, sub_stream
from fanlight.hub.status import CameraStatus
from fanlight.hub.uplink import Uplink
from fanlight.model import clock
from fanlight.model.errors import FanlightError

AGAIN_S, ASK_AGAIN_S = 5.0, 30.0
EXPIRE_S = 600.0
REMOVED_DAYS = 14  # of a camera that is not there any more
FAREWELL_S = 8.0
STORAGE_S = 2.0
log = logging.getLogger("fanlight.hub")

if TYPE_CHECKING:
    from fanlight.hub.town import Town
    from fanlight.hub.viewing import Viewing


class NoSuchCamera(FanlightError):
    """A camera that this hub does not have."""

    code = "hub.no_such_camera"


class Pipeline:
    """One hub at work; `town` is None without a household, `tools` are what its lines share."""

    def __init__(
        self,
        folder: Path,
        options: HubOptions,
        keys: HubKeys,
        pairing: Pairing | None = None,
        uplink: Uplink | None = None,
    ) -> None:
        """Open the rooms; nothing runs yet. `pairing` and `uplink` come together or not at all.

        Raises:
            JournalError, EventsUnwritable, OutboxFull, EpochsRefused: it cannot start.
        """
        self.folder, self.options = folder, options
        self.board = Board()
        self.journal = Journal(folder, Limits.from_options(options))
        self.events = Events(folder, self.journal.seal_note, self.journal.open_note)
        self.at_home = AtHome(folder)
        self._painting = Painting(folder)
        self.detectors = Detectors(folder, options.detector)
        self.lines: dict[str, Line] = {}
        self.mouths = Mouths()
        self.town: Town | None = None
        self.viewing: Viewing | None = None
        if pairing is not None and uplink is not None:
            # Matching requests loads the rules' engine and geometry: only who needs them does.
            from fanlight.hub.town import Town  # noqa: PLC0415
            from fanlight.hub.viewing import Viewing  # noqa: PLC0415

            self.town = Town(folder, pairing, keys, uplink, self.statuses)
            self.town.keys_since = lambda: self.journal.keys_since
            self.town.send_as(options.uploads)
            self.viewing = Viewing(folder, keys, self.town, self)
        self.also: Callable[[], Iterable[Found]] = tuple  # what others have to say of their health
        self._memory, self._presses = Memory(), Presses()
        self._changing = asyncio.Lock()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._on_kept: Callable[[Occasion, Kept], None] = lambda *_: None
        self._rooms = Rooms(
            journal=self.journal,
            events=self.events,
            board=self.board,
            make_clip=None if self.town is None else self._clip_maker(self.town),
        )
        self.tools = self._make_tools()

    @property
    def paired(self) -> Town:
        """Return what speaks with the server; raises NotPaired at a hub without a household."""
        if self.town is None:
            raise NotPaired(
                "This hub has no household yet.",
                kept="It records and notices all the same.",
                do="Pair it on its page, under Health, or with fanlight hub pair and your town's address.",
            )
        return self.town

    @property
    def home(self) -> bool:
        """Whether somebody is home, as far as the hub was told."""
        return self.at_home.is_home

    def listen_to_clips(self, listener: Callable[[Occasion, Kept], None]) -> None:
        """Tell `listener` of each clip that is sealed from now on."""
        self._on_kept = listener

    def statuses(self) -> list[CameraStatus]:
        """Return how each camera is."""
        return [line.status for line in self.lines.values()]

    def line(self, camera: str) -> Line:
        """Return a camera's line; raises NoSuchCamera."""
        try:
            return self.lines[camera]
        except KeyError as error:
            raise NoSuchCamera(
                "This hub has no such camera.",
                kept="Nothing was changed.",
                do="Look at the list of cameras; it may have been removed.",
            ) from error

    async def run(self) -> None:
        """Record, watch, and speak with the town's server, until cancelled; then everything is on disk."""
        self.journal.start()
        self._expect()
        async with asyncio.TaskGroup() as group:
            try:
                if self.town is not None:
                    for work in (self.town.send(), self.town.report(), self.town.listen()):
                        group.create_task(work)
                if self.viewing is not None:
                    for work in self.viewing.works():
                        group.create_task(work)
                group.create_task(self._expire())
                group.create_task(self._tell_storage())
                self._begin(self.options.camera)
                await asyncio.Event().wait()
            finally:
                await self._end(list(self._tasks))
                if self._rooms.under_way:  # clips of what was before a camera just now
                    await asyncio.wait(self._rooms.under_way, timeout=FAREWELL_S)

    async def change(self, options: HubOptions) -> None:
        """Take new options; cameras whose own table asks for it begin anew, the others go on."""
        async with self._changing:
            await self._change(options)

    async def set_home(self, home: bool) -> None:  # noqa: FBT001 - one meaning, its name
        """Say whether somebody is home: indoor cameras record only while nobody is (R51)."""
        async with self._changing:
            if home == self.at_home.is_home:
                return
            self.at_home.say(is_home=home)
            indoor = [camera for camera in self.options.camera if camera.indoor]
            await self._end([camera.id for camera in indoor])
            self._begin(indoor)

    async def _change(self, options: HubOptions) -> None:
        before, self.options = self.options, options
        if self.town is not None and options.uploads != before.uploads:
            self.town.send_as(options.uploads)
        self.journal.change(Limits.from_options(options))
        self._expect()
        wanted = {camera.id: camera for camera in options.camera}
        anew = set()
        if options.detector != before.detector:
            self.detectors.change(options.detector)
            self.tools = self._make_tools()
            anew = set(wanted)
        stale = [
            camera
            for camera, line in self.lines.items()
            if camera not in wanted or camera in anew or not line.change(wanted[camera])
        ]
        await self._end(stale)
        for camera in stale:
            if camera not in wanted:
                await asyncio.to_thread(self.detectors.feedback.forget, camera)
        self._begin([camera for camera in options.camera if camera.id not in self._tasks])
        self.lines = {camera.id: self.lines[camera.id] for camera in options.camera}

    async def press(self, camera: str, at: datetime, by: By) -> str:
        """Take a press of a camera's bell; return its event's id, the same for one press heard in two ways.

        Raises:
            NoSuchCamera: there is none of that id.
        """
        line = self.line(camera)
        if self._presses.is_new(camera, clock.mono_us()) or not line.happenings.pressed:
            await line.happenings.press(at, by)
        return line.happenings.pressed

    def not_this(self, event: str, *, on: bool) -> Row | None:
        """Take a member's word that an event was not what the hub said, or take it back; blocks.

        Raises:
            EventsUnwritable: it could not be kept.
        """
        self.detectors.feedback.mark(event, on=on)
        return self.events.mark(event, not_this=on)

    def health(self) -> list[Health]:
        """Return what works and what does not, the worst first."""
        return self._memory.look([*self._found(), *self.also()])

    async def record(
        self, camera: Camera, make: Callable[[], Source], make_sub: Callable[[], Source] | None = None
    ) -> Line:
        """Record and watch one camera until its source ends (a live one never does); return its line."""
        line = self.lines[camera.id] = Line.begin(camera, self.tools)
        await line.run(make, make_sub)
        return line

    def close(self) -> None:
        """Close the rooms."""
        self.journal.close()
        self.events.close()
        self.detectors.close()
        if self.town is not None:
            self.town.close()

    def _found(self) -> Iterator[Found]:
        state = self.journal.state
        bad = state.state not in ("ok", "slow") or not self.journal.is_alive
        yield Found("storage", "bad" if bad else "ok" if state.state == "ok" else "warn", state.note)
        for line in self.lines.values():
            well = line.status.state in ("recording", "watching", "off") and not line.troubles
            yield Found(f"camera {line.options.name}", "ok" if well else "bad", line.status.note)
        for camera, since in state.silent:
            name = next((one.name for one in self.options.camera if one.id == camera), camera)
            yield Found(f"recording of {name}", "bad", f"Nothing of it was kept since {since:%H:%M:%S} UTC.")
        if self.at_home.trouble:
            yield Found("home", "warn", self.at_home.trouble)
        yield Found("detector", "bad" if self.detectors.trouble else "ok", self.detectors.trouble)
        if self.town is not None:
            trouble = next(iter(self.town.troubles.values()), "")
            yield Found("server", "warn" if trouble else "ok", trouble)
            stuck = " ".join(self.town.outbox.troubles())
            yield Found("clips", "warn" if stuck else "ok", stuck)
        if self.viewing is not None:
            trouble = self.viewing.link.trouble
            yield Found("live viewing", "warn" if trouble else "ok", trouble)

    def _make_tools(self) -> Tools:
        return Tools(
            rooms=self._rooms,
            new_detector=self.detectors.new,
            looks=asyncio.Semaphore(self.options.detector.threads),
            tap=self._tap,
        )

    def _tap(self, camera: str, role: Role, packet: Packet | AudioPacket | None) -> None:
        if self.viewing is not None:
            self.viewing.live.take(camera, role, packet)

    def _clip_maker(self, town: Town) -> MakeClip:
        from fanlight.hub.clips import ClipMaker  # noqa: PLC0415 - the same

        maker = ClipMaker(self.journal, town.sealer, town.outbox, town.epoch)

        async def make(line: Recorded, occasion: Occasion) -> Kept | None:
            kept = await maker.make(line.options, occasion, line.clock, is_recording=lambda: not line.ended)
            if kept is not None:
                self._on_kept(occasion, kept)
                town.wake()
            return kept

        return make

    def _expect(self) -> None:
        self.journal.expect([camera.id for camera in self.options.camera if camera.record != "off"])

    def _begin(self, cameras: Iterable[Camera]) -> None:
        for camera in cameras:
            self.lines[camera.id] = Line.begin(camera, self.tools)
            self._tasks[camera.id] = asyncio.create_task(self._tend(camera.id))

    async def _end(self, cameras: Collection[str]) -> None:
        ended = [task for camera in cameras if (task := self._tasks.pop(camera, None)) is not None]
        for task in ended:
            task.cancel()
        await asyncio.gather(*ended, return_exceptions=True)
        for camera in cameras:
            if camera in self.lines:
                self.lines[camera].over()

    async def _tend(self, camera: str) -> None:
        """Run a camera's line; begin it again whatever ends it (P1)."""
        while True:
            line = self.lines[camera]
            if line.options.indoor and self.at_home.is_home:
                line.rest("indoors", "Somebody is home: this indoor camera is off.")
                return
            try:
                await self._paint(line)
                paints = line.painting.painter == "camera"
                await line.run(
                    main_stream(line.options, camera_paints=paints),
                    sub_stream(line.options, camera_paints=paints),
                )
            except MaskUnproved:
                self.lines[camera] = Line.begin(line.options, self.tools)
                continue
            except Exception:
                log.exception("a camera's line broke off")
                line.fails(RECORDING, "Recording broke off; it begins again. The reason is in the hub's log.")
            else:
                return  # a file that has been read
            await asyncio.sleep(AGAIN_S)
            self.lines[camera] = Line.begin(line.options, self.tools)

    async def _paint(self, line: Line) -> None:
        """Return once it is clear who paints the camera's privacy zones (R09)."""
        line.painting = Decision("waiting") if line.options.privacy.zones else Decision("none")
        while (decision := await self._painting.decide(line.options)).painter == "waiting":
            line.painting = decision
            line.rest("away" if decision.is_away else "privacy", decision.note)
            await asyncio.sleep(AGAIN_S if decision.is_away else ASK_AGAIN_S)
        line.painting = decision
        line.ended = False
        line.over()

    async def _tell_storage(self) -> None:
        told = ("ok", "")
        while True:
            state = self.journal.state
            if (state.state, state.note) != told:
                told = (state.state, state.note)
                self.board.post(StorageTold(state=state.state, note=state.note))
            await asyncio.sleep(STORAGE_S)

    async def _expire(self) -> None:
        while True:
            with contextlib.suppress(FanlightError):  # said by the room itself, tried again
                if self.town is not None and (epoch := self.town.epochs.newest) is not None:
                    await asyncio.to_thread(self.journal.seal_day_keys, [epoch.statement.recipient])
            with contextlib.suppress(FanlightError):  # the same
                kept = {camera.id: camera.keep_days for camera in self.options.camera}
                for camera in await asyncio.to_thread(self.events.cameras):
                    oldest = clock.now() - timedelta(days=max(kept.get(camera, REMOVED_DAYS), 1))
                    await asyncio.to_thread(self.events.expire, camera, oldest)
            await asyncio.sleep(EXPIRE_S)
