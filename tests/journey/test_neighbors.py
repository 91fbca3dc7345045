"""What dispatch reports, read in real Chromium without an account, as web/e2e/neighbors.spec.ts says."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from tests.journey.test_register import by_hand
from tests.server.incidents import samples
from tests.server.incidents.sending import Source, wall
from tests.server.running import Still, running

from fanlight.demo.town import LAYERS, layer_gz
from fanlight.server.incidents import clockwork
from fanlight.server.setup import MAPS
from fanlight.store.database import migrate
from fanlight.store.postgres import temporary

SPEC = "neighbors.spec.ts"


async def walk(database: str, home: Path) -> tuple[int, str]:
    """Walk at a town to which two dispatch centres report; return how that ended, and what it said."""
    async with running(home, database, ticking=Still()) as town:
        (home / MAPS).mkdir(parents=True, exist_ok=True)
        for layer in LAYERS:
            (home / MAPS / f"{layer}.geojson.gz").write_bytes(layer_gz(layer))
        source = await Source(town).begin()
        await source.took(samples.table(samples.row("0", wall(town, timedelta(hours=2)))))
        town.clock.ahead = timedelta(hours=25)  # so that there is something to count
        await clockwork.sweep(town.services)
        hour = timedelta(hours=1)
        rows = [
            samples.row("1", wall(town, 5 * hour), available="x"),
            samples.row("2", wall(town, 2 * hour), where='"(37.7790, -122.4100)"'),
            samples.row("3", wall(town, 3 * hour), kind="Alarms", where="REDACTED"),
        ]
        await source.took(samples.table(*rows))
        cap = await Source(town).begin('v = 1\nform = "cap"', name="Town alerts (demo)")
        await cap.took(samples.alert("1", (town.clock() - 2 * hour).replace(microsecond=0)))
        return await by_hand(town, "", town.clock(), SPEC)


@pytest.mark.timeout(900)
def test_everybody_reads_what_dispatch_reports(tmp_path: Path) -> None:
    """R13 R14 R18: list, map, filters, how common it is; and nothing that a caller said."""
    with temporary() as found:
        migrate(found.url)
        status, said = asyncio.run(walk(found.url, tmp_path))
    assert status == 0, said[-8_000:]
