"""RTP packets to pictures (H.264).

In:     RTP packets of one stream in order, never trusted.
Out:    Picture: the NAL units of one access unit and its RTP time.
Holds:  any bytes are taken without an error; what makes no sense counts in `damage`, and pictures that
        may need what was lost are left out up to the next one that decodes alone.
Absent: reordering (TCP keeps order) and B-frame decode times (RTP sends none).
Source: RFC 3550, 5.1; RFC 6184, 5.6 to 5.8 (single NAL, STAP-A, FU-A; packetization modes 0 and 1).
"""

from dataclasses import dataclass

from fanlight.hub.camera import nal

_STAP_A, _FU_A = 24, 28
_FIXED_HEADER = 12
MAX_PICTURE_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Picture:
    """One access unit; `time` counts RTP ticks without wrapping."""

    time: int
    units: tuple[bytes, ...]


class Depacketizer:
    """One RTP stream."""

    def __init__(self, payload_type: int) -> None:
        """Take packets of `payload_type` only; -1 takes all."""
        self.damage = 0
        self._payload_type = payload_type
        self._sequence: int | None = None
        self._time: int | None = None
        self._units: list[bytes] = []
        self._size = 0
        self._fragments: bytearray | None = None
        self._lost = False  # something is missing in the present picture
        self._until_key = False

    def feed(self, packet: bytes) -> list[Picture]:
        """Take one RTP packet; return the pictures that it completes."""
        if len(packet) < _FIXED_HEADER or packet[0] >> 6 != 2:  # noqa: PLR2004 - version
            self.damage += 1
            return []
        if self._payload_type not in (packet[1] & 127, -1):
            return []
        start = _FIXED_HEADER + 4 * (packet[0] & 15)
        if packet[0] & 0x10:
            start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4], "big")
        end = len(packet) - (packet[-1] if packet[0] & 0x20 else 0)
        done = self._order(int.from_bytes(packet[2:4], "big"), int.from_bytes(packet[4:8], "big"))
        if start < end:
            self._payload(packet[start:end])
        if packet[1] & 0x80:
            done += self._complete()
        return done

    def _order(self, sequence: int, stamp: int) -> list[Picture]:
        gap = self._sequence is not None and sequence != (self._sequence + 1) & 0xFFFF
        self._sequence = sequence
        if self._time is None:
            self._time = stamp
            return []
        step = (stamp - self._time) & 0xFFFFFFFF
        step -= (step & 0x80000000) << 1  # B-frames step back
        done: list[Picture] = []
        if gap:
            self._lose()
        if step:
            # Some cameras never set the marker bit: a new time ends the picture as well.
            done = self._complete()
            self._time += step
        return done

    def _lose(self) -> None:
        self.damage += 1
        self._lost = True
        self._fragments = None

    def _payload(self, body: bytes) -> None:
        kind = body[0] & 31
        if kind == _FU_A:
            self._fragment(body)
        elif kind == _STAP_A:
            at = 1
            while at + 2 < len(body):
                size = int.from_bytes(body[at : at + 2], "big")
                if not size or at + 2 + size > len(body):
                    self._lose()
                    return
                self._unit(body[at + 2 : at + 2 + size])
                at += 2 + size
        elif 0 < kind < _STAP_A:
            self._unit(body)
        else:
            self._lose()

    def _fragment(self, body: bytes) -> None:
        if len(body) < 3:  # noqa: PLR2004 - indicator, header, content
            self._lose()
            return
        if body[1] & 0x80:
            if self._fragments is not None:
                self._lose()
            self._fragments = bytearray((body[0] & 0xE0 | body[1] & 31,))
        elif self._fragments is None:
            if not self._lost:
                self._lose()
            return
        self._fragments += body[2:]
        if len(self._fragments) > MAX_PICTURE_BYTES:
            self._lose()
        elif body[1] & 0x40:
            unit, self._fragments = bytes(self._fragments), None
            self._unit(unit)

    def _unit(self, unit: bytes) -> None:
        self._size += len(unit)
        if self._size > MAX_PICTURE_BYTES:
            self._lose()
        elif unit[0] & 31:
            self._units.append(unit)

    def _complete(self) -> list[Picture]:
        if self._fragments is not None:
            self._lose()
        units, lost, time = self._units, self._lost, self._time
        self._units, self._size, self._lost = [], 0, False
        self._until_key |= lost
        if not units or time is None:
            return []
        if self._until_key and (lost or not nal.is_key(units)):
            return []
        self._until_key = False
        return [Picture(time, tuple(units))]
