"""The record alone: entries a second through the tree into synced files, and how large a receipt is.

Each batch is appended, written as tiles with every file and folder synced, and signed, as the sequencer does
it; without database and witness, whose answers `receipt.py` includes.
"""

import secrets
import statistics
import time
from pathlib import Path

from fanlight.proof.checkpoint import sign_checkpoint
from fanlight.proof.cosignature import cosign
from fanlight.proof.note import COSIGNATURE, ED25519, SignerKey
from fanlight.proof.receipt import Receipt
from fanlight.proof.tiles import TileReader, TileTree
from fanlight.store.log_files import LogFiles
from machine import Figure, scratch, tell

RUNS = 5
BATCHES = 20
BATCH = 500
LEAF_BYTES = 1_200  # about what the leaf of a request has
EACH_ALONE = 200

FIGURES = [
    Figure(
        key="leaves", what="record, entries in batches of 500", unit="a second",
        how=f"{BATCHES * BATCH:,} entries of {LEAF_BYTES:,} bytes, files synced, signed; median of {RUNS}",
    ),
    Figure(
        key="alone", what="record, entries one by one", unit="a second",
        how=f"{EACH_ALONE} entries, each synced and signed; median of {RUNS}",
    ),
    Figure(
        key="receipt", what="receipt's size", unit="bytes",
        how=f"of an entry among {BATCHES * BATCH:,}; with one witness",
    ),
]  # fmt: skip


def fill(folder: Path, batches: int, batch: int) -> tuple[float, int]:
    """Write a log of its own; return entries a second and the bytes of a receipt from it."""
    files, tree = LogFiles(folder), TileTree()
    key = SignerKey("bench.fanlight.example/log", ED25519, secrets.token_bytes(32))
    witness = SignerKey("witness.fanlight.example", COSIGNATURE, secrets.token_bytes(32))
    started = time.perf_counter()
    note = b""
    for number in range(batches):
        leaves = [f"{number} {place}".encode().ljust(LEAF_BYTES, b".") for place in range(batch)]
        files.write(tree.append(leaves).files)
        note = sign_checkpoint(tree.head, key)
        files.write([("checkpoint", note)])
    rate = tree.size / (time.perf_counter() - started)
    text = note.decode() + cosign(note.decode().partition("\n\n")[0] + "\n", witness, int(time.time()))
    path = TileReader(tree.size, files.read).inclusion_proof(tree.size // 3)
    return rate, len(Receipt(tree.size // 3, tuple(path), text.encode()).format())


def measure() -> dict[str, float]:
    """Return medians of entries a second in batches and one by one, and bytes of a receipt."""
    together, alone = [], []
    with scratch() as folder:
        for run in range(RUNS):
            together.append(fill(folder / f"many{run}", BATCHES, BATCH))
            alone.append(fill(folder / f"one{run}", EACH_ALONE, 1)[0])
    rates = [rate for rate, _ in together]
    return {
        "leaves": statistics.median(rates),
        "alone": statistics.median(alone),
        "receipt": together[0][1],
    }


if __name__ == "__main__":
    tell(FIGURES, measure)
