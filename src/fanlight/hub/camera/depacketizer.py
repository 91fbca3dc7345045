"""RTP packets to pictures (H.264 and H.265).

In:     RTP packets of one stream in order, never trusted, as places in the bytes that arrived.
Out:    Picture: the NAL units of one access unit and its RTP time.
Holds:  any bytes are taken without an error; what makes no sense counts in `damage`, and pictures that
        may need what was lost are left out up to the next one that decodes alone.
Absent: reordering (TCP keeps order), B-frame decode times (RTP sends none), decoding order numbers of H.265.
Why:    `feed` runs for each of some 270 packets a second and camera, 40 cameras in one process: it is one
        function with tables instead of several that read well, and copies a fragment's bytes once.
Source: RFC 3550, 5.1; RFC 6184, 5.6 to 5.8 (single NAL, STAP-A, FU-A); RFC 7798, 4.4 (single, AP, FU).
"""

import struct
from collections import deque
from dataclasses import dataclass

from fanlight.hub.camera import hevc, nal
from fanlight.hub.camera.sample import Coding

_FIXED_HEADER = 12
_HEAD = struct.Struct(">BBHI")
_ONE, _AGGREGATE, _FRAGMENT, _NOTHING = range(4)
_FIRST, _LAST = 0x80, 0x40  # of a unit's fragments
MAX_PICTURE_BYTES = 16 << 20


def _h264(first: int) -> int:
    kind = first & 31
    return {24: _AGGREGATE, 28: _FRAGMENT}.get(kind, _ONE if 0 < kind < 24 else _NOTHING)  # noqa: PLR2004


def _h265(first: int) -> int:
    kind = first >> 1 & 63
    return {48: _AGGREGATE, 49: _FRAGMENT}.get(kind, _ONE if kind < 48 else _NOTHING)  # noqa: PLR2004


_FORMS: dict[Coding, bytes] = {
    "H264": bytes(map(_h264, range(256))),
    "H265": bytes(map(_h265, range(256))),
}
_UNIT_HEADER: dict[Coding, int] = {"H264": 1, "H265": 2}
# Of an RTP packet: flags, kind, sequence, time; of its payload: the first byte, the fragment's place.
_MIDDLE = {"H264": struct.Struct(">BBHI4xBB"), "H265": struct.Struct(">BBHI4xBxB")}


@dataclass(frozen=True, slots=True)
class Picture:
    """One access unit; `time` counts RTP ticks without wrapping."""

    time: int
    units: list[bytes]


class Depacketizer:
    """One RTP stream. `done` holds the pictures that are complete; the caller takes them out."""

    def __init__(self, payload_type: int, coding: Coding = "H264") -> None:
        """Take packets of `payload_type` only; -1 takes all."""
        self.damage = 0
        self.done: deque[Picture] = deque()
        self.ssrc = 0
        self.time: int | None = None  # of the present picture
        self._coding: Coding = coding
        self._forms, self._header = _FORMS[coding], _UNIT_HEADER[coding]
        self._is_key = nal.is_key if coding == "H264" else hevc.is_key
        self._type = payload_type
        self._fragment_at = _FIXED_HEADER + self._header + 1
        self._middle = _MIDDLE[coding].unpack_from
        self._next: int | None = None  # sequence number
        self._rounds = 0
        self._stamp = 0
        self._units: list[bytes] = []
        self._size = 0
        self._fragments: list[bytes] | None = None
        self._lost = False  # something is missing in the present picture
        self._until_key = False

    @property
    def highest(self) -> int:
        """Highest sequence number that arrived, with its rounds in the upper 16 bits."""
        return (self._rounds << 16) + (self._next or 0) - 1

    def feed(self, data: bytes, start: int, end: int) -> None:  # noqa: C901, PLR0912 - see `Why`
        """Take the RTP packet `data[start:end]`."""
        # Nine packets of ten are a fragment from the middle of a picture that lies where it should.
        fragments = self._fragments
        if fragments is not None and end - start > self._fragment_at:
            flags, kind, sequence, stamp, head, place = self._middle(data, start)
            if (
                sequence == self._next
                and stamp == self._stamp
                and kind == self._type
                and flags == 0x80  # noqa: PLR2004 - version 2, nothing between header and payload
                and place < _LAST
                and sequence != 0xFFFF  # noqa: PLR2004 - the next one begins a round
                and self._forms[head] == _FRAGMENT
                and self._size < MAX_PICTURE_BYTES
            ):
                content = start + self._fragment_at
                fragments.append(data[content:end])
                self._size += end - content
                self._next = sequence + 1
                return
        if end - start < _FIXED_HEADER or data[start] & 0xC0 != 0x80:  # noqa: PLR2004 - version 2
            self.damage += 1
            return
        flags, kind, sequence, stamp = _HEAD.unpack_from(data, start)
        if kind & 127 != self._type and self._type != -1:
            return
        body = start + _FIXED_HEADER
        if flags & 0x3F:
            body, end = skip(data, start, end)
        headless = sequence != self._next and self._jump(data, start, body, stamp)
        self._next = sequence + 1 & 0xFFFF
        if not self._next:
            self._rounds += 1
        if stamp != self._stamp:
            # Some cameras never set the marker bit: a new time ends the picture as well.
            if self._units or self._fragments is not None or self._lost:
                self._complete()
            self._step(stamp)
            self._lost = headless
        if body < end:
            form = self._forms[data[body]]
            if form == _FRAGMENT:
                content = body + self._header + 1
                if content >= end:
                    self._lose()
                elif data[content - 1] & 0xC0 or self._fragments is None:
                    self._take(data, body, content, end)
                else:
                    self._fragments.append(data[content:end])
                    self._size += end - content
            elif form == _ONE:
                self._unit(data[body:end])
            elif form == _AGGREGATE:
                self._apart(data, body + self._header, end)
            else:
                self._lose()
        if self._size > MAX_PICTURE_BYTES:
            self._lose()
            self._units, self._size = [], 0
        if kind & 0x80:
            self._complete()

    def _jump(self, data: bytes, start: int, body: int, stamp: int) -> bool:
        """Take the first packet, or one that does not follow the last; tell if its picture lacks its head."""
        self.ssrc = int.from_bytes(data[start + 8 : start + 12], "big")
        if self._next is None:
            self.time = self._stamp = stamp
            return False
        self._lose()
        # A camera that drops pictures goes on with a keyframe: that one is whole if it starts with
        # parameter sets, or with the first slice of a picture, whose header starts with a 1 bit.
        head = data[body : body + 4].ljust(4, b"\0")
        form = self._forms[head[0]]
        if form == _FRAGMENT:
            slice_ = head[self._header + 1] if head[self._header] & _FIRST else 0
            return not slice_ & 0x80
        return form == _ONE and self._is_slice(head[0]) and not head[self._header] & 0x80

    def _is_slice(self, first: int) -> bool:
        return 0 < first & 31 < nal.SEI if self._coding == "H264" else first >> 1 & 63 < hevc.VPS

    def _step(self, stamp: int) -> None:
        step = stamp - self._stamp & 0xFFFFFFFF
        self.time = (self.time or 0) + step - ((step & 0x80000000) << 1)  # B-frames step back
        self._stamp = stamp

    def _lose(self) -> None:
        self.damage += 1
        self._lost = True
        self._fragments = None

    def _apart(self, data: bytes, at: int, end: int) -> None:
        while at + 2 < end:
            size = data[at] << 8 | data[at + 1]
            at += 2
            if not size or at + size > end:
                self._lose()
                return
            self._unit(data[at : at + size])
            at += size

    def _take(self, data: bytes, body: int, content: int, end: int) -> None:
        """Take the first or last fragment of a unit, or one whose first is missing."""
        place = data[content - 1]
        if place & _FIRST:
            if self._fragments is not None:
                self._lose()
            if self._coding == "H264":
                head = bytes((data[body] & 0xE0 | place & 31,))
            else:
                head = bytes((data[body] & 0x81 | (place & 63) << 1, data[body + 1]))
            self._fragments = [head]
        if self._fragments is None:
            if not self._lost:
                self._lose()
            return
        self._fragments.append(data[content:end])
        self._size += end - content
        if place & _LAST:
            unit, self._fragments = b"".join(self._fragments), None
            self._units.append(unit)

    def _unit(self, unit: bytes) -> None:
        self._size += len(unit)
        if len(unit) > self._header and self._forms[unit[0]] == _ONE:
            self._units.append(unit)

    def _complete(self) -> None:
        if self._fragments is not None:
            self._lose()
        units, lost = self._units, self._lost
        self._units, self._size, self._lost = [], 0, False
        self._until_key |= lost
        if not units or self.time is None:
            return
        if self._until_key:
            if lost or not self._is_key(units):
                return
            self._until_key = False
        self.done.append(Picture(self.time, units))


def skip(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return where the payload of an RTP packet with sources, extension or padding begins and ends."""
    flags = data[start]
    body = start + _FIXED_HEADER + 4 * (flags & 15)
    if flags & 0x10:
        body += 4 + 4 * int.from_bytes(data[body + 2 : body + 4], "big")
    if flags & 0x20:
        end -= data[end - 1]
    return body, end
