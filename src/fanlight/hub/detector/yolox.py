"""What is in a picture: YOLOX-nano on ONNX Runtime, one thread.

In:     one decoded picture.
Out:    Detections: label, score, box.
Holds:  twelve kinds of thing at three labels; no other class of the model leaves this module, and nothing
        about a person but the box.
Source: Ge et al., "YOLOX: Exceeding YOLO Series in 2021"; data sheet in hub/data/README.md.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import onnxruntime

from fanlight.hub.detector.event import Label

MODEL = Path(__file__).parent.parent / "data" / "yolox_nano_coco_416.onnx"
SIDE = 416
SCORE = 0.35
_STRIDES = (8, 16, 32)
_GREY = 114
_NMS_IOU = 0.5
_LABELS: dict[int, Label] = {
    0: "person",
    **dict.fromkeys((1, 2, 3, 5, 7), "vehicle"),  # bicycle, car, motorcycle, bus, truck
    **dict.fromkeys(
        range(14, 24), "animal"
    ),  # bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe
}

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing. `box` is left, top, right, bottom as parts of width and height; `score` 0 to 1."""

    label: Label
    score: float
    box: tuple[float, float, float, float]


def iou(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    """Return intersection over union of two boxes."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


@cache
def _grid() -> tuple[Array, Array]:
    cells, sizes = [], []
    for stride in _STRIDES:
        count = SIDE // stride
        rows, columns = np.mgrid[0:count, 0:count]
        cells.append(np.stack((columns, rows), 2).reshape(-1, 2))
        sizes.append(np.full((count * count, 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(sizes).astype(np.float32)


class Yolox:
    """One loaded model; share it between cameras, one call at a time each."""

    def __init__(self, path: Path = MODEL) -> None:
        """Load a model that takes [1, 3, 416, 416] BGR 0 to 255 and gives [1, 3549, 85]."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def detect(self, frame: av.VideoFrame, score: float = SCORE) -> list[Detection]:
        """Return what is in a picture, best first.

        Args:
            frame: any size and pixel format.
            score: leave out what the model is less sure of.
        """
        scale = min(SIDE / frame.width, SIDE / frame.height)
        width, height = max(round(frame.width * scale), 1), max(round(frame.height * scale), 1)
        picture = np.full((SIDE, SIDE, 3), _GREY, np.float32)
        picture[:height, :width] = frame.reformat(width, height, "bgr24").to_ndarray()
        raw = self._session.run(None, {self._input: picture.transpose(2, 0, 1)[None]})[0][0]
        return _read(raw, width, height, score)


def _read(raw: Array, width: int, height: int, least: float) -> list[Detection]:
    scores = raw[:, 4:5] * raw[:, 5:]
    kinds = scores.argmax(1)
    best = scores[np.arange(len(scores)), kinds]
    keep = np.flatnonzero(best >= least)
    cells, sizes = _grid()
    middle = (raw[keep, :2] + cells[keep]) * sizes[keep]
    half = np.exp(raw[keep, 2:4]) * sizes[keep] / 2
    limit = np.array([width, height], np.float32)
    corners = np.clip(np.concatenate((middle - half, middle + half), 1) / np.tile(limit, 2), 0, 1)
    found: list[Detection] = []
    for index in np.argsort(-best[keep]):
        label = _LABELS.get(int(kinds[keep[index]]))
        left, top, right, bottom = (float(side) for side in corners[index])
        if label is None or left >= right or top >= bottom:
            continue
        box = (left, top, right, bottom)
        if all(other.label != label or iou(other.box, box) < _NMS_IOU for other in found):
            found.append(Detection(label, float(best[keep[index]]), box))
    return found
