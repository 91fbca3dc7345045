"""What happens before one camera: told at once, kept as an event, and made a clip of.

In:     what the detector says, presses of the bell.
Out:    notices on the board, rows of events, footage marked as worth keeping, occasions for clips.
Holds:  H1 a press is told before anything is read, decoded or written (R01: within 100 ms).
        H2 what goes wrong with a row or a clip is said by the line and stops nothing.
Absent: looking (watcher), recording (line), sealing (clips).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from fanlight.hub.detector import Closed, Event, Opened
from fanlight.hub.events import Events, Row
from fanlight.hub.journal import Journal
from fanlight.hub.notices import Board, EventBegan, EventEnded, Pressed
from fanlight.hub.options import Camera
from fanlight.hub.packet import Clock, Packet
from fanlight.hub.sealer import POST_ROLL, PRE_ROLL, Kept, Occasion
from fanlight.hub.snapshot import snapshot, thumb_of
from fanlight.model.errors import FanlightError
from fanlight.model.ids import new_id

CLIPS = "clips"
PRESS_LENGTH = timedelta(seconds=10)
By = Literal["onvif", "http", "mqtt", "page"]
log = logging.getLogger("fanlight.hub")


class Recorded(Protocol):
    """The line of the camera: what a clip is made of, and who hears of trouble."""

    @property
    def options(self) -> Camera:
        """What a person decided about the camera."""
        ...

    @property
    def clock(self) -> Clock:
        """Whose clock its times are of."""
        ...

    @property
    def latest_key(self) -> Packet | None:
        """The newest picture that decodes alone."""
        ...

    @property
    def ended(self) -> bool:
        """Whether no more of it will be recorded."""
        ...

    def fails(self, what: str, note: str) -> None:
        """Take why something does not work."""
        ...

    def works(self, what: str) -> None:
        """Take that it works."""
        ...


MakeClip = Callable[[Recorded, Occasion], Awaitable[Kept | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Where it is told and kept, the same for all cameras.

    `make_clip` is None where there is no household to seal to. `under_way` are rows and clips that are being
    made; they may outlive the line that began them. `thumb_of` draws a small picture, and blocks.
    """

    journal: Journal
    events: Events
    board: Board
    make_clip: MakeClip | None
    thumb_of: Callable[[Packet], bytes] = thumb_of
    under_way: set[asyncio.Task[None]] = field(default_factory=set)


class Happenings:
    """What happens before the camera of one line. `pressed` is the event of the last press, or empty."""

    def __init__(self, line: Recorded, rooms: Rooms) -> None:
        """Nothing has happened yet."""
        self.pressed = ""
        self._line, self._rooms = line, rooms
        self._under_way: set[asyncio.Task[None]] = set()
        self._clips: dict[str, str] = {}  # of events that last: the ids of their clips to be

    async def press(self, at: datetime, by: By) -> None:
        """Take a press of the bell."""
        camera = self._line.options.id
        event = self.pressed = new_id()
        clip = new_id()
        self._rooms.board.post(Pressed(event=event, camera=camera, at=at, by=by, clip=clip))
        end = at + PRESS_LENGTH
        thumb = await self._thumb_at(at)
        await self._note(Row(id=event, camera=camera, label="doorbell", start=at, end=end, score=100), thumb)
        self._clip(event, Occasion(label="doorbell", start=at, end=end, score=100, thumb=thumb, clip=clip))

    def take(self, changes: list[Opened | Closed]) -> None:
        """Take what the detector says; what is over becomes a clip."""
        for change in changes:
            event = change.event
            if isinstance(change, Opened):
                clip = self._clips.setdefault(event.id, new_id())
                self._rooms.board.post(EventBegan(clip=clip, **_told(event)))
                self._spawn(self._note(_row(event, end=None), event.thumb))
            else:
                self._end(event)

    async def settle(self) -> None:
        """Wait for what is under way."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    def _end(self, event: Event) -> None:
        clip = self._clips.pop(event.id, None) or new_id()
        self._rooms.board.post(EventEnded(end=event.end, clip=clip, **_told(event)))
        self._spawn(self._note(_row(event, end=event.end), event.thumb))
        score = round(event.score * 100)
        self._clip(
            event.id,
            Occasion(
                label=event.label, start=event.start, end=event.end, score=score, thumb=event.thumb, clip=clip
            ),
        )

    async def _note(self, row: Row, thumb: bytes) -> None:
        try:
            await asyncio.to_thread(self._rooms.events.put, row, thumb)
        except FanlightError as error:
            self._line.fails(CLIPS, f"{error.what} {error.do}")

    def _clip(self, event: str, occasion: Occasion) -> None:
        camera = self._line.options
        self._rooms.journal.keep(camera.id, occasion.start - PRE_ROLL, occasion.end + POST_ROLL)
        if self._rooms.make_clip is not None and camera.record != "off":
            self._spawn(self._try_clip(event, occasion, self._rooms.make_clip))

    async def _try_clip(self, event: str, occasion: Occasion, make: MakeClip) -> None:
        try:
            kept = await make(self._line, occasion)
            if kept is not None:
                await asyncio.to_thread(self._rooms.events.has_clip, event, kept.clip)
        except FanlightError as error:
            self._line.fails(CLIPS, f"A clip was lost. {error.what} {error.do}")
        except Exception:
            log.exception("clips: one was lost")
            self._line.fails(CLIPS, "A clip was lost. The reason is in the hub's log.")
        else:
            self._line.works(CLIPS)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        for under_way in (self._under_way, self._rooms.under_way):
            under_way.add(task)
            task.add_done_callback(under_way.discard)

    async def _thumb_at(self, at: datetime) -> bytes:
        """Return how it looked: of a live camera the newest picture, of a recording the one at that time."""
        key = self._line.latest_key
        try:
            if self._line.clock == "hub" and key is not None:
                return await asyncio.to_thread(self._rooms.thumb_of, key)
            camera = self._line.options.id
            around = await asyncio.to_thread(self._rooms.journal.read, camera, at, at + timedelta(seconds=1))
            return await asyncio.to_thread(snapshot, around, at) if around else b""
        except FanlightError:
            return b""
        except Exception:  # a ring without its picture is still a ring (H2)
            log.exception("a press has no picture")
            return b""


def _told(event: Event) -> dict[str, Any]:
    """Return what both notices of an event say."""
    same = ("camera", "label", "start", "score", "thumb", "zones", "change")
    return {"event": event.id} | {name: getattr(event, name) for name in same}


def _row(event: Event, *, end: datetime | None) -> Row:
    return Row(
        id=event.id,
        camera=event.camera,
        label=event.label,
        start=event.start,
        end=end,
        score=round(event.score * 100),
        zones=event.zones,
        change=event.change,
        box=event.box,
    )
