"""G.711: 16 bits of sound in 8, the one coding that every doorbell speaks.

In:     signed 16-bit samples, little-endian.
Out:    one byte a sample, mu-law (PCMU) or A-law (PCMA).
Holds:  each sample becomes the code whose value is nearest to it.
Source: ITU-T G.711, tables 1a to 2b, as values of the codes.
"""

from array import array
from functools import cache
from typing import Literal

Law = Literal["PCMU", "PCMA"]
_BIAS = 0x84
_LOWEST = -32_768


def encode(pcm: bytes, law: Law) -> bytes:
    """Return the coded samples; half a sample at the end is left out."""
    samples = array("h")
    samples.frombytes(pcm[: len(pcm) // 2 * 2])
    if samples.itemsize != 2:  # pragma: no cover # noqa: PLR2004 - true of no platform Python runs on
        raise SystemError
    table = _table(law)
    return bytes(table[sample - _LOWEST] for sample in samples)


@cache
def _table(law: Law) -> bytes:
    """Return the code of every sample: the one whose value is nearest."""
    value = _mu if law == "PCMU" else _a
    steps = sorted({value(code): code for code in range(256)}.items())
    codes = bytearray()
    at = 0
    for sample in range(_LOWEST, -_LOWEST):
        while at + 1 < len(steps) and abs(steps[at + 1][0] - sample) < abs(steps[at][0] - sample):
            at += 1
        codes.append(steps[at][1])
    return bytes(codes)


def _mu(code: int) -> int:
    code = ~code & 0xFF
    size = ((code & 0x0F) << 3) + _BIAS << (code >> 4 & 7)
    return _BIAS - size if code & 0x80 else size - _BIAS


def _a(code: int) -> int:
    code ^= 0x55
    segment, size = code >> 4 & 7, (code & 0x0F) << 4 | 8
    if segment:
        size = size + 0x100 << segment - 1
    return size if code & 0x80 else -size
