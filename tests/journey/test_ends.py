"""A case to its end by hand, in real Chromium: told, held, exported, destroyed. Each step has its own day."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from litestar import Litestar, post
from litestar.params import FromPath
from tests.journey.test_register import by_hand
from tests.server.acting import staff
from tests.server.playing import film, playing
from tests.server.running import Clock, Running, running, serving
from tests.server.sealed import disclosure
from tests.server.test_evidence import asked_of_home, drop, export

from fanlight.hub.matching import Asked
from fanlight.model import clock
from fanlight.server.app import health
from fanlight.server.evidence import ending
from fanlight.store.database import migrate
from fanlight.store.postgres import temporary

SPEC = "ends.spec.ts"


@pytest.fixture
def fresh() -> Iterator[str]:
    """A database of its own, migrated: its address for the owner."""
    with temporary() as found:
        migrate(found.url)
        yield found.url


@contextlib.asynccontextmanager
async def door(town: Running, noon: datetime) -> AsyncIterator[str]:
    """Let the walk say on which day it is, and wait until what is due on it is done: POST /ahead/DAYS."""

    @post("/ahead/{days:int}")
    async def ahead(days: FromPath[int]) -> None:
        town.clock.ahead = noon + timedelta(days=days) - clock.now()
        await ending.tick(town.services)
        await ending.tick(town.services)
        await town.settled()

    async with serving(Litestar([ahead, health])) as url:
        yield url


async def two_cameras(town: Running, asked: Asked, begun: datetime, folder: Path) -> None:
    """Let two more homes share what plays: one by its hub's clock, one by a clock that is an hour slow."""
    slow = begun - timedelta(seconds=3_658)
    homes: list[tuple[str, datetime, Literal["hub", "media"]]] = [
        ("testsrc2", begun, "hub"),
        ("smptebars", slow, "media"),
    ]
    for pattern, start, whose in homes:
        media = await asyncio.to_thread(film, folder, pattern, 6)
        name, sealed = playing(media, asked.request, asked.case_key, start, whose)
        assert (await drop(town.http, asked.drop, name, sealed)).is_success


@pytest.mark.timeout(900)
def test_a_case_is_followed_to_its_end_by_hand(fresh: str, tmp_path: Path) -> None:
    """R26 R30: web/e2e/ends.spec.ts says each step; axe looks at each page, on a desk and on a phone."""

    async def body() -> tuple[int, str]:
        async with running(tmp_path, fresh, ticking=Clock()) as town:
            asked = await asked_of_home(town)
            begun = clock.now()
            name, sealed = disclosure(asked.request, asked.case_key, begun)
            assert (await drop(town.http, asked.drop, name, sealed)).is_success
            await two_cameras(town, asked, begun, tmp_path)
            await export(staff(town.http, "custodian"), name)  # no witness: only its entry stands
            await staff(town.http, "supervisor").json("POST", f"/v1/agency/requests/{asked.request}/close")
            noon = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
            async with door(town, noon) as ahead:
                return await by_hand(town, ahead, noon, SPEC)

    status, said = asyncio.run(body())
    assert status == 0, said[-8_000:]
