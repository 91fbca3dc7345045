"""A finished run whose server is still alive, and all that a thief of that server takes.

In:     `fanlight tour`, for what goes to an agency, and a household with everything else switched on.
Out:    the needles to search for, the spans in which something happened, every table and file.
"""

import asyncio
import os
import random
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.blind.blind_search import Needles, files_below, memory_of
from tests.blind.household import Lived, live
from tests.journey.walking import DEMO_CLIP, FANLIGHT
from tests.ports import free_port

from fanlight.cli import up
from fanlight.hub.segmenter.boxes import walk
from fanlight.seal import opening
from fanlight.seal.container import read_container
from fanlight.seal.manifest import parse_clip

Piece = tuple[str, bytes]
FOLDERS = ("blobs", "log", "server", "witness")


@dataclass
class Run:
    """What is left of a run: the server's folders, database and process; what must not be found there."""

    home: Path
    temporary: Path
    database: str
    server_pid: int
    needles: Needles
    lived: Lived
    entries: int  # how many the record had before that

    def rows(self) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
        """Every table with all its rows, as the database's owner sees them."""
        with psycopg.connect(self.database) as connection:
            tables = connection.execute(
                "SELECT schemaname, tablename FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            ).fetchall()
            for schema, table in tables:
                query = sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))
                yield table, connection.execute(query).fetchall()

    def dump(self) -> Iterator[Piece]:
        """Every value of every table."""
        for table, rows in self.rows():
            yield f"table {table}", b"\n".join(_as_bytes(value) for row in rows for value in row)

    def everything(self) -> Iterator[Piece]:
        """All that a thief of the server takes."""
        yield from self.dump()
        for name in (*FOLDERS, "postgres"):
            yield from files_below(self.home / name)
        yield from files_below(self.temporary)
        yield from memory_of(self.server_pid)


def _as_bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


@contextmanager
def finished() -> Iterator[Run]:
    """Run it all; the server stays alive until the end of the block."""
    name = f"canary {secrets.token_hex(8)}"
    # Inside the demo town, so that a request can match; every digit but the first ones is random.
    place = -122.407 - random.random() / 500, 37.776 + random.random() / 500
    base = Path(tempfile.mkdtemp(prefix="flb-", dir="/tmp"))
    temporary, out = base / "tmp", base / "out"
    temporary.mkdir()
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:  # of the server alone
            patch.setenv("TMPDIR", str(temporary))
            running = up.running(
                base / "home", free_port(), demo=True, cameras=False, server_options=["--push-inside"]
            )
            town, parts = stack.enter_context(running)
        arguments = ["--camera", str(DEMO_CLIP), "--out", str(out), "--server", town.url]
        arguments += ["--people", str(base / "home" / "demo"), "--name", name]
        toured = subprocess.run(
            [FANLIGHT, "tour", *arguments, f"--place={place[0]!r},{place[1]!r}"],
            env={**os.environ, "TMPDIR": str(base)},
            check=False,
            capture_output=True,
            text=True,
        )
        assert toured.returncode == 0, toured.stdout + toured.stderr
        media, entries = _media(town.database, out), _entries(town.database)
        lived = asyncio.run(live(town.url, base / "hub", name, place))
        found = Needles.of(name, *place, [*media, *lived.media])
        needles = replace(found, exact=found.exact | lived.secrets)
        pid = parts.named("server").process.pid
        yield Run(base / "home", temporary, town.database, pid, needles, lived, entries)
    shutil.rmtree(base)


def _entries(database: str) -> int:
    with psycopg.connect(database) as connection:
        return len(connection.execute("SELECT 1 FROM leaf").fetchall())


def _media(database: str, out: Path) -> list[bytes]:
    """Thumbnails and NAL units of the tour's clips, opened with the household's key."""
    (key,) = (out / "keys").glob("epoch-*.txt")
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
