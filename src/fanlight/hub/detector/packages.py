"""Was something left or taken while somebody was there? Told from two empty views, before and after.

In:     at each look a grey grid, where people are, and what the model takes for bags.
Out:    Found: a place where the view changed for good during a visit, near where the visitor stood.
Holds:  nothing is said without a visit, nor while anybody is in view, nor before the view has settled. What
        is left has outlines where there were none; what is taken, the other way round.
Absent: what it is. A parcel, a bag, a pot and a folded chair look alike here, and a door left ajar may too.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fanlight.hub.detector.event import Box, Change, Detection, iou
from fanlight.hub.detector.scene import COLUMNS, ROWS, Grid, cells, difference

SETTLE_S = 1.5
_UNSEEN_S = 2.0
_CALM_LOOKS = 16
_CONTRAST = 10.0  # grey levels by which a cell has changed for good
_STILL_CELLS = 2  # so few cells may differ by that between two settled views
_NEAR = 3  # cells around a visitor
_LEAST_CELLS, _MOST_SHARE = 6, 0.1
_LEAST_FILL = 0.45  # of its bounding box: things are compact, shadows and door gaps are not
_LONGEST = 3.5  # times as long as wide
_CLEARER = 1.25  # how much stronger the outline is on one side of the visit
_SURE_CONTRAST = 60.0
_LEAST_SCORE, _MOST_SCORE = 0.3, 0.9
_SAME_IOU = 0.3

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was left or taken at a visit. Times are media seconds; `score` 0 to 1."""

    change: Change
    box: Box
    score: float
    since_s: float


@dataclass(slots=True)
class Packages:
    """What lies about before one camera."""

    known: list[Box] = field(default_factory=list)
    _calm: deque[tuple[float, Grid]] = field(default_factory=lambda: deque(maxlen=_CALM_LOOKS))
    _before: Grid | None = None
    _near: Mask | None = None
    _driven: Mask | None = None  # where vehicles and animals were
    _gone_s: float = 0.0
    _settling: tuple[float, Grid] | None = None

    def look(
        self,
        now_s: float,
        grid: Grid,
        people: Sequence[Box] = (),
        others: Sequence[Box] = (),
        bags: Sequence[Detection] = (),
    ) -> list[Found]:
        """Take one look; return what the visit that is over left behind or took away.

        Args:
            now_s: media time of the look.
            grid: the picture's cells.
            people: boxes of those who are no part of the scene.
            others: boxes of vehicles and animals that are none; a car that drives off is no parcel.
            bags: what the model takes for a bag or parcel.
        """
        if people or others:
            self._visit(now_s, people, others)
            return []
        if self._near is None:
            self._calm.append((now_s, grid))
            return []
        if self._settling is None or self._is_restless(grid, self._settling[1], self._near):
            self._settling = (now_s, grid)
            return []
        if now_s - self._settling[0] < SETTLE_S:
            return []
        return self._compare(now_s, grid, bags)

    def forget_visit(self) -> None:
        """A stream broke off: what changes meanwhile is not laid at anybody's door."""
        self._near = self._driven = self._before = self._settling = None
        self._calm.clear()

    def _visit(self, now_s: float, people: Sequence[Box], others: Sequence[Box]) -> None:
        if self._near is None or self._driven is None:
            # Just before somebody was recognised, a part of him may have been in view already.
            calm = [grid for at_s, grid in self._calm if at_s <= now_s - _UNSEEN_S]
            self._before = calm[-1] if calm else None
            self._near, self._driven = (np.zeros((ROWS, COLUMNS), np.bool_) for _ in range(2))
        self._settling = None
        self._gone_s = now_s
        for mask, boxes in ((self._near, people), (self._driven, others)):
            for rows, columns in map(cells, boxes):
                mask[
                    max(rows.start - _NEAR, 0) : rows.stop + _NEAR,
                    max(columns.start - _NEAR, 0) : columns.stop + _NEAR,
                ] = True

    @staticmethod
    def _is_restless(grid: Grid, other: Grid, near: Mask) -> bool:
        return int((difference(grid, other)[near] > _CONTRAST).sum()) > _STILL_CELLS

    def _compare(self, now_s: float, after: Grid, bags: Sequence[Detection]) -> list[Found]:
        before, near, driven = self._before, self._near, self._driven
        self._near = self._driven = self._before = self._settling = None
        self._calm.clear()
        self._calm.append((now_s, after))
        if before is None or near is None or driven is None:
            return []
        apart = difference(after, before)
        found: list[Found] = []
        for region in _regions((apart > _CONTRAST) & near & ~driven):
            one = self._judge(region, apart, (before, after), bags)
            if one is not None:
                found.append(one)
        for one in found:
            self.known = [box for box in self.known if iou(box, one.box) < _SAME_IOU]
            self.known += [one.box] if one.change == "left" else []
        return found

    def _judge(
        self, region: Mask, apart: Grid, views: tuple[Grid, Grid], bags: Sequence[Detection]
    ) -> Found | None:
        box = _box_of(region)
        rows, columns = cells(box)
        tall, wide = rows.stop - rows.start, columns.stop - columns.start
        size = int(region.sum())
        bag = max((one.score for one in bags if iou(one.box, box) >= _SAME_IOU), default=0.0)
        was_known = any(iou(other, box) >= _SAME_IOU for other in self.known)
        is_thing = size >= _LEAST_CELLS and size / (tall * wide) >= _LEAST_FILL
        is_thing &= max(tall, wide) <= _LONGEST * min(tall, wide)
        if size > _MOST_SHARE * ROWS * COLUMNS or not (is_thing or (bag > 0 and size > 1)):
            return None
        outlines = [_outline(view, region) for view in views]
        change: Change
        if bag > 0 or outlines[1] > _CLEARER * outlines[0]:
            change = "left"
        elif was_known or outlines[0] > _CLEARER * outlines[1]:
            change = "taken"
        else:
            return None
        contrast = float(apart[region].mean()) / _SURE_CONTRAST
        return Found(change, box, max(bag, min(max(contrast, _LEAST_SCORE), _MOST_SCORE)), self._gone_s)


def _regions(mask: Mask) -> list[Mask]:
    """Return the connected regions of a mask, four neighbours each."""
    left = mask.copy()
    found: list[Mask] = []
    while left.any():
        start = tuple(int(side) for side in np.argwhere(left)[0])
        region = np.zeros_like(mask)
        edge = [(start[0], start[1])]
        left[start[0], start[1]] = False
        while edge:
            row, column = edge.pop()
            region[row, column] = True
            for near in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
                if 0 <= near[0] < ROWS and 0 <= near[1] < COLUMNS and left[near]:
                    left[near] = False
                    edge.append(near)
        found.append(region)
    return found


def _box_of(region: Mask) -> Box:
    rows, columns = np.flatnonzero(region.any(1)), np.flatnonzero(region.any(0))
    return (
        float(columns[0]) / COLUMNS,
        float(rows[0]) / ROWS,
        float(columns[-1] + 1) / COLUMNS,
        float(rows[-1] + 1) / ROWS,
    )


def _outline(view: Grid, region: Mask) -> float:
    """Return how much a view's cells differ across the region's edge, on the mean."""
    down = region[1:] != region[:-1]
    across = region[:, 1:] != region[:, :-1]
    steps = np.concatenate((np.abs(np.diff(view, axis=0))[down], np.abs(np.diff(view, axis=1))[across]))
    return float(steps.mean()) if steps.size else 0.0
