"""Decode no more pictures than somebody looks at.

In:     packets of one run, numbered without a gap unless one was left out.
Out:    the newest picture, when asked.
Holds:  packets wait undecoded from the last keyframe on; a keyframe drops those that nobody asked for.
Why:    the loop filter is off: it costs a third of the decoding and the detector does not miss it.
"""

import contextlib
from fractions import Fraction

import av

from fanlight.hub.packet import Packet, StreamInfo

_MAX_WAITING_BYTES = 32 << 20


class LookDecoder:
    """The decoder of one stream description. `decoded` counts pictures."""

    def __init__(self, info: StreamInfo) -> None:
        """Open a decoder for `info`."""
        self.decoded = 0
        self._codec = av.CodecContext.create("h264" if info.is_h264 else "hevc", "r")
        self._codec.extradata = info.config
        self._codec.thread_count = 1
        self._codec.options = {"skip_loop_filter": "all"}
        self._codec.open()
        self._waiting: list[Packet] = []
        self._bytes = 0
        self._next = -1  # number of the packet that continues what was decoded
        self._skipped = True

    def add(self, packet: Packet, number: int) -> None:
        """Let a packet wait; after a gap in the numbers nothing is decoded up to the next keyframe."""
        if packet.is_key:
            self._skipped |= bool(self._waiting) or number != self._next
            self._waiting, self._bytes = [], 0
        elif number != self._next:
            self._drop()
        self._next = number + 1
        if not packet.is_key and self._skipped and not self._waiting:
            return
        self._waiting.append(packet)
        self._bytes += len(packet.data)
        if self._bytes > _MAX_WAITING_BYTES:
            self._drop()

    def look(self) -> av.VideoFrame | None:
        """Decode what waits and return the latest picture, None if there is none; its `pts` is 90 kHz."""
        if self._skipped and self._waiting:
            self._codec.flush_buffers()
            self._skipped = False
        latest: av.VideoFrame | None = None
        for packet in self._waiting:
            coded = av.Packet(packet.data)
            coded.pts = packet.pts_90k
            coded.time_base = Fraction(1, 90_000)
            with contextlib.suppress(av.FFmpegError):  # a damaged picture is just not looked at
                for frame in self._codec.decode(coded):
                    latest = frame
                    self.decoded += 1
        waited, self._waiting, self._bytes = self._waiting, [], 0
        if latest is None and len(waited) == 1 and waited[0].is_key:
            # With B-frames a decoder holds a picture back until the next. Force it out; the pictures
            # that follow then need the keyframe decoded once more.
            with contextlib.suppress(av.FFmpegError):
                latest = next(iter(self._codec.decode(None)), None)
                self.decoded += 1
            self._waiting, self._bytes, self._skipped = waited, len(waited[0].data), True
        return latest

    def _drop(self) -> None:
        self._waiting, self._bytes, self._skipped = [], 0, True
