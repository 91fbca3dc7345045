"""How old footage is, by a clock that no step of the wall clock moves.

In:     readings of the wall clock and of the monotonic clock, and what was known when the hub last ran.
Out:    microseconds on a scale that runs like UTC, never backwards.
Holds:  a wall clock that jumps by years, in either direction, makes no footage old: a jump is believed
        after the clock has gone evenly for STEADY_S. Time while the hub was off counts at once up to that.
"""

from dataclasses import dataclass

STEADY_S = 86_400
_S = 1_000_000
_STEP_US = 2 * _S


@dataclass(slots=True)
class AgeClock:
    """`base_us` was the age scale at `base_mono_us`; `offset_us` is wall minus monotonic when last seen."""

    base_us: int
    base_mono_us: int
    offset_us: int
    steady_since_us: int

    @classmethod
    def start(cls, known_us: int | None, wall_us: int, mono_us: int) -> "AgeClock":
        """Go on from what was known, None at the very first start."""
        known_us = wall_us if known_us is None else known_us
        base = known_us + max(0, min(wall_us - known_us, STEADY_S * _S))
        return cls(base, mono_us, wall_us - mono_us, mono_us)

    def now_us(self, wall_us: int, mono_us: int) -> int:
        """Return the present on the age scale."""
        offset = wall_us - mono_us
        if abs(offset - self.offset_us) > _STEP_US:
            self.steady_since_us = mono_us
        self.offset_us = offset
        now = self.base_us + mono_us - self.base_mono_us
        if wall_us > now and mono_us - self.steady_since_us >= STEADY_S * _S:
            now = wall_us
        self.base_us, self.base_mono_us = now, mono_us
        return now
