"""A sequencer that dies, or whose disk or database fails it, at every write: the record goes on as one.

Each write is failed three ways: the process ends before it; it is reported as failed and was not done; it is
reported as failed and was done. Then a new sequencer takes over what is there.
"""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from tests.server.ledgers import Crash, Ever, Failed, Fault, FaultyFiles, FaultyLedger, Kept, kept_in

from fanlight.model.check import State
from fanlight.proof import merkle, tiles
from fanlight.proof.checkpoint import open_checkpoint
from fanlight.proof.note import ED25519, SignerKey
from fanlight.proof.verify_log import verify_log
from fanlight.server.log.keys import LogKeys
from fanlight.server.log.sequencer import Sequencer
from fanlight.store.log_files import LogFiles

KEY = SignerKey("faults.example/log", ED25519, bytes(range(32)))
KEYS = LogKeys(KEY)
NEVER = 1 << 30
FIRST, SECOND = 254, 5  # the second batch fills a tile

Run = Callable[[Callable[[Kept], Coroutine[Any, Any, None]]], None]


@pytest.fixture(params=["rows", "files"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    def with_kept(body: Callable[[Kept], Coroutine[Any, Any, None]]) -> None:
        async def inside() -> None:
            async with kept_in(
                request.param, lambda: str(request.getfixturevalue("database")), tmp_path
            ) as kept:
                await body(kept)

        asyncio.run(inside())

    if request.param == "rows":
        request.getfixturevalue("database")
    return with_kept


async def two_batches(kept: Kept, fault: Fault, folder: Path, ever: Ever, tag: str) -> list[bytes]:
    """Sequence two batches, one of which goes wrong; return what was queued by then."""
    queued: list[bytes] = []
    ledger = FaultyLedger(await kept.open(), fault)
    sequencer = Sequencer(ledger, FaultyFiles(folder, fault, ever), KEYS, None)
    try:
        await sequencer.start()
        for count in (FIRST, SECOND):
            leaves = [f"{tag} {len(queued) + number}".encode() for number in range(count)]
            await kept.queue(*leaves)
            queued += leaves
            await sequencer.catch_up()
    except (Crash, Failed):
        pass
    return queued


def check_record(folder: Path, ever: Ever, queued: list[bytes]) -> None:
    """Everything queued is in it once and in order; all that was ever shown goes on to what is shown now."""
    files = LogFiles(folder)
    found = {check.name: check for check in verify_log(files.read)}
    wrong = [check for check in found.values() if check.state is State.FAILS]
    assert not wrong
    assert found["root"].state is State.HOLDS
    heads = [open_checkpoint(note, KEY.verifier).head for note in ever.checkpoints]
    reader = tiles.TileReader(heads[-1].size, files.read)
    assert reader.entries(0, 1 << 20) == queued
    assert [head.size for head in heads] == sorted(head.size for head in heads)
    for head in set(heads):
        merkle.verify_consistency(head, heads[-1], reader.consistency_proof(head.size))


@pytest.mark.parametrize("landed", [False, True], ids=["not-done", "done"])
@pytest.mark.parametrize("kind", [Crash, Failed])
def test_after_any_write_that_failed_the_next_sequencer_goes_on_as_if_it_had_not(
    run: Run,
    kind: type[BaseException],
    landed: bool,  # noqa: FBT001 - a case of the test
    tmp_path: Path,
) -> None:
    """R42: a crash or a lying disk at any write loses no entry, doubles none and rewrites nothing shown."""
    happened: list[str] = []

    async def body(kept: Kept) -> None:
        at, base = 0, list[bytes]()
        folder, ever = tmp_path / "log", Ever()
        while True:
            # One log all along: it grows by two batches a fault, so that faults meet full and partial tiles.
            fault = Fault(at, landed=landed, kind=kind)
            base += await two_batches(kept, fault, folder, ever, f"at {at}")
            calm = Fault(NEVER, landed=False, kind=Crash)
            after = Sequencer(await kept.open(), FaultyFiles(folder, calm, ever), KEYS, None)
            await after.start()
            await after.catch_up()
            check_record(folder, ever, base)
            if not fault.happened:
                return
            happened.append(fault.happened)
            at += 1

    run(body)
    assert {"place", "keep", "end of turn", "checkpoint", "checkpoint.old"} <= set(happened)
    assert any(name.startswith("tile/entries/") for name in happened)
    assert any(name.startswith("tile/1/") for name in happened)


def test_a_sequencer_whose_write_failed_goes_on_by_itself(run: Run, tmp_path: Path) -> None:
    async def body(kept: Kept) -> None:
        folder, ever = tmp_path / "log", Ever()
        fault = Fault(9, landed=True, kind=Failed)
        sequencer = Sequencer(
            FaultyLedger(await kept.open(), fault), FaultyFiles(folder, fault, ever), KEYS, None
        )
        await sequencer.start()
        task = asyncio.create_task(sequencer.run())
        await kept.queue(*(b"%d" % number for number in range(300)))
        sequencer.wake()
        await sequencer.wait_for(300, cosigned=True)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert fault.happened
        check_record(folder, ever, [b"%d" % number for number in range(300)])

    run(body)


def test_two_sequencers_at_once_write_one_record(run: Run, tmp_path: Path) -> None:
    """Two servers by mistake, on one ledger and one folder: no fork, no gap, and nothing goes back."""

    async def body(kept: Kept) -> None:
        folder, ever = tmp_path / "log", Ever()
        calm = Fault(NEVER, landed=False, kind=Crash)
        both = [
            Sequencer(await kept.open(), FaultyFiles(folder, calm, ever), KEYS, None, batch=3)
            for _ in range(2)
        ]
        for one in both:
            await one.start()
        tasks = [asyncio.create_task(one.run()) for one in both]
        queued = [b"%d" % number for number in range(60)]
        for start in range(0, 60, 6):
            await kept.queue(*queued[start : start + 6])
            for one in both:
                one.wake()
            await asyncio.gather(*(one.wait_for(start + 6, cosigned=True) for one in both))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        check_record(folder, ever, queued)

    run(body)
