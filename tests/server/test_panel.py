"""Two of three witnesses have to sign: who is away, slow or lies is named and holds up nobody."""

import asyncio
import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.running import Running, prepare, running, witness_process

from fanlight.proof.cosignature import Witness, cosigners, parse_witnesses
from fanlight.proof.note import COSIGNATURE, Note, SignerKey
from fanlight.proof.witness_list import Listed, WitnessList
from fanlight.server.errors import Unavailable

NAMES = ("w1.example", "w2.example", "w3.example")
NOBODY = "http://127.0.0.1:9"


@contextlib.contextmanager
def three(folder: Path, vkey: str) -> Iterator[list[Listed]]:
    """Run three witnesses, each with its own key and folder."""
    with contextlib.ExitStack() as stack:
        yield [listed(folder, vkey, name, stack) for name in NAMES]


def listed(folder: Path, vkey: str, name: str, stack: contextlib.ExitStack) -> Listed:
    """Run one of them."""
    url = stack.enter_context(witness_process(folder / name, vkey, name=name))
    key = SignerKey.parse((folder / name / "witness.key").read_text().strip())
    return Listed(Witness(key.verifier, f"the library of {name}"), url)


async def entered(town: Running, **receipt: float) -> Note:
    """Enter a leaf; return the checkpoint that its receipt stands on."""
    async with town.services.db.transaction() as tx:
        leaf = await town.services.log.queue_leaf(tx, "case", {"panel": True})
    return Note.parse((await town.services.log.receipt(leaf, **receipt)).note)


def signers(note: Note, rows: list[Listed]) -> list[str]:
    return [one.witness.key.name for one in cosigners(note, [row.witness for row in rows])]


async def states(town: Running) -> list[str]:
    return [row["state"] for row in (await town.json("/v1/log/state"))["witnesses"]]


def test_three_witnesses_sign_and_the_folder_names_them(database: str, tmp_path: Path) -> None:
    """R42: a receipt carries what each of them signed."""
    vkey = prepare(tmp_path)

    async def body(rows: list[Listed]) -> None:
        async with running(tmp_path, database, witnesses=WitnessList(2, tuple(rows))) as town:
            note = await entered(town)
            assert len(signers(note, rows)) >= 2
            named = parse_witnesses((await town.http.get("/log/witness.vkeys")).text)
            assert [(w.key, w.run_by) for w in named] == [(r.witness.key, r.witness.run_by) for r in rows]
            state = await town.json("/v1/log/state")
            assert (state["witness"], state["need"]) == ("cosigning", 2)
            assert [row["name"] for row in state["witnesses"]] == list(NAMES)

    with three(tmp_path, vkey) as rows:
        asyncio.run(body(rows))


def test_one_that_is_away_is_named_and_two_are_enough(database: str, tmp_path: Path) -> None:
    """R42: one organisation's outage stops nothing."""
    vkey = prepare(tmp_path)

    async def body(rows: list[Listed]) -> None:
        rows[1] = Listed(rows[1].witness, NOBODY)
        async with running(tmp_path, database, witnesses=WitnessList(2, tuple(rows))) as town:
            assert signers(await entered(town), rows) == [NAMES[0], NAMES[2]]
            assert (await town.json("/v1/log/state"))["witness"] == "cosigning"
            assert await states(town) == ["cosigning", "away", "cosigning"]

    with three(tmp_path, vkey) as rows:
        asyncio.run(body(rows))


def test_with_one_of_three_nothing_counts_as_cosigned(database: str, tmp_path: Path) -> None:
    """R42: no receipt is given on fewer than the list asks for."""
    vkey = prepare(tmp_path)

    async def body(rows: list[Listed]) -> None:
        rows[0], rows[1] = (Listed(row.witness, NOBODY) for row in rows[:2])
        async with running(tmp_path, database, witnesses=WitnessList(2, tuple(rows))) as town:
            with pytest.raises(Unavailable, match="has not signed the record yet"):
                await entered(town, timeout_s=0.3)
            assert (await town.json("/v1/log/state"))["witness"] == "away"

            async def published() -> bool:
                return bool(await town.leaves("case"))

            await town.until(published)
            note = Note.parse((await town.http.get("/log/checkpoint")).content)
            assert signers(note, rows) == [NAMES[2]]

    with three(tmp_path, vkey) as rows:
        asyncio.run(body(rows))


def test_one_that_signs_with_another_key_does_not_count(database: str, tmp_path: Path) -> None:
    """R42: a line is passed on only where the listed key made it."""
    vkey = prepare(tmp_path)

    async def body(rows: list[Listed]) -> None:
        other = SignerKey(NAMES[0], COSIGNATURE, b"\x07" * 32).verifier
        rows[0] = Listed(Witness(other, "nobody"), rows[0].url)
        async with running(tmp_path, database, witnesses=WitnessList(2, tuple(rows))) as town:
            assert signers(await entered(town), rows) == [NAMES[1], NAMES[2]]
            assert (await states(town))[0] == "away"

    with three(tmp_path, vkey) as rows:
        asyncio.run(body(rows))


def test_one_that_never_answers_is_not_waited_for(database: str, tmp_path: Path) -> None:
    """R42: a receipt comes while the third keeps its line open and silent."""
    vkey = prepare(tmp_path)

    async def body(rows: list[Listed]) -> None:
        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            rows[2] = Listed(rows[2].witness, f"http://127.0.0.1:{port}")
            async with running(tmp_path, database, witnesses=WitnessList(2, tuple(rows))) as town:
                assert signers(await entered(town), rows) == [NAMES[0], NAMES[1]]
                assert await states(town) == ["cosigning", "cosigning", "away"]

    with three(tmp_path, vkey) as rows:
        asyncio.run(body(rows))


def test_all_three_refuse_another_history(database: str, second_database: str, tmp_path: Path) -> None:
    """R42: an operator who begins again under the same key finds nobody who signs it."""
    vkey = prepare(tmp_path)

    async def first(rows: list[Listed]) -> None:
        async with running(tmp_path, database, witnesses=WitnessList(2, tuple(rows))) as town:
            await entered(town)
            await town.settled()

    async def again(rows: list[Listed], fresh: Path) -> None:
        async with running(fresh, second_database, witnesses=WitnessList(2, tuple(rows))) as town:
            with pytest.raises(Unavailable):
                await entered(town, timeout_s=0.3)

            async def told() -> bool:
                return await states(town) == ["disagrees"] * 3

            await town.until(told)
            state = await town.json("/v1/log/state")
            assert state["witness"] == "away"
            assert "another state of this log" in state["trouble"]

    with three(tmp_path, vkey) as rows:
        asyncio.run(first(rows))
        fresh = tmp_path / "again"
        (fresh / "server").mkdir(parents=True)
        shutil.copy(tmp_path / "server" / "log.key", fresh / "server" / "log.key")
        assert prepare(fresh) == vkey
        asyncio.run(again(rows, fresh))
