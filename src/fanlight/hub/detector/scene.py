"""Has a picture changed since it was last understood? Small grey pictures, no neural net.

In:     decoded pictures.
Out:    grey grids of 54 by 96 cells; whether one differs from another, and where.
Holds:  a change of exposure of the whole picture is no change of the scene.
"""

from functools import lru_cache

import av
import numpy as np
import numpy.typing as npt

from fanlight.hub.detector.event import Box

ROWS, COLUMNS = 54, 96
CHANGED = 6.0  # grey levels of a cell; sensor noise, averaged over a cell, stays under 2
_NOISES = 4.0
_LEAST_CELLS = 2
_LEARN = 0.2
_EIGHT_BIT = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "nv12", "gray"})
_SAMPLES = 5  # of a cell's pixels, each way

Grid = npt.NDArray[np.float32]


def grid_of(frame: av.VideoFrame) -> Grid:
    """Return a picture as grey cells, each the mean of a sample of its pixels."""
    if frame.format.name not in _EIGHT_BIT:
        small: Grid = frame.reformat(COLUMNS, ROWS, "gray").to_ndarray().astype(np.float32)
        return small
    plane = frame.planes[0]
    luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    sample = luma[_sampled(frame.width, frame.height)]
    means: Grid = sample.reshape(ROWS, _SAMPLES, COLUMNS, _SAMPLES).mean((1, 3), dtype=np.float32)
    return means


@lru_cache(maxsize=16)
def _sampled(width: int, height: int) -> tuple[npt.NDArray[np.intp], ...]:
    rows = np.linspace(0, height - 1, ROWS * _SAMPLES).astype(np.intp)
    columns = np.linspace(0, width - 1, COLUMNS * _SAMPLES).astype(np.intp)
    return np.ix_(rows, columns)


def difference(one: Grid, other: Grid) -> Grid:
    """Return how far the cells of two pictures differ, what all have in common left out."""
    step = one - other
    apart: Grid = np.abs(step - np.median(step))
    return apart


def cells(box: Box) -> tuple[slice, slice]:
    """Return rows and columns of a grid that a box covers, one at least of each."""
    top, left = min(int(box[1] * ROWS), ROWS - 1), min(int(box[0] * COLUMNS), COLUMNS - 1)
    return slice(top, max(int(box[3] * ROWS), top + 1)), slice(left, max(int(box[2] * COLUMNS), left + 1))


class Scene:
    """What the camera's view was when somebody last looked at it closely."""

    def __init__(self) -> None:
        """Start knowing nothing."""
        self._known: Grid | None = None
        self._noise = np.ones((ROWS, COLUMNS), np.float32)

    def has_changed(self, grid: Grid) -> bool:
        """Tell whether `grid` shows something else than what was known; learn the noise if not."""
        if self._known is None:
            return True
        apart = difference(grid, self._known)
        if int((apart > np.maximum(CHANGED, _NOISES * self._noise)).sum()) >= _LEAST_CELLS:
            return True
        self._noise += _LEARN * (apart - self._noise)
        return False

    def know(self, grid: Grid) -> None:
        """Take `grid` for what is known from now on."""
        self._known = grid
