"""Each way in which an evidence package can lie, and what has to fail then.

`vectors/evidence/lies.json` holds them as changes to the golden package, for every reader;
invented_case.py writes it.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from tests.custody.invented_case import DISCLOSURE, EXPORTER

from fanlight.custody.package import sums
from fanlight.custody.zip_form import zip_files
from fanlight.proof import note
from fanlight.wire import b64, jcs

ITEM = f"items/{DISCLOSURE}"
FEW = 100_000  # bytes


def unpack(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(files: dict[str, bytes]) -> bytes:
    """Zip files as a maker does, with the sums of what they hold now."""
    rest = {name: data for name, data in files.items() if name != "SHA256SUMS"}
    return zip_files(rest | {"SHA256SUMS": sums({name: sha256(data) for name, data in rest.items()})})


def resign(files: dict[str, bytes], **facts: Any) -> dict[str, bytes]:
    """What a dishonest exporter does: name the changed files' hashes and sign again."""
    evidence = json.loads(files["evidence.json"]) | facts
    for listed in [evidence["files"], *(item["files"] for item in evidence["items"])]:
        for name in listed:
            listed[name] = sha256(files[name])
    raw = jcs.dumps(evidence)
    signature = b64.encode(EXPORTER.sign("evidence", raw)).encode() + b"\n"
    return files | {"evidence.json": raw, "evidence.sig": signature}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def flip(data: bytes, at: int = -5) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def other_log() -> str:
    return note.SignerKey("log.example/town", note.ED25519, bytes(32)).verifier.vkey


Forgery = Callable[[dict[str, bytes]], dict[str, bytes]]
FORGERIES: dict[str, tuple[list[str], Forgery]] = {
    "another video": (
        ["clip: video"],
        lambda f: resign(f | {f"{ITEM}/clip.mp4": flip(f[f"{ITEM}/clip.mp4"])}),
    ),
    "a flipped byte in the sealed clip": (
        ["clip: pieces"],
        lambda f: resign(f | {f"{ITEM}/clip.age": flip(f[f"{ITEM}/clip.age"])}),
    ),
    "another file key": (
        ["clip: key"],
        lambda f: resign(f | {f"{ITEM}/file-key.hex": b"00" * 16 + b"\n"}),
    ),
    "a file key that is none": (
        ["clip: key"],
        lambda f: resign(f | {f"{ITEM}/file-key.hex": b"zz"}),
    ),
    "a manifest nobody signed": (
        ["clip: manifest"],
        lambda f: resign(
            f | {f"{ITEM}/manifest.json": f[f"{ITEM}/manifest.json"].replace(b"person", b"animal")}
        ),
    ),
    "another case number": (["case number"], lambda f: resign(f, case_number="2026-000001")),
    "another recipient than recorded": (["export on record"], lambda f: resign(f, recipient="A friend")),
    "another return date than recorded": (["export on record"], lambda f: resign(f, return_by="2027-01-01")),
    "another agency": (["export on record", "clip: case"], lambda f: resign(f, agency="CA0000000")),
    "another request": (["clip: case"], lambda f: resign(f, request="q" * 26)),
    "a leaf that is not in the log": (
        ["request in the log", "clip: case"],
        lambda f: resign(
            f | {"record/request.leaf": f["record/request.leaf"].replace(b'"agency":"CA', b'"agency":"XX')}
        ),
    ),
    "two leaves exchanged": (
        ["request in the log", "case-key in the log", "clip: case"],
        lambda f: resign(
            f
            | {
                "record/request.leaf": f["record/case-key.leaf"],
                "record/case-key.leaf": f["record/request.leaf"],
            }
        ),
    ),
    "another log's key": (
        ["request in the log", "case-key in the log", "export in the log", "clip: case"],
        lambda f: resign(f | {"record/vkey": other_log().encode() + b"\n"}),
    ),
    "a log key that is none": (["log key", "clip: case"], lambda f: resign(f | {"record/vkey": b"no key\n"})),
    "openings that are none": (["openings"], lambda f: resign(f | {"record/openings.json": b"[]"})),
    "signed by another than it says": (
        ["exporter's signature"],
        lambda f: (
            f | {"evidence.sig": b64.encode(EXPORTER.sign("card", f["evidence.json"])).encode() + b"\n"}
        ),
    ),
    "a file too many": (["contents", "SHA256SUMS"], lambda f: f | {"items/notes.txt": b"hello"}),
    "a file missing": (
        ["contents", "SHA256SUMS"],
        lambda f: {n: d for n, d in f.items() if n != "custody.json"},
    ),
}


def lies(golden: bytes) -> list[dict[str, Any]]:
    """Return each forgery as what it changes in the golden package."""
    whole = unpack(golden)
    told = []
    for why, (fails, forge) in FORGERIES.items():
        forged = unpack(pack(forge(whole)))
        changed = {name: data for name, data in forged.items() if whole.get(name) != data}
        flips = [name for name in changed if name.startswith(ITEM) and len(changed[name]) > FEW]
        told.append(
            {
                "why": why,
                "fails": fails,
                "set": {n: base64.b64encode(d).decode() for n, d in changed.items() if n not in flips},
                "flip": flips,  # the lowest bit of the fifth byte from the end
                "drop": sorted(set(whole) - set(forged)),
            }
        )
    return told
