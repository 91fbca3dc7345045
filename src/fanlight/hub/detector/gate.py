"""Is something moving? Told from the sizes of packets, without decoding any.

In:     time, size and kind of each packet of one stream.
Out:    open or shut.
Holds:  when in doubt it is open: in the first seconds, and where keyframes are more than LONG_GOP_S apart.
Why:    an encoder spends bits on what changes. Costs 2 to 3 CPU s per hour of video where decoding costs
        hundreds (docs/design/hub.md).
"""

from collections import deque

import numpy as np

WINDOW_S = 0.5
MEMORY_S = 60.0
QUANTILE = 0.35
FACTOR = 1.3
MARGIN_BYTES = 300
LEARN_S = 5.0
LONG_GOP_S = 2.0
HOLD_S = 1.0


class Gate:
    """The gate of one stream. Tuned on a handful of clips, so the detector never relies on it alone."""

    def __init__(self) -> None:
        """Start open."""
        self._sizes: deque[tuple[float, int]] = deque()
        self._sum = 0
        self._means: deque[tuple[float, float]] = deque()
        self._began: float | None = None
        self._key_at: float | None = None
        self._gop_s = LONG_GOP_S
        self._floor = 0.0
        self._next_floor = 0.0
        self._open_until = 0.0

    def feed(self, at_s: float, size_bytes: int, *, is_key: bool) -> bool:
        """Take one packet; tell whether the gate is open now.

        Args:
            at_s: media time of the packet in decode order, seconds.
            size_bytes: of the packet.
            is_key: a keyframe; its size says nothing about movement.
        """
        if self._began is None:
            self._began = at_s
        if is_key:
            self._gop_s = LONG_GOP_S if self._key_at is None else at_s - self._key_at
            self._key_at = at_s
        else:
            self._measure(at_s, size_bytes)
        long = self._gop_s > LONG_GOP_S or (self._key_at is not None and at_s - self._key_at > LONG_GOP_S)
        return long or at_s - self._began < LEARN_S or at_s < self._open_until

    def _measure(self, at_s: float, size_bytes: int) -> None:
        self._sizes.append((at_s, size_bytes))
        self._sum += size_bytes
        while self._sizes[0][0] < at_s - WINDOW_S:
            self._sum -= self._sizes.popleft()[1]
        mean = self._sum / len(self._sizes)
        self._means.append((at_s, mean))
        while self._means[0][0] < at_s - MEMORY_S:
            self._means.popleft()
        if at_s >= self._next_floor:
            self._floor = float(np.quantile([value for _, value in self._means], QUANTILE))
            self._next_floor = at_s + WINDOW_S
        if mean > max(FACTOR * self._floor, self._floor + MARGIN_BYTES):
            self._open_until = at_s + HOLD_S
