"""Which of a camera's streams a viewer gets, by what its own device reports. Pure.

In:     feedback of about a second each; what the camera has; what the viewer asks for.
Out:    a rung: main stream, sub stream, or key frames only.
Holds:  never better than asked for; one step at a time; to the smaller stream at once, to key frames only
        after BAD_FOR reports in a row, up only after a calm time that doubles with each step up that did not
        last, and from key frames alone after two reports, whatever was before.
"""

from dataclasses import dataclass, replace
from typing import Literal

from fanlight.hub.packet import Role

LATE_MS = 1_500  # behind by so much: too much is sent
CALM_MS = 600
FIRST_CALM = 8  # reports
MOST_CALM = 240
# A stream that was cut goes on at its next key frame by itself; two or three pictures a second instead of
# fifteen help only who is too slow for good. A browser busy for a second is not.
BAD_FOR = 3
Quality = Literal["auto", "main", "sub"]


@dataclass(frozen=True, slots=True)
class Rung:
    """What is sent: which stream, and whether only its key frames."""

    role: Role
    keys_only: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """One viewer of one camera. `step` is 0 for the best that it may have."""

    rungs: tuple[Rung, ...]
    step: int = 0
    calm: int = 0
    bad: int = 0
    needed: int = FIRST_CALM
    since_up: int | None = None

    @property
    def rung(self) -> Rung:
        """What to send now."""
        return self.rungs[min(self.step, len(self.rungs) - 1)]

    def hear(self, *, behind_ms: int, missed: int) -> "Ladder":
        """Return the ladder after one report."""
        since_up = None if self.since_up is None else self.since_up + 1
        if behind_ms > LATE_MS or missed:
            below = min(self.step + 1, len(self.rungs) - 1)
            if self.rungs[below].keys_only and self.bad + 1 < BAD_FOR:
                return replace(self, calm=0, bad=self.bad + 1, since_up=since_up)
            did_not_last = since_up is not None and since_up <= self.needed
            return replace(
                self,
                step=below,
                calm=0,
                bad=0,
                needed=min(self.needed * 2, MOST_CALM) if did_not_last else self.needed,
                since_up=None,
            )
        # Key frames alone say little of what all pictures would do, and are a poor thing to stay with.
        limit_ms = LATE_MS if self.rung.keys_only else CALM_MS
        calm = self.calm + 1 if behind_ms <= limit_ms else 0
        # Of key frames only, a report comes with each of them: seconds apart.
        needed = min(self.needed, FIRST_CALM // 4) if self.rung.keys_only else self.needed
        if self.step and calm >= needed:
            return replace(self, step=self.step - 1, calm=0, bad=0, since_up=0)
        return replace(self, calm=calm, bad=0, since_up=since_up)


def ladder(  # noqa: PLR0913 - each is a different fact, all but the first by keyword
    quality: Quality, *, width: int, main_width: int, sub_width: int, main_plays: bool, has_sub: bool
) -> Ladder:
    """Return where a viewer begins.

    Args:
        quality: what was asked for.
        width: how wide it is shown, pixels; 0 if unknown.
        main_width: the main stream's width, pixels.
        sub_width: the sub stream's, 0 if it is not known yet.
        main_plays: whether the viewer decodes the main stream.
        has_sub: whether there is a sub stream that anybody decodes.
    """
    rungs: list[Rung] = []
    small_is_enough = has_sub and 0 < width <= (sub_width or main_width // 2)
    if main_plays and quality != "sub" and not (quality == "auto" and small_is_enough):
        rungs.append(Rung("main"))
    if has_sub and quality != "main":
        rungs.append(Rung("sub"))
    if not rungs:
        rungs.append(Rung("sub" if has_sub and not main_plays else "main"))
    rungs.append(Rung(rungs[-1].role, keys_only=True))
    return Ladder(tuple(rungs))
