"""What is in a picture: any ONNX detector of the YOLOX or YOLO families, on ONNX Runtime.

In:     the path of a model; then one decoded picture after another.
Out:    Detections: label, score, box.
Holds:  four labels; no other class of a model leaves this module, and nothing about a person but the box.
        BadModel is the only error of `load_model`, whatever the file.
Why:    hub/data/README.md is the data sheet of the model that ships; docs/design/detector.md.
"""

import ast
import threading
from functools import cache
from pathlib import Path
from typing import Protocol

import av
import numpy as np
import numpy.typing as npt
import onnxruntime

from fanlight.hub.detector.errors import BadModel
from fanlight.hub.detector.event import Detection, Label, iou
from fanlight.hub.detector.layouts import Array, Layout, read, recognise
from fanlight.hub.detector.names import COCO, LABEL_OF

DATA = Path(__file__).parent.parent / "data"
SHIPPED = DATA / "yolox_nano_coco_416.onnx"
TEST_PICTURE = DATA / "self_test.jpg"
TEST_PERSON = (0.49, 0.02, 0.705, 0.87)
SCORE = 0.35
PASSED = "passed"
_GREY = 114
_NMS_IOU = 0.5
_TEST_IOU = 0.5
_MOST = 300
_SIDE = 640  # where a model takes any
_DIMENSIONS = 4
_COLOURS = 3
_FLOATS: dict[str, type[np.float32 | np.float16]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
}


class Model(Protocol):
    """A loaded detector. Cameras share it; several threads may call it at once."""

    name: str

    def detect(self, frame: av.VideoFrame, score: float = SCORE) -> list[Detection]:
        """Return what is in a picture with at least `score`, best first."""
        ...


def _bad(why: str) -> BadModel:
    return BadModel(
        f"The detector's model cannot be used: {why}.",
        kept="Recording goes on; nothing is noticed by looking.",
        do="Give the path of an ONNX file of the YOLOX or YOLO families, or none for the one that ships.",
    )


class OnnxModel:
    """One loaded model. `layout` is its family, `labels` what it can tell apart."""

    def __init__(self, path: Path = SHIPPED, threads: int = 1) -> None:
        """Load a model and find out how it talks; raises BadModel."""
        if not path.is_file():
            raise _bad("there is no such file")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
            meta = dict(self._session.get_modelmeta().custom_metadata_map)
        except Exception as error:  # each kind of damage has a class of its own there
            raise _bad("it is no ONNX model, or one for another runtime") from error
        self.name = "YOLOX-nano" if path == SHIPPED else path.stem[:40]
        self._input, self._size, self._float = _input_of(self._session, meta)
        self.layout, classes = self._recognise(meta)
        names = _names_of(meta, classes)
        self._labels = {
            number: LABEL_OF[name.lower()] for number, name in names.items() if name.lower() in LABEL_OF
        }
        self.labels: frozenset[Label] = frozenset(self._labels.values())
        if not self.labels:
            raise _bad("it knows no persons, vehicles, animals or packages")

    def detect(self, frame: av.VideoFrame, score: float = SCORE) -> list[Detection]:
        """Return what is in a picture, best first.

        Args:
            frame: any size and pixel format.
            score: leave out what the model is less sure of.
        """
        is_yolox = self.layout.startswith("yolox")
        picture, (left, top), (width, height) = letterbox(frame, self._size, is_yolox=is_yolox)
        corners, scores, kinds = read(self._run(picture), self.layout, self._size, score)
        shift = np.array([left, top, left, top], np.float32)
        corners = np.clip((corners - shift) / np.array([width, height, width, height], np.float32), 0, 1)
        found: list[Detection] = []
        for index in np.argsort(-scores, kind="stable")[:_MOST]:
            label = self._labels.get(int(kinds[index]))
            x0, y0, x1, y1 = (float(side) for side in corners[index])
            # Comparisons with NaN are false: what a model cannot place is left out.
            if label is None or not (x0 < x1 and y0 < y1):
                continue
            box = (x0, y0, x1, y1)
            if all(other.label != label or iou(other.box, box) < _NMS_IOU for other in found):
                found.append(Detection(label, min(float(scores[index]), 1.0), box))
        return found

    def self_test(self) -> str:
        """Return `PASSED` if the model finds the person in the picture that ships, else what is wrong."""
        if "person" not in self.labels:
            return "It knows no persons, so the test picture says nothing about it."
        with av.open(str(TEST_PICTURE)) as container:
            frame = next(container.decode(video=0))
        persons = [one for one in self.detect(frame, 0.0) if one.label == "person"]
        right = max((one.score for one in persons if iou(one.box, TEST_PERSON) >= _TEST_IOU), default=0.0)
        if right >= SCORE:
            return PASSED
        return f"It does not find the person in the test picture (score {right:.2f}, {SCORE} is needed)."

    def _run(self, picture: Array) -> Array:
        outputs = self._session.run(None, {self._input: picture.astype(self._float, copy=False)})
        output: Array = np.asarray(outputs[0], np.float32)
        return output

    def _recognise(self, meta: dict[str, str]) -> tuple[Layout, int | None]:
        if meta.get("task", "detect") != "detect":
            raise _bad("it was made for another task than finding boxes")
        blank = np.full((1, _COLOURS, *self._size), _GREY / 255, np.float32)
        try:
            output = self._run(blank)
        except Exception as error:  # as above
            raise _bad("it does not run on a picture") from error
        known = recognise(output, self._size)
        if known is None:
            shape = "x".join(str(side) for side in output.shape)
            raise _bad(f"its output of {shape} is none of a family that is known here")
        return known


def letterbox(
    frame: av.VideoFrame, size: tuple[int, int], *, is_yolox: bool
) -> tuple[Array, tuple[int, int], tuple[int, int]]:
    """Return a picture as a model wants it, where it begins in it, and how large it is in it.

    YOLOX: BGR 0 to 255, at the top left. YOLO: RGB 0 to 1, in the middle. Grey around it.
    """
    scale = min(size[0] / frame.height, size[1] / frame.width)
    width = min(max(round(frame.width * scale), 1), size[1])
    height = min(max(round(frame.height * scale), 1), size[0])
    left, top = (0, 0) if is_yolox else ((size[1] - width) // 2, (size[0] - height) // 2)
    picture = np.full((*size, _COLOURS), _GREY, np.float32)
    small = frame.reformat(width, height, "bgr24" if is_yolox else "rgb24").to_ndarray()
    picture[top : top + height, left : left + width] = small
    if not is_yolox:
        picture /= 255
    return np.ascontiguousarray(picture.transpose(2, 0, 1)[None]), (left, top), (width, height)


def _input_of(
    session: onnxruntime.InferenceSession, meta: dict[str, str]
) -> tuple[str, tuple[int, int], npt.DTypeLike]:
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise _bad(f"it wants {len(inputs)} inputs, not one picture")
    (one,) = inputs
    if one.type not in _FLOATS or len(one.shape) != _DIMENSIONS:
        raise _bad("its input is no picture of floating-point numbers")
    batch, colours, *sides = one.shape
    if (isinstance(batch, int) and batch != 1) or (isinstance(colours, int) and colours != _COLOURS):
        raise _bad("its input is not one picture of three colours")
    given = _literal(meta.get("imgsz", ""))
    if not (isinstance(given, list | tuple) and len(given) == len(sides)):
        given = (_SIDE, _SIDE)
    height, width = (
        side if isinstance(side, int) else wanted for side, wanted in zip(sides, given, strict=True)
    )
    if not all(isinstance(side, int) and 32 <= side <= 4096 for side in (height, width)):  # noqa: PLR2004
        raise _bad("its input has no usable size")
    return one.name, (height, width), _FLOATS[one.type]


def _names_of(meta: dict[str, str], classes: int | None) -> dict[int, str]:
    given = _literal(meta.get("names", ""))
    if isinstance(given, list | tuple):
        given = dict(enumerate(given))
    if isinstance(given, dict) and all(isinstance(n, int) and isinstance(s, str) for n, s in given.items()):
        if classes is not None and len(given) != classes:
            raise _bad(f"it names {len(given)} classes and puts out {classes}")
        return given
    if classes in {None, len(COCO)}:
        return dict(enumerate(COCO))
    raise _bad(f"it has {classes} classes without names")


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text) if len(text) < 100_000 else None  # noqa: PLR2004
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


_LOADING = threading.Lock()


@cache
def _shipped() -> OnnxModel:
    return OnnxModel()


def shipped() -> OnnxModel:
    """Return the model that ships, loaded once."""
    with _LOADING:
        return _shipped()
