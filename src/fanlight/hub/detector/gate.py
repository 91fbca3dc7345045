"""Is something moving? Told from the sizes of packets, without decoding any.

In:     time, size and kind of each packet of one stream.
Out:    open or shut, and what it saw in the last minute.
Holds:  open in the first LEARN_S. Cheap: a few additions a packet, two small sorts each half second.
Absent: keyframes: their size says how much detail there is, not what moves. A camera that fills a constant
        bit rate tells little by sizes; the keyframe stage and the rest look do not depend on this one.
Why:    an encoder spends bits on what changes. Noise costs bits too, and more of them soon after a keyframe
        than late, so a size is compared with the sizes that this stream had as long after its keyframes
        (docs/design/detector.md has the measurements).
"""

from collections import deque

STEP_S = 0.5
MEMORY_S = 60.0
LEARN_S = 2.5
HOLD_S = 1.0
LEAST_EXCESS = 0.15
SPREADS = {"low": 8.0, "normal": 5.0, "high": 3.5}
MARGIN_PER_PIXEL = 0.0009  # bytes; 300 for 768 x 432
_PHASES = 40  # of STEP_S after a keyframe; what comes later shares the last
_STEPS = round(MEMORY_S / STEP_S)


class Gate:
    """The gate of one stream. `level` is bytes a packet; it opens above `threshold`."""

    def __init__(self, pixels: int = 768 * 432, spreads: float = SPREADS["normal"]) -> None:
        """Start open.

        Args:
            pixels: of one picture.
            spreads: how many times the usual scatter above the usual size is movement.
        """
        self.spreads = spreads
        self.level = self.threshold = 0.0
        self.is_open = True
        self._margin = MARGIN_PER_PIXEL * pixels
        self._sizes: deque[tuple[float, int]] = deque()
        self._sum = 0
        self._phases: list[deque[tuple[float, float]]] = [deque() for _ in range(_PHASES)]
        self._usual = [0.0] * _PHASES
        self._excesses: deque[float] = deque(maxlen=_STEPS)
        self._history: deque[tuple[float, float]] = deque(maxlen=_STEPS)
        self._share = LEAST_EXCESS
        self._began_s: float | None = None
        self._key_s = self._next_s = self._open_until_s = 0.0

    def feed(self, at_s: float, size_bytes: int, *, is_key: bool) -> bool:
        """Take one packet; tell whether the gate is open now.

        Args:
            at_s: media time of the packet in decode order, seconds.
            size_bytes: of the packet.
            is_key: a keyframe; its size says nothing about movement.
        """
        if self._began_s is None:
            self._began_s = self._next_s = self._key_s = at_s
        if is_key:
            self._key_s = at_s
        else:
            self._measure(at_s, size_bytes)
        self.is_open = at_s - self._began_s < LEARN_S or at_s < self._open_until_s
        return self.is_open

    def history(self) -> tuple[list[float], list[float]]:
        """Return levels and thresholds of the last minute, two a second, oldest first."""
        seen = list(self._history)
        return [level for level, _ in seen], [threshold for _, threshold in seen]

    def _measure(self, at_s: float, size_bytes: int) -> None:
        sizes = self._sizes
        sizes.append((at_s, size_bytes))
        self._sum += size_bytes
        while sizes[0][0] < at_s - STEP_S:
            self._sum -= sizes.popleft()[1]
        self.level = level = self._sum / len(sizes)
        phase = min(max(int((at_s - self._key_s) / STEP_S), 0), _PHASES - 1)
        if at_s >= self._next_s:
            self._next_s = at_s + STEP_S
            self._learn(at_s, phase, level)
        usual = self._usual[phase] or level
        self.threshold = usual + max(self._share * usual, self._margin)
        if level > self.threshold:
            self._open_until_s = at_s + HOLD_S

    def _learn(self, at_s: float, phase: int, level: float) -> None:
        usual = self._usual[phase] or level or 1.0
        known = self._phases[phase]
        known.append((at_s, level))
        while known[0][0] < at_s - MEMORY_S:
            known.popleft()
        self._usual[phase] = sorted(one for _, one in known)[len(known) // 2]
        excesses = self._excesses
        excesses.append(level / usual - 1)
        ordered = sorted(excesses)
        middle = ordered[len(ordered) // 2]
        self._share = max(middle + self.spreads * (middle - ordered[len(ordered) // 10]), LEAST_EXCESS)
        self._history.append((level, usual + max(self._share * usual, self._margin)))
