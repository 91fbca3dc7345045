"""The hub's one connection to the relay: kept for ever, opened anew when it ends.

In:     the hub's session; what the room wants sent.
Out:    what the relay tells, handed to the room.
Holds:  what waits to be sent is bounded: pictures are left out up to the next key frame where the home's
        uplink is too slow for them. The connection stands all the time: that it is there tells nothing.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from fanlight.hub.live.errors import RelayAway
from fanlight.hub.live.room import Live
from fanlight.hub.uplink import Uplink
from fanlight.model.errors import FanlightError
from fanlight.wire.relay import MOST_FROM_VIEWER, Lane, Send, read_said

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0
STEADY_S = 10.0
PING_S = 20.0
MOST_PICTURES_BYTES, MOST_MUST_BYTES = 4 << 20, 16 << 20
_RANDOM = random.SystemRandom()
log = logging.getLogger("fanlight.hub.live")


class Link:
    """Between a room and a relay. `trouble` is why there is no connection at present."""

    def __init__(self, live: Live, uplink: Uplink, server: str) -> None:
        """Name both ends; nothing is connected yet."""
        self._live, self._uplink = live, uplink
        self._address = server.rstrip("/").replace("http", "ws", 1) + "/v1/relay/hub"
        self.trouble = ""
        self.left_out = 0
        self._lane = self._new_lane()
        self._ready = asyncio.Event()

    async def run(self) -> None:
        """Be connected, until cancelled."""
        loop = asyncio.get_running_loop()
        wait_s = FIRST_WAIT_S
        while True:
            began = loop.time()
            try:
                await self._once()
            except FanlightError as error:
                self._say(error.what)
            except (OSError, WebSocketException) as error:
                self._say(f"The relay for live viewing does not answer ({type(error).__name__}).")
            except Exception:  # whatever it is: recording goes on
                log.exception("the connection to the relay broke off")
            if loop.time() - began > STEADY_S:
                wait_s = FIRST_WAIT_S
            await asyncio.sleep(wait_s * _RANDOM.uniform(0.75, 1.25))
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    def put(self, send: Send) -> None:
        """Take a message; it is sent when those before it are."""
        if not self._lane.put(send.kind, send.stream, send.to_bytes()):
            self._overflow = True
        self._ready.set()

    async def _once(self) -> None:
        token = await self._uplink.token()
        self._lane, self._overflow = self._new_lane(), False
        async with connect(
            self._address,
            additional_headers={"Authorization": f"Bearer {token}"},
            proxy=None,
            compression=None,  # sealed bytes do not get smaller
            max_size=MOST_FROM_VIEWER + 16,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            open_timeout=10,
        ) as pipe:
            await pipe.recv()
            if self.trouble:
                log.warning("live: it works again.")
                self.trouble = ""
            self._live.put = self.put
            try:
                await _until_one_ends(self._hear(pipe), self._send(pipe))
            finally:
                self._live.put = lambda _: None
                await self._live.gone()
        if pipe.close_code in (4401, 4403):
            self._uplink.forget()  # the session ended: sign in anew

    async def _hear(self, pipe: ClientConnection) -> None:
        async for message in pipe:
            if isinstance(message, bytes):
                await self._live.hear(read_said(message))

    async def _send(self, pipe: ClientConnection) -> None:
        while True:
            while len(self._lane):
                if self._overflow:
                    raise RelayAway(
                        "The way to the relay is too slow for what is asked over it.",
                        kept="Recording goes on.",
                        do="It is opened anew by itself.",
                    )
                await pipe.send(self._lane.take())
            self.left_out = self._lane.left_out
            self._ready.clear()
            await self._ready.wait()

    def _say(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            log.warning("live: %s", trouble)

    @staticmethod
    def _new_lane() -> Lane:
        return Lane(most_bytes=MOST_PICTURES_BYTES, most_must_bytes=MOST_MUST_BYTES)


async def _until_one_ends(*works: Awaitable[None]) -> None:
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            with contextlib.suppress(WebSocketException):
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
