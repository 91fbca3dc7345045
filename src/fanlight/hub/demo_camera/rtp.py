"""Pictures and sound to RTP packets inside an RTSP connection.

In:     NAL units, frames of sound.
Out:    bytes for the connection, the same for every client.
Source: RFC 2326, 10.12; RFC 3550, 5.1; RFC 6184, 5.6 and 5.8; RFC 7798, 4.4.3; RFC 3640, 3.3.6.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from secrets import randbits

from fanlight.hub.camera.rtsp import rtcp

PAYLOAD_BYTES = 1_400


def video_payloads(unit: bytes, *, is_h264: bool) -> list[bytes]:
    """Cut a NAL unit into payloads: itself, or fragments."""
    if len(unit) <= PAYLOAD_BYTES:
        return [unit]
    if is_h264:
        start, head, kind = 1, bytes((unit[0] & 0xE0 | 28,)), unit[0] & 31
    else:
        start, head, kind = 2, bytes((unit[0] & 0x81 | 49 << 1, unit[1])), unit[0] >> 1 & 63
    cuts = range(start, len(unit), PAYLOAD_BYTES)
    return [
        head
        + bytes((kind | (0x80 if at == start else 0) | (0x40 if at == cuts[-1] else 0),))
        + unit[at : at + PAYLOAD_BYTES]
        for at in cuts
    ]


def aac_payload(frame: bytes) -> bytes:
    """Return a frame of AAC-hbr behind its table."""
    return struct.pack(">HH", 16, len(frame) << 3) + frame


@dataclass(slots=True)
class Sender:
    """One RTP stream: its numbers, and what the next report will say."""

    payload_type: int
    clock_hz: int
    first_time: int = field(default_factory=lambda: randbits(32))
    ssrc: int = field(default_factory=lambda: randbits(32))
    sequence: int = field(default_factory=lambda: randbits(16))
    packets: int = 0
    octets: int = 0

    def pack(self, payloads: Sequence[bytes], time: int, channel: int, *, sequence: int) -> bytes:
        """Return the packets of one picture or frame, interleaved, the first numbered `sequence`."""
        out: list[bytes] = []
        last = len(payloads) - 1
        stamp = (self.first_time + time) & 0xFFFFFFFF
        for index, payload in enumerate(payloads):
            kind = (0x80 if index == last else 0) | self.payload_type
            size, number = 12 + len(payload), (sequence + index) & 0xFFFF
            out += (
                struct.pack(">BBHBBHII", 0x24, channel, size, 0x80, kind, number, stamp, self.ssrc),
                payload,
            )
        return b"".join(out)

    def sent(self, payloads: Sequence[bytes]) -> int:
        """Count packets as sent; return the number of the first."""
        first = self.sequence
        self.sequence = (first + len(payloads)) & 0xFFFF
        self.packets += len(payloads)
        self.octets += sum(map(len, payloads))
        return first

    def report(self, wall_us: int, time: int, channel: int) -> bytes:
        """Return an interleaved sender report: at `wall_us` this stream's clock showed `time`."""
        text = rtcp.sender_report(self.ssrc, wall_us, self.first_time + time, self.packets, self.octets)
        return struct.pack(">BBH", 0x24, channel, len(text)) + text
