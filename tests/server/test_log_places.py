"""A log's files in a folder and in a real S3, held to one contract."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.proof.logs import make_log
from tests.server.running import Still, prepare, running
from tests.store.s3server import S3, s3_server

from fanlight.cli.verify_log import verify_log_target
from fanlight.model.check import State
from fanlight.model.ids import new_id
from fanlight.proof.tiles import TileTree, tile_path
from fanlight.store.blobs import BlobsAway
from fanlight.store.log_bucket import LogBucket, LogPlace, open_place

BUCKET = "record"


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    with s3_server(tmp_path_factory.mktemp("s3"), public=BUCKET) as running_s3:
        yield running_s3


@pytest.fixture
def bucket(s3: S3, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name a place of its own in the bucket that anybody may read."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{new_id()}"


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> LogPlace:
    folder = request.param == "folder"
    return open_place(tmp_path / "log", None if folder else str(request.getfixturevalue("bucket")))


def public(s3: S3, bucket: str) -> str:
    return f"{s3.endpoint}/{bucket.removeprefix('s3://')}"


def test_files_are_whole_or_not_there_and_a_later_one_takes_the_place(place: LogPlace) -> None:
    """R42."""
    assert place.read("checkpoint") is None
    assert place.read("tile/0/000") is None
    files = [("tile/0/000.p/3", b"three"), ("tile/0/000", b"full"), ("checkpoint", b"one"), ("empty", b"")]
    place.write(files)
    place.write([])
    place.write([("checkpoint", b"two"), ("tile/0/x001/000", bytes(70_000))])
    assert place.read("tile/0/000.p/3") == b"three"
    assert place.read("tile/0/000") == b"full"
    assert place.read("tile/0/x001/000") == bytes(70_000)
    assert place.read("checkpoint") == b"two"
    assert place.read("empty") == b""
    for absent in ("tile/0/000.p/4", "tile/0", "tile", "nothing/at/all"):
        assert place.read(absent) is None


def test_a_log_is_gone_on_with_from_what_lies_there(place: LogPlace) -> None:
    tree = TileTree()
    place.write(tree.append([b"%d" % number for number in range(300)]).files)
    again = TileTree.resume(300, place.read)
    assert again.root == tree.root
    place.write(again.append([b"%d" % number for number in range(300, 700)]).files)
    tree.append([b"%d" % number for number in range(300, 700)])
    assert TileTree.resume(700, place.read).root == tree.root


def test_anybody_reads_a_log_from_the_bucket_and_may_keep_its_tiles_for_ever(s3: S3, bucket: str) -> None:
    """R42: the record is checked without a server of ours; a tile that is withheld is named."""
    LogBucket(bucket).write(make_log(100, 700).items())
    address = public(s3, bucket)
    with httpx.Client(trust_env=False) as anybody:
        tile = anybody.get(f"{address}/tile/0/000")
        assert tile.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert tile.headers["content-type"] == "application/octet-stream"
        note = anybody.get(f"{address}/checkpoint")
        assert note.headers["cache-control"] == "public, max-age=1"
        assert note.headers["content-type"].startswith("text/plain")
        assert anybody.put(f"{address}/checkpoint", content=b"mine").status_code == 403
    assert {check.state for check in verify_log_target(address)} == {State.HOLDS}


@pytest.mark.parametrize("path", ["tile/0/001", "tile/entries/001", "tile/1/000.p/2"])
def test_a_tile_that_is_withheld_fails_and_is_named(s3: S3, bucket: str, path: str) -> None:
    files = make_log(100, 700)
    del files[path]
    LogBucket(bucket).write(files.items())
    failed = [check for check in verify_log_target(public(s3, bucket)) if check.state is State.FAILS]
    assert path in " ".join(check.detail for check in failed)


def test_a_store_that_is_away_is_told_and_not_taken_for_an_empty_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in S3("", "http://127.0.0.1:9", None).environment.items():  # type: ignore[arg-type]
        monkeypatch.setenv(name, value)
    with pytest.raises(BlobsAway, match="does not give"):
        LogBucket("s3://record/town").read("checkpoint")
    with pytest.raises(BlobsAway, match="does not take"):
        LogBucket("s3://record/town").write([("tile/0/000", b"")])
    with pytest.raises(BlobsAway, match="cannot be opened"):
        LogBucket("gopher://record")


def test_a_town_keeps_its_record_in_a_bucket_and_goes_on_from_there(
    s3: S3, bucket: str, database: str, tmp_path: Path
) -> None:
    """R42: receipts, the folder at /log and the bucket say the same, over a restart."""
    prepare(tmp_path)

    async def enter(count: int) -> bytes:
        async with running(tmp_path, database, log_files=bucket, ticking=Still()) as town:
            for number in range(count):
                async with town.services.db.transaction() as tx:
                    leaf = await town.services.log.queue_leaf(tx, "case", {"number": number})
                await town.services.log.receipt(leaf)
            await town.settled()
            size = town.services.log.published.head.size
            shown = await town.http.get(f"/log/{tile_path(0, 0, size)}")
            assert shown.headers["cache-control"].endswith("immutable")
            return (await town.http.get("/log/checkpoint")).content

    before, after = asyncio.run(enter(2)), asyncio.run(enter(1))
    assert before != after
    with httpx.Client(trust_env=False) as anybody:
        assert anybody.get(f"{public(s3, bucket)}/checkpoint").content == after
    found = {check.name: check.state for check in verify_log_target(public(s3, bucket))}
    assert found["root"] is State.HOLDS
    assert found["earlier checkpoint"] is State.HOLDS
    assert not (tmp_path / "log").exists()
