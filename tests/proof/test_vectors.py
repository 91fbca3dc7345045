"""The vectors that Python and TypeScript both read: each says what must come of it, and why."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.proof.logs import make_log

from fanlight.model.check import State
from fanlight.proof import merkle
from fanlight.proof.checkpoint import open_checkpoint
from fanlight.proof.cosignature import cosigned_at, parse_witnesses
from fanlight.proof.errors import ProofError
from fanlight.proof.handover import Handover, Handovers
from fanlight.proof.merkle import TreeHead
from fanlight.proof.note import Note, VerifierKey
from fanlight.proof.openings import Opening, check_opening
from fanlight.proof.receipt import Receipt, verify_receipt
from fanlight.proof.trust import NAMED_BY_LOG, Trust
from fanlight.proof.verify_log import verify_log
from fanlight.wire import jcs

VECTORS = Path(__file__).parents[2] / "vectors" / "proof"
NAMES = sorted(path.stem for path in VECTORS.glob("*.json"))
Vector = dict[str, Any]


def load(name: str) -> Vector:
    vector: Vector = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    return vector


def unhex(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def inclusion(v: Vector) -> str:
    leaf_hash = merkle.hash_leaf(bytes.fromhex(v["leaf"]))
    head = TreeHead(v["size"], bytes.fromhex(v["root"]))
    merkle.verify_inclusion(leaf_hash, v["index"], unhex(v["proof"]), head)
    return "proven"


def consistency(v: Vector) -> str:
    old = TreeHead(v["old_size"], bytes.fromhex(v["old_root"]))
    new = TreeHead(v["new_size"], bytes.fromhex(v["new_root"]))
    merkle.verify_consistency(old, new, unhex(v["proof"]))
    return "proven"


def note(v: Vector) -> str:
    Note.parse(v["note"].encode()).verify(VerifierKey.parse(v["vkey"]))
    return "verified"


def vkey(v: Vector) -> str:
    assert VerifierKey.parse(v["vkey"]).vkey == v["vkey"]
    return "key"


def checkpoint(v: Vector) -> str:
    read = open_checkpoint(v["checkpoint"].encode(), VerifierKey.parse(v["vkey"])).checkpoint
    assert (read.origin, read.head) == (v["origin"], TreeHead(v["size"], bytes.fromhex(v["root"])))
    return "checkpoint"


def cosignature(v: Vector) -> str:
    (witness,) = parse_witnesses(v["witness"])
    time_s = cosigned_at(Note.parse(v["checkpoint"].encode()), witness.key)
    if time_s is None:
        return "absent"
    assert (time_s, witness.is_operators_own) == (v["time_s"], v["operators_own"])
    return "cosigned"


def spelling(v: Vector) -> str:
    try:
        value = jcs.loads(bytes.fromhex(v["raw"]))
    except jcs.BadJson:
        return "malformed"
    assert jcs.dumps(value).hex() == v["raw"]
    return "object"


def handover(v: Vector) -> str:
    read = Handover.parse(v["note"].encode())
    assert (read.old.vkey, read.new.vkey) == (v["old"], v["new"])
    return "handover"


def following(v: Vector) -> str:
    (witness,) = parse_witnesses(v["witness"])
    checkpoint = Note.parse(v["checkpoint"].encode())
    for one in Handovers(Handover.parse(note.encode()) for note in v["notes"]).witnesses(witness):
        time_s = cosigned_at(checkpoint, one.key)
        if time_s is not None:
            assert time_s == v["time_s"]
            return "cosigned"
    return "absent"


def receipt(v: Vector) -> str:
    read = Receipt.parse(v["receipt"])
    witnesses = parse_witnesses(v["witnesses"])
    verify_receipt(v["leaf"].encode(), read, VerifierKey.parse(v["vkey"]), witnesses, need=v["need"])
    return "in-log"


def opening(v: Vector) -> str:
    check_opening(v["leaf"].encode(), Opening.from_json(v["opening"]))
    return "proven"


def canonical(v: Vector) -> str:
    assert jcs.dumps(v["value"]).decode() == v["text"]
    assert jcs.loads(v["text"]) == v["value"]
    return "text"


RUN: dict[str, Callable[[Vector], str]] = {
    "inclusion": inclusion,
    "consistency": consistency,
    "note": note,
    "vkey": vkey,
    "checkpoint": checkpoint,
    "cosignature": cosignature,
    "receipt": receipt,
    "handover": handover,
    "following": following,
    "spelling": spelling,
    "opening": opening,
    "jcs": canonical,
}


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("log-")])
def test_python_agrees_with_the_vector(name: str) -> None:
    vector = load(name)
    assert vector["why"]
    try:
        found = RUN[name.partition("-")[0]](vector)
    except ProofError as error:
        found = error.code.removeprefix("proof.").replace("_", "-")
    assert found == vector["expect"], vector["why"]


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("log-")])
def test_a_whole_log_is_judged_as_its_vector_says(name: str) -> None:
    vector = load(name)
    texts = vector["files"] if "log" in vector else load("log-sound")["files"]
    files = {path: bytes.fromhex(text) for path, text in texts.items()}
    for path in vector.get("remove", []):
        del files[path]
    for path, text in vector.get("replace", {}).items():
        assert path in files
        files[path] = bytes.fromhex(text)
    trust = Trust(VerifierKey.parse(vector["log"])) if "log" in vector else NAMED_BY_LOG
    found = {check.name: check.state for check in verify_log(files.get, trust)}
    assert found == {name: State(state) for name, state in vector["expect"].items()}, vector["why"]


def test_the_sound_log_is_the_one_this_code_would_write() -> None:
    files = {path: data for path, data in make_log(100, 258).items() if not path.endswith(".p/100")}
    assert {path: data.hex() for path, data in files.items()} == load("log-sound")["files"]


def test_every_kind_of_vector_has_one_that_holds_and_one_that_does_not() -> None:
    for kind in set(RUN) - {"jcs"}:
        seen = {load(name)["expect"] for name in NAMES if name.startswith(f"{kind}-")}
        assert seen & {"malformed", "bad-signature", "unproven"}
        assert seen - {"malformed", "bad-signature", "unproven"}
