"""What detectors of the YOLOX and YOLO families put out, and how to read it. Arrays in, arrays out.

In:     the output of one run and the size of the picture that was put in.
Out:    which layout it is; corners in pixels of that picture, a score and a class for each candidate.
Holds:  shapes decide; what fits no layout is None, never a guess.
Source: YOLOX (Ge et al. 2021), `demo/ONNXRuntime` and `--decode_in_inference`; YOLOv5 and v7: three anchors a
        cell, 5 + classes columns; YOLOv8 to v12: 4 + classes rows, a column a cell; YOLOv10 and exports with
        NMS: 300 rows of corners, score, class.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Layout = Literal["yolox", "yolox-decoded", "yolov5", "yolov8", "end-to-end"]

_STRIDES = ((8, 16, 32), (8, 16, 32, 64))
_ANCHORS = 3
_LARGEST_LOG = 16.0  # raw YOLOX sizes are logarithms of cells; decoded ones are pixels
_END_COLUMNS = 6
_END_ROWS = 1000
_BATCH_OF_ROWS = 3  # dimensions: batch, rows, columns


def _cells(size: tuple[int, int], strides: Sequence[int]) -> int:
    return sum((size[0] // stride) * (size[1] // stride) for stride in strides)


def recognise(output: Array, size: tuple[int, int]) -> tuple[Layout, int | None] | None:
    """Return the layout and its number of classes (None if the layout does not tell), or None if unknown.

    Args:
        output: of one run.
        size: height and width that were put in.
    """
    if output.ndim != _BATCH_OF_ROWS or output.shape[0] != 1:
        return None
    _, rows, columns = output.shape
    cells = {_cells(size, strides) for strides in _STRIDES}
    if rows in cells and columns > 5:  # noqa: PLR2004 - box, objectness, one class at least
        is_raw = float(np.abs(output[0, :, 2:4]).max()) <= _LARGEST_LOG
        return ("yolox" if is_raw else "yolox-decoded"), columns - 5
    if rows in {_ANCHORS * count for count in cells} and columns > 5:  # noqa: PLR2004 - the same
        return "yolov5", columns - 5
    if columns in cells and rows > 4:  # noqa: PLR2004 - box, one class at least
        return "yolov8", rows - 4
    if columns == _END_COLUMNS and rows <= _END_ROWS:
        return "end-to-end", None
    return None


def read(output: Array, layout: Layout, size: tuple[int, int], least: float) -> tuple[Array, Array, Array]:
    """Return corners (left, top, right, bottom), scores and classes of the candidates of at least `least`."""
    if layout == "end-to-end":
        kept = output[0][output[0][:, 4] >= least]
        return kept[:, :4], kept[:, 4], kept[:, 5]
    raw = output[0].T if layout == "yolov8" else output[0]
    scores = raw[:, 4:] if layout == "yolov8" else raw[:, 4:5] * raw[:, 5:]
    kinds = scores.argmax(1)
    best = scores[np.arange(len(scores)), kinds]
    keep = np.flatnonzero(best >= least)
    middle, whole = raw[keep, :2], raw[keep, 2:4]
    if layout == "yolox":
        places, strides = _grid(size, len(raw))
        middle, whole = (middle + places[keep]) * strides[keep], np.exp(whole) * strides[keep]
    corners = np.concatenate((middle - whole / 2, middle + whole / 2), 1)
    return corners, best[keep], kinds[keep].astype(np.float32)


@lru_cache(maxsize=4)
def _grid(size: tuple[int, int], count: int) -> tuple[Array, Array]:
    chosen = next(strides for strides in _STRIDES if _cells(size, strides) == count)
    places, sizes = [], []
    for stride in chosen:
        rows, columns = np.mgrid[0 : size[0] // stride, 0 : size[1] // stride]
        places.append(np.stack((columns, rows), 2).reshape(-1, 2))
        sizes.append(np.full((rows.size, 1), stride))
    return np.concatenate(places).astype(np.float32), np.concatenate(sizes).astype(np.float32)
