"""R18: the demo town has a source of dispatches that anybody could begin, under its agreement's clause."""

import asyncio
from pathlib import Path

from tests.server.acting import SEEDS
from tests.server.incidents.sending import shown
from tests.server.running import running

from fanlight.cli import demo_dispatch
from fanlight.cli.people import Person


def test_the_demo_begins_a_source_once_and_hands_in_at_each_start(database: str, tmp_path: Path) -> None:
    """R18: a second start changes nothing; what is shown has listed classes only."""
    operator = Person(role="operator", name="O", title="", app="operator", seed=SEEDS["operator"])

    async def body() -> None:
        async with running(tmp_path, database) as town:
            folder = tmp_path / "demo"
            folder.mkdir(exist_ok=True)
            for _ in range(2):
                await asyncio.to_thread(demo_dispatch.ensure, folder, str(town.http.base_url), operator)
            (source,) = (await town.json("/v1/cad-sources"))["sources"]
            assert source["allowed"]
            kinds = {one["class"] for one in await shown(town)}
            assert kinds
            assert kinds <= set(demo_dispatch.TYPES.values())

    asyncio.run(body())
