"""Rows and files as what a sequencer stands on: held to one contract."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from tests.server.ledgers import Kept, kept_in

from fanlight.proof.errors import EntryRefused
from fanlight.proof.openings import make_leaf
from fanlight.server.log.file_ledger import FileLedger
from fanlight.server.log.ledger import LogBroken, Signed, SignedOtherwise

Body = Callable[[Kept], Coroutine[Any, Any, None]]
Run = Callable[[Body], None]


@pytest.fixture(params=["rows", "files"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    def with_kept(body: Body) -> None:
        async def inside() -> None:
            async with kept_in(
                request.param, lambda: str(request.getfixturevalue("database")), tmp_path
            ) as kept:
                await body(kept)

        asyncio.run(inside())

    if request.param == "rows":
        request.getfixturevalue("database")  # made here: not from within a running loop
    return with_kept


def signed(size: int, root: bytes = bytes(32)) -> Signed:
    return Signed(size, root, f"checkpoint of {size}\n")


def test_leaves_get_places_in_the_order_they_were_queued_in_and_keep_them(run: Run) -> None:
    async def body(kept: Kept) -> None:
        ledger = await kept.open()
        assert await ledger.last_signed() is None
        leaves = [b"%d" % number for number in range(7)]
        await kept.queue(*leaves[:4])
        await kept.queue(*leaves[4:])
        async with ledger.turn() as turn:
            assert turn is not None
            assert turn.signed is None
            assert await turn.place(0, 3) == leaves[:3]
            await turn.keep(signed(3))
        async with ledger.turn() as turn:
            assert turn is not None
            assert turn.signed == signed(3)
            assert await turn.place(3, 100) == leaves[3:]
            await turn.keep(signed(7))
        async with ledger.turn() as turn:
            assert turn is not None
            assert await turn.place(7, 100) == []
        again = await kept.open()
        assert await again.bodies(0, 100) == leaves
        assert await again.bodies(2, 5) == leaves[2:5]
        assert await again.bodies(7, 9) == []
        assert await again.last_signed() == signed(7)

    run(body)


def test_a_turn_that_raises_leaves_nothing_behind(run: Run) -> None:
    async def body(kept: Kept) -> None:
        ledger = await kept.open()
        await kept.queue(b"one", b"two")

        async def half_a_turn() -> None:
            async with ledger.turn() as turn:
                assert turn is not None
                assert await turn.place(0, 2) == [b"one", b"two"]
                await turn.keep(signed(2))
                raise KeyError

        with pytest.raises(KeyError):
            await half_a_turn()
        assert await ledger.last_signed() is None
        async with ledger.turn() as turn:
            assert turn is not None
            assert await turn.place(0, 2) == [b"one", b"two"]

    run(body)


def test_only_one_has_its_turn_and_the_next_one_sees_what_it_left(run: Run) -> None:
    """Two sequencers at once, each with its own opening, as two processes have them."""

    async def body(kept: Kept) -> None:
        one, other = await kept.open(), await kept.open()
        order: list[str] = []

        async def waiting() -> None:
            async with other.turn(wait=True) as turn:
                assert turn is not None
                order.append("second")
                assert turn.signed == signed(1)

        await kept.queue(b"leaf")
        async with one.turn() as turn:
            assert turn is not None
            async with other.turn() as refused:
                assert refused is None
            task = asyncio.create_task(waiting())
            assert await turn.place(0, 9) == [b"leaf"]
            await turn.keep(signed(1))
            order.append("first")
        await task
        assert order == ["first", "second"]

    run(body)


def test_whoever_is_cancelled_while_waiting_or_in_a_turn_leaves_it_free(run: Run) -> None:
    async def body(kept: Kept) -> None:
        one, other = await kept.open(), await kept.open()
        begun = asyncio.Event()

        async def have(*, wait: bool) -> None:
            async with other.turn(wait=wait):
                begun.set()
                await asyncio.Event().wait()

        async with one.turn() as turn:
            assert turn is not None
            waiting = [asyncio.create_task(have(wait=True)) for _ in range(3)]
            await asyncio.sleep(0)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        having = asyncio.create_task(have(wait=True))
        await begun.wait()
        having.cancel()
        await asyncio.gather(having, return_exceptions=True)
        async with one.turn() as turn:
            assert turn is not None

    run(body)


@pytest.mark.parametrize("then", [signed(5), signed(5, b"\1" * 32), signed(4)])
def test_what_contradicts_or_steps_behind_what_was_signed_is_not_kept(run: Run, then: Signed) -> None:
    async def body(kept: Kept) -> None:
        ledger = await kept.open()
        async with ledger.turn() as turn:
            assert turn is not None
            await turn.keep(signed(5))

        async def keep_again() -> None:
            async with ledger.turn() as turn:
                assert turn is not None
                await turn.keep(then)

        with pytest.raises(SignedOtherwise, match=f"checkpoint of {then.size} entries is not above"):
            await keep_again()
        assert await ledger.last_signed() == signed(5)

    run(body)


def test_the_empty_log_is_signed_once(run: Run) -> None:
    async def body(kept: Kept) -> None:
        ledger = await kept.open()
        async with ledger.turn() as turn:
            assert turn is not None
            await turn.keep(signed(0))
        assert await (await kept.open()).last_signed() == signed(0)

    run(body)


def test_a_leaf_at_the_limit_is_taken_and_read_back_whole(run: Run) -> None:
    async def body(kept: Kept) -> None:
        ledger = await kept.open()
        leaf = bytes(range(256)) * 255 + bytes(255)
        assert len(leaf) == 65_535
        await kept.queue(b"", leaf, b"x")
        async with ledger.turn() as turn:
            assert turn is not None
            assert await turn.place(0, 3) == [b"", leaf, b"x"]

    run(body)


def test_a_leaf_above_the_limit_is_refused_before_anything_is_kept(tmp_path: Path) -> None:
    """One error, whoever makes the leaf and wherever it would go."""
    said = "longer than the 65,535 a log can hold"
    fixed = len(make_leaf("case", {"words": ""})[0])
    assert len(make_leaf("case", {"words": "x" * (65_535 - fixed)})[0]) == 65_535
    with pytest.raises(EntryRefused, match=said):
        make_leaf("case", {"words": "x" * (65_536 - fixed)})
    ledger = FileLedger(tmp_path)
    with pytest.raises(EntryRefused, match=said):
        ledger.append([b"fits", bytes(65_536)])
    assert asyncio.run(ledger.bodies(0, 9)) == []
    ledger.close()


def test_a_tail_that_was_cut_anywhere_or_zeroed_is_mended_and_nothing_acknowledged_is_lost(
    tmp_path: Path,
) -> None:
    """A crash within the last write leaves any part of it, or zeros: what was acknowledged before stays."""
    ledger = FileLedger(tmp_path)
    ledger.append([b"one", b"two"])
    safe = (tmp_path / "leaves").stat().st_size
    ledger.append([b"three" * 30, b"four"])
    ledger.close()
    whole = (tmp_path / "leaves").read_bytes()
    tails = [whole[:cut] for cut in range(safe, len(whole))]
    tails += [whole[:cut] + bytes(len(whole) - cut) for cut in range(safe, len(whole))]
    for tail in tails:
        (tmp_path / "leaves").write_bytes(tail)
        again = FileLedger(tmp_path)
        assert asyncio.run(again.bodies(0, 9)) == [b"one", b"two"]
        assert again.append([b"five"]) == 2
        again.close()
        last = FileLedger(tmp_path)
        assert asyncio.run(last.bodies(0, 9)) == [b"one", b"two", b"five"]
        last.close()


def test_a_checkpoint_that_was_cut_anywhere_was_never_signed(tmp_path: Path) -> None:
    async def keep(size: int) -> None:
        ledger = FileLedger(tmp_path)
        ledger.append([b"leaf"])
        async with ledger.turn() as turn:
            assert turn is not None
            await turn.keep(signed(size))
        ledger.close()

    asyncio.run(keep(1))
    safe = (tmp_path / "signed").stat().st_size
    asyncio.run(keep(2))
    whole = (tmp_path / "signed").read_bytes()
    for cut in range(safe, len(whole)):
        (tmp_path / "signed").write_bytes(whole[:cut])
        ledger = FileLedger(tmp_path)
        assert asyncio.run(ledger.last_signed()) == signed(1)
        ledger.close()


@pytest.mark.parametrize("at", range(13))
def test_damage_to_what_was_signed_is_refused_and_not_mended(at: int, tmp_path: Path) -> None:
    async def body() -> None:
        ledger = FileLedger(tmp_path)
        ledger.append([b"one"])
        ledger.append([b"two"])
        async with ledger.turn() as turn:
            assert turn is not None
            await turn.keep(signed(2))
        ledger.close()

    asyncio.run(body())
    data = bytearray((tmp_path / "leaves").read_bytes())
    data[at] ^= 1
    (tmp_path / "leaves").write_bytes(data)
    with pytest.raises(LogBroken, match=r"damaged at byte 0|has 0 of the 2 that were signed"):
        FileLedger(tmp_path)
    assert (tmp_path / "leaves").read_bytes() == bytes(data)


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    ledger = FileLedger(tmp_path)
    ledger.append([b"one"])
    ledger.close()
    (tmp_path / "signed").write_bytes((tmp_path / "leaves").read_bytes())
    with pytest.raises(LogBroken, match="signed is not what this program writes"):
        FileLedger(tmp_path)


def test_several_threads_and_openings_append_and_lose_nothing(tmp_path: Path) -> None:
    """Two processes that append at once: every leaf has a place of its own."""

    async def body() -> None:
        ledgers = [FileLedger(tmp_path) for _ in range(2)]

        def add(number: int) -> tuple[int, bytes]:
            leaf = b"%d" % number
            return ledgers[number % 2].append([leaf]), leaf

        placed = await asyncio.gather(*(asyncio.to_thread(add, number) for number in range(40)))
        assert sorted(place for place, _ in placed) == list(range(40))
        for ledger in ledgers:
            found = await ledger.bodies(0, 99)
            assert all(found[place] == leaf for place, leaf in placed)
            ledger.close()

    asyncio.run(body())
