"""When an event begins and ends. Pure.

In:     at each look, what is there that is no part of the scene.
Out:    Begin, Go on, End decisions for one camera, one event at a time.
Holds:  E1 an event starts at the first look of what opened it and ends at the last look that saw anything;
        E2 no event is longer than MAX_EVENT_S: the next one continues it; E3 events do not overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fanlight.hub.detector.event import RANK, Label
from fanlight.hub.detector.yolox import Detection

TWICE_WITHIN_S = 1.2
SURE_SCORE = 0.6
ABSENCE_S = 2.5
MAX_EVENT_S = 60.0


@dataclass(slots=True)
class Present:
    """An event as it stands; times are media seconds. `best` says that this look is its best picture."""

    label: Label
    start_s: float
    last_s: float
    score: float
    best: bool = True


@dataclass(slots=True)
class Presence:
    """The events of one camera."""

    present: Present | None = None
    _seen: dict[Label, tuple[float, float]] = field(default_factory=dict)

    def look(self, now_s: float, found: Sequence[Detection]) -> tuple[Present | None, Present | None]:
        """Take one look; return the event that it ends and the event that it begins, each or None."""
        ended = self.end_if_gone(now_s)
        best: dict[Label, float] = {}
        for detection in found:
            best[detection.label] = max(best.get(detection.label, 0.0), detection.score)
        if self.present is not None:
            if now_s - self.present.start_s >= MAX_EVENT_S:
                ended, self.present = self.present, None
                if best:
                    ended.last_s = now_s
                    return ended, self._begin(now_s, best)
                return ended, None
            self._go_on(self.present, now_s, best)
            return ended, None
        opened = self._opening(now_s, best)
        for label, score in best.items():
            self._seen[label] = (now_s, score)
        return ended, opened

    def end_if_gone(self, now_s: float) -> Present | None:
        """Return the present event if nothing of it was seen for ABSENCE_S, and end it."""
        if self.present is not None and now_s - self.present.last_s > ABSENCE_S:
            return self.stop()
        return None

    def stop(self) -> Present | None:
        """End the present event, whatever is there."""
        ended, self.present = self.present, None
        self._seen.clear()
        return ended

    def _opening(self, now_s: float, best: dict[Label, float]) -> Present | None:
        start_s = now_s
        sure = False
        for label, score in best.items():
            before = self._seen.get(label)
            if before is not None and now_s - before[0] <= TWICE_WITHIN_S:
                start_s, sure = min(start_s, before[0]), True
            sure |= score >= SURE_SCORE
        return self._begin(start_s, best, now_s) if sure else None

    def _begin(self, start_s: float, best: dict[Label, float], now_s: float | None = None) -> Present:
        label = max(best, key=lambda name: RANK[name])
        self.present = Present(label, start_s, start_s if now_s is None else now_s, best[label])
        return self.present

    @staticmethod
    def _go_on(present: Present, now_s: float, best: dict[Label, float]) -> None:
        present.best = False
        if not best:
            return
        present.last_s = now_s
        label = max(best, key=lambda name: RANK[name])
        if RANK[label] > RANK[present.label]:
            present.label, present.score, present.best = label, best[label], True
        elif best.get(present.label, 0.0) > present.score:
            present.score, present.best = best[present.label], True
