"""Blobs in a directory: written once, synced, and dated no finer than the day."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from fanlight.model.ids import new_id
from fanlight.store.blobs import BlobMissing, Blobs, DiskFull, ImmutableKey, key_of

DAY = dt.date(2026, 11, 20)
MIDNIGHT = dt.datetime(2026, 11, 20, tzinfo=dt.UTC).timestamp()


def test_a_key_holds_its_first_bytes_for_ever(tmp_path: Path) -> None:
    async def body() -> None:
        blobs, key, source = Blobs(tmp_path / "blobs"), key_of(new_id()), tmp_path / "source"
        source.write_bytes(bytes(range(256)) * 9_000)
        await blobs.put_file(key, source, DAY)
        await blobs.put_file(key, source, DAY)
        assert await blobs.get(key, 254, 257) == bytes([254, 255, 0, 1])
        pieces = [piece async for piece in blobs.stream(key, 5, 2_000_000)]
        assert b"".join(pieces) == source.read_bytes()[5:2_000_001]
        source.write_bytes(b"other")
        with pytest.raises(ImmutableKey):
            await blobs.put_file(key, source, DAY)
        await blobs.delete(key)
        await blobs.delete(key)
        for wrong in (key, "../../etc/passwd"):
            with pytest.raises(BlobMissing):
                await blobs.get(wrong, 0, 1)

    asyncio.run(body())


def test_files_and_folders_tell_the_day_and_nothing_finer(tmp_path: Path) -> None:
    """R11: no time of an event can be read from the blobs' own times."""

    async def body() -> None:
        blobs, source = Blobs(tmp_path / "blobs"), tmp_path / "source"
        source.write_bytes(b"sealed")
        await blobs.put_file(key_of(new_id()), source, DAY)

    asyncio.run(body())
    times = {path.stat().st_mtime for path in (tmp_path / "blobs", *(tmp_path / "blobs").rglob("*"))}
    assert times == {MIDNIGHT}


def test_a_place_that_cannot_be_written_is_said_to_be_full(tmp_path: Path) -> None:
    async def body() -> None:
        identifier = new_id()
        blobs, source = Blobs(tmp_path / "blobs"), tmp_path / "source"
        source.write_bytes(b"sealed")
        (tmp_path / "blobs" / identifier[:2]).write_text("a file where a folder should be")
        with pytest.raises(DiskFull, match="cannot be written"):
            await blobs.put_file(key_of(identifier), source, DAY)

    asyncio.run(body())
