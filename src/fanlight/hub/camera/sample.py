"""From NAL units to packets: parameter sets go into the description, pictures stay.

In:     the NAL units of one picture, parameter sets perhaps among them.
Out:    description and length-prefixed data.
Holds:  the description changes only when a parameter set does, so a comparison by value finds new runs.
"""

from collections.abc import Sequence

from fanlight.hub.camera import nal
from fanlight.hub.packet import StreamInfo

_LEFT_OUT = frozenset({nal.SPS, nal.PPS, nal.AUD, nal.FILLER})


class SampleBuilder:
    """Keeps the parameter sets of one stream."""

    def __init__(self, sps: Sequence[bytes] = (), pps: Sequence[bytes] = ()) -> None:
        """Start with the sets that came with the description, if any."""
        self._sps, self._pps = list(sps), list(pps)
        self.info: StreamInfo | None = nal.describe(self._sps, self._pps) if sps and pps else None

    def add(self, units: Sequence[bytes]) -> tuple[bytes, bool] | None:
        """Take one picture's units; return its data and whether it is a key, or None if it shows nothing.

        Raises:
            BadNal: a parameter set makes no sense, or pictures came before any.
        """
        changed = False
        for unit in units:
            if unit[0] & 31 == nal.SPS:
                changed |= _put(self._sps, unit)
            elif unit[0] & 31 == nal.PPS:
                changed |= _put(self._pps, unit)
        if changed and self._sps and self._pps:
            self.info = nal.describe(self._sps, self._pps)
        if not nal.has_picture(units):
            return None
        kept = [unit for unit in units if unit[0] & 31 not in _LEFT_OUT]
        return nal.join_lengths(kept), nal.is_key(kept)


def _put(sets: list[bytes], unit: bytes) -> bool:
    """Keep `unit` in place of the set with its number; tell whether that changes anything."""
    if unit in sets:
        return False
    number = nal.set_number(unit)
    sets[:] = [unit, *(other for other in sets if nal.set_number(other) != number)]
    return True
