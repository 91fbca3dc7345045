"""One viewer's session: what they asked for, what they get.

In:     their sealed words.
Out:    sealed words to them; their place in the streams; footage; sound to a camera.
Holds:  each thing asked for is checked against what this person may at that moment, and is a viewing that all
        members are told of before it begins.
"""

import asyncio
import contextlib
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fanlight.hub.live import asking, sealed, words
from fanlight.hub.live.adapt import Ladder, ladder
from fanlight.hub.live.errors import bad_message
from fanlight.hub.live.fetching import Fetch
from fanlight.hub.live.people import Person, What
from fanlight.hub.live.sealed import Listener, Speaker
from fanlight.hub.live.streams import Told
from fanlight.hub.live.talking import Voice
from fanlight.hub.packet import AudioInfo, Role
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.wire import b64
from fanlight.wire.relay import Class, Send

if TYPE_CHECKING:
    from fanlight.hub.live.room import Live

_FIRST, _AHEAD = datetime(2000, 1, 1, tzinfo=UTC), timedelta(days=2)
MOST_FETCHES = 2
MOST_CAMERAS = 32
_FOOTAGE = struct.Struct(">I")


@dataclass(slots=True)
class Watching:
    """One camera that is shown to a viewer."""

    ask: words.Watch
    ladder: Ladder
    viewing: str


class Visitor:
    """A viewer by number; `person` is None until their question was answered."""

    def __init__(self, number: int, live: "Live") -> None:
        """Wait for a question about a challenge of its own."""
        self.number, self._live = number, live
        self.challenge = asking.new_challenge()
        self.since_us = clock.mono_us()
        self.person: Person | None = None
        self._speaker: Speaker | None = None
        self._listener: Listener | None = None
        self._closed = False
        self._watching: dict[str, Watching] = {}
        self._fetches: dict[int, tuple[Fetch, str]] = {}
        self._voice = Voice(live.house.mouths, self._tell, self._over)

    def begin(self, person: Person, keys: asking.Keys) -> None:
        """Speak with this person, by these keys, from now on."""
        self.person = person
        self._speaker = Speaker(keys.down, keys.session, "down")
        self._listener = Listener(keys.up, keys.session, "up")

    async def hear(self, payload: bytes) -> None:
        """Take a message; raises BadMessage."""
        assert self._listener is not None  # noqa: S101 - begun
        kind, body = self._listener.open(payload)
        if kind == sealed.SOUND:
            self._voice.hear(body)
        elif kind == sealed.JSON:
            await self._do(words.read(body))
        else:
            raise bad_message("it sends what only a hub sends")

    async def now_is(self, person: Person) -> None:
        """Hold them to what this person may now."""
        assert self.person is not None  # noqa: S101 - begun
        recipient = person.recipient or self.person.recipient
        self.person = Person(person.account or self.person.account, person.sign_pub, recipient, person.guest)
        for camera in list(self._watching):
            if not self._may("live", camera):
                await self._unwatch(camera)
                self._tell("stopped", camera=camera, why="not_yours")

    def tell_key(self, told: Told) -> None:
        """Hand over a stream's key, if they may see that camera at this moment."""
        info, key = told.info, told.key
        if not self._may("live", key.camera):
            return
        if isinstance(info, AudioInfo):
            self._tell(
                "sound",
                camera=key.camera,
                stream=key.number,
                key=b64.encode(key.key),
                codec=info.codec,
                config=b64.encode(info.config),
                rate_hz=info.rate_hz,
                channels=info.channels,
            )
            return
        self._tell(
            "stream",
            camera=key.camera,
            role=key.role,
            stream=key.number,
            key=b64.encode(key.key),
            codec=info.codec,
            config=b64.encode(info.config),
            width=info.width,
            height=info.height,
        )

    def tell_cameras(self) -> None:
        """Tell how the cameras are that this person may see."""
        options = {one.id: one for one in self._live.house.cameras()}
        self._tell(
            "cameras",
            openings=True,  # a hub of before there were any does not know the word
            cameras=[
                {
                    "id": one.id,
                    "name": one.name,
                    "state": one.state,
                    "since": clock.to_text(one.since),
                    "talk": self._may("talk", one.id) and options[one.id].url.startswith("rtsp"),
                    "footage": self._may("footage", one.id),
                    "sound": options[one.id].audio and self._live.sound(one.id).info is not None,
                }
                for one in self._live.house.statuses()
                if one.id in options and self._may("live", one.id)
            ],
        )

    def tell_who(self) -> None:
        """Tell who watches what this person may see."""
        current = [one for one in self._live.viewings.current if self._may("live", one.camera)]
        self._tell("who", viewing=[one.to_json() for one in current])

    async def close(self) -> None:
        """End everything of this viewer; what they are beginning ends as soon as it is written down."""
        self._closed = True
        for camera in list(self._watching):
            await self._unwatch(camera)
        for number in list(self._fetches):
            await self._end_fetch(number)
        await self._voice.close()
        self.person = None

    async def _do(self, word: words.Word) -> None:  # noqa: C901, PLR0912 - one line for each thing that can be asked
        match word:
            case words.Watch():
                await self._watch(word)
            case words.Unwatch(camera=camera):
                await self._unwatch(camera)
            case words.Feedback():
                self._adapt(word)
            case words.Footage():
                await self._fetch(word)
            case words.More(id=number, bytes=count):
                if number in self._fetches and self._fetches[number][0].arrived(count):
                    await self._end_fetch(number)
            case words.Enough(id=number):
                await self._end_fetch(number)
            case words.Listen(camera=camera):
                if camera in self._watching:  # who listens is told of as watching
                    self._live.emit(self._live.sound(camera).add(self.number))
            case words.Unlisten(camera=camera):
                self._live.sound(camera).remove(self.number)
            case words.Opened():
                await self._note_opening(word)
            case words.Talk(camera=camera):
                await self._talk(camera)
            case words.Hush():
                self._voice.hush()
            case words.Ping(n=number):
                self._tell("pong", n=number, at_us=int(clock.now().timestamp() * 1_000_000))
            case words.History():
                lately = [one for one in self._live.viewings.lately if self._may("live", one.camera)]
                opened = [one for one in self._live.viewings.opened if self._may("live", one.camera)]
                self._tell(
                    "history",
                    viewings=[one.to_json() for one in lately],
                    openings=[one.to_json() for one in opened],
                )

    # Pictures

    async def _watch(self, ask: words.Watch) -> None:
        camera = ask.camera
        if not self._may("live", camera) or len(self._watching) >= MOST_CAMERAS:
            self._tell("stopped", camera=camera, why="not_yours")
            return
        main, sub = self._live.latest(camera, "main"), self._live.latest(camera, "sub")
        main_plays = main is not None and (main.info.is_h264 or ask.h265)
        has_sub = sub is not None and (sub.info.is_h264 or ask.h265)
        if not main_plays and not has_sub:
            why = "coding" if main is not None else "away"
            await self._unwatch(camera)
            self._tell("stopped", camera=camera, why=why)
            return
        wanted = ladder(
            ask.quality,
            width=ask.width,
            main_width=main.info.width if main else 0,
            sub_width=sub.info.width if sub else 0,
            main_plays=main_plays,
            has_sub=has_sub,
        )
        known = self._watching.get(camera)
        if known is not None:
            if (known.ask, known.ladder.rungs) == (ask, wanted.rungs):
                return
            viewing = known.viewing
        else:
            viewing = await self._begun(camera, "live")
        self._watching[camera] = Watching(ask, wanted, viewing)
        self._show(camera)

    async def _unwatch(self, camera: str) -> None:
        watching = self._watching.pop(camera, None)
        if watching is not None:
            self._live.remove(camera, self.number)
            await self._over(watching.viewing)

    def _adapt(self, heard: words.Feedback) -> None:
        watching = self._watching.get(heard.camera)
        if watching is None:
            return
        before = watching.ladder.rung
        watching.ladder = watching.ladder.hear(behind_ms=heard.behind_ms, missed=heard.missed)
        if watching.ladder.rung != before:
            self._show(heard.camera)

    def _show(self, camera: str) -> None:
        rung = self._watching[camera].ladder.rung
        other: Role = "sub" if rung.role == "main" else "main"
        self._live.stream(camera, other).remove(self.number)
        self._tell("pace", camera=camera, role=rung.role, keys_only=rung.keys_only)
        stream = self._live.stream(camera, rung.role)
        latest = self._live.latest(camera, rung.role)
        self._live.emit(stream.add(self.number, latest, keys_only=rung.keys_only))

    # Footage

    async def _fetch(self, ask: words.Footage) -> None:
        await self._end_fetch(ask.id)
        if not self._may("footage", ask.camera) or len(self._fetches) >= MOST_FETCHES:
            self._tell("footage", id=ask.id, state="refused")
            return
        start, end = _time(ask.start), _time(ask.end)
        viewing = await self._begun(ask.camera, "footage")
        fetch = Fetch(ask, start, end, self._live.house.journal)
        self._fetches[ask.id] = (fetch, viewing)
        fetch.begin(tell=self._tell_json, send=lambda data: self._send_footage(ask.id, data))

    def _send_footage(self, number: int, data: bytes) -> None:
        self._say(sealed.FOOTAGE, _FOOTAGE.pack(number) + data)

    async def _end_fetch(self, number: int) -> None:
        found = self._fetches.pop(number, None)
        if found is not None:
            fetch, viewing = found
            await fetch.close()
            await self._over(viewing)

    # Sound

    async def _talk(self, camera: str) -> None:
        if self._voice.is_heard:
            self._tell("talk", camera=camera, state="refused", why="busy")
            return
        options = next((one for one in self._live.house.cameras() if one.id == camera), None)
        if options is None or not self._may("talk", camera):
            self._tell("talk", camera=camera, state="refused", why="not_yours")
            return
        self._voice.begin(camera, options.url, await self._begun(camera, "talk"))

    async def _note_opening(self, word: words.Opened) -> None:
        assert self.person is not None  # noqa: S101 - begun
        if not self.person.may("live", word.camera, clock.now()):
            raise bad_message("it tells of a camera that is not theirs")
        at = _time(word.at)
        try:
            await asyncio.to_thread(self._live.viewings.open, self.person.account, word.camera, word.clip, at)
        except OSError:
            return  # not written down: the device keeps it and tells again
        self._tell("opened", clip=word.clip)

    # What all of it needs

    def _may(self, what: What, camera: str) -> bool:
        there = any(one.id == camera for one in self._live.house.cameras())
        return there and self.person is not None and self.person.may(what, camera, clock.now())

    async def _begun(self, camera: str, what: What) -> str:
        assert self.person is not None  # noqa: S101 - begun
        account, viewings = self.person.account, self._live.viewings
        writing = asyncio.ensure_future(asyncio.to_thread(viewings.begin, account, camera, what))
        try:
            viewing = await asyncio.shield(writing)
        except OSError as error:
            raise bad_message("the hub cannot write down who watches") from error
        except asyncio.CancelledError:
            with contextlib.suppress(OSError):  # the thread writes on: nobody is to stand as watching
                await asyncio.to_thread(viewings.end, await writing)
            raise
        if self._closed or not self._may(what, camera):
            await asyncio.to_thread(viewings.end, viewing)
            raise bad_message("it ended, or is no longer theirs to see, while it was written down")
        self._live.tell_who()
        return viewing

    async def _over(self, viewing: str) -> None:
        await asyncio.to_thread(self._live.viewings.end, viewing)
        self._live.tell_who()

    def _tell(self, kind: str, **fields: object) -> None:
        self._say(sealed.JSON, words.say(kind, **fields))

    def _tell_json(self, body: bytes) -> None:
        self._say(sealed.JSON, body)

    def _say(self, kind: int, body: bytes) -> None:
        if self._speaker is not None and self.number in self._live.visitors:
            self._live.put(Send(Class.MUST, 0, (self.number,), self._speaker.seal(kind, body)))


def _time(text: str) -> datetime:
    """Return a time that footage can be of; raises BadMessage."""
    try:
        read = clock.from_text(text)
    except FanlightError as error:
        raise bad_message("a time is written in another way") from error
    if not _FIRST <= read <= clock.now() + _AHEAD:
        raise bad_message("a time is out of range")
    return read
