# ruff: noqa: PLR2004 - the figures are field sizes and codes of the standard named below
"""RTCP: what a sender says of its clock, and what we say of what arrived.

In:     packets of a control channel, never trusted.
Out:    sender reports, whether it says goodbye; receiver reports of ours.
Holds:  any bytes are taken without an error; what makes no sense is passed over.
Source: RFC 3550, 6.1 to 6.6.
"""

import secrets
import struct
from dataclasses import dataclass

_SENDER, _RECEIVER, _DESCRIPTION, _GOODBYE = 200, 201, 202, 203
_NTP_TO_UNIX_S = 2_208_988_800


@dataclass(frozen=True, slots=True)
class SenderReport:
    """At `wall_us` (microseconds since 1970 by the sender's clock) its RTP time was `rtp` (32 bits)."""

    ssrc: int
    wall_us: int
    rtp: int
    ntp_middle: int  # the middle 32 bits of its NTP time, sent back to it


def read(packet: bytes) -> tuple[list[SenderReport], bool]:
    """Return the sender reports of a compound packet, and whether it says goodbye."""
    reports: list[SenderReport] = []
    goodbye = False
    at = 0
    while at + 4 <= len(packet) and packet[at] >> 6 == 2:
        kind, end = packet[at + 1], at + 4 + 4 * int.from_bytes(packet[at + 2 : at + 4], "big")
        if end > len(packet):
            break
        if kind == _SENDER and end - at >= 28:
            ssrc, seconds, part, rtp = struct.unpack_from(">IIII", packet, at + 4)
            # NTP's 32 bits of seconds begin again in 2036.
            era = (seconds + (1 << 32) if seconds < 1 << 31 else seconds) - _NTP_TO_UNIX_S
            wall_us = era * 1_000_000 + (part * 1_000_000 >> 32)
            reports.append(SenderReport(ssrc, wall_us, rtp, (seconds & 0xFFFF) << 16 | part >> 16))
        goodbye |= kind == _GOODBYE
        at = end
    return reports, goodbye


class Receiver:
    """What we report about one stream."""

    def __init__(self) -> None:
        """Choose a number and a name that say nothing about this hub."""
        self._ssrc = secrets.randbits(32)
        self._name = secrets.token_hex(6).encode()
        self._heard: tuple[SenderReport, int] | None = None

    def heard(self, report: SenderReport, mono_us: int) -> None:
        """Note a sender report and when it arrived."""
        self._heard = (report, mono_us)

    def report(self, source: int, highest: int, lost: int, mono_us: int) -> bytes:
        """Return a compound packet: receiver report and name.

        Args:
            source: SSRC of the stream.
            highest: highest sequence number that arrived, with its rounds in the upper 16 bits.
            lost: how many losses were noticed.
            mono_us: the present time of the hub's monotonic clock.
        """
        last = delay = 0
        if self._heard is not None and self._heard[0].ssrc == source:
            last = self._heard[0].ntp_middle
            delay = (mono_us - self._heard[1]) * 65_536 // 1_000_000
        block = struct.pack(
            ">IIIIII",
            source,
            min(lost, 0x7FFFFF),
            highest & 0xFFFFFFFF,
            0,  # jitter: TCP leaves none to measure
            last,
            min(max(delay, 0), 0xFFFFFFFF),
        )
        item = bytes((1, len(self._name))) + self._name
        item += bytes(4 - len(item) % 4)
        return (
            struct.pack(">BBHI", 0x81, _RECEIVER, 7, self._ssrc)
            + block
            + struct.pack(">BBHI", 0x81, _DESCRIPTION, 1 + len(item) // 4, self._ssrc)
            + item
        )


def sender_report(ssrc: int, wall_us: int, rtp: int, packets: int, octets: int) -> bytes:
    """Return a sender report, as a camera sends it."""
    seconds, part = divmod(wall_us + _NTP_TO_UNIX_S * 1_000_000, 1_000_000)
    return struct.pack(
        ">BBHIIIIII",
        0x80,
        _SENDER,
        6,
        ssrc,
        seconds & 0xFFFFFFFF,
        (part << 32) // 1_000_000,
        rtp & 0xFFFFFFFF,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )
