"""Moderators at work, in real Chromium, as web/e2e/moderation.spec.ts and members.spec.ts say."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from litestar import Litestar, post
from tests.journey.test_register import by_hand
from tests.server.neighbors.authoring import later, neighbors
from tests.server.running import Still, running, serving

from fanlight.server.app import health
from fanlight.store.database import migrate
from fanlight.store.postgres import temporary

SPEC = "moderation.spec.ts"


async def walk(database: str, home: Path) -> tuple[int, str]:
    """Walk at a town where a post, a comment and a report wait; return how that ended, and what it said."""
    async with running(home, database, ticking=Still()) as town:
        maya, ben = await neighbors(town, 2)
        stopped = await maya.post(
            anyway=True,
            title="Somebody new here",
            done="A man in a red cap stood at the corner.",
            looks="Red cap, grey coat.",
        )
        out = await ben.post()
        await later(town, timedelta(hours=26))
        await maya.comment(out, "Call me on 415 555 0134 about it.", anyway=True)
        await later(town, timedelta(hours=2))
        report = {"rule": "N-7", "text": "It was my own delivery."}
        await maya.actor.json("POST", f"/v1/posts/{out.id}/reports", json=report)
        asked = await town.http.post(f"/v1/posts/{out.id}/removal", json={"text": "That was me."})
        assert asked.is_success
        return await by_hand(town, "", town.clock(), SPEC, stopped=stopped.secret)


@pytest.mark.timeout(900)
def test_what_waits_is_decided_by_rule_and_an_appeal_by_another(tmp_path: Path) -> None:
    """R14 R17: queue, decision, author for a reason, bar, appeal, and what was decided as a list."""
    with temporary() as found:
        migrate(found.url)
        status, said = asyncio.run(walk(found.url, tmp_path))
    assert status == 0, said[-8_000:]


async def through_all_hands(database: str, home: Path) -> tuple[int, str]:
    """Walk at a town with two neighbors and two moderators; return how that ended, and what it said."""
    async with running(home, database, ticking=Still()) as town:
        await neighbors(town, 2)

        @post("/out")
        async def out() -> None:
            await later(town)

        async with serving(Litestar([out, health])) as ahead:
            people = {"maya": bytes([101]) * 32, "ben": bytes([102]) * 32}
            return await by_hand(town, ahead, town.clock(), "members.spec.ts", **people)


@pytest.mark.timeout(900)
def test_a_post_goes_through_all_hands_and_who_read_it_is_told(tmp_path: Path) -> None:
    """R13 R14 R17: written, reported, removed, appealed, brought back, corrected."""
    with temporary() as found:
        migrate(found.url)
        status, said = asyncio.run(through_all_hands(found.url, tmp_path))
    assert status == 0, said[-8_000:]
