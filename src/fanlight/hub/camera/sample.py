"""From NAL units to packets: parameter sets go into the description, pictures stay.

In:     the NAL units of one picture, parameter sets perhaps among them.
Out:    description and length-prefixed data.
Holds:  the description changes only when a parameter set does, so a comparison by identity finds new runs.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from fanlight.hub.camera import hevc, nal
from fanlight.hub.camera.bits import BadNal
from fanlight.hub.packet import StreamInfo

Coding = Literal["H264", "H265"]
_SET, _KEPT, _DROPPED = range(3)


def _table(sets: frozenset[int], dropped: frozenset[int], kind: Callable[[int], int]) -> bytes:
    """Return what to do with a unit by its first byte."""
    kinds = [kind(first) for first in range(256)]
    return bytes(_SET if k in sets else _DROPPED if k in dropped else _KEPT for k in kinds)


_H264 = _table(frozenset({nal.SPS, nal.PPS}), frozenset({nal.AUD, nal.FILLER}), lambda b: b & 31)
_H265 = _table(
    frozenset({hevc.VPS, hevc.SPS, hevc.PPS}),
    frozenset({hevc.AUD, hevc.FILLER, hevc.END_OF_SEQUENCE, hevc.END_OF_STREAM}),
    lambda b: b >> 1 & 63,
)


class SampleBuilder:
    """Keeps the parameter sets of one stream."""

    def __init__(self, coding: Coding = "H264", sets: Sequence[bytes] = ()) -> None:
        """Start with the sets that came with the description, if any; those that make no sense are dropped.

        Args:
            coding: of the stream.
            sets: its parameter sets, in any order.
        """
        self.info: StreamInfo | None = None
        self._is_h264 = coding == "H264"
        self._actions = _H264 if self._is_h264 else _H265
        self._sets: dict[int, list[bytes]] = {}
        try:
            self._note(sets)
        except BadNal:
            self._sets.clear()

    def add(self, units: Sequence[bytes]) -> tuple[bytes, bool] | None:
        """Take one picture's units; return its data and whether it is a key, or None if it shows nothing.

        Raises:
            BadNal: a parameter set makes no sense.
        """
        actions = self._actions
        kept = units
        if any(actions[unit[0]] != _KEPT for unit in units):
            self._note([unit for unit in units if actions[unit[0]] == _SET])
            kept = [unit for unit in units if actions[unit[0]] == _KEPT]
        coding = nal if self._is_h264 else hevc
        if not coding.has_picture(kept):
            return None
        return nal.join_lengths(kept), coding.is_key(kept)

    def _note(self, sets: Sequence[bytes]) -> None:
        changed = False
        for unit in sets:
            kind = unit[0] & 31 if self._is_h264 else hevc.kind(unit)
            changed |= self._put(self._sets.setdefault(kind, []), unit)
        if changed:
            info = self._describe()
            if info is not None and info != self.info:
                self.info = info

    def _describe(self) -> StreamInfo | None:
        kinds = (nal.SPS, nal.PPS) if self._is_h264 else (hevc.VPS, hevc.SPS, hevc.PPS)
        found = [self._sets.get(kind, []) for kind in kinds]
        if not all(found):
            return None
        return nal.describe(*found) if self._is_h264 else hevc.describe(*found)

    def _put(self, sets: list[bytes], unit: bytes) -> bool:
        """Keep `unit` in place of the set with its number; tell whether that changes anything."""
        if unit in sets:
            return False
        number_of = nal.set_number if self._is_h264 else hevc.set_number
        number = number_of(unit)
        sets[:] = [unit, *(other for other in sets if number_of(other) != number)]
        return True
