"""The register by hand, in real Chromium: an agreement from its draft into force and out again.

Each step has its own day. The town runs in this process, so that its clock and its database's can be put
forward; the walk asks for that over a small door of this test's own.
"""

import asyncio
import base64
import contextlib
import json
import os
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from litestar import Litestar, post
from litestar.params import FromPath
from tests.journey.walking import PYTHON, ROOT
from tests.server.acting import SEEDS, open_request
from tests.server.registering import Way
from tests.server.running import Clock, Running, running, serving

from fanlight.model import clock
from fanlight.server.app import health
from fanlight.store.database import migrate
from fanlight.store.postgres import temporary

LISTED = {
    "source": "a list",
    "credit": "its maker",
    "as_of": "2020-10-07",
    "sha256": "ab" * 32,
    "agencies": [
        {
            "ori": "CA0010100",
            "name": "Alameda Police Department",
            "kind": "municipal",
            "listed_as": "City",
            "county": "ALAMEDA",
            "state": "CA",
            "lon": None,
            "lat": None,
        }
    ],
}
READING, WALKING = "register.spec.ts", "agreement.spec.ts"


@pytest.fixture
def fresh() -> Iterator[str]:
    """A database of its own, migrated: its address for the owner."""
    with temporary() as found:
        migrate(found.url)
        yield found.url


def go_on(town: Running, database: str, day: datetime) -> None:
    """Let it be `day` for the server and for the database's register, whatever midnight passes meanwhile."""
    town.clock.ahead = day - clock.now()
    with psycopg.connect(database) as owner:
        owner.execute(
            "CREATE OR REPLACE FUNCTION register_today() RETURNS date LANGUAGE sql STABLE"
            f" SET search_path = pg_catalog, pg_temp AS $$ SELECT DATE '{day.date()}' $$".encode()
        )


@contextlib.asynccontextmanager
async def door(town: Running, database: str, noon: datetime) -> AsyncIterator[str]:
    """Let the walk say on which day it is: POST /ahead/DAYS."""

    @post("/ahead/{days:int}")
    async def ahead(days: FromPath[int]) -> None:
        await asyncio.to_thread(go_on, town, database, noon + timedelta(days=days))

    async with serving(Litestar([ahead, health])) as url:
        yield url


async def by_hand(town: Running, ahead: str, noon: datetime, spec: str, **more: bytes) -> tuple[int, str]:
    """Walk a spec whose days go by at once; return status and output.

    `ahead` is the door for that, `more` are seeds of people beside the demo's.
    """
    everybody = {**SEEDS, **more}
    seeds = {role: base64.urlsafe_b64encode(seed).decode().rstrip("=") for role, seed in everybody.items()}
    environment = {
        **os.environ,
        "FANLIGHT_URL": str(town.http.base_url).replace("127.0.0.1", "localhost").rstrip("/"),
        "FANLIGHT_AHEAD": ahead,
        "FANLIGHT_NOON": str(int(noon.timestamp()) * 1000),
        "FANLIGHT_SEEDS": json.dumps(seeds),
        "FANLIGHT_SPEC": spec,
        "FANLIGHT_PYTHON": PYTHON,
        "FANLIGHT_E2E_OUT": str(town.home / "out"),
    }
    process = await asyncio.create_subprocess_exec(
        "npx",
        "playwright",
        "test",
        "--project=desk",
        cwd=ROOT / "web",
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def walk(database: str, home: Path, spec: str) -> tuple[int, str, list[str]]:
    """Return how a walk ended, what it said, and the states of its agreement's entries in their order."""
    noon = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    async with running(home, database, ticking=Clock()) as town:
        go_on(town, database, noon)
        if spec == READING:
            way = Way(town, database)
            await way.draft()
            await way.publish()
            await open_request(town.http, noon)
            await town.settled()
        else:
            await Way(town, database).operator.json("POST", "/v1/register/listings", json=LISTED)
        async with door(town, database, noon) as ahead:
            status, said = await by_hand(town, ahead, noon, spec)
        await town.settled()
        states = [leaf["pub"]["state"] for leaf in await town.leaves("agreement")]
    return status, said, states


@pytest.mark.timeout(900)
def test_everybody_reads_the_register_and_says_something(fresh: str, tmp_path: Path) -> None:
    """R33 R34: web/e2e/register.spec.ts says each step."""
    status, said, _ = asyncio.run(walk(fresh, tmp_path, READING))
    assert status == 0, said[-8_000:]


@pytest.mark.timeout(900)
def test_an_agreement_is_taken_into_force_and_out_again_by_hand_and_no_step_is_skipped(
    fresh: str, tmp_path: Path
) -> None:
    """R33 R34 R36: web/e2e/agreement.spec.ts says each step; each is an entry of the record."""
    status, said, states = asyncio.run(walk(fresh, tmp_path, WALKING))
    assert status == 0, said[-8_000:]
    demo = ["draft", "published", "hearing", "voted", "in_force", "cancelled"]
    walked = ["draft", "draft", "published", "hearing", "voted", "in_force", "cancelled"]
    assert states == demo + walked
