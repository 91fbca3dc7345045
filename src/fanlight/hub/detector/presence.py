"""When an event begins and ends. Pure.

In:     at each look, what is there that is no part of the scene.
Out:    which event ends and which begins, for one camera, one at a time.
Holds:  E1 an event starts at the first look of what opened it and ends at the last look that saw anything;
        E2 no event is longer than MAX_EVENT_S: the next one continues it; E3 events do not overlap.
        A look that sees somebody never ends an event, however long ago the last look was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fanlight.hub.detector.event import RANK, Box, Detection, Label

TWICE_WITHIN_S = 1.2
ABSENCE_S = 1.5
EMPTY_LOOKS = 2
MAX_EVENT_S = 60.0
SURE = {"low": 0.75, "normal": 0.6, "high": 0.5}


@dataclass(slots=True)
class Present:
    """An event as it stands; times are media seconds. `best` says that this look is its best picture."""

    label: Label
    start_s: float
    last_s: float
    score: float
    box: Box
    best: bool = True
    empty: int = 0  # looks in a row that saw nobody
    zones: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Presence:
    """The events of one camera. `is_unsure` asks for another look soon."""

    present: Present | None = None
    is_unsure: bool = False
    _seen: dict[Label, tuple[float, float]] = field(default_factory=dict)

    def look(
        self, now_s: float, found: Sequence[Detection], sure: float = SURE["normal"]
    ) -> tuple[Present | None, Present | None]:
        """Take one look; return the event that it ends and the event that it begins, each or None.

        Args:
            now_s: media time of the look.
            found: what counts.
            sure: the score that opens an event at a single look.
        """
        best: dict[Label, Detection] = {}
        for detection in found:
            if detection.label not in best or detection.score > best[detection.label].score:
                best[detection.label] = detection
        self.is_unsure = False
        if self.present is not None and best:
            return self._go_on(self.present, now_s, best)
        if self.present is not None:
            return self._miss(self.present, now_s), None
        opened = self._opening(now_s, best, sure)
        self.is_unsure = opened is None and bool(best)
        for label, detection in best.items():
            self._seen[label] = (now_s, detection.score)
        return None, opened

    def stop(self) -> Present | None:
        """End the present event, whatever is there."""
        ended, self.present = self.present, None
        self._seen.clear()
        return ended

    def _miss(self, present: Present, now_s: float) -> Present | None:
        present.best = False
        present.empty += 1
        if present.empty >= EMPTY_LOOKS and now_s - present.last_s > ABSENCE_S:
            return self.stop()
        self.is_unsure = True
        return None

    def _opening(self, now_s: float, best: dict[Label, Detection], sure: float) -> Present | None:
        start_s, opens = now_s, False
        for label, detection in best.items():
            before = self._seen.get(label)
            if before is not None and now_s - before[0] <= TWICE_WITHIN_S:
                start_s, opens = min(start_s, before[0]), True
            opens |= detection.score >= sure
        return self._begin(start_s, now_s, best) if opens else None

    def _begin(self, start_s: float, now_s: float, best: dict[Label, Detection]) -> Present:
        chosen = max(best.values(), key=lambda one: RANK[one.label])
        self.present = Present(chosen.label, start_s, now_s, chosen.score, chosen.box)
        return self.present

    def _go_on(
        self, present: Present, now_s: float, best: dict[Label, Detection]
    ) -> tuple[Present | None, Present | None]:
        present.best, present.empty = False, 0
        if now_s - present.start_s >= MAX_EVENT_S:
            present.last_s = present.start_s + MAX_EVENT_S
            return present, self._begin(present.last_s, now_s, best)
        present.last_s = now_s
        chosen = max(best.values(), key=lambda one: RANK[one.label])
        rises = RANK[chosen.label] > RANK[present.label]
        if rises or (chosen.label == present.label and chosen.score > present.score):
            present.label, present.score, present.box = chosen.label, chosen.score, chosen.box
            present.best = True
        return None, None
