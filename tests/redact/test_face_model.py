"""The face finder's vector: what a reference runtime says of a made picture, for the pages to agree with."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
VECTOR = ROOT / "vectors/redact/yunet.json"
MODEL = ROOT / "web/models/face_detection_yunet_2026may.onnx"
WIDTH, HEIGHT = 96, 64
OUTPUTS = [f"{kind}_{stride}" for stride in (8, 16, 32) for kind in ("cls", "obj", "bbox")]


def picture() -> NDArray[np.float32]:
    """Return values of 0 to 255 that any language can make, channels first: (7919 i + i²) % 256."""
    count = np.arange(WIDTH * HEIGHT * 3, dtype=np.int64)
    values = ((7_919 * count + count * count) % 256).astype(np.float32)
    return values.reshape(HEIGHT, WIDTH, 3).transpose(2, 0, 1)[None]


def reference() -> dict[str, list[float]]:
    session = onnxruntime.InferenceSession(MODEL)
    found = session.run(OUTPUTS, {"input": picture()})
    return {
        name: [float(x) for x in np.asarray(value).ravel()]
        for name, value in zip(OUTPUTS, found, strict=True)
    }


def make() -> str:
    why = "what ONNX Runtime computes of a made picture; the pages' own arithmetic must agree to 1e-4"
    rounded = {name: [round(x, 6) for x in values] for name, values in reference().items()}
    return json.dumps({"why": why, "width": WIDTH, "height": HEIGHT, "outputs": rounded}) + "\n"


def test_the_vector_is_what_the_reference_runtime_says() -> None:
    """R09: the pages hide the faces that the model finds, not those that a slip of ours finds."""
    kept = json.loads(VECTOR.read_text())
    assert (kept["width"], kept["height"]) == (WIDTH, HEIGHT)
    now = reference()
    assert kept["outputs"].keys() == now.keys()
    for name, values in now.items():
        np.testing.assert_allclose(kept["outputs"][name], values, atol=1e-4)


if __name__ == "__main__":
    VECTOR.write_text(make())
