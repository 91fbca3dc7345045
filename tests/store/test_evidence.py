"""Copies given to agencies in a bucket of a real S3 that locks objects."""

import asyncio
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from minio import Minio
from minio.datatypes import Object
from minio.error import S3Error
from tests.store.s3server import KEY, S3, SECRET, s3_server

from fanlight.model.ids import new_id
from fanlight.store.blobs import BlobMissing, Blobs, BlobsAway, ImmutableKey, key_of
from fanlight.store.evidence import LockedBlobs, NoObjectLock

DAY = dt.date(2026, 11, 20)
BUCKET = "evidence"


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        somebody(running).make_bucket(BUCKET, object_lock=True)
        yield running


@pytest.fixture(autouse=True)
def environment(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    """Say where the S3 is, as an operator does."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)


def somebody(s3: S3) -> Minio:
    """Return a client of somebody who may do everything, and knows nothing of Fanlight."""
    endpoint = s3.endpoint.removeprefix("http://")
    return Minio(endpoint, access_key=KEY, secret_key=SECRET, secure=False, region="us-east-1")


def there(s3: S3, name: str) -> list[Object]:
    """Return each version and each marker of an object."""
    return list(somebody(s3).list_objects(BUCKET, prefix=name, include_version=True))


def made(path: Path, size: int) -> bytes:
    """Make a file of random bytes; return them."""
    data = random.randbytes(size)
    path.write_bytes(data)
    return data


@pytest.mark.parametrize("size", [1, (16 << 20) + 1])
def test_a_copy_is_held_until_we_remove_it_and_then_no_version_is_left(
    s3: S3, tmp_path: Path, size: int
) -> None:
    """R26: in one part and in several."""

    async def body() -> None:
        place = LockedBlobs(f"s3://{BUCKET}/town", Blobs(tmp_path / "older"))
        await place.check()
        key, source = key_of(new_id()), tmp_path / "source"
        data = made(source, size)
        await place.put_file(key, source, DAY)
        await place.put_file(key, source, DAY)
        (version,) = there(s3, f"town/{key}")
        with pytest.raises(S3Error, match="AccessDenied"):
            somebody(s3).remove_object(BUCKET, f"town/{key}", version_id=version.version_id)
        assert b"".join([piece async for piece in place.stream(key, 0, size - 1)]) == data
        made(source, size + 1)
        with pytest.raises(ImmutableKey):
            await place.put_file(key, source, DAY)

        somebody(s3).remove_object(BUCKET, f"town/{key}")  # leaves a marker, and the bytes
        assert len(there(s3, f"town/{key}")) == 2
        await place.delete(key)
        await place.delete(key)
        assert there(s3, f"town/{key}") == []
        assert not await place.holds(key)
        with pytest.raises(BlobMissing):
            await place.get(key, 0, 0)

    asyncio.run(body())


def test_an_object_whose_name_begins_alike_is_another(s3: S3, tmp_path: Path) -> None:
    async def body() -> None:
        place = LockedBlobs(f"s3://{BUCKET}", Blobs(tmp_path / "older"))
        key, source = key_of(new_id()), tmp_path / "source"
        made(source, 9)
        await place.put_file(key, source, DAY)
        somebody(s3).fput_object(BUCKET, f"{key}.bak", str(source))
        await place.delete(key)
        assert [one.object_name for one in there(s3, key)] == [f"{key}.bak"]

    asyncio.run(body())


def test_what_lay_beside_the_clips_before_is_read_and_removed_there(s3: S3, tmp_path: Path) -> None:
    async def body() -> None:
        older = Blobs(tmp_path / "older")
        place = LockedBlobs(f"s3://{BUCKET}/town", older)
        key, source = key_of(new_id()), tmp_path / "source"
        data = made(source, 1_000)
        await older.put_file(key, source, DAY)
        source = tmp_path / "again"
        source.write_bytes(data)
        await place.put_file(key, source, DAY)
        assert there(s3, f"town/{key}") == []
        assert await place.get(key, 5, 9) == data[5:10]
        await place.delete(key)
        assert not await older.holds(key)

    asyncio.run(body())


def test_a_bucket_that_locks_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoObjectLock):
        asyncio.run(LockedBlobs("s3://clips/town", Blobs(tmp_path)).check())


def test_an_s3_that_does_not_answer_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
    place, source = LockedBlobs(f"s3://{BUCKET}", Blobs(tmp_path / "older")), tmp_path / "source"
    made(source, 9)

    async def body() -> None:
        with pytest.raises(BlobsAway):
            await place.check()
        with pytest.raises(BlobsAway):
            await place.put_file(key_of(new_id()), source, DAY)
        with pytest.raises(BlobsAway):
            await place.delete(key_of(new_id()))

    asyncio.run(body())
