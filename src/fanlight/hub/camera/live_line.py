"""One rising media clock out of what a live camera sends, checked against when it arrives.

In:     a picture's time in 1/90,000 s, from anywhere, and when it arrived.
Out:    times from 0 on; whether a new run is due at the next keyframe.
Holds:  no picture is dropped for its time. A step of the camera's clock is taken out, and the pictures go on
        at the pace at which they arrive. A clock that steps MAX_STEPS times in FORGIVEN is not used any more.
Why:    a picture cannot arrive before it was taken: one that is ahead of its arrival by more than EARLY_S
        and jumped there is a stepped clock. It may be late: TCP holds up to a stall's length back and then
        lets it go at once, and a camera may send its last group of pictures at once when we come.
"""

from fanlight.hub.camera.timeline import new_run

_S = 90_000
EARLY = 2 * _S
BACK = 2 * _S  # B-frames step back by less
LATE = 15 * _S  # longer than a stall may last
BURST = 12 * _S  # longer than what a camera sends at once at the start
REPEATS = _S
MAX_STEPS = 3
FORGIVEN = 3_600 * _S  # a step longer ago does not count


class LiveLine:
    """The clock of one connection."""

    def __init__(self) -> None:
        """Start."""
        self.run = new_run()
        self.steps = 0
        self.last = -1  # latest time that was given
        self._base = self._mono = self._raw = self._arrived = 0
        self._late = 0  # how much later than its time a picture arrives at best
        self._floor = -BURST  # below which it would be earlier than any camera can be
        self._at = 0  # the time that was given last
        self._stepped = 0
        self._due = False

    def place(self, raw_90k: int, mono_us: int, *, is_key: bool) -> int:
        """Return where a picture lies on the clock; `run` is right afterwards."""
        if self.last < 0:
            self._base, self._mono, self._raw = raw_90k, mono_us, raw_90k
            self.last = 0
            return 0
        if is_key and self._due:
            self._due, self.run = False, new_run()
        arrived = (mono_us - self._mono) * 9 // 100
        passed, self._arrived = arrived - self._arrived, arrived
        repeats, self._raw = raw_90k == self._raw, raw_90k
        at = raw_90k - self._base
        late = arrived - at
        if self.steps >= MAX_STEPS:
            at = max(arrived - self._late, self._at + 1)
        elif self._is_step(at, passed, late, repeats=repeats):
            # A camera that sets its clock once a day is no reason to distrust it.
            self.steps = self.steps + 1 if arrived - self._stepped < FORGIVEN else 1
            self._stepped = arrived
            self._due = True
            at = max(arrived - self._late, self.last + 1)
            self._base, self._late = raw_90k - at, arrived - at
            self._floor = self._late - EARLY
            if is_key:
                self._due, self.run = False, new_run()
        else:
            if repeats:
                at = self._at + 1
            # The camera's clock may be slow by 500 ppm: what counts as late follows it.
            self._late = min(late, self._late + passed // 1_000)
            self._floor -= passed // 1_000
        self._at = at
        self.last = max(self.last, at)
        return at

    def _is_step(self, at: int, passed: int, late: int, *, repeats: bool) -> bool:
        early, step = self._late - late, at - self._at
        if repeats:
            return -early > REPEATS
        jumped = early > EARLY and step - passed > EARLY
        return jumped or late < self._floor or -early > LATE or at < self.last - BACK

    def begin_run(self) -> None:
        """Begin a new run right here: the pictures are coded differently from now on."""
        self._due, self.run = False, new_run()

    def at_arrival(self, mono_us: int) -> int:
        """Return the time of what arrives now, by its arrival alone: for sound that names no other."""
        return (mono_us - self._mono) * 9 // 100 - self._late

    def of_raw(self, raw_90k: int) -> int:
        """Return the time of a moment that the camera names on its clock."""
        return raw_90k - self._base
