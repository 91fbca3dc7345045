"""An evidence package: `fanlight verify` of it and its making, beside hashing its bytes, in one run.

The peer is hashlib itself: one SHA-256 pass over the package's file, read a MiB at a time; for the making,
one pass over the same bytes and one copy of them, and the time that C2PA takes to sign the clip, taken in
the same run. The clip is five minutes at 3 Mb/s, of random bytes.
"""

import hashlib
import io
import json
import os
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from fanlight.custody import completing
from fanlight.custody.c2pa_signing import C2paSigner, sign_copy
from fanlight.custody.own_certificate import own_signer
from fanlight.custody.verify_package import verify_package
from fanlight.model.check import State
from machine import ROOT, Figure, tell

CLIP_BYTES = 5 * 60 * 3_000_000 // 8
BLOCK = 1 << 20
RUNS = 5

FIGURES = [
    Figure(
        key="verify", what="`fanlight verify` of an evidence package, in SHA-256 passes over its bytes",
        unit="", at_most=3,
        how=f"5-minute clip at 3 Mb/s, sealed, open and with C2PA, 337 MB; in turn; median of {RUNS} ratios",
    ),
    Figure(
        key="verify_plain", what="`fanlight verify` of a package without C2PA, in the same passes",
        unit="", at_most=3,
        how=f"the same, 225 MB; in turn; median of {RUNS} ratios",
    ),
    Figure(
        key="make", what="making an evidence package, beside hashing and copying its bytes",
        unit="", at_most=1.5,
        how=f"the same clip, opened before, without C2PA; in turn; median of {RUNS} ratios",
    ),
    Figure(
        key="complete",
        what="`fanlight custody package` but for signing, beside hashing and copying its bytes", unit="",
        how=f"checks the package, adds C2PA, writes and syncs 337 MB; in turn; median of {RUNS} ratios",
    ),
    Figure(
        key="whole", what="making a package with C2PA but for signing, beside hashing and copying its bytes",
        unit="", at_most=1.5,
        how=f"making, then adding C2PA in memory, unchecked and unwritten; in turn; median of {RUNS} ratios",
    ),
    Figure(
        key="sign", what="C2PA's signing of the clip", unit="s",
        how=f"`c2pa-python`, a certificate of its own; median of {RUNS}",
    ),
]  # fmt: skip


def timed(run: Callable[[], object]) -> float:
    """Return the seconds that one run takes."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def hash_file(path: Path) -> bytes:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.digest()


def verify(path: Path) -> None:
    """Verify a package that holds."""
    if any(check.state is State.FAILS for check in verify_package(path)):
        raise SystemExit("the package does not hold")


def measure() -> dict[str, float]:
    """Alternate both sides, so that a busy machine slows both."""
    import sys  # noqa: PLC0415

    sys.path.insert(0, str(ROOT))
    from tests.custody.invented_case import make_case  # noqa: PLC0415

    kind = (16).to_bytes(4, "big") + b"ftypisom" + bytes(4)
    box = (8 + CLIP_BYTES).to_bytes(4, "big") + b"mdat"
    case = make_case(kind + box + os.urandom(CLIP_BYTES))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package.zip"
        made = case.build()
        path.write_bytes(made)
        signer = own_signer(Path(folder) / "keys", "CA0000000")
        signing = Signing()
        completing.sign_copy = signing  # type: ignore[attr-defined]
        found: dict[str, list[float]] = {figure.key: [] for figure in FIGURES}
        for run in range(RUNS):
            out = Path(folder) / f"{run}.zip"
            signing.took = 0.0
            took = timed(partial(completing.complete, path, out, signer=lambda _: signer))
            peer = timed(partial(hash_file, out)) + timed(partial(copied, out))
            found["complete"].append((took - signing.took) / peer)
            found["sign"].append(signing.took)
            found["verify"].append(timed(partial(verify, out)) / timed(partial(hash_file, out)))
            found["verify_plain"].append(timed(lambda: verify(path)) / timed(lambda: hash_file(path)))
            peer = timed(lambda: hashlib.sha256(made).digest()) + timed(lambda: bytearray(made))
            found["make"].append(timed(case.build) / peer)
            whole = out.read_bytes()
            signing.took = 0.0
            took = timed(lambda: with_c2pa(case.build(), signer))
            peer = timed(partial(hashlib.sha256, whole)) + timed(partial(bytearray, whole))
            found["whole"].append((took - signing.took) / peer)
            out.unlink()
    return {key: statistics.median(values) for key, values in found.items()}


def copied(path: Path) -> bytearray:
    """Return a copy of a file's bytes."""
    return bytearray(path.read_bytes())


def with_c2pa(made: bytes, signer: C2paSigner) -> bytes:
    """Add C2PA to a package in memory."""
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        listed = archive.infolist()
        starts = {one.filename: one.header_offset + 30 + len(one.filename) for one in listed}
    view = memoryview(made)
    parts = {one.filename: view[starts[one.filename] :][: one.file_size] for one in listed}
    # What is large is not copied to be read, as it would not be from a file that is mapped.
    files: dict[str, Any] = {name: part if len(part) > BLOCK else bytes(part) for name, part in parts.items()}
    added = completing.copies(files, json.loads(files["evidence.json"]), signer)
    return completing.with_added(files, {one.filename: one.CRC for one in listed}, added)


class Signing:
    """Signs as `sign_copy` does, and keeps how long that took."""

    def __init__(self) -> None:
        """Nothing is signed yet."""
        self.took = 0.0

    def __call__(self, film: bytes, assertions: dict[str, Any], signer: C2paSigner) -> bytes:
        """Sign."""
        started = time.perf_counter()
        try:
            return sign_copy(film, assertions, signer)
        finally:
            self.took += time.perf_counter() - started


if __name__ == "__main__":
    tell(FIGURES, measure)
