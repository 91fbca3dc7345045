"""Who is connected to whom, in memory. No sockets, no waiting: `http` moves the bytes.

In:     hubs and viewers that come and go, and what they say.
Out:    for each of them a box of what is to be sent to it, and whether it is to be cut off.
Holds:  numbers of viewers are never used twice by one hub's connection; a hub that comes again takes the
        place of its earlier connection, whose viewers are cut off and come again.
"""

import asyncio
import itertools
from collections import deque

from fanlight.wire.relay import MOST_VIEWERS, Class, FromViewer, Lane, Said, Send

MOST_PICTURES_BYTES = 1 << 20
MOST_MUST_BYTES = 4 << 20
MOST_TO_HUB_BYTES = 1 << 20


class Full(Exception):
    """This hub has as many viewers as it may have."""


class Away(Exception):
    """No hub of that household, or of that id, is connected."""


class Viewer:
    """One browser's place. `code` is why it is to be cut off, 0 while it is not."""

    def __init__(self, number: int, household: str) -> None:
        """Begin with nothing to send."""
        self.number, self.household = number, household
        self._lane = Lane(most_bytes=MOST_PICTURES_BYTES, most_must_bytes=MOST_MUST_BYTES)
        self._ready = asyncio.Event()
        self.code = 0

    def put(self, send: Send) -> None:
        """Take a message for this viewer."""
        if send.kind == Class.END:
            self.cut(ENDED)
        elif not self._lane.put(send.kind, send.stream, send.payload):
            self.cut(TOO_SLOW)
        self._ready.set()

    def cut(self, code: int) -> None:
        """Cut it off once what waits is sent, or at once if it is too slow for that."""
        self.code = self.code or code
        self._ready.set()

    async def next(self) -> bytes | None:
        """Return what is to be sent next; None when it is to be cut off."""
        while not len(self._lane):
            if self.code:
                return None
            self._ready.clear()
            await self._ready.wait()
        return None if self.code == TOO_SLOW else self._lane.take()


class Hub:
    """One hub's connection."""

    def __init__(self, account: str, household: str) -> None:
        """Begin without viewers."""
        self.account, self.household = account, household
        self.viewers: dict[int, Viewer] = {}
        self._numbers = itertools.count(1)
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._ready, self._room = asyncio.Event(), asyncio.Event()
        self._room.set()
        self.code = 0

    def join(self) -> Viewer:
        """Give a viewer its place; raises Full."""
        if len(self.viewers) >= MOST_VIEWERS:
            raise Full
        viewer = Viewer(next(self._numbers), self.household)
        self.viewers[viewer.number] = viewer
        self._put(Said(FromViewer.CAME, viewer.number))
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """Take a viewer's place away."""
        if self.viewers.pop(viewer.number, None) is not None:
            self._put(Said(FromViewer.LEFT, viewer.number))

    async def said(self, viewer: Viewer, payload: bytes) -> None:
        """Pass on what a viewer says; waits while the hub has enough to read."""
        while self._bytes > MOST_TO_HUB_BYTES and not self.code and not viewer.code:
            self._room.clear()
            await self._room.wait()
        self._put(Said(FromViewer.SAID, viewer.number, payload))

    def take(self, send: Send) -> None:
        """Hand what the hub sends to those whom it names; who is gone is left out."""
        for number in send.viewers:
            viewer = self.viewers.get(number)
            if viewer is not None:
                viewer.put(send)

    def cut(self, code: int) -> None:
        """Cut the hub off and all its viewers with it."""
        self.code = self.code or code
        self._ready.set()
        self._room.set()
        for viewer in self.viewers.values():
            viewer.cut(HUB_AWAY)

    async def next(self) -> bytes | None:
        """Return what is to be sent to the hub next; None when it is to be cut off."""
        while not self._waiting:
            if self.code:
                return None
            self._ready.clear()
            await self._ready.wait()
        if self.code:
            return None
        message = self._waiting.popleft()
        self._bytes -= len(message)
        if self._bytes <= MOST_TO_HUB_BYTES:
            self._room.set()
        return message

    def _put(self, said: Said) -> None:
        message = said.to_bytes()
        self._waiting.append(message)
        self._bytes += len(message)
        self._ready.set()


class Switch:
    """All hubs that are connected to this server."""

    def __init__(self) -> None:
        """Begin empty."""
        self._hubs: dict[str, dict[str, Hub]] = {}

    def connect(self, account: str, household: str) -> Hub:
        """Give a hub its place; an earlier connection of it is cut off."""
        hubs = self._hubs.setdefault(household, {})
        if account in hubs:
            hubs[account].cut(REPLACED)
        hubs[account] = Hub(account, household)
        return hubs[account]

    def disconnect(self, hub: Hub) -> None:
        """Take a hub's place away."""
        hub.cut(HUB_AWAY)
        hubs = self._hubs.get(hub.household, {})
        if hubs.get(hub.account) is hub:
            del hubs[hub.account]
            if not hubs:
                del self._hubs[hub.household]

    def join(self, household: str, account: str | None) -> tuple[Hub, Viewer]:
        """Connect a viewer to its household's hub, the one named or the only one; raises Away, Full."""
        hubs = self._hubs.get(household, {})
        hub = next(iter(hubs.values()), None) if account is None else hubs.get(account)
        if hub is None:
            raise Away
        return hub, hub.join()


# Codes of WebSocket closing, as HTTP's with 4000 before (RFC 6455, 7.4.2: 4000-4999 are an application's).
MALFORMED, NOT_SIGNED_IN, NOT_ALLOWED = 4400, 4401, 4403
HUB_AWAY, TOO_SLOW, REPLACED, ENDED, TOO_MANY = 4404, 4408, 4409, 4410, 4429
