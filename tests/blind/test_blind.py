"""The server learns nothing of what a household sees: a real run, then a search of all it holds.

A household with a random camera name at random coordinates records, sends, matches and shares through a
real server. Then the database dump, blobs, log, server and witness folders, temporary files and the memory of
the server process are searched for the name, the coordinates and any 32-byte window of thumbnails and video.
"""

import os
import random
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.blind.blind_search import Needles, Searcher, files_below, memory_of
from tests.journey.walking import DEMO_CLIP, FANLIGHT

from fanlight.cli import up
from fanlight.hub.segmenter.boxes import walk
from fanlight.seal import opening
from fanlight.seal.container import read_container
from fanlight.seal.manifest import parse_clip

Piece = tuple[str, bytes]


@dataclass
class Run:
    """A finished run whose server is still alive."""

    home: Path
    temporary: Path
    database: str
    server_pid: int
    needles: Needles

    def dump(self) -> Iterator[Piece]:
        """Every value of every table, as the database's owner sees it."""
        with psycopg.connect(self.database) as connection:
            tables = connection.execute(
                "SELECT schemaname, tablename FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            ).fetchall()
            for schema, table in tables:
                rows = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table)))
                whole = b"\n".join(_as_bytes(value) for row in rows for value in row)
                yield f"table {table}", whole

    def everything(self) -> Iterator[Piece]:
        """All that a thief of the server takes."""
        yield from self.dump()
        for name in ("blobs", "log", "server", "witness", "postgres"):
            yield from files_below(self.home / name)
        yield from files_below(self.temporary)
        yield from memory_of(self.server_pid)


def _as_bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    name = f"canary {secrets.token_hex(8)}"
    # Inside the demo town, so that a request can match; every digit but the first ones is random.
    lon, lat = -122.407 - random.random() / 500, 37.776 + random.random() / 500
    base = Path(tempfile.mkdtemp(prefix="flb-", dir="/tmp"))
    temporary, out = base / "tmp", base / "out"
    temporary.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        with up.running(base / "home", _free_port(), demo=True, cameras=False) as (town, parts):
            arguments = ["--camera", str(DEMO_CLIP), "--out", str(out), "--server", town.url]
            arguments += ["--people", str(base / "home" / "demo"), "--name", name, f"--place={lon!r},{lat!r}"]
            at_home = {**os.environ, "TMPDIR": str(base)}
            toured = subprocess.run(
                [FANLIGHT, "tour", *arguments], env=at_home, check=False, capture_output=True, text=True
            )
            assert toured.returncode == 0, toured.stdout + toured.stderr
            needles = Needles.of(name, lon, lat, _media(town.database, out))
            pid = parts.named("server").process.pid
            yield Run(base / "home", temporary, town.database, pid, needles)
    shutil.rmtree(base)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _media(database: str, out: Path) -> list[bytes]:
    """Thumbnails and NAL units of the run's clips, opened with the household's key."""
    (key,) = (out / "keys").glob("*.txt")
    identity = [key.read_text().splitlines()[-1]]
    media = []
    with psycopg.connect(database) as connection:
        for (manifest,) in connection.execute("SELECT manifest FROM clip"):
            signed, _ = read_container(opening.open_age(bytes(manifest), identity))
            media.append(parse_clip(signed).facts.thumb)
    for clip in (out / "clips").glob("*.age"):
        plain = opening.open_age(clip.read_bytes(), identity)
        media += [plain[box.body : box.end] for box in walk(plain, 0, len(plain)) if box.kind == b"mdat"]
    return media


def test_a_stolen_server_yields_no_name_place_picture_or_video(run: Run) -> None:
    """R03 R05: database, blobs, logs, temporary files and memory of the server hold none of it."""
    searcher = Searcher(run.needles)
    searched, found = 0, []
    for where, data in run.everything():
        searched += len(data)
        found += [f"{where}: {what}" for what in searcher.find(data)]
    assert found == []
    assert searched > len(run.needles.media), "the search must have looked at more than the footage itself"


def test_the_same_search_finds_what_is_planted(run: Run) -> None:
    """The control: one of each in the database, a blob, the log, a server log, a temporary file."""
    searcher = Searcher(run.needles)
    planted = b"\n".join([b"..", *run.needles.exact.values(), run.needles.media[3_000:3_032], b".."])
    expected = {*run.needles.exact, "32 bytes of media in a row"}
    places = [
        run.home / "blobs" / "planted",
        run.home / "log" / "planted",
        run.home / "server" / "planted.log",
    ]
    for path in [*places, run.temporary / "planted"]:
        path.write_bytes(planted)
        assert {what for _, data in files_below(path.parent) for what in searcher.find(data)} == expected
        path.unlink()
    with psycopg.connect(run.database, autocommit=True) as connection:
        connection.execute("CREATE TABLE planted (value bytea)")
        connection.execute("INSERT INTO planted VALUES (%s)", [planted])
        try:
            assert {what for _, data in run.dump() for what in searcher.find(data)} == expected
        finally:
            connection.execute("DROP TABLE planted")
