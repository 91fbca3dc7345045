"""One press of a bell is one, however many ways tell of it.

In:     who heard of a press, and when by the monotonic clock.
Out:    whether it is a new one.
Holds:  two presses of a camera are at least SAME_US apart, whichever ways they came; a finger that stays on
        the button rings again after SAME_US, not never. No step of the wall clock changes this.
"""

SAME_US = 2_000_000


class Presses:
    """The last press of each camera."""

    def __init__(self) -> None:
        """Start with none."""
        self._last: dict[str, int] = {}

    def is_new(self, camera: str, heard_us: int) -> bool:
        """Tell whether a press heard now is not the one before it, and take note of it if so.

        Args:
            camera: whose bell.
            heard_us: `clock.mono_us()` when the hub heard of it.
        """
        before = self._last.get(camera)
        if before is not None and 0 <= heard_us - before < SAME_US:
            return False
        self._last[camera] = heard_us
        return True
