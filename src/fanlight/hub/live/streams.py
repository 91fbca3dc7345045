"""A camera's stream as it is shown: encrypted once, named to the relay with all who see it.

In:     packets of one stream as they arrive, painted already; who sees it.
Out:    messages for the relay.
Holds:  a picture is encrypted once for all viewers, and not at all while there is none. Who leaves takes the
        key along: those who stay get a new one, so that no picture opens for somebody who is not told of.
        Who comes sees the newest group of pictures at once, as it was sealed for the others.
Drops:  what comes before the first key frame.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from fanlight.hub.live.sealed import StreamKey
from fanlight.hub.packet import AudioInfo, AudioPacket, Packet, Role, StreamInfo
from fanlight.wire.relay import Class, Send, only

MOST_KEPT_BYTES = 4 << 20  # of the newest group of pictures, for those who come in its middle


@dataclass(frozen=True, slots=True)
class Told:
    """A viewer is to be told of a stream's key: before the pictures that follow."""

    viewers: tuple[int, ...]
    key: StreamKey
    info: StreamInfo | AudioInfo


Out = Send | Told


@dataclass(slots=True)
class Stream:
    """One stream of one camera. `full` see every picture, `sparse` key frames only."""

    camera: str
    role: Role
    next_number: Callable[[], int]
    full: set[int] = field(default_factory=set)
    sparse: set[int] = field(default_factory=set)
    sealed: int = 0
    _key: StreamKey | None = None
    _info: StreamInfo | None = None
    _run: int | None = None
    _base_us: int = 0
    _group: list[Send] = field(default_factory=list)
    _group_bytes: int = 0

    @property
    def viewers(self) -> set[int]:
        """All who see it."""
        return self.full | self.sparse

    def add(self, viewer: int, latest: Packet | None, *, keys_only: bool) -> Iterator[Out]:
        """Show it to a viewer; yields the newest pictures, or for the first one `latest` alone."""
        known = viewer in self.viewers
        (self.sparse if keys_only else self.full).add(viewer)
        (self.full if keys_only else self.sparse).discard(viewer)
        if self._key is not None and self._info is not None:
            if not known:
                yield Told((viewer,), self._key, self._info)
                kept = self._group[:1] if keys_only else self._group
                yield from (Send(sent.kind, sent.stream, (viewer,), sent.payload) for sent in kept)
        elif latest is not None:
            yield from self.feed(latest)
            self._run = None  # what follows it was not seen: the next pictures begin with a key frame

    def remove(self, viewer: int) -> None:
        """Show it to a viewer no more; the others get a new key with the next key frame."""
        if viewer in self.viewers:
            self.full.discard(viewer)
            self.sparse.discard(viewer)
            self.renew()

    def pause(self) -> None:
        """Go on with a key frame only: the camera was away, or is read anew."""
        self._run = None

    def renew(self) -> None:
        """Have a new key from the next key frame on; until then nothing is shown."""
        self._key = self._run = None
        self._group, self._group_bytes = [], 0

    def feed(self, packet: Packet) -> Iterator[Out]:
        """Take a picture; yields what is to be sent of it."""
        if not self.viewers:
            if self._key is not None:
                self.renew()
            return
        if packet.run != self._run or packet.info != self._info:
            if not packet.is_key:
                return
            if packet.info != self._info or self._key is None:
                self._key = StreamKey(self.next_number(), self.camera, self.role)
                self._info = packet.info
                yield Told(only(tuple(self.viewers)), self._key, packet.info)
            # One clock for all runs, so that a decoder's times never go back.
            self._run, self._base_us = packet.run, wall_us(packet) - _us(packet.pts_90k)
        if self._key is None:
            return
        if packet.is_key:
            self._group, self._group_bytes = [], 0
        to = self.viewers if packet.is_key else self.full
        kind = Class.KEY if packet.is_key else Class.DELTA
        at_us = max(self._base_us + _us(packet.pts_90k), 0)
        payload = self._key.seal(packet.data, is_key=packet.is_key, at_us=at_us, wall_us=wall_us(packet))
        self.sealed += 1
        sent = Send(kind, self._key.number, only(tuple(to)), payload)
        if self._group_bytes + len(payload) <= MOST_KEPT_BYTES:
            self._group.append(sent)
            self._group_bytes += len(payload)
        else:
            del self._group[1:]  # too long a group: who comes sees its first picture and waits
            self._group_bytes = MOST_KEPT_BYTES
        if to:
            yield sent


def _us(ticks_90k: int) -> int:
    return ticks_90k * 100 // 9


def wall_us(packet: Packet | AudioPacket) -> int:
    """Return when it reached the hub, µs since 1970."""
    return int(packet.wall.timestamp() * 1_000_000)
