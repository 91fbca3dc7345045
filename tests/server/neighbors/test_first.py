"""R13: a demo town's feed is not empty on the first day; what is in it is invented and names nobody."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from tests.server.acting import PEOPLE, SEEDS
from tests.server.neighbors.authoring import feed
from tests.server.neighbors.moderators import two_moderators
from tests.server.running import Still, running

from fanlight.cli.demo_town import document
from fanlight.demo import load_town
from fanlight.demo.posts import posts
from fanlight.neighbors import read_post
from fanlight.seal.keys import member_keys
from fanlight.server import setup


def test_the_demo_towns_posts_are_there_and_one_waits(database: str, tmp_path: Path) -> None:
    """R13, R17: with comments, a correction and what a moderator has to look at."""

    async def body() -> None:
        now = datetime.now(UTC)
        town = document(now, member_keys(SEEDS["clerk"]).signing)
        town["posts"] = posts(load_town(), now)
        setup.prepare(tmp_path, PEOPLE, town=town)
        async with running(tmp_path, database, ticking=Still(), prepared=True) as running_town:
            shown = await feed(running_town)
            assert len(shown) == len(town["posts"]) - 1
            assert {one["category"] for one in shown} >= {"package", "animal", "help", "good-news", "safety"}
            assert [one["published"] for one in shown] == sorted(
                (one["published"] for one in shown), reverse=True
            )
            assert sum(one["comments"] for one in shown) > 3
            assert any(one["correction"] for one in shown)
            assert not any(read_post("\n".join((one["title"], one["done"]))).ask for one in shown)
            lena, _ = await two_moderators(running_town)
            (item,) = (await lena.json("GET", "/v1/moderation/queue"))["items"]
            assert item["flags"][0]["rule"] == "N-1"

    asyncio.run(body())
