"""The record: cosigned receipts, an absent witness, crashes, rows that are not those that were signed."""

import asyncio
import shutil
from pathlib import Path

import psycopg
import pytest
from tests.server.running import Still, prepare, running, witness_process

from fanlight.model.check import State
from fanlight.proof.cosignature import parse_witnesses
from fanlight.proof.note import VerifierKey
from fanlight.proof.receipt import Receipt, verify_receipt
from fanlight.proof.verify_log import verify_log
from fanlight.server.errors import Unavailable
from fanlight.server.log import LogBroken


def test_a_leaf_gets_a_cosigned_receipt_and_the_folder_verifies(database: str, tmp_path: Path) -> None:
    """R42: anyone checks the log from its files; a receipt needs nothing else."""
    vkey = prepare(tmp_path)

    async def body(witness: str) -> None:
        async with running(tmp_path, database, witness=witness, ticking=Still()) as town:
            log = town.services.log
            for number in range(3):
                async with town.services.db.transaction() as tx:
                    leaf = await log.queue_leaf(tx, "case", {"number": number}, {"secret": "x"})
                proven = await log.receipt(leaf)
            served = await town.http.get(f"/v1/log/proof/{proven.index}")
            witnesses = parse_witnesses((await town.http.get("/log/witness.vkeys")).text)
            shown = verify_receipt(
                proven.leaf.encode(), Receipt.parse(served.text), VerifierKey.parse(vkey), witnesses, need=1
            )
            assert shown.checkpoint.head.size == proven.index + 1
            listed = await town.json("/v1/log/leaves", params={"type": "case", "after": proven.index - 1})
            assert [row["leaf"] for row in listed["leaves"]] == [proven.leaf]
            for path in ("/log/../server/log.key", "/log/tile/9", "/log/tile/0/000.p/0"):
                assert (await town.http.get(path)).status_code == 404

    with witness_process(tmp_path / "w", vkey) as witness:
        asyncio.run(body(witness))
    folder = tmp_path / "log"
    checks = list(verify_log(lambda path: _read(folder, path)))
    assert {check.state for check in checks} == {State.HOLDS}, checks


def _read(folder: Path, path: str) -> bytes | None:
    file = folder / path
    return file.read_bytes() if file.is_file() else None


def test_without_its_witness_the_record_goes_on_and_says_so(database: str, tmp_path: Path) -> None:
    """Entries are taken and published; what needs a cosignature waits, and is cosigned later."""
    vkey = prepare(tmp_path)

    async def body(port: int) -> None:
        async with running(tmp_path, database, witness=f"http://127.0.0.1:{port}", ticking=Still()) as town:
            assert (await town.json("/v1/log/state"))["witness"] == "away"
            async with town.services.db.transaction() as tx:
                leaf = await town.services.log.queue_leaf(tx, "case", {"alone": True})
            with pytest.raises(Unavailable, match="has not signed the record yet"):
                await town.services.log.receipt(leaf, timeout_s=0.3)

            async def published() -> bool:
                return bool(await town.leaves("case"))

            await town.until(published)
            assert (await town.http.get("/log/checkpoint")).text.count("\n\u2014 ") == 1
            with witness_process(tmp_path / "w", vkey, port):
                await town.settled()
                assert (await town.services.log.receipt(leaf)).note.count("\n\u2014 ".encode()) == 2
                assert (await town.json("/v1/log/state"))["witness"] == "cosigning"

    with witness_process(tmp_path / "w", vkey) as witness:
        port = int(witness.rpartition(":")[2])
    asyncio.run(body(port))


def test_lost_files_are_made_again_from_rows_under_the_same_roots(database: str, tmp_path: Path) -> None:
    clock = Still()

    async def start() -> bytes:
        async with running(tmp_path, database, ticking=clock) as town:
            await town.settled()
            return town.services.log.published.head.root

    first = asyncio.run(start())
    shutil.rmtree(tmp_path / "log" / "tile")
    assert asyncio.run(start()) == first
    (tmp_path / "log" / "checkpoint").unlink()
    next((tmp_path / "log" / "tile" / "0").rglob("*.p/*")).write_bytes(b"half a ti")
    assert asyncio.run(start()) == first


def test_it_never_signs_what_its_rows_contradict(database: str, tmp_path: Path) -> None:
    async def start() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            await town.settled()

    asyncio.run(start())
    with psycopg.connect(database) as owner:
        owner.execute("UPDATE leaf SET body = body || ' ' WHERE idx = 0")
    shutil.rmtree(tmp_path / "log" / "tile")
    with pytest.raises(LogBroken, match="not those this log has signed for"):
        asyncio.run(start())


def test_a_record_larger_than_the_database_knows_is_not_continued(database: str, tmp_path: Path) -> None:
    async def start() -> None:
        async with running(tmp_path, database, town=False):
            pass

    asyncio.run(start())
    with psycopg.connect(database) as owner:
        owner.execute("DELETE FROM signed_checkpoint")
    with pytest.raises(LogBroken, match="larger than what the database knows"):
        asyncio.run(start())


def test_an_erased_opening_leaves_the_log_verifiable(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            log, db = town.services.log, town.services.db
            async with db.transaction() as tx:
                leaf = await log.queue_leaf(tx, "case", {}, {"word": "gone"})
            before = await log.receipt(leaf)
            async with db.transaction() as tx:
                assert [opening.value for opening in await log.openings(tx, leaf)] == ["gone"]
                assert await log.erase_openings(tx, leaf) == 1
                assert await log.openings(tx, leaf) == []
            assert (await log.receipt(leaf)).leaf == before.leaf

    asyncio.run(body())
