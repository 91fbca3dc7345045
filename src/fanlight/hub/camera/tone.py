"""A made sound as G.711, for the demo camera and the test source: no decoder, no file.

In:     nothing.
Out:    samples, and their mu-law bytes.
Source: ITU-T G.711, table 2a.
"""

import math
from collections.abc import Iterator

TONE_S = 10
_HIGH_HZ, _LOW_HZ, _HIGH_S = 660.0, 528.0, 0.7
_BIAS, _MOST = 132, 32_635


def chime(rate_hz: int) -> Iterator[int]:
    """Yield ten seconds of 16-bit samples: a high and a low note that die away, then silence."""
    for index in range(rate_hz * TONE_S):
        at = index / rate_hz
        note, since = (_HIGH_HZ, at) if at < _HIGH_S else (_LOW_HZ, at - _HIGH_S)
        yield int(6_000 * math.exp(-2.5 * since) * math.sin(2 * math.pi * note * at))


def mu_law(sample: int) -> int:
    """Return a 16-bit sample as one byte."""
    sign, size = (0x80, -sample) if sample < 0 else (0, sample)
    size = min(size, _MOST) + _BIAS
    exponent = size.bit_length() - 8
    return ~(sign | exponent << 4 | size >> exponent + 3 & 15) & 0xFF
