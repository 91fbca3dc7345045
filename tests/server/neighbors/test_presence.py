"""R11: nothing that everybody reads changes when somebody writes; only later, at a moment drawn at random."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

from tests.server.neighbors.authoring import feed, later, neighbors
from tests.server.neighbors.moderators import two_moderators
from tests.server.running import Running, Still, running

from fanlight.model import clock

PUBLIC = (
    "/v1/posts",
    "/v1/posts?category=package",
    "/v1/posts/corrections",
    "/v1/posts/map",
    "/v1/posts/numbers",
    "/v1/posts/weeks",
    "/v1/posts/years",
    "/neighbors/weeks.atom",
    "/neighbors/posts.atom",
    "/neighbors/posts.json",
    "/v1/log/leaves?type=moderation",
    "/v1/log/leaves?type=posts-counted",
    "/v1/speech",
)
ATOM = {"/neighbors/posts.atom", "/neighbors/weeks.atom"}  # `updated` of an empty one is the hour
STEP = timedelta(minutes=10)


async def seen(town: Running, *more: str) -> dict[str, tuple[int, bytes, dict[str, str]]]:
    """Return all that somebody without an account is answered now: status, body, headers but the date.

    The record grows by entries that say nothing, at moments of their own; its size is not among this.
    """
    found = {}
    for path in (*PUBLIC, *more):
        answer = await town.http.get(path)
        headers = {name: text for name, text in answer.headers.items() if name != "date"}
        body = answer.content
        if path.startswith("/v1/log/"):
            body = json.dumps(answer.json()["leaves"]).encode()
            del headers["content-length"]
        found[path] = (answer.status_code, body, headers)
    return found


def test_no_public_answer_changes_when_somebody_writes(database: str, tmp_path: Path) -> None:
    """R11: a post, a comment, a held one, a report, an appeal, a correction: the same before and after."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            maya, ben = await neighbors(town, 2)
            old = await maya.post(title="Old one", done="A parcel was taken from our step last night.")
            gone = await ben.post(category="vehicle", title="Car", done="A car window was smashed.")
            await later(town)
            lena, _ = await two_moderators(town)
            page, removed = f"/v1/posts/{old.id}", f"/v1/posts/{gone.id}"
            before = await seen(town, page, removed)
            said = {"act": "remove", "rule": "N-6", "reason": "It insults somebody."}
            path = f"/v1/moderation/posts/{gone.id}/decide"
            assert (await lena.call("POST", path, json=said)).status_code == 204
            await town.settled()
            known = await seen(town, page, removed)
            assert known != before, "what is done by a moderator is seen at once: the search finds it"
            await ben.post(category="animal", title="Cat", done="A grey cat slipped out.")
            assert await seen(town, page, removed) == known
            await ben.comment(old, "I saw it, too.")
            assert await seen(town, page, removed) == known
            await ben.post(title="Man", done="A man in a red cap stood at the corner.", anyway=True)
            assert await seen(town, page, removed) == known
            await ben.actor.json("POST", f"/v1/posts/{old.id}/reports", json={"rule": "N-7"})
            assert await seen(town, page, removed) == known
            assert (await ben.own(gone, "appeal", text="Nobody is insulted.")).status_code == 204
            assert await seen(town, page, removed) == known
            for act in ("correct", "resolve"):
                assert (await maya.own(old, act, text="It was the wind.")).is_success
                assert await seen(town, page, removed) == known

    asyncio.run(body())


def test_a_post_is_seen_first_at_the_moment_that_was_drawn(database: str, tmp_path: Path) -> None:
    """R11: whoever asks every ten minutes learns that moment, ten minutes or more after the writing."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            (maya,) = await neighbors(town)
            now_is = town.clock()  # at midnight the numbers of the day before come out
            town.clock.ahead += now_is.replace(hour=12, minute=3) + timedelta(days=1) - now_is
            one = maya.new()
            written = town.clock()
            due = clock.from_text((await maya.send(one)).json()["due"])
            quiet = {path: seen_now[1] for path, seen_now in (await seen(town)).items()}
            while town.clock() + STEP < due:
                town.clock.ahead += STEP
                now = {path: seen_now[1] for path, seen_now in (await seen(town)).items()}
                assert {path for path in now if now[path] != quiet[path]} <= ATOM
            assert await feed(town) == []
            town.clock.ahead += due - town.clock()
            assert [row["post"] for row in await feed(town)] == [one.id]
            assert timedelta(minutes=10) <= due - written <= timedelta(minutes=130)

    asyncio.run(body())
