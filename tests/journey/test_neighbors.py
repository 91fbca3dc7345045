"""Posts and dispatches, read in real Chromium without an account, as web/e2e/neighbors.spec.ts says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from litestar import Litestar, post
from tests.journey.test_register import by_hand
from tests.ports import free_port
from tests.postmedia import drawn
from tests.postmedia.place import running as running_place
from tests.server.incidents import samples
from tests.server.incidents.sending import Source, wall
from tests.server.neighbors.authoring import later, neighbors
from tests.server.running import Running, Still, running, serving

from fanlight.demo.town import LAYERS, layer_gz
from fanlight.server.app import health
from fanlight.server.incidents import clockwork
from fanlight.server.media_place import read_place, ticket_public
from fanlight.server.setup import MAPS
from fanlight.store.database import migrate
from fanlight.store.postgres import temporary
from fanlight.wire import b64

SPEC = "neighbors.spec.ts"


@asynccontextmanager
async def written(town: Running) -> AsyncIterator[str]:
    """Let neighbors post; give an address at which the walk lets one of them correct what was read."""
    maya, ben = await neighbors(town, 2)
    cat = await maya.post(category="animal", title="Grey cat is missing", done="She got out.")
    van = await maya.post(category="vehicle", title="A van on the corner", done="It stood there all day.")
    await later(town)
    await ben.comment(cat, "I saw her in the yard behind the bakery.")
    await later(town)

    @post("/corrected")
    async def corrected() -> None:
        for one, act, text in ((van, "correct", "It belongs to the water company."), (cat, "resolve", "")):
            answer = await maya.own(one, act, text=text)
            assert answer.is_success, answer.text
        await later(town)  # it is told no sooner than a post

    async with serving(Litestar([corrected, health])) as url:
        yield url


async def walk(database: str, home: Path) -> tuple[int, str]:
    """Walk at a town with posts and two dispatch centres; return how that ended, and what it said."""
    async with running(home, database, ticking=Still()) as town, written(town) as ahead:
        (home / MAPS).mkdir(parents=True, exist_ok=True)
        for layer in LAYERS:
            (home / MAPS / f"{layer}.geojson.gz").write_bytes(layer_gz(layer))
        source = await Source(town).begin()
        await source.took(samples.table(samples.row("0", wall(town, timedelta(hours=2)))))
        town.clock.ahead += timedelta(hours=25)  # so that there is something to count
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
        return await by_hand(town, ahead, town.clock(), SPEC, maya=bytes([101]) * 32)


@pytest.mark.timeout(900)
def test_everybody_reads_what_dispatch_reports(tmp_path: Path) -> None:
    """R13 R14 R16 R18: list, map, filters, corrections, how common it is; and nothing that a caller said."""
    with temporary() as found:
        migrate(found.url)
        status, said = asyncio.run(walk(found.url, tmp_path))
    assert status == 0, said[-8_000:]


async def post_a_photo(database: str, home: Path) -> tuple[int, str]:
    """Walk at a town with a place of pictures; return how that ended, and what it said."""
    port = free_port()
    photo = home / "porch.jpg"
    photo.write_bytes(drawn.written(drawn.portrait(), "JPEG", exif=drawn.told_all()))
    key = b64.decode(ticket_public(home))
    with running_place(home / "postmedia", key, f"http://localhost:{port}") as pictures:
        place = read_place(home, pictures.url, b64.encode(pictures.key))
        async with running(home, database, ticking=Still(), at=port, media=place) as town:
            (home / MAPS).mkdir(parents=True, exist_ok=True)
            for layer in LAYERS:
                (home / MAPS / f"{layer}.geojson.gz").write_bytes(layer_gz(layer))
            await neighbors(town)

            @post("/out")
            async def out() -> None:
                await later(town)

            async with serving(Litestar([out, health])) as ahead:
                return await by_hand(town, ahead, town.clock(), "photo.spec.ts", maya=bytes([101]) * 32)


@pytest.mark.timeout(900)
def test_a_photo_goes_with_a_post_and_no_face_or_place_with_it(tmp_path: Path) -> None:
    """R09 R13: web/e2e/photo.spec.ts says each step."""
    with temporary() as found:
        migrate(found.url)
        status, said = asyncio.run(post_a_photo(found.url, tmp_path))
    assert status == 0, said[-8_000:]
