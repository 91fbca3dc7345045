# ruff: noqa: PLR2004 - the figures are field sizes and codes of the standards named below
"""RTP packets to frames of sound: AAC, G.711, Opus.

In:     RTP packets of one stream in order, never trusted, as places in the bytes that arrived.
Out:    Frame: one coded frame, its RTP time and length.
Holds:  any bytes are taken without an error; what makes no sense counts in `damage` and is left out.
Drops:  any other coding: `sound_of` returns None.
Source: RFC 3640 (AAC-hbr, AAC-lbr), RFC 6416 (MP4A-LATM, one programme with its configuration in the SDP),
        RFC 3551, 4.5.14 (G.711), RFC 7587 (Opus); ISO/IEC 14496-3, 1.6.2.1; RFC 6716, 3.1.
"""

import struct
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass

from fanlight.hub.camera.bits import BadNal, Bits
from fanlight.hub.camera.depacketizer import skip
from fanlight.hub.camera.sdp import Media
from fanlight.hub.packet import AudioInfo

_RATES = (
    96_000,
    88_200,
    64_000,
    48_000,
    44_100,
    32_000,
    24_000,
    22_050,
    16_000,
    12_000,
    11_025,
    8_000,
    7_350,
)
_HEAD = struct.Struct(">BBHI")
_MAX_FRAME_BYTES = 64 * 1024
_G711 = {"PCMU": "ulaw", "PCMA": "alaw"}
_OPUS_HZ = 48_000
_SBR, _PS = 5, 29


@dataclass(frozen=True, slots=True)
class Frame:
    """One coded frame; `time` counts RTP ticks without wrapping, `ticks` is its length in them."""

    time: int
    ticks: int
    data: bytes


class SoundStream(ABC):
    """One RTP stream of sound. `done` holds complete frames; the caller takes them out."""

    def __init__(self, payload_type: int, info: AudioInfo, clock_hz: int) -> None:
        """Take packets of `payload_type` only."""
        self.info, self.clock_hz = info, clock_hz
        self.damage = 0
        self.done: deque[Frame] = deque()
        self.ssrc = 0
        self.time: int | None = None
        self._type = payload_type
        self._next: int | None = None
        self._rounds = 0
        self._stamp = 0

    @property
    def highest(self) -> int:
        """Highest sequence number that arrived, with its rounds in the upper 16 bits."""
        return (self._rounds << 16) + (self._next or 0) - 1

    def feed(self, data: bytes, start: int, end: int) -> None:
        """Take the RTP packet `data[start:end]`."""
        if end - start < 12 or data[start] & 0xC0 != 0x80:
            self.damage += 1
            return
        flags, kind, sequence, stamp = _HEAD.unpack_from(data, start)
        if kind & 127 != self._type:
            return
        body = start + 12
        if flags & 0x3F:
            body, end = skip(data, start, end)
        if self._next is None or self.time is None:
            self.time = stamp
            self.ssrc = int.from_bytes(data[start + 8 : start + 12], "big")
        else:
            if sequence != self._next:
                self._lose()
            step = stamp - self._stamp & 0xFFFFFFFF
            self.time += step - ((step & 0x80000000) << 1)
        self._stamp = stamp
        self._next = sequence + 1 & 0xFFFF
        self._rounds += not self._next
        if body < end:
            self._payload(data[body:end], self.time, marker=bool(kind & 0x80))

    def _lose(self) -> None:
        """Count that something is missing, and forget what was begun."""
        self.damage += 1

    @abstractmethod
    def _payload(self, body: bytes, time: int, *, marker: bool) -> None:
        """Take what a packet carries."""


class _Plain(SoundStream):
    """G.711: a byte is a sample of each channel."""

    def _payload(self, body: bytes, time: int, *, marker: bool) -> None:  # noqa: ARG002
        self.done.append(Frame(time, len(body) // self.info.channels, body))


class _Opus(SoundStream):
    """Opus: a packet is a frame, its length in its first byte."""

    def _payload(self, body: bytes, time: int, *, marker: bool) -> None:  # noqa: ARG002
        ticks = opus_ticks(body)
        if ticks:
            self.done.append(Frame(time, ticks, body))
        else:
            self.damage += 1


class _Aac(SoundStream):
    """AAC by RFC 3640: frames with a table of their sizes, or one frame over several packets."""

    def __init__(
        self, payload_type: int, info: AudioInfo, clock_hz: int, sizes: tuple[int, int, int]
    ) -> None:
        super().__init__(payload_type, info, clock_hz)
        self._size_bits, self._index_bits, self._delta_bits = sizes
        self._part = bytearray()
        self._wanted = 0

    def _lose(self) -> None:
        super()._lose()
        self._part.clear()

    def _payload(self, body: bytes, time: int, *, marker: bool) -> None:
        try:
            sizes, at = self._table(body)
        except BadNal:
            self.damage += 1
            return
        if len(sizes) == 1 and sizes[0] > len(body) - at:
            self._fragment(body[at:], sizes[0], time, marker=marker)
            return
        self._part.clear()
        for index, size in enumerate(sizes):
            if not size or at + size > len(body):
                self.damage += 1
                return
            frame_ticks = aac_ticks(self.info, self.clock_hz)
            self.done.append(Frame(time + index * frame_ticks, frame_ticks, body[at : at + size]))
            at += size

    def _table(self, body: bytes) -> tuple[list[int], int]:
        length = int.from_bytes(body[:2], "big")
        at = 2 + (length + 7) // 8
        bits = Bits(body[2:at])
        sizes: list[int] = []
        left = length
        while left >= (one := self._size_bits + (self._delta_bits if sizes else self._index_bits)):
            size = bits.u(self._size_bits)
            bits.u(one - self._size_bits)
            sizes.append(size)
            left -= one
        return sizes, at

    def _fragment(self, piece: bytes, size: int, time: int, *, marker: bool) -> None:
        if self._wanted != size:
            self._part.clear()
        self._wanted = size
        self._part += piece
        if len(self._part) == size:
            self.done.append(Frame(time, aac_ticks(self.info, self.clock_hz), bytes(self._part)))
            self._part.clear()
        elif marker or len(self._part) > size:
            self.damage += 1
            self._part.clear()


class _Latm(SoundStream):
    """AAC by RFC 6416: each frame after its length in bytes of 255 and a rest."""

    def __init__(self, payload_type: int, info: AudioInfo, clock_hz: int) -> None:
        super().__init__(payload_type, info, clock_hz)
        self._part = bytearray()

    def _lose(self) -> None:
        super()._lose()
        self._part.clear()

    def _payload(self, body: bytes, time: int, *, marker: bool) -> None:
        self._part += body
        if len(self._part) > _MAX_FRAME_BYTES:
            self.damage += 1
            self._part.clear()
        if not marker:
            return
        whole = bytes(self._part)
        self._part.clear()
        size = at = 0
        while at < len(whole):
            size, at = size + whole[at], at + 1
            if whole[at - 1] != 255:
                break
        if not size or at + size != len(whole):
            self.damage += 1
            return
        self.done.append(Frame(time, aac_ticks(self.info, self.clock_hz), whole[at:]))


def aac_ticks(info: AudioInfo, clock_hz: int) -> int:
    """Return how long a frame lasts: 1,024 samples, or 960 where the configuration says so."""
    samples = 1_024
    try:
        bits = Bits(info.config)
        kind = bits.u(5)
        if bits.u(4) == 15:
            bits.u(24)
        bits.u(4)
        if kind not in (_SBR, _PS) and bits.u(1):
            samples = 960
    except BadNal:
        pass
    return max(samples * clock_hz // info.rate_hz, 1)


def opus_ticks(packet: bytes) -> int:
    """Return how many samples of 48 kHz an Opus packet holds, 0 if it makes no sense (RFC 6716, 3.1)."""
    if not packet:
        return 0
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        length = (480, 960, 1_920, 2_880)[config & 3]
    elif config < 16:
        length = (480, 960)[config & 1]
    else:
        length = (120, 240, 480, 960)[config & 3]
    count = (1, 2, 2, packet[1] & 63 if len(packet) > 1 else 0)[code]
    ticks = length * count
    return ticks if ticks <= 5_760 else 0  # 120 ms


def opus_config(channels: int, pre_skip: int = 0) -> bytes:
    """Return the content of a `dOps` box (Opus in ISOBMFF, 4.3.2)."""
    return struct.pack(">BBHIhB", 0, channels, pre_skip, _OPUS_HZ, 0, 0)


def aac_info(config: bytes) -> AudioInfo | None:
    """Return what an AudioSpecificConfig says, or None if it makes no sense."""
    try:
        bits = Bits(config)
        kind = bits.u(5)
        index = bits.u(4)
        rate = bits.u(24) if index == 15 else _RATES[index] if index < len(_RATES) else 0
        channels = bits.u(4)
    except BadNal:
        return None
    if not rate or channels not in range(1, 8) or not 0 < kind < 31:
        return None
    return AudioInfo(
        codec=f"mp4a.40.{kind}", rate_hz=rate, channels=8 if channels == 7 else channels, config=config
    )


def _latm_config(text: str) -> bytes | None:
    """Return the AudioSpecificConfig inside a StreamMuxConfig of one programme and layer, or None."""
    try:
        bits = Bits(bytes.fromhex(text))
        if bits.u(15) != 0b0_1_000000_0000_000:
            return None
        kind, index = bits.u(5), bits.u(4)
        if index == 15 or kind in (_SBR, _PS, 31):
            return None
        value = kind << 11 | index << 7 | bits.u(4) << 3 | bits.u(3)
    except (BadNal, ValueError):
        return None
    return value.to_bytes(2, "big")


def sound_of(media: Media) -> SoundStream | None:
    """Return the reader of a stream of sound, or None if we cannot keep its coding."""
    number, clock_hz, codec = media.payload_type, media.clock_hz, media.codec
    if codec in _G711:
        return _Plain(
            number, AudioInfo(codec=_G711[codec], rate_hz=clock_hz, channels=media.channels), clock_hz
        )
    if codec == "OPUS":
        info = AudioInfo(codec="opus", rate_hz=_OPUS_HZ, channels=2, config=opus_config(2))
        return _Opus(number, info, _OPUS_HZ)
    if codec == "MPEG4-GENERIC":
        return _aac(media)
    if codec == "MP4A-LATM" and media.parameters.get("cpresent") == "0":
        config = _latm_config(media.parameters.get("config", ""))
        found = aac_info(config) if config else None
        return _Latm(number, found, clock_hz) if found else None
    return None


def _aac(media: Media) -> SoundStream | None:
    names = ("sizelength", "indexlength", "indexdeltalength")
    mode = media.parameters.get("mode", "").lower()
    otherwise = {"aac-hbr": (13, 3, 3), "aac-lbr": (6, 2, 2)}.get(mode)
    given = [media.parameters.get(name, "") for name in names]
    if all(text.isascii() and text.isdigit() and len(text) < 3 for text in given):
        sizes = tuple(int(text) for text in given)
    elif otherwise is not None:
        sizes = otherwise
    else:
        return None
    if not 0 < sizes[0] <= 16:
        return None
    try:
        info = aac_info(bytes.fromhex(media.parameters.get("config", "")))
    except ValueError:
        return None
    return _Aac(media.payload_type, info, media.clock_hz, (sizes[0], sizes[1], sizes[2])) if info else None
