"""Seal (encrypt only) beside `openssl speed` for the same cipher, in one run.

The peer: `openssl speed -evp chacha20-poly1305 -bytes 65536`, one core, its own buffer in place. Ours: a
16 MiB clip into authenticated age chunks of 64 KiB, into a buffer that is kept, as the peer keeps its own.
Both are told per second of CPU time, so that what else the machine does changes neither.
"""

import re
import statistics
import subprocess
import time

from fanlight.seal import sealing
from fanlight.seal.age_format import payload_length
from machine import Figure, tell

CLIP = bytes(16 * 1024 * 1024)
SEALED = memoryview(bytearray(payload_length(len(CLIP))))
RUNS = 5
CIPHER = "chacha20-poly1305"

FIGURES = [
    Figure(
        key="ratio", what="sealing beside `openssl speed`", unit="", at_least=0.6,
        how=f"16 MiB clip, encryption only, same cipher, per CPU second, in turn; median of {RUNS} ratios",
    ),
    Figure(key="fanlight MB/s", what="sealing", unit="MB/s", how="our side of it"),
    Figure(key="openssl MB/s", what="`openssl speed`", unit="MB/s", how="its side of it"),
]  # fmt: skip


def ours() -> float:
    """Return bytes a second of CPU time."""
    file_key, nonce = sealing.new_file_key(), sealing.new_nonce()
    started = time.process_time()
    sealing.encrypt_payload_into(file_key, nonce, CLIP, SEALED)
    return len(CLIP) / (time.process_time() - started)


def openssl() -> float:
    """Return bytes a second of CPU time."""
    command = ["openssl", "speed", "-seconds", "1", "-bytes", "65536", "-evp", CIPHER]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"([\d.]+)k\s*$", out.strip())
    if found is None:
        raise SystemExit(f"openssl printed no figure: {out}")
    return float(found[1]) * 1000


def measure() -> dict[str, float]:
    """Alternate both, so that a busy machine slows both; return medians in MB/s and the ratio."""
    ours()
    pairs = [(ours(), openssl()) for _ in range(RUNS)]
    mine, peer = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    return {"fanlight MB/s": mine / 1e6, "openssl MB/s": peer / 1e6, "ratio": ratio}


if __name__ == "__main__":
    tell(FIGURES, measure)
