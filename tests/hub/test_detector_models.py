"""Models by path: each documented layout is read rightly, and whatever else comes is one clear error.

No weights of the YOLO families are here: these models are made by hand and emit known boxes in their layouts.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.hub import onnx_graphs
from tests.hub.onnx_graphs import Array

from fanlight.hub.detector import BadModel, load_model
from fanlight.hub.detector.layouts import recognise
from fanlight.hub.detector.model import PASSED, OnnxModel, letterbox

SIDE = 96
CELLS = 144 + 36 + 9  # of strides 8, 16 and 32
NAMES = "{0: 'parcel', 1: 'dog', 2: 'person'}"
Made = Callable[..., OnnxModel]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    def make(
        output: Array,
        shape: Sequence[int | str] = (1, 3, SIDE, SIDE),
        metadata: Mapping[str, str] | None = None,
        *,
        kind: int = onnx_graphs.FLOAT,
        inputs: Sequence[str] = ("images",),
    ) -> OnnxModel:
        path = tmp_path / "made.onnx"
        path.write_bytes(onnx_graphs.model(output, shape, metadata, kind=kind, inputs=inputs))
        return load_model(str(path))

    return make


def picture(width: int, height: int) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.zeros((height, width, 3), np.uint8), "rgb24")


def emitted(layout: str, classes: int = 80, kind: int = 0) -> Array:
    """Return an output with one sure box: pixels 16 to 48 across, 24 to 40 down, of a picture of 96 x 96."""
    if layout == "end-to-end":
        rows = np.zeros((1, 300, 6), np.float32)
        rows[0, 7] = (16, 24, 48, 40, 0.9, kind)
        return rows
    count = CELLS * (3 if layout == "yolov5" else 1)
    first = 4 if layout == "yolov8" else 5
    rows = np.zeros((1, count, first + classes), np.float32)
    rows[0, :, :4] = (40, 40, 20, 20)
    rows[0, 10, :4] = (32, 32, 32, 16)
    if layout == "yolox":
        # Cell (10, 0) of stride 8: middle at (10 - 6) * 8, (0 + 4) * 8; size e^v * 8.
        rows[0, :, :4] = 0
        rows[0, 10, :4] = (-6, 4, math.log(4), math.log(2))
    if first == 5:
        rows[0, 10, 4] = 1
    rows[0, 10, first + kind] = 0.9
    return rows.transpose(0, 2, 1) if layout == "yolov8" else rows


LAYOUTS = ["yolox", "yolox-decoded", "yolov5", "yolov8", "end-to-end"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_known_box_is_read_from_each_layout(made: Made, layout: str) -> None:
    model = made(emitted(layout))
    assert model.layout == layout
    (found,) = model.detect(picture(SIDE, SIDE))
    assert found.label == "person"
    assert found.score == pytest.approx(0.9)
    assert found.box == pytest.approx((16 / SIDE, 24 / SIDE, 48 / SIDE, 40 / SIDE), abs=1e-5)


@pytest.mark.parametrize(
    ("layout", "box"),
    [
        # A picture twice as wide as high fills 96 x 48: at the top for YOLOX, in the middle for YOLO.
        ("yolox", (16 / 96, 24 / 48, 48 / 96, 40 / 48)),
        ("yolov8", (16 / 96, 0, 48 / 96, 16 / 48)),
    ],
)
def test_a_box_is_told_in_shares_of_the_picture_without_what_was_put_around_it(
    made: Made, layout: str, box: tuple[float, ...]
) -> None:
    (found,) = made(emitted(layout)).detect(picture(256, 128))
    assert found.box == pytest.approx(box, abs=1e-5)


@pytest.mark.parametrize(("kind", "label"), [(0, "package"), (1, "animal"), (2, "person")])
def test_a_models_own_names_become_our_labels(made: Made, kind: int, label: str) -> None:
    model = made(emitted("yolov8", 3, kind), metadata={"names": NAMES, "task": "detect"})
    (found,) = model.detect(picture(SIDE, SIDE))
    assert found.label == label


def test_what_is_none_of_our_labels_never_leaves_the_model(made: Made) -> None:
    """R07: a model that also knows plates or faces tells nobody."""
    names = "{0: 'licence plate', 1: 'face', 2: 'person'}"
    for kind in (0, 1):
        assert made(emitted("yolov8", 3, kind), metadata={"names": names}).detect(picture(SIDE, SIDE)) == []


def test_a_model_of_any_size_is_asked_at_the_size_that_it_names(made: Made) -> None:
    anything = ("batch", 3, "height", "width")
    assert made(emitted("yolov8"), anything, {"imgsz": "[96, 96]"}).detect(picture(SIDE, SIDE)) != []


def test_numbers_that_are_none_are_left_out(made: Made) -> None:
    output = emitted("yolov8")
    output[0, 2, 10] = math.nan
    assert made(output).detect(picture(SIDE, SIDE)) == []


@pytest.mark.parametrize("is_yolox", [True, False], ids=["YOLOX", "YOLO"])
def test_a_picture_is_put_in_as_its_family_was_trained(is_yolox: bool) -> None:  # noqa: FBT001
    red = np.zeros((20, 40, 3), np.uint8)
    red[..., 0] = 255
    frame = av.VideoFrame.from_ndarray(red, "rgb24")
    put, place, size = letterbox(frame, (SIDE, SIDE), is_yolox=is_yolox)
    assert (put.shape, size) == ((1, 3, SIDE, SIDE), (96, 48))
    assert place == ((0, 0) if is_yolox else (0, 24))
    assert put[0, 2 if is_yolox else 0, 30, 30] == pytest.approx(255 if is_yolox else 1)
    assert put[0, 0, 95, 95] == pytest.approx(114 if is_yolox else 114 / 255)


def test_the_model_that_ships_passes_its_self_test() -> None:
    model = load_model()
    assert model.self_test() == PASSED
    assert model.layout == "yolox"
    assert model.labels == {"person", "vehicle", "animal", "package"}


def test_a_model_that_sees_something_else_fails_its_self_test_with_a_reason(made: Made) -> None:
    """R08: a person who brings a model learns whether it works before relying on it."""
    assert made(emitted("yolov8")).self_test().startswith("It does not find the person")
    assert "knows no persons" in made(emitted("yolov8", 1), metadata={"names": "['dog']"}).self_test()


@pytest.mark.parametrize(
    ("output", "extra", "why"),
    [
        (np.zeros((1, 10, 10), np.float32), {}, "1x10x10"),
        (np.zeros((2, 84, CELLS), np.float32), {}, "2x84x189"),
        (emitted("yolov8", 7), {}, "7 classes without names"),
        (emitted("yolov8", 7), {"metadata": {"names": NAMES}}, "names 3 classes and puts out 7"),
        (emitted("yolov8"), {"metadata": {"task": "segment"}}, "another task"),
        (emitted("yolov8", 1), {"metadata": {"names": "['kite']"}}, "knows no persons"),
        (emitted("yolov8"), {"shape": (4, 3, SIDE, SIDE)}, "not one picture"),
        (emitted("yolov8"), {"shape": (1, 4, SIDE, SIDE)}, "three colours"),
        (emitted("yolov8"), {"shape": (1, 3, 8, 8)}, "no usable size"),
        (emitted("yolov8"), {"shape": (1, 12288)}, "no picture"),
        (emitted("yolov8"), {"kind": onnx_graphs.INT64}, "no picture"),
        (emitted("yolov8"), {"inputs": ("images", "scale")}, "2 inputs"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_detector_of_a_known_family_is_one_clear_error(
    made: Made, output: Array, extra: dict[str, object], why: str
) -> None:
    with pytest.raises(BadModel, match=why) as caught:
        made(output, **extra)
    assert caught.value.kept.startswith("Recording goes on")


def test_a_missing_file_is_said_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match="no such file") as caught:
        load_model(str(tmp_path / "secret-folder" / "model.onnx"))
    assert "secret-folder" not in str(caught.value)


SMALL = onnx_graphs.model(emitted("yolov8", 1), metadata={"names": "['person']"})


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=200), st.integers(0, len(SMALL)).map(lambda at: SMALL[:at])))
def test_any_bytes_are_a_model_or_one_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.onnx"
    path.write_bytes(data)
    try:
        load_model(str(path))
    except BadModel:
        return
    assert data == SMALL


@given(st.lists(st.integers(0, 400), max_size=4))
def test_an_output_of_any_shape_is_recognised_or_refused(shape: list[int]) -> None:
    known = recognise(
        np.zeros(tuple(shape[:2] + [side % 90 for side in shape[2:]]), np.float32), (SIDE, SIDE)
    )
    assert known is None or known[0] in LAYOUTS
