"""R16: an agency's notice is marked, ends, hunts nobody; a wanted one needs a warrant."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.server.acting import CELL, staff
from tests.server.neighbors.authoring import code, feed, later
from tests.server.running import Running, Still, running

from fanlight.model.ids import new_id
from fanlight.server.errors import Conflict
from fanlight.server.neighbors.notices import check_words


def notice(town: Running, **change: Any) -> dict[str, Any]:
    today = town.clock().date()
    return {
        "post": new_id(),
        "title": "Bike marking on Saturday",
        "done": "Bring a lock and your bike to the market hall. It is free.",
        "cell": CELL,
        "day": today.isoformat(),
        "part": "morning",
        "until": (today + timedelta(days=5)).isoformat(),
        "wanted": None,
    } | change


def test_a_notice_is_marked_has_an_entry_and_ends(database: str, tmp_path: Path) -> None:
    """R16: whose it is stands beside it; after its last day nobody is shown it; it can be ended before."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            officer = staff(town.http, "officer")
            said = notice(town)
            made = await officer.json("POST", "/v1/agency/notices", json=said)
            assert (await officer.json("POST", "/v1/agency/notices", json=said))["post"] == made["post"]
            other = notice(town, title="Road closed", done="The bridge is closed until Tuesday.")
            await officer.json("POST", "/v1/agency/notices", json=other)
            await later(town)
            shown = {one["post"]: one for one in await feed(town)}
            assert set(shown) == {said["post"], other["post"]}
            assert shown[said["post"]]["by"]["agency"]
            assert (shown[said["post"]]["category"], shown[said["post"]]["until"]) == (
                "notice",
                said["until"],
            )
            officer = staff(town.http, "officer")
            path = f"/v1/agency/notices/{other['post']}/end"
            assert (await officer.call("POST", path)).status_code == 204
            assert {one["post"] for one in await feed(town)} == {said["post"]}
            await later(town, timedelta(days=6))
            assert await feed(town) == []
            assert code(await town.http.get(f"/v1/posts/{said['post']}")) == (404, "neighbors.no_post")
            await town.settled()
            entries = [leaf["pub"] for leaf in await town.leaves("agency-notice")]
            assert [(entry["post"], entry["wanted"]) for entry in entries] == [
                (said["post"], False),
                (other["post"], False),
            ]

    asyncio.run(body())


def test_a_wanted_notice_needs_a_warrant_and_an_end(database: str, tmp_path: Path) -> None:
    """R16: thirty days at most; the number is shown; without an agreement in force there is no notice."""
    text = {
        "title": "Wanted for burglary",
        "done": "The man broke into four garages. Red beard, limp, 1.80 m. Do not approach him: call 911.",
    }

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            officer = staff(town.http, "officer")
            refused = await officer.call("POST", "/v1/agency/notices", json=notice(town, **text))
            assert code(refused) == (409, "neighbors.notice_refused")
            assert "wanted for" in refused.text
            wanted = {"wanted": {"warrant": "SF-26-1144"}}
            long = (town.clock().date() + timedelta(days=31)).isoformat()
            late = await officer.call(
                "POST", "/v1/agency/notices", json=notice(town, **text, **wanted, until=long)
            )
            assert code(late) == (400, "neighbors.notice_end")
            made = await officer.json("POST", "/v1/agency/notices", json=notice(town, **text, **wanted))
            assert made["warrant"] == "SF-26-1144"
            await later(town)
            assert [one["warrant"] for one in await feed(town)] == ["SF-26-1144"]
            bad = notice(town, title="Two\nlines")
            assert (
                code(await staff(town.http, "officer").call("POST", "/v1/agency/notices", json=bad))[0] == 400
            )

    asyncio.run(body())


@pytest.mark.parametrize(
    "text",
    [
        "Reward for information about the man who broke the window.",
        "Go get him: he took a bag.",
        "A black man walked by.",
        "A man in a red cap stood on the corner.",
    ],
)
def test_a_notice_offers_no_money_presses_nobody_and_describes_as_everybody_must(text: str) -> None:
    """R15, R16: refused outright, also with a warrant: no moderator waves it through."""
    with pytest.raises(Conflict, match="N-"):
        check_words(text, wanted=True)
    check_words("Somebody took four bicycles from the station. Lock yours twice.", wanted=False)
