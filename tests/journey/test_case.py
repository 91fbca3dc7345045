"""One case by hand, in real Chromium, from the request to the destroyed key. Each step has its own day."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from litestar import Litestar, post
from litestar.params import FromPath
from tests.hub.demuxed import make
from tests.journey.test_register import by_hand
from tests.journey.two_homes import Home, settle
from tests.journey.walking import fanlight
from tests.server.acting import SEEDS, staff
from tests.server.playing import film, playing
from tests.server.running import Clock, Running, running, serving, witness_process
from tests.server.test_evidence import drop
from tests.server.two_agencies import FERRY_SEEDS, prepare

from fanlight.hub.matching import Asked
from fanlight.model import clock
from fanlight.server.app import health
from fanlight.server.evidence import drops, ending
from fanlight.store.database import migrate
from fanlight.store.postgres import temporary

SPEC = "case.spec.ts"
NEIGHBOUR = bytes([201]) * 32
TRIMMED = timedelta(seconds=1)  # what the walk cuts off the beginning of the copy that it shares


@pytest.fixture
def fresh() -> Iterator[str]:
    """A database of its own, migrated: its address for the owner."""
    with temporary() as found:
        migrate(found.url)
        yield found.url


@contextlib.asynccontextmanager
async def door(town: Running, noon: datetime, homes: list[Home], begun: datetime) -> AsyncIterator[str]:
    """Let the walk say on which day it is, and when the hubs of the area are to listen.

    POST /ahead/DAYS returns once what is due on that day is done. POST /hubs returns once each home was
    told by its hub, and two more homes have shared what they have.
    """

    @post("/ahead/{days:int}")
    async def ahead(days: FromPath[int]) -> None:
        town.clock.ahead = noon + timedelta(days=days) - clock.now()
        await ending.tick(town.services)
        await ending.tick(town.services)
        await town.settled()

    @post("/hubs")
    async def hubs() -> None:
        await town.settled()
        heard = [await home.listen(town.clock()) for home in homes]
        (asked,) = heard[0]
        await two_cameras(town, asked, begun)

    async with serving(Litestar([ahead, hubs, health])) as url:
        yield url


async def two_cameras(town: Running, asked: Asked, begun: datetime) -> None:
    """Let two more homes share what plays: one by a clock that is an hour slow, one by its hub's."""
    begun += TRIMMED
    slow = begun - timedelta(seconds=3_658)
    shared: list[tuple[str, int, datetime, Literal["hub", "media"]]] = [
        ("smptebars", 6, slow, "media"),
        ("testsrc2", 2, begun, "hub"),
    ]
    for pattern, parts, start, whose in shared:
        media = await asyncio.to_thread(film, town.home, pattern, parts)
        name, sealed = playing(media, asked.request, asked.case_key, start, whose)
        assert (await drop(town.http, asked.drop, name, sealed)).is_success


@pytest.mark.timeout(900)
def test_one_case_goes_from_the_request_to_the_destroyed_key_by_hand(fresh: str, tmp_path: Path) -> None:
    """R20 R21 R22 R24 R26 R27 R30: web/e2e/case.spec.ts says each step; axe looks at desk and phone."""
    vkey = prepare(tmp_path)

    async def body(witness: str) -> tuple[int, str]:
        async with running(tmp_path, fresh, ticking=Clock(), witness=witness, prepared=True) as town:
            noon = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
            town.clock.ahead = noon - clock.now()
            begun = noon - timedelta(minutes=20)
            seen = await asyncio.to_thread(make, tmp_path / "street.mp4", "h264", seconds=11, size="320x180")
            homes = [await settle(town, seed, seen, begun) for seed in (SEEDS["resident"], NEIGHBOUR)]
            async with door(town, noon, homes, begun) as ahead:
                others = {"neighbour": NEIGHBOUR, "ferry": FERRY_SEEDS["custodian"]}
                status, said = await by_hand(town, ahead, noon, SPEC, **others)
            if status == 0:
                await nothing_is_left(town)
            return status, said

    with witness_process(tmp_path / "w", vkey) as witness:
        status, said = asyncio.run(body(witness))
    assert status == 0, said[-8_000:]
    verified = fanlight("verify", str(tmp_path / "out/evidence.zip"))  # what was handed out still holds
    assert verified.returncode == 0, verified.stdout


async def nothing_is_left(town: Running) -> None:
    """Check that no copy is stored, and that nobody of the agency is given one."""
    async with town.services.db.transaction() as tx:
        copies = [str(row[0]) for row in await (await tx.execute("SELECT id FROM disclosure")).fetchall()]
    assert len(copies) == 3
    for copy in copies:
        assert not await town.services.blobs.holds(drops.blob_of(copy))
        for role in ("officer", "supervisor", "custodian"):
            for part in ("hdr", "pay"):
                answer = await staff(town.http, role).call("GET", f"/v1/agency/disclosures/{copy}/{part}")
                assert answer.is_client_error, (role, part, answer.status_code)
