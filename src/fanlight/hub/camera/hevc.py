# ruff: noqa: PLR2004 - the figures are field sizes and codes of the standards named below
"""H.265 NAL units: which is what, parameter sets, configuration records.

In:     bytes from a camera or a file, never trusted.
Out:    HEVC configuration records, codec names, picture sizes.
Holds:  BadNal is the only error raised, whatever the bytes.
Source: ITU-T H.265 (7.3.1.2, 7.3.2.2, 7.3.3); ISO/IEC 14496-15, 8.3.3 and annex E.3.
"""

import struct
from collections.abc import Sequence

from fanlight.hub.camera.bits import Bits, bad, unescape
from fanlight.hub.packet import StreamInfo

VPS, SPS, PPS, AUD, END_OF_SEQUENCE, END_OF_STREAM, FILLER = 32, 33, 34, 35, 36, 37, 38
_FIRST_KEY, _LAST_KEY = 16, 21  # BLA, IDR and CRA pictures: decoding may start there (IRAP)
MAX_SIDE = 16_384


def kind(unit: bytes) -> int:
    """Return a unit's type."""
    return unit[0] >> 1 & 63


def is_key(units: Sequence[bytes]) -> bool:
    """Tell whether decoding may start at this picture."""
    return any(_FIRST_KEY <= unit[0] >> 1 & 63 <= _LAST_KEY for unit in units)


def has_picture(units: Sequence[bytes]) -> bool:
    """Tell whether any unit carries a slice."""
    return any(unit[0] >> 1 & 63 < VPS for unit in units)


def set_number(unit: bytes) -> int:
    """Return the number of a parameter set; raises BadNal."""
    which = kind(unit)
    bits = Bits(unescape(unit[2:]))
    if which == VPS:
        return bits.u(4)
    if which == SPS:
        _skip_profile(bits)
    return bits.ue()


def _skip_profile(bits: Bits) -> bytes:
    """Read from the start of an SPS to its number; return the 12 bytes of its general profile."""
    bits.u(4)
    layers = bits.u(3)
    bits.u(1)
    general = bits.u(96).to_bytes(12, "big")
    flags = [bits.u(2) for _ in range(layers)]
    if layers:
        bits.u(2 * (8 - layers))
    for flag in flags:
        bits.u((88 if flag & 2 else 0) + (8 if flag & 1 else 0))
    return general


def describe(vps: Sequence[bytes], sps: Sequence[bytes], pps: Sequence[bytes]) -> StreamInfo:
    """Return the description of a stream from its parameter sets.

    Raises:
        BadNal: one is missing or makes no sense.
    """
    if not vps or not sps or not pps:
        raise bad("its parameter sets are missing")
    if any(len(units) > 64 or any(len(unit) > 65_535 for unit in units) for units in (vps, sps, pps)):
        raise bad("it has too many parameter sets")
    if len(sps[0]) < 3 or kind(sps[0]) != SPS:
        raise bad("it is no sequence parameter set")
    body = unescape(sps[0][2:])
    layers_and_nesting = body[0]
    bits = Bits(body)
    general = _skip_profile(bits)
    bits.ue()
    chroma = bits.ue()
    if chroma == 3:
        bits.u(1)
    width, height = bits.ue(), bits.ue()
    if bits.u(1):
        left, right, top, bottom = (bits.ue() for _ in range(4))
        width -= (2 if chroma in (1, 2) else 1) * (left + right)
        height -= (2 if chroma == 1 else 1) * (top + bottom)
    luma, depth = bits.ue(), bits.ue()
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise bad("its size makes no sense")
    if chroma > 3 or luma > 8 or depth > 8:
        raise bad("its sample format makes no sense")
    layers = min((layers_and_nesting >> 1 & 7) + 1, 7)
    record = bytearray(b"\1" + general)
    record += struct.pack(">HBBBBHB", 0xF000, 0xFC, 0xFC | chroma, 0xF8 | luma & 7, 0xF8 | depth & 7, 0, 0)
    record[-1] = layers << 3 | (layers_and_nesting & 1) << 2 | 3
    record.append(3)
    for which, units in ((VPS, vps), (SPS, sps), (PPS, pps)):
        record += struct.pack(">BH", 0x80 | which, len(units))
        for unit in units:
            record += struct.pack(">H", len(unit)) + unit
    return StreamInfo(codec=_codec(general), width=width, height=height, config=bytes(record))


def _codec(general: bytes) -> str:
    """Return the name of a profile as RFC 6381 clients read it: `hvc1.1.6.L93.B0`."""
    space, tier, profile = general[0] >> 6, general[0] >> 5 & 1, general[0] & 31
    compatible = int(f"{int.from_bytes(general[1:5], 'big'):032b}"[::-1], 2)
    constraints = general[5:11].rstrip(b"\0")
    words = [
        f"hvc1.{'ABC'[space - 1] if space else ''}{profile}",
        f"{compatible:X}",
        f"{'H' if tier else 'L'}{general[11]}",
        *(f"{byte:X}" for byte in constraints),
    ]
    return ".".join(words)


def parse_hvcc(record: bytes) -> tuple[list[bytes], list[bytes], list[bytes], int]:
    """Return VPS, SPS and PPS units and the size of length fields of a configuration record.

    Raises:
        BadNal: it is no such record.
    """
    if len(record) < 23 or record[0] != 1:
        raise bad("its configuration record is cut off")
    found: dict[int, list[bytes]] = {VPS: [], SPS: [], PPS: []}
    at = 23
    for _ in range(record[22]):
        if at + 3 > len(record):
            raise bad("its configuration record is cut off")
        which, count, at = record[at] & 63, int.from_bytes(record[at + 1 : at + 3], "big"), at + 3
        for _ in range(count):
            size = int.from_bytes(record[at : at + 2], "big")
            unit = record[at + 2 : at + 2 + size]
            if size < 3 or len(unit) != size:
                raise bad("its configuration record is cut off")
            if which in found:
                found[which].append(unit)
            at += 2 + size
    return found[VPS], found[SPS], found[PPS], (record[21] & 3) + 1
