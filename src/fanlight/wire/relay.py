"""What a hub and the relay say to each other over their one connection, and what of it may be left out.

In:     binary messages of a WebSocket.
Out:    the same as records; BadRelayMessage for anything else.
Holds:  what a viewer sends and gets passes unread: the relay sees a viewer's number, a class and a length.
        A `Lane` holds at most `most_bytes` of pictures: a reader too slow for them gets the newest key frame
        on instead of all that was missed, and never half of one.
Why:    docs/spec/live.md, "The relay"
"""

import struct
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from fanlight.model.errors import FanlightError

MOST_PAYLOAD = 4 << 20  # a key frame of a 4K camera; hub, relay and browser refuse more
MOST_FROM_VIEWER = 64 << 10
MOST_VIEWERS = 32  # of one hub at a time
_FROM = struct.Struct(">BI")
_TO = struct.Struct(">BBIB")
_VIEWER = struct.Struct(">I")


class BadRelayMessage(FanlightError):
    """A message between hub and relay has another form."""

    code = "wire.bad_relay_message"


class FromViewer(IntEnum):
    """What the relay tells a hub of a viewer."""

    CAME = 1
    SAID = 2
    LEFT = 3


class Class(IntEnum):
    """What may happen to a message on its way to a slow viewer."""

    MUST = 0  # arrives, or the viewer is cut off
    KEY = 1  # begins a picture anew: makes what waits of its stream worthless
    DELTA = 2  # worthless without what was before it
    END = 3  # no payload: cut these viewers off


@dataclass(frozen=True, slots=True)
class Said:
    """Of one viewer, relay to hub; `payload` is empty unless it said something."""

    kind: FromViewer
    viewer: int
    payload: bytes = b""

    def to_bytes(self) -> bytes:
        """Return the message."""
        return _FROM.pack(self.kind, self.viewer) + self.payload


@dataclass(frozen=True, slots=True)
class Send:
    """To some viewers, hub to relay. `stream` tells apart what a key frame makes worthless."""

    kind: Class
    stream: int
    viewers: tuple[int, ...]
    payload: bytes = b""

    def to_bytes(self) -> bytes:
        """Return the message."""
        head = _TO.pack(4, self.kind, self.stream, len(self.viewers))
        return b"".join((head, *map(_VIEWER.pack, self.viewers), self.payload))


def read_said(data: bytes) -> Said:
    """Read what the relay tells a hub; raises BadRelayMessage."""
    if len(data) < _FROM.size or len(data) > MOST_FROM_VIEWER + _FROM.size:
        raise _bad()
    kind, viewer = _FROM.unpack_from(data)
    payload = data[_FROM.size :]
    if kind not in tuple(FromViewer) or (payload and kind != FromViewer.SAID):
        raise _bad()
    return Said(FromViewer(kind), viewer, payload)


def read_send(data: bytes) -> Send:
    """Read what a hub wants sent; raises BadRelayMessage."""
    if len(data) < _TO.size or len(data) > MOST_PAYLOAD + _TO.size + 4 * MOST_VIEWERS:
        raise _bad()
    what, kind, stream, count = _TO.unpack_from(data)
    body = _TO.size + count * _VIEWER.size
    if what != 4 or kind not in tuple(Class) or not 0 < count <= MOST_VIEWERS or len(data) < body:  # noqa: PLR2004
        raise _bad()
    viewers = tuple(number for (number,) in _VIEWER.iter_unpack(data[_TO.size : body]))
    payload = data[body:]
    if len(payload) > MOST_PAYLOAD or len(set(viewers)) != count or (payload and kind == Class.END):
        raise _bad()
    return Send(Class(kind), stream, viewers, payload)


class Lane:
    """What waits for one slow reader, in order. Not for threads.

    Where a key frame of a stream still waits when its next one comes, all before the next is left out. A
    stream that had to be cut waits for its next key frame. MUST messages are not touched.
    """

    def __init__(self, *, most_bytes: int, most_must_bytes: int) -> None:
        """Hold at most `most_bytes` of pictures, and `most_must_bytes` of what has to arrive."""
        self._most, self._most_must = most_bytes, most_must_bytes
        self._waiting: deque[tuple[Class, int, bytes]] = deque()
        self._broken: set[int] = set()
        self.pictures_bytes = 0
        self.must_bytes = 0
        self.left_out = 0

    def __len__(self) -> int:
        """Return how many messages wait."""
        return len(self._waiting)

    def put(self, kind: Class, stream: int, payload: bytes) -> bool:
        """Take a message or leave it out; False where one that must arrive has no room any more."""
        if kind == Class.MUST:
            if self.must_bytes + len(payload) > self._most_must:
                return False
            self._waiting.append((kind, stream, payload))
            self.must_bytes += len(payload)
            return True
        if kind == Class.KEY and self._keeps_a_key_of(stream):
            self._cut(stream)  # a whole group of pictures behind: catch up instead of lagging
        if self.pictures_bytes + len(payload) > self._most:
            self._cut(stream)
            if kind == Class.DELTA:
                self._broken.add(stream)
            elif self.pictures_bytes + len(payload) > self._most:
                self._cut(None)  # the room is with streams that cannot be read in time either
        if kind == Class.DELTA and stream in self._broken:
            self.left_out += 1
            return True
        self._broken.discard(stream)
        self._waiting.append((kind, stream, payload))
        self.pictures_bytes += len(payload)
        return True

    def take(self) -> bytes:
        """Return what is next; raises IndexError where nothing waits."""
        kind, _, payload = self._waiting.popleft()
        if kind == Class.MUST:
            self.must_bytes -= len(payload)
        else:
            self.pictures_bytes -= len(payload)
        return payload

    def _keeps_a_key_of(self, stream: int) -> bool:
        return any(kind == Class.KEY and its == stream for kind, its, _ in self._waiting)

    def _cut(self, stream: int | None) -> None:
        """Leave out what waits of a stream, or of all; each goes on at its next key frame."""
        kept: deque[tuple[Class, int, bytes]] = deque()
        for kind, its, payload in self._waiting:
            if kind == Class.MUST or stream not in (None, its):
                kept.append((kind, its, payload))
            else:
                self.pictures_bytes -= len(payload)
                self.left_out += 1
                self._broken.add(its)
        self._waiting = kept


def only(viewers: Sequence[int]) -> tuple[int, ...]:
    """Return these viewers as a message names them: each once, in order."""
    return tuple(sorted(set(viewers)))


def _bad() -> BadRelayMessage:
    return BadRelayMessage(
        "A message between hub and relay has another form.",
        kept="Live viewing stops; recording goes on.",
        do="Run the same version of Fanlight at both ends.",
    )
