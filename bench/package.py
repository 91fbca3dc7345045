"""An evidence package: `fanlight verify` of it and its making, beside hashing its bytes, in one run.

The peer is hashlib itself: one SHA-256 pass over the package's file, read a MiB at a time; for the making,
one pass over the same bytes and one copy of them. The clip is five minutes at 3 Mb/s, of random bytes.
"""

import hashlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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
        how=f"5-minute clip at 3 Mb/s, sealed and open, 225 MB; in turn; median of {RUNS} ratios",
    ),
    Figure(
        key="make", what="making an evidence package, beside hashing and copying its bytes",
        unit="", at_most=1.5,
        how=f"the same clip, opened before, without C2PA; in turn; median of {RUNS} ratios",
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

    box = (8 + CLIP_BYTES).to_bytes(4, "big") + b"mdat"
    case = make_case(box + os.urandom(CLIP_BYTES))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package.zip"
        made = case.build()
        path.write_bytes(made)
        verifying, making = [], []
        for _ in range(RUNS):
            verifying.append(timed(lambda: verify(path)) / timed(lambda: hash_file(path)))
            peer = timed(lambda: hashlib.sha256(made).digest()) + timed(lambda: bytearray(made))
            making.append(timed(case.build) / peer)
    return {"verify": statistics.median(verifying), "make": statistics.median(making)}


if __name__ == "__main__":
    tell(FIGURES, measure)
