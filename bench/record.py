"""The record as a server keeps it: from row or file to a durable checkpoint, beside hashing; receipts.

In rows each leaf is queued in a transaction of its own, as rooms do it, by as many at once as a server has
connections. In files leaves are appended by hundreds. A leaf counts when a checkpoint over it is on the disk.
`bare` hashes the same leaves into a root and syncs the same bytes once. Receipts are asked for one by one, of
a log that three witness processes watch, two of which have to sign.
"""

import asyncio
import contextlib
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from fanlight.proof.cosignature import Witness
from fanlight.proof.merkle import hash_leaf, root_of_hashes
from fanlight.proof.note import ED25519, SignerKey, VerifierKey
from fanlight.proof.openings import make_leaf
from fanlight.proof.witness_list import Listed, WitnessList
from fanlight.server.log import Log, store
from fanlight.server.log.file_ledger import FileLedger
from fanlight.server.log.keys import LogKeys
from fanlight.server.log.panel import Panel
from fanlight.server.log.row_ledger import RowLedger
from fanlight.server.log.sequencer import Sequencer
from fanlight.store.database import Database, migrate
from fanlight.store.log_files import LogFiles
from fanlight.store.postgres import temporary
from machine import Figure, scratch, tell

RUNS = 5
ROWS, FILES, RECEIPTS = 3_000, 40_000, 100
CLIENTS, APPENDED, BATCH = 10, 500, 4_096
KEYS = LogKeys(SignerKey("bench.fanlight.example/log", ED25519, secrets.token_bytes(32)))
PUB = {"agency": "CA0389900", "day": "2026-11-22"}

FIGURES = [
    Figure(
        key="rows", what="record in rows, to a durable checkpoint", unit="leaves a second", at_least=1_000,
        how=f"{ROWS:,} leaves, each in its own transaction, {CLIENTS} at once; median of {RUNS}",
    ),
    Figure(
        key="placed", what="record in rows that wait, to a durable checkpoint", unit="leaves a second",
        at_least=1_000, how=f"{ROWS:,} leaves that were queued before; median of {RUNS}",
    ),
    Figure(
        key="files", what="record in files, to a durable checkpoint", unit="leaves a second", at_least=10_000,
        how=f"{FILES:,} leaves, {APPENDED} at a time, all synced; median of {RUNS}",
    ),
    Figure(
        key="bare", what="the same leaves hashed, and synced once", unit="leaves a second",
        how=f"{FILES:,} leaves; median of {RUNS}, in turn with the one above",
    ),
    Figure(key="of_bare", what="record in files, as a share of that", unit="", how="of these two medians"),
    Figure(
        key="receipt", what="leaf to cosigned receipt, 95th percentile", unit="s", at_most=2,
        how=f"{RECEIPTS} leaves one by one, three witnesses of which two have to sign",
    ),
    Figure(key="usual", what="leaf to cosigned receipt, median", unit="s", how="of the same"),
]  # fmt: skip


def leaf(number: int) -> bytes:
    """Return a leaf as a room makes it, about 300 bytes."""
    return make_leaf("case", PUB, {"act": "view", "detail": number})[0]


async def in_rows(url: str, folder: Path) -> float:
    """Queue and sequence; return leaves a second."""
    db = await Database.open(url, size=CLIENTS + 4)
    sequencer = Sequencer(RowLedger(db), LogFiles(folder), KEYS, None)
    await sequencer.start()
    running = asyncio.create_task(sequencer.run())
    first = sequencer.published.head.size

    async def client(count: int) -> None:
        for number in range(count):
            async with db.transaction() as tx:
                await store.add_leaf(tx, "case", dict(PUB), {"act": "view", "detail": number})
            sequencer.wake()

    started = time.perf_counter()
    await asyncio.gather(*(client(ROWS // CLIENTS) for _ in range(CLIENTS)))
    await sequencer.wait_for(first + ROWS, cosigned=True)
    took = time.perf_counter() - started
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await db.close()
    return ROWS / took


async def placed(url: str, folder: Path) -> float:
    """Sequence what waits; return leaves a second."""
    db = await Database.open(url, size=4)
    async with db.transaction() as tx:
        for number in range(ROWS):
            await store.add_leaf(tx, "case", dict(PUB), {"act": "view", "detail": number})
    sequencer = Sequencer(RowLedger(db), LogFiles(folder), KEYS, None)
    await sequencer.start()
    started = time.perf_counter()
    await sequencer.catch_up()
    took = time.perf_counter() - started
    await db.close()
    return ROWS / took


async def in_files(folder: Path, leaves: list[bytes]) -> float:
    """Append and sequence; return leaves a second."""
    ledger = FileLedger(folder / "ledger")
    sequencer = Sequencer(ledger, LogFiles(folder / "log"), KEYS, None, batch=BATCH)
    await sequencer.start()
    running = asyncio.create_task(sequencer.run())
    started = time.perf_counter()
    for at in range(0, len(leaves), APPENDED):
        await asyncio.to_thread(ledger.append, leaves[at : at + APPENDED])
        sequencer.wake()
    await sequencer.wait_for(len(leaves), cosigned=True)
    took = time.perf_counter() - started
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    ledger.close()
    return len(leaves) / took


def bare(folder: Path, leaves: list[bytes]) -> float:
    """Hash all leaves into one root and sync their bytes once; return leaves a second."""
    started = time.perf_counter()
    root_of_hashes([hash_leaf(one) for one in leaves])
    with (folder / "bare").open("wb") as file:
        file.write(b"".join(leaves))
        file.flush()
        os.fsync(file.fileno())
    return len(leaves) / (time.perf_counter() - started)


@contextlib.contextmanager
def witness(folder: Path, name: str) -> Iterator[Listed]:
    """Run a witness in a process of its own."""
    command = [sys.executable, "-m", "fanlight.witness", "--home", str(folder / name), "--name", name]
    command += ["--log", KEYS.key.verifier.vkey, "--run-by", "a neighbour"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        _, _, port, vkey = process.stdout.readline().split()
        try:
            yield Listed(Witness(VerifierKey.parse(vkey), "a neighbour"), f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


async def receipts(url: str, folder: Path, listed: list[Listed]) -> list[float]:
    """Return the seconds from queueing a leaf to its receipt, in order."""
    db = await Database.open(url, size=4)
    panel = Panel.of(WitnessList(2, tuple(listed)))
    log = Log(db, LogFiles(folder / "log"), KEYS, panel)
    await log.start()
    tasks = [asyncio.create_task(task) for task in log.tasks()]
    took = []
    for number in range(RECEIPTS):
        started = time.perf_counter()
        async with db.transaction() as tx:
            queued = await log.queue_leaf(tx, "case", dict(PUB), {"number": number})
        await log.receipt(queued)
        took.append(time.perf_counter() - started)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await panel.close()
    await db.close()
    return sorted(took)


def measure() -> dict[str, float]:
    """Return medians, and the 95th percentile of receipts."""
    rows, waiting, files, plain = [], [], [], []
    leaves = [leaf(number) for number in range(FILES)]
    with scratch() as folder, temporary() as postgres:
        migrate(postgres.url)
        for run in range(RUNS):
            rows.append(asyncio.run(in_rows(postgres.url, folder / "rows")))
            waiting.append(asyncio.run(placed(postgres.url, folder / "rows")))
            files.append(asyncio.run(in_files(folder / f"files{run}", leaves)))
            plain.append(bare(folder, leaves))
    with scratch() as folder, temporary() as postgres, contextlib.ExitStack() as stack:
        migrate(postgres.url)
        listed = [stack.enter_context(witness(folder, f"w{number}.example")) for number in range(3)]
        took = asyncio.run(receipts(postgres.url, folder, listed))
    found = {
        "rows": statistics.median(rows),
        "placed": statistics.median(waiting),
        "files": statistics.median(files),
        "bare": statistics.median(plain),
    }
    times = {"receipt": took[int(0.95 * len(took))], "usual": statistics.median(took)}
    return {**found, **times, "of_bare": found["files"] / found["bare"]}


if __name__ == "__main__":
    tell(FIGURES, measure)
