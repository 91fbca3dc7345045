"""One rising media clock out of whatever timestamps a source sends.

In:     presentation times in 1/90,000 s, perhaps from anywhere, perhaps missing.
Out:    times from 0 on, and the number of the run they belong to.
Holds:  a step back of more than BACK_S or ahead of more than AHEAD_S starts a new run right after the last.
"""

import itertools

BACK_S = 10
AHEAD_S = 3_600
_RUNS = itertools.count(1)


def new_run() -> int:
    """Return a number that no other run of this process has."""
    return next(_RUNS)


class Timeline:
    """The clock of one source."""

    def __init__(self, *, step_90k: int = 3_600) -> None:
        """Set the step, 1/90,000 s, that is taken where a time is missing."""
        self.run = new_run()
        self.last = -1
        self._step = step_90k
        self._base: int | None = None

    def place(self, raw_90k: int | None) -> int:
        """Return where a picture lies on the clock."""
        if raw_90k is None:
            raw_90k = (self._base or 0) + self.last + self._step
        if self._base is None:
            self._base = raw_90k
        at = raw_90k - self._base
        if self.last >= 0 and not -BACK_S * 90_000 < at - self.last < AHEAD_S * 90_000:
            self._base = raw_90k - self.last - self._step
            at = self.last + self._step
            self.run = new_run()
        self.last = max(self.last, at)
        return at

    def decode_time(self, raw_90k: int | None) -> int | None:
        """Return a decode time on the same clock."""
        return None if raw_90k is None or self._base is None else raw_90k - self._base

    def of_raw(self, raw_90k: int) -> int:
        """Return where a moment of the source's own clock lies, e.g. that of a sound."""
        return raw_90k - (self._base or 0)

    def begin_run(self) -> None:
        """Start a new run that follows the last without a gap."""
        self.run = new_run()
