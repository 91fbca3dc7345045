"""A member who watches, as a browser does: through a real relay, with real keys; and one without a relay."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from fanlight.hub.live import asking, sealed
from fanlight.hub.live.sealed import Listener, Speaker, open_picture
from fanlight.hub.uplink import Uplink
from fanlight.model import clock
from fanlight.seal.keys import MemberKeys
from fanlight.wire import b64


@dataclass
class Picture:
    """One picture as it was opened."""

    camera: str
    role: str
    stream: int
    number: int
    is_key: bool
    at_us: int
    wall_us: int
    data: bytes


@dataclass
class Ends:
    """What a member's client has to know of its household."""

    household: str
    hub_recipient: str
    hub_public: bytes


@dataclass
class Watcher:
    """One session: `send` takes messages to the hub; `hear` is given those from it."""

    keys: MemberKeys
    account: str
    ends: Ends
    send: Callable[[bytes], Any]
    heard: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    sounds: list[Picture] = field(default_factory=list)
    footage: dict[int, bytearray] = field(default_factory=dict)
    messages: list[bytes] = field(default_factory=list)
    streams: dict[int, tuple[str, str, bytes]] = field(default_factory=dict)
    closed: bool = False
    _nonce: bytes = b""
    _up: Speaker | None = None
    _down: Listener | None = None

    def hear(self, message: bytes) -> None:
        self.messages.append(message)
        kind = message[0]
        if kind == sealed.HELLO:
            self.ask(message[1:])
        elif kind == sealed.ANSWER:
            made = asking.read_answer(
                message[1:],
                identity=self.keys.age.secret,
                household=self.ends.household,
                nonce=self._nonce,
                hub=self.ends.hub_public,
            )
            self._up = Speaker(made.up, made.session, "up")
            self._down = Listener(made.down, made.session, "down")
        elif kind == sealed.WORDS:
            assert self._down is not None
            what, body = self._down.open(message)
            if what == sealed.JSON:
                self._hear_words(json.loads(body))
            else:
                self.footage.setdefault(int.from_bytes(body[:4]), bytearray()).extend(body[4:])
        else:
            stream = int.from_bytes(message[1:5])
            camera, role, key = self.streams[stream]
            opened = Picture(camera, role, *open_picture(key, camera, role, message))
            (self.sounds if role == "sound" else self.pictures).append(opened)

    def ask(self, challenge: bytes) -> None:
        self._nonce = secrets.token_bytes(16)
        self.send(
            asking.make_ask(
                household=self.ends.household,
                challenge=challenge,
                account=self.account,
                age_recipient=self.keys.age.recipient,
                nonce=self._nonce,
                at=clock.now(),
                signing=self.keys.signing,
                hub_recipient=self.ends.hub_recipient,
            )
        )

    def say(self, kind: str, **fields: Any) -> None:
        assert self._up is not None
        self.send(self._up.seal(sealed.JSON, json.dumps({"t": kind, **fields}).encode()))

    def sound(self, pcm: bytes) -> None:
        assert self._up is not None
        self.send(self._up.seal(sealed.SOUND, pcm))

    def said(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.heard if one["t"] == kind]

    @property
    def is_known(self) -> bool:
        return self._up is not None

    def _hear_words(self, word: dict[str, Any]) -> None:
        self.heard.append(word)
        if word["t"] == "stream":
            self.streams[word["stream"]] = (word["camera"], word["role"], b64.decode(word["key"]))
        elif word["t"] == "sound":
            self.streams[word["stream"]] = (word["camera"], "sound", b64.decode(word["key"]))


async def until(holds: Callable[[], object]) -> None:
    """Wait for something; a minute is the limit for what would never come."""
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - what is waited for sets no event
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def watcher(server: str, keys: MemberKeys, ends: Ends) -> AsyncIterator[Watcher]:
    """Watch through a server's relay, as this person; waits while the hub is not there yet."""
    async with Uplink(server, keys.signing) as uplink:
        session = await uplink.sign_in()
    token, account = session["token"], session["account"]
    address = server.replace("http", "ws", 1) + "/v1/relay/watch"
    async with asyncio.timeout(60):
        while (pipe := await _open(address, token)) is None:  # noqa: ASYNC110 - the hub comes in its time
            await asyncio.sleep(0.1)
    going: list[asyncio.Task[None]] = []

    def send(message: bytes) -> None:
        going.append(asyncio.create_task(pipe.send(message)))

    one = Watcher(keys, account, ends, send)

    async def listen() -> None:
        try:
            async for message in pipe:
                one.hear(message if isinstance(message, bytes) else b"")
        finally:
            one.closed = True

    listening = asyncio.create_task(listen())
    try:
        await until(lambda: one.is_known or listening.done())
        yield one
    finally:
        await pipe.close()
        await asyncio.gather(listening, *going, return_exceptions=True)


async def _open(address: str, token: str) -> ClientConnection | None:
    pipe = await connect(address, proxy=None, max_size=None)
    await pipe.send(json.dumps({"token": token}))
    with contextlib.suppress(Exception):
        if await pipe.recv() == "{}":
            return pipe
    await pipe.close()
    return None
