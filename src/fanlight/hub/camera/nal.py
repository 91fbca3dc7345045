# ruff: noqa: PLR2004 - the figures are field sizes and codes of the standard named below
"""H.264 NAL units: cutting, joining, parameter sets.

In:     bytes from a camera or a file, never trusted.
Out:    NAL units, AVC configuration records, picture sizes.
Holds:  BadNal is the only error raised, whatever the bytes.
Source: ITU-T H.264 (7.3.2.1, Annex B); ISO/IEC 14496-15, 5.3.3.
"""

import struct
from collections.abc import Iterable, Sequence

from fanlight.hub.camera.bits import Bits, bad, unescape
from fanlight.hub.packet import StreamInfo

IDR, SEI, SPS, PPS, AUD, FILLER = 5, 6, 7, 8, 9, 12
_SLICES = frozenset({1, 2, 5})
_RECOVERY_POINT = 6
_HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
MAX_SIDE = 16_384


def split_annexb(data: bytes) -> list[bytes]:
    """Return the NAL units between start codes, trailing zeros cut off."""
    units: list[bytes] = []
    at = data.find(b"\0\0\1")
    while at >= 0:
        following = data.find(b"\0\0\1", at + 3)
        unit = data[at + 3 : following if following >= 0 else None].rstrip(b"\0")
        if unit:
            units.append(unit)
        at = following
    return units


def split_lengths(data: bytes, length_size: int = 4) -> list[bytes]:
    """Return the NAL units of a length-prefixed sample; raises BadNal if the lengths do not add up."""
    units: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + length_size
        size = int.from_bytes(data[at:end], "big")
        if end + size > len(data):
            raise bad("a length leads past its end")
        if size:
            units.append(data[end : end + size])
        at = end + size
    return units


def join_lengths(units: Iterable[bytes]) -> bytes:
    """Return units as one sample with 4-byte lengths."""
    return b"".join(part for unit in units for part in (len(unit).to_bytes(4, "big"), unit))


def is_recovery_point(unit: bytes) -> bool:
    """Tell whether an SEI unit says that decoding may start right here (recovery_frame_cnt 0)."""
    body = unescape(unit[1:])
    at = 0
    while at + 2 < len(body):
        kind, at = _sei_number(body, at)
        size, at = _sei_number(body, at)
        if kind == _RECOVERY_POINT and at < len(body):
            return bool(body[at] & 0x80)  # ue(v) of 0 is a single 1 bit
        at += size
    return False


def _sei_number(body: bytes, at: int) -> tuple[int, int]:
    value = 0
    while at < len(body) and body[at] == 0xFF:
        value, at = value + 255, at + 1
    return (value + body[at], at + 1) if at < len(body) else (value, at)


def is_key(units: Sequence[bytes]) -> bool:
    """Tell whether decoding may start at this picture: an IDR, or a recovery point that needs no lead-in."""
    for unit in units:
        kind = unit[0] & 31
        if kind == IDR or (kind == SEI and is_recovery_point(unit)):
            return True
    return False


def has_picture(units: Sequence[bytes]) -> bool:
    """Tell whether any unit carries a slice."""
    return any(unit[0] & 31 in _SLICES for unit in units)


def set_number(unit: bytes) -> int:
    """Return the number of a sequence or picture parameter set; raises BadNal."""
    return Bits(unescape(unit[4 if unit[0] & 31 == SPS else 1 :])).ue()


def _skip_scaling_lists(bits: Bits, count: int) -> None:
    for index in range(count):
        if not bits.u(1):
            continue
        last = following = 8
        for _ in range(16 if index < 6 else 64):  # six 4x4 lists, then 8x8
            if following:
                following = (last + bits.se()) & 255
            last = following or last


def _skip_order(bits: Bits) -> None:
    order = bits.ue()
    if order == 0:
        bits.ue()
    elif order == 1:
        bits.u(1)
        bits.se()
        bits.se()
        for _ in range(min(bits.ue(), 256)):
            bits.se()


def _read_chroma(bits: Bits, profile: int) -> int:
    if profile not in _HIGH_PROFILES:
        return 1
    chroma = bits.ue()
    if chroma == 3:  # 4:4:4
        bits.u(1)
    bits.ue()
    bits.ue()
    bits.u(1)
    if bits.u(1):
        _skip_scaling_lists(bits, 8 if chroma != 3 else 12)
    return chroma


def picture_size(sps: bytes) -> tuple[int, int]:
    """Return width and height in pixels after cropping.

    Raises:
        BadNal: `sps` is not a sequence parameter set that makes sense.
    """
    if len(sps) < 4 or sps[0] & 31 != SPS:  # header, profile, constraints, level
        raise bad("it is no sequence parameter set")
    bits = Bits(unescape(sps[4:]))
    bits.ue()
    chroma = _read_chroma(bits, sps[1])
    bits.ue()
    _skip_order(bits)
    bits.ue()
    bits.u(1)
    width, map_height, frames_only = (bits.ue() + 1) * 16, bits.ue() + 1, bits.u(1)
    height = map_height * 16 * (2 - frames_only)
    if not frames_only:
        bits.u(1)
    bits.u(1)
    if bits.u(1):
        unit_x = 2 if chroma in (1, 2) else 1
        unit_y = (2 if chroma == 1 else 1) * (2 - frames_only)
        left, right, top, bottom = (bits.ue() for _ in range(4))
        width, height = width - unit_x * (left + right), height - unit_y * (top + bottom)
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise bad("its size makes no sense")
    return width, height


def describe(sps: Sequence[bytes], pps: Sequence[bytes]) -> StreamInfo:
    """Return the description of a stream from its parameter sets.

    Raises:
        BadNal: one is missing or makes no sense.
    """
    if not sps or not pps:
        raise bad("its parameter sets are missing")
    if len(sps) > 31 or len(pps) > 255 or any(len(unit) > 65_535 for unit in (*sps, *pps)):
        raise bad("it has too many parameter sets")
    first = sps[0]
    width, height = picture_size(first)
    record = bytearray((1, first[1], first[2], first[3], 0xFF, 0xE0 | len(sps)))
    for unit in sps:
        record += struct.pack(">H", len(unit)) + unit
    record.append(len(pps))
    for unit in pps:
        record += struct.pack(">H", len(unit)) + unit
    if first[1] in _HIGH_PROFILES:
        record += _high_profile_tail(first)
    return StreamInfo(codec=f"avc1.{first[1:4].hex()}", width=width, height=height, config=bytes(record))


def _high_profile_tail(sps: bytes) -> bytes:
    bits = Bits(unescape(sps[4:]))
    bits.ue()
    chroma = bits.ue()
    if chroma == 3:  # 4:4:4
        bits.u(1)
    luma_depth, chroma_depth = bits.ue(), bits.ue()
    if chroma > 3 or luma_depth > 6 or chroma_depth > 6:  # the largest that exist
        raise bad("its sample format makes no sense")
    return bytes((0xFC | chroma, 0xF8 | luma_depth, 0xF8 | chroma_depth, 0))


def parse_avcc(record: bytes) -> tuple[list[bytes], list[bytes], int]:
    """Return SPS units, PPS units and the size of length fields of a configuration record.

    Raises:
        BadNal: it is no such record.
    """
    if len(record) < 7 or record[0] != 1:  # fixed part of the record
        raise bad("its configuration record is cut off")
    at = 5
    found: list[list[bytes]] = []
    for mask in (31, 255):
        if at >= len(record):
            raise bad("its configuration record is cut off")
        count, at, units = record[at] & mask, at + 1, []
        for _ in range(count):
            size = int.from_bytes(record[at : at + 2], "big")
            unit = record[at + 2 : at + 2 + size]
            if not size or len(unit) != size:
                raise bad("its configuration record is cut off")
            units.append(unit)
            at += 2 + size
        found.append(units)
    return found[0], found[1], (record[4] & 3) + 1
