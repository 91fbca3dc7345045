"""A camera's sound as it is heard: encrypted once, named to the relay with all who listen.

In:     frames of sound as they arrive; who listens.
Out:    messages for the relay.
Holds:  as for pictures (`streams`): one encryption for all who listen, none while nobody does, a new key
        when somebody stops. Once a second a frame begins anew for the relay, so that who is slower than that
        hears the newest second instead of all that was missed.
Absent: silence: nothing is made up where a camera sends none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from fanlight.hub.live.sealed import StreamKey
from fanlight.hub.live.streams import Out, Told, wall_us
from fanlight.hub.packet import AudioInfo, AudioPacket
from fanlight.wire.relay import Class, Send, only

_ANEW_US = 1_000_000


@dataclass(slots=True)
class Sound:
    """One camera's sound. `info` is None until the camera sent some."""

    camera: str
    next_number: Callable[[], int]
    info: AudioInfo | None = None
    listeners: set[int] = field(default_factory=set)
    sealed: int = 0
    _key: StreamKey | None = None
    _run: int | None = None
    _base_us: int = 0
    _anew_us: int = 0

    def add(self, viewer: int) -> Iterator[Out]:
        """Let a viewer hear it from the next frame on."""
        known = viewer in self.listeners
        self.listeners.add(viewer)
        if not known and self._key is not None and self.info is not None:
            yield Told((viewer,), self._key, self.info)

    def remove(self, viewer: int) -> None:
        """Let a viewer hear it no more; the others get a new key."""
        if viewer in self.listeners:
            self.listeners.discard(viewer)
            self.renew()

    def renew(self) -> None:
        """Have a new key from the next frame on."""
        self._key = None

    def feed(self, packet: AudioPacket) -> Iterator[Out]:
        """Take a frame; yields what is to be sent of it."""
        if packet.info != self.info:
            self.info = packet.info
            self.renew()
        if not self.listeners:
            self.renew()
            return
        to = only(tuple(self.listeners))
        if self._key is None:
            self._key = StreamKey(self.next_number(), self.camera, "sound")
            self._anew_us = 0
            yield Told(to, self._key, packet.info)
        now_us = wall_us(packet)
        if packet.run != self._run:
            self._run, self._base_us = packet.run, now_us - packet.pts_90k * 100 // 9
        begins = now_us >= self._anew_us
        if begins:
            self._anew_us = now_us + _ANEW_US
        at_us = max(self._base_us + packet.pts_90k * 100 // 9, 0)
        payload = self._key.seal(packet.data, is_key=True, at_us=at_us, wall_us=now_us)
        self.sealed += 1
        yield Send(Class.KEY if begins else Class.DELTA, self._key.number, to, payload)
