"""Those who watch, and what each of them gets. The heart of the room; it knows no socket.

In:     what the relay tells of viewers; pictures of all cameras as they arrive, painted already.
Out:    messages for the relay, by `put`.
Holds:  nobody sees a picture who is not of the household's book at that moment, nor before their viewing is
        written down; a viewer's mistake ends that viewer's session and no other. Recording never waits.
Absent: the connection (`link`), and who the household is (`people`).
Why:    docs/design/live.md
"""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fanlight.hub.doorbell import Mouths
from fanlight.hub.journal import Journal
from fanlight.hub.live import asking, sealed, words
from fanlight.hub.live.errors import LiveError, bad_ask
from fanlight.hub.live.people import Person, find
from fanlight.hub.live.sounds import Sound
from fanlight.hub.live.streams import Out, Stream, Told
from fanlight.hub.live.viewings import Viewings
from fanlight.hub.live.visitor import Visitor
from fanlight.hub.options import Camera
from fanlight.hub.packet import AudioPacket, Packet, Role
from fanlight.hub.settings import HubKeys
from fanlight.hub.status import CameraStatus
from fanlight.model import clock
from fanlight.wire.relay import Class, FromViewer, Said, Send

LOOK_S = 1.0
ASK_WITHIN_S = 30.0
log = logging.getLogger("fanlight.hub.live")


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the room needs to know of its hub; each is asked for when it is needed."""

    household: str
    keys: HubKeys
    journal: Journal
    mouths: Mouths
    people: Callable[[], Sequence[Person]]
    cameras: Callable[[], Sequence[Camera]]
    statuses: Callable[[], Sequence[CameraStatus]]
    latest: Callable[[str, Role], Packet | None]


class Live:
    """All viewers of one hub. `put` sends; it is the link's while there is one."""

    def __init__(self, folder: Path, house: House) -> None:
        """Take up the list of viewings; nobody watches yet."""
        self.house = house
        self.viewings = Viewings(folder)
        self.put: Callable[[Send], None] = lambda _: None
        self.visitors: dict[int, Visitor] = {}
        self._streams: dict[tuple[str, Role], Stream] = {}
        self._sounds: dict[str, Sound] = {}
        self._numbers = itertools.count(1)
        self._listed: tuple[Person, ...] = ()
        self._told: list[CameraStatus] = []

    @property
    def sealed(self) -> int:
        """How many pictures were encrypted so far."""
        return sum(stream.sealed for stream in self._streams.values())

    async def run(self) -> None:
        """Notice what changes in the household and at its cameras, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except Exception:
                log.exception("a look at those who watch broke off")

    def take(self, camera: str, role: Role, packet: Packet | AudioPacket | None) -> None:
        """Take a picture or sound of a camera as it arrives; None: what follows continues nothing before."""
        if isinstance(packet, AudioPacket):
            sound = self.sound(camera)
            if sound.info is None:
                self._told = []  # it has sound: tell those who watch
            self.emit(sound.feed(packet))
            return
        stream = self._streams.get((camera, role))
        if stream is None:
            return
        if packet is None:
            stream.pause()
        else:
            self.emit(stream.feed(packet))

    def latest(self, camera: str, role: Role) -> Packet | None:
        """Return the newest picture of a stream that decodes alone, if the camera shows any now."""
        status = next((one for one in self.house.statuses() if one.id == camera), None)
        if status is None or status.state not in ("recording", "watching", "unkept"):
            return None
        return self.house.latest(camera, role)

    def stream(self, camera: str, role: Role) -> Stream:
        """Return a stream, making it where it was not watched before."""
        return self._streams.setdefault((camera, role), Stream(camera, role, lambda: next(self._numbers)))

    def sound(self, camera: str) -> Sound:
        """Return a camera's sound, whether it sends any or not."""
        return self._sounds.setdefault(camera, Sound(camera, lambda: next(self._numbers)))

    def remove(self, camera: str, viewer: int) -> None:
        """Show a camera to a viewer no more."""
        for (its, _), stream in self._streams.items():
            if its == camera:
                stream.remove(viewer)
        self.sound(camera).remove(viewer)

    async def hear(self, said: Said) -> None:
        """Take what the relay tells of a viewer."""
        if said.kind == FromViewer.CAME:
            await self._leave(said.viewer)
            if not self.visitors:
                self._listed = tuple(self.house.people())  # no key of before is in use
            visitor = self.visitors[said.viewer] = Visitor(said.viewer, self)
            hello = bytes([sealed.HELLO]) + visitor.challenge
            self.put(Send(Class.MUST, 0, (said.viewer,), hello))
        elif said.kind == FromViewer.LEFT:
            await self._leave(said.viewer)
        elif (visitor_ := self.visitors.get(said.viewer)) is not None:
            try:
                if visitor_.person is None:
                    self._answer(visitor_, said.payload)
                else:
                    await visitor_.hear(said.payload)
            except LiveError as error:
                log.info("live: %s", error.what)
                await self._end(visitor_)
            except Exception:
                log.exception("a viewing broke off")
                await self._end(visitor_)

    async def gone(self) -> None:
        """Forget all viewers: the connection to the relay is over."""
        for number in list(self.visitors):
            await self._leave(number)

    async def _end(self, visitor: Visitor) -> None:
        """End a viewer's session, unless their number is somebody else's by now."""
        if self.visitors.get(visitor.number) is visitor:
            await self._leave(visitor.number)
            self.put(Send(Class.END, 0, (visitor.number,)))

    def emit(self, outs: Iterable[Out]) -> None:
        """Send pictures, and keys to those who are to open them."""
        for out in outs:
            if isinstance(out, Told):
                for number in out.viewers:
                    if number in self.visitors:
                        self.visitors[number].tell_key(out)
            else:
                self.put(out)

    async def look(self) -> None:
        """Hold everybody to the household's book as it is now, and tell what changed."""
        listed = tuple(self.house.people())
        if listed != self._listed:
            self._listed = listed
            for stream in self._streams.values():
                stream.renew()  # who is allowed changed: so does the key
            for sound in self._sounds.values():
                sound.renew()
        now_us = clock.mono_us()
        for visitor in list(self.visitors.values()):
            if visitor.person is None:
                if now_us - visitor.since_us > ASK_WITHIN_S * 1e6:
                    await self._end(visitor)
                continue
            person = find(listed, visitor.person.sign_pub)
            if person is None or (person.recipient and person.recipient != visitor.person.recipient):
                await self._end(visitor)
            else:
                await visitor.now_is(person)
        statuses = list(self.house.statuses())
        if statuses != self._told:
            self._told = statuses
            for visitor in self._known():
                visitor.tell_cameras()

    def tell_who(self) -> None:
        """Tell everybody who watches that somebody began or stopped."""
        for visitor in self._known():
            visitor.tell_who()

    def _known(self) -> list[Visitor]:
        return [visitor for visitor in self.visitors.values() if visitor.person is not None]

    def _answer(self, visitor: Visitor, payload: bytes) -> None:
        listed = self.house.people()
        if not listed:
            raise bad_ask("this hub knows nobody of the household yet")
        asked = asking.read_ask(
            payload,
            identity=self.house.keys.identity,
            household=self.house.household,
            challenge=visitor.challenge,
            listed=listed,
        )
        made, answer = asking.make_answer(
            asked, household=self.house.household, at=clock.now(), signing=self.house.keys.signing
        )
        self.put(Send(Class.MUST, 0, (visitor.number,), bytes([sealed.ANSWER]) + answer))
        visitor.begin(asked.person, made)
        visitor.tell_cameras()
        visitor.tell_who()

    def _forget(self, number: int) -> None:
        for stream in self._streams.values():
            stream.remove(number)
        for sound in self._sounds.values():
            sound.remove(number)

    async def _leave(self, number: int) -> None:
        visitor = self.visitors.pop(number, None)
        self._forget(number)  # before anything waits: the number may be given to somebody else
        if visitor is not None:
            with contextlib.suppress(OSError):
                await visitor.close()


def say(kind: str, **fields: object) -> bytes:
    """Return words of the hub."""
    return words.say(kind, **fields)
