"""A real broker, and a listener at it."""

import asyncio
import contextlib
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiomqtt
from paho.mqtt.subscribeoptions import SubscribeOptions
from tests.ports import free_port

PATIENCE_S = 60.0  # a limit for what would never come
Login = tuple[str | None, str | None]


@dataclass
class Broker:
    """Mosquitto on one port; `stop` and `start` as a person would."""

    folder: Path
    port: int
    lines: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        settings = self.folder / "mosquitto.conf"
        settings.write_text("\n".join([f"listener {self.port} 127.0.0.1", "user root", *self.lines]) + "\n")
        with (self.folder / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen(
                ["/usr/sbin/mosquitto", "-c", str(settings)], stdout=log, stderr=log
            )
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert self.process.poll() is None, (self.folder / "mosquitto.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None


@contextlib.contextmanager
def broker(folder: Path, *lines: str) -> Iterator[Broker]:
    """Run a broker that lets everybody in unless `lines` say otherwise."""
    folder.mkdir(exist_ok=True)
    one = Broker(folder, free_port(), lines or ("allow_anonymous true",))
    one.start()
    try:
        yield one
    finally:
        one.stop()


@dataclass(frozen=True)
class Heard:
    topic: str
    payload: bytes
    retain: bool


class Ear:
    """Hears everything at a broker from its first moment on; `known` is the last payload of each topic."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.client = client
        self.heard: list[Heard] = []
        self._news = asyncio.Event()

    @property
    def known(self) -> dict[str, bytes]:
        return {one.topic: one.payload for one in self.heard}

    def of(self, topic: str) -> list[bytes]:
        return [one.payload for one in self.heard if one.topic == topic]

    async def listen(self) -> None:
        with contextlib.suppress(aiomqtt.MqttError):
            async for message in self.client.messages:
                assert isinstance(message.payload, bytes)
                self.heard.append(Heard(message.topic.value, message.payload, message.retain))
                self._news.set()

    async def all_kept(self) -> dict[str, bytes]:
        """Return every retained payload: the broker gives those before it passes on a message of our own."""
        await self.client.publish("ear/all", b"", qos=1)
        await self.until(lambda: "ear/all" in self.known)
        return {one.topic: one.payload for one in self.heard if one.retain}

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self._news.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.05):  # what is waited for may be elsewhere
                        await self._news.wait()


@contextlib.asynccontextmanager
async def ear(
    port: int, topic: str = "#", *, as_published: bool = False, login: Login = (None, None)
) -> AsyncIterator[Ear]:
    """Listen; with `as_published`, `retain` is as the sender set it, not whether the message was kept."""
    version = aiomqtt.ProtocolVersion.V5 if as_published else None
    wish = SubscribeOptions(qos=1, retainAsPublished=True) if as_published else None
    level = 0 if as_published else 1  # the wish names it as well
    user, password = login
    async with aiomqtt.Client(
        "127.0.0.1", port, protocol=version, username=user, password=password
    ) as client:
        one = Ear(client)
        await client.subscribe(topic, qos=level, options=wish)
        listening = asyncio.create_task(one.listen())
        try:
            yield one
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
