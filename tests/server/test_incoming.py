"""Payloads on their way in, whose steps are written while the next ones arrive."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanlight.seal.chunktree import PayloadHasher
from fanlight.server.errors import Conflict
from fanlight.server.incoming import Incoming

MIB = 1 << 20
BYTES = b"".join(hashlib.sha256(number.to_bytes(4)).digest() for number in range(6 * MIB // 32))


class BrokeOffError(Exception):
    """The sender went away."""


async def in_pieces(data: bytes, sizes: list[int], *, breaks: bool) -> AsyncIterator[bytes]:
    """Yield `data` in pieces of these sizes, and what is left over unless it breaks off there."""
    at = 0
    for size in sizes:
        yield data[at : at + size]
        at += size
        await asyncio.sleep(0)
    if breaks:
        raise BrokeOffError
    yield data[at:]


def root_of(data: bytes) -> str:
    """Return the root of a payload in one go."""
    hasher = PayloadHasher()
    hasher.update(data)
    return hasher.root().hex()


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(1, MIB + 9), max_size=5), before=st.integers(0, MIB), breaks=st.booleans())
def test_what_arrived_is_there_in_its_order_wherever_the_sender_broke_off(
    *, sizes: list[int], before: int, breaks: bool
) -> None:
    """R01: all that came before a break is kept, and hashed as if it had come at once."""

    async def scene(incoming: Incoming) -> None:
        await incoming.append("one", 0, BYTES[:before], len(BYTES))
        pieces = in_pieces(BYTES[before:], sizes, breaks=breaks)
        there = BYTES[: before + sum(sizes)] if breaks else BYTES
        if breaks:
            with pytest.raises(BrokeOffError):
                await incoming.receive("one", before, pieces, len(BYTES))
        else:
            assert await incoming.receive("one", before, pieces, len(BYTES)) == len(BYTES)
        assert incoming.read("one") == there
        assert await incoming.measure("one") == ((len(there), root_of(there)) if there else (0, ""))

    with TemporaryDirectory() as folder:
        asyncio.run(scene(Incoming(Path(folder))))


def test_a_call_that_is_cut_short_leaves_what_arrived(tmp_path: Path) -> None:
    """R01: the step under way is finished, and what came after it is added behind it."""

    async def scene() -> None:
        incoming, waits = Incoming(tmp_path), asyncio.Event()

        async def pieces() -> AsyncIterator[bytes]:
            yield BYTES[: MIB + 5]
            yield BYTES[MIB + 5 : 2 * MIB]
            waits.set()
            await asyncio.Event().wait()

        call = asyncio.create_task(incoming.receive("one", 0, pieces(), len(BYTES)))
        await waits.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert incoming.read("one") == BYTES[: 2 * MIB]
        assert await incoming.measure("one") == (2 * MIB, root_of(BYTES[: 2 * MIB]))

    asyncio.run(scene())


def test_a_file_that_vanished_behind_a_step_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R01: what was hashed of it does not count for what comes then."""

    async def scene(incoming: Incoming) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(incoming, "_hide_time", lambda name: incoming.path(name).unlink())
            await incoming.append("one", 0, BYTES[:100], 1_000)
        assert incoming.received("one") == 0
        await incoming.append("one", 0, BYTES[:700], 1_000)
        assert await incoming.measure("one") == (700, root_of(BYTES[:700]))

    asyncio.run(scene(Incoming(tmp_path)))


@pytest.mark.parametrize("altered", [5, MIB + 5, 2 * MIB + 5])
def test_other_bytes_than_before_are_refused_and_nothing_behind_them_is_taken(
    tmp_path: Path, altered: int
) -> None:
    """R01: what was received first is what is there, in whichever step the difference lies."""

    async def scene() -> None:
        incoming = Incoming(tmp_path)
        await incoming.append("one", 0, BYTES[: 3 * MIB], len(BYTES))
        other = BYTES[:altered] + bytes([BYTES[altered] ^ 1]) + BYTES[altered + 1 :]
        with pytest.raises(Conflict) as refused:
            await incoming.receive("one", 0, in_pieces(other, [MIB] * 4, breaks=False), len(BYTES))
        assert refused.value.code == "server.upload_differs"
        assert incoming.read("one") == BYTES[: 3 * MIB]

    asyncio.run(scene())
