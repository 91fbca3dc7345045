"""Blobs in a directory and in a real S3, held to the same contract; what a directory does beyond it."""

import asyncio
import datetime as dt
import os
import random
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.store.s3server import S3, s3_server

from fanlight.model.ids import new_id
from fanlight.store.blobs import BlobMissing, Blobs, BlobsAway, DiskFull, ImmutableKey, key_of

DAY = dt.date(2026, 11, 20)
MIDNIGHT = dt.datetime(2026, 11, 20, tzinfo=dt.UTC).timestamp()
Body = Callable[[], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture(params=["directory", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Blobs:
    if request.param == "directory":
        return Blobs(tmp_path / "blobs")
    s3: S3 = request.getfixturevalue("s3")
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return Blobs(f"{s3.url}/{new_id()}")


async def keys(blobs: Blobs, shelf: str) -> set[str]:
    return {key async for page in blobs.keys(shelf) for key in page}


def test_a_key_holds_its_first_bytes_for_ever(blobs: Blobs, tmp_path: Path) -> None:
    async def body() -> None:
        key, source = key_of(new_id()), tmp_path / "source"
        source.write_bytes(bytes(range(256)) * 9_000)
        await blobs.put_file(key, source, DAY)
        await blobs.put_file(key, source, DAY)
        assert await blobs.holds(key)
        assert await blobs.get(key, 254, 257) == bytes([254, 255, 0, 1])
        pieces = [piece async for piece in blobs.stream(key, 5, 2_000_000)]
        assert b"".join(pieces) == source.read_bytes()[5:2_000_001]
        for other in (b"other", bytes(256 * 9_000)):
            source.unlink()
            source.write_bytes(other)
            with pytest.raises(ImmutableKey):
                await blobs.put_file(key, source, DAY)
        assert await blobs.get(key, 254, 257) == bytes([254, 255, 0, 1])
        await blobs.delete(key)
        await blobs.delete(key)
        assert not await blobs.holds(key)
        for wrong in (key, "../../etc/passwd"):
            with pytest.raises(BlobMissing):
                await blobs.get(wrong, 0, 1)

    asyncio.run(body())


def test_a_stored_payload_stays_when_the_file_it_came_from_goes(blobs: Blobs, tmp_path: Path) -> None:
    """The sizes of one part and of several, as the library sends them to an S3."""

    async def body() -> None:
        for size in (1, (8 << 20) - 1, 8 << 20, (16 << 20) + 1):
            key, source, data = key_of(new_id(), "clips"), tmp_path / "source", random.randbytes(size)
            source.write_bytes(data)
            await blobs.put_file(key, source, DAY)
            source.unlink()
            assert b"".join([piece async for piece in blobs.stream(key, 0, size - 1)]) == data

    asyncio.run(body())


def test_a_shelf_lists_its_own_keys_and_no_others(blobs: Blobs, tmp_path: Path) -> None:
    """What a room sweeps is what it put there: another room's payloads are not even seen."""

    async def body() -> None:
        source = tmp_path / "source"
        source.write_bytes(b"sealed")
        assert await keys(blobs, "clips") == set()
        put = {shelf: {key_of(new_id(), shelf) for _ in range(3)} for shelf in ("", "clips", "others")}
        for key in {key for shelf in put.values() for key in shelf}:
            await blobs.put_file(key, source, DAY)
        assert await keys(blobs, "clips") == put["clips"]
        gone = put["clips"].pop()
        await blobs.delete(gone)
        assert await keys(blobs, "clips") == put["clips"]

    asyncio.run(body())


def test_a_store_that_is_gone_is_said_to_be_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No endpoint, key or secret is in what is said."""

    async def body(blobs: Blobs) -> None:
        key, source = key_of(new_id()), tmp_path / "source"
        source.write_bytes(b"sealed")
        for work in (
            blobs.put_file(key, source, DAY),
            blobs.get(key, 0, 1),
            blobs.delete(key),
            blobs.holds(key),
        ):
            with pytest.raises(BlobsAway) as away:
                await work
            assert not [value for value in named.values() if len(value) > 4 and value in str(away.value)]
        with pytest.raises(BlobsAway):
            await keys(blobs, "clips")

    with s3_server(tmp_path / "s3") as running:
        named = running.environment
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    asyncio.run(body(Blobs(running.url)))
    with pytest.raises(BlobsAway, match="cannot be opened"):
        Blobs("gopher://somewhere/else")


# A directory


def test_files_and_folders_tell_the_day_and_nothing_finer(tmp_path: Path) -> None:
    """R11: no time of an event can be read from the blobs' own times."""

    async def body() -> None:
        blobs, source = Blobs(tmp_path / "blobs"), tmp_path / "source"
        source.write_bytes(b"sealed")
        gone = key_of(new_id(), "clips")
        for key in (key_of(new_id()), key_of(new_id(), "clips"), gone):
            await blobs.put_file(key, source, DAY)
        await blobs.delete(gone)

    asyncio.run(body())
    times = {path.stat().st_mtime for path in (tmp_path / "blobs", *(tmp_path / "blobs").rglob("*"))}
    assert MIDNIGHT in times
    assert {time % 86_400 for time in times} == {0}


def test_a_look_at_a_blob_leaves_no_time_behind(tmp_path: Path) -> None:
    """R11: who opens a clip right after the alert must not leave the hour of the event in a file's times."""

    async def body() -> None:
        blobs, source, key = Blobs(tmp_path / "blobs"), tmp_path / "source", key_of(new_id(), "clips")
        source.write_bytes(b"sealed")
        await blobs.put_file(key, source, DAY)
        before = (tmp_path / "blobs" / key).stat().st_atime
        assert await blobs.get(key, 0, 5) == b"sealed"
        assert (tmp_path / "blobs" / key).stat().st_atime == before
        assert before % 86_400 == 0

    asyncio.run(body())


def test_a_disk_without_links_holds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(os.strerror(18))

    async def body() -> None:
        blobs, source, key = Blobs(tmp_path / "blobs"), tmp_path / "source", key_of(new_id(), "clips")
        source.write_bytes(b"sealed")
        await blobs.put_file(key, source, DAY)
        await blobs.put_file(key, source, DAY)
        source.write_bytes(b"others")
        with pytest.raises(ImmutableKey):
            await blobs.put_file(key, source, DAY)
        assert await blobs.get(key, 0, 5) == b"sealed"
        assert await keys(blobs, "clips") == {key}

    monkeypatch.setattr("os.link", refuse)
    asyncio.run(body())
    assert [path.name for path in (tmp_path / "blobs").rglob(".*")] == []


def test_a_place_that_cannot_be_written_is_said_to_be_full(tmp_path: Path) -> None:
    async def body() -> None:
        identifier = new_id()
        blobs, source = Blobs(tmp_path / "blobs"), tmp_path / "source"
        source.write_bytes(b"sealed")
        (tmp_path / "blobs" / identifier[:2]).write_text("a file where a folder should be")
        with pytest.raises(DiskFull, match="cannot be written"):
            await blobs.put_file(key_of(identifier), source, DAY)

    asyncio.run(body())
