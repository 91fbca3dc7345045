"""R14, R17: each act has a rule, a reason and an entry; another moderator hears the appeal; all are told."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.server.acting import Actor, staff
from tests.server.neighbors.authoring import Written, code, feed, later, neighbors
from tests.server.neighbors.moderators import two_moderators
from tests.server.running import Running, Still, running

REASON = "It names a person and calls them a thief."


async def decide(who: Actor, of: Written, act: str, kind: str = "posts", **said: str) -> Any:
    return await who.call("POST", f"/v1/moderation/{kind}/{of.id}/decide", json={"act": act, **said})


async def waiting(who: Actor) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await who.json("GET", "/v1/moderation/queue"))["items"]
    return found


def test_a_removal_has_a_rule_a_reason_an_entry_an_appeal_and_reaches_readers(
    database: str, tmp_path: Path
) -> None:
    """R14, R17: the writer reads why, another moderator decides, and the corrections say it to everybody."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            maya, ben = await neighbors(town, 2)
            lena, omar = await two_moderators(town)
            one = await maya.post()
            await later(town)
            assert [row["post"] for row in await feed(town)] == [one.id]
            report = {"rule": "N-6", "text": "This is my brother."}
            number = await ben.actor.json("POST", f"/v1/posts/{one.id}/reports", json=report)
            again = await ben.actor.json("POST", f"/v1/posts/{one.id}/reports", json=report)
            assert number == again
            (item,) = await waiting(lena)
            assert (item["kind"], item["item"], item["reports"]) == (
                "report",
                one.id,
                [{"rule": "N-6", "text": "This is my brother.", "outside": False}],
            )
            assert code(await decide(lena, one, "remove", rule="N-6")) == (400, "neighbors.no_reason")
            assert code(await decide(lena, one, "remove", rule="N-99", reason=REASON)) == (
                400,
                "neighbors.no_rule",
            )
            assert (await decide(lena, one, "remove", rule="N-6", reason=REASON)).status_code == 204
            assert await feed(town) == []
            gone = await town.http.get(f"/v1/posts/{one.id}")
            assert code(gone) == (404, "neighbors.removed")
            assert REASON in gone.text
            (told,) = (await town.json("/v1/posts/corrections"))["corrections"]
            assert (told["post"], told["kind"], told["rule"], told["text"], told["title"]) == (
                one.id,
                "removed",
                "N-6",
                REASON,
                "",
            )
            assert (await town.json(f"/v1/reports/{number['report']}"))["state"] == "removed"
            (own,) = await maya.mine()
            assert (own["state"], own["decided"]["rule"], own["decided"]["reason"]) == (
                "removed",
                "N-6",
                REASON,
            )
            await appealed(town, maya, one, (lena, omar))

    asyncio.run(body())


async def appealed(town: Running, maya: Any, one: Written, moderators: tuple[Actor, Actor]) -> None:
    lena, omar = moderators
    assert (await maya.own(one, "appeal", text="Nobody is named in it.")).status_code == 204
    assert code(await maya.own(one, "appeal", text="Again.")) == (409, "neighbors.appealed")
    (mine,), (others,) = await waiting(lena), await waiting(omar)
    assert (mine["own"], others["own"], others["appeal"]) == (True, False, "Nobody is named in it.")
    path = f"/v1/moderation/appeals/{one.id}/decide"
    said = {"act": "overturn", "rule": "N-6", "reason": "Nobody is named; it stays."}
    assert code(await lena.call("POST", path, json=said)) == (403, "neighbors.own_decision")
    assert (await omar.call("POST", path, json=said)).status_code == 204
    assert code(await omar.call("POST", path, json=said)) == (409, "neighbors.decided")
    assert [row["post"] for row in await feed(town)] == [one.id]
    assert (await town.json("/v1/posts/corrections"))["corrections"] == []
    (own,) = await maya.mine()
    assert (own["state"], own["appeal"]["state"]) == ("shown", "overturned")
    await town.settled()
    acts = [leaf["pub"] for leaf in await town.leaves("moderation")]
    assert [(pub["act"], pub["rule"], pub["took"]) for pub in acts] == [
        ("remove", "N-6", "24"),
        ("overturn", "N-6", "24"),
    ]
    assert one.id not in str(acts)
    assert maya.account not in str(acts)
    before = await town.json("/v1/posts/numbers")
    assert sum(row["reports"] + row["overturned"] for row in before["months"]) == 0, "told by the day"
    town.clock.ahead += timedelta(days=1)
    found = (await town.json("/v1/posts/numbers"))["months"]
    month = {name: sum(row[name] for row in found) for name in found[0] if name not in {"month", "removed"}}
    month["removed"] = found[0]["removed"]
    assert (month["posts"], month["reports"], month["appeals"]) == (1, 1, 1)
    assert (month["removed"], month["overturned"], month["within_24h"]) == ({"N-6": 1}, 1, 2)


def test_what_waits_goes_out_late_or_never_and_the_queue_says_how_long(database: str, tmp_path: Path) -> None:
    """R17: over a day it is late; let out, it still comes out at a time drawn at random."""
    text = {"title": "Man", "done": "A man in a red cap stood at the corner."}

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            (maya,) = await neighbors(town)
            lena, _ = await two_moderators(town)
            one = await maya.post(anyway=True, **text)
            (item,) = await waiting(lena)
            assert (item["kind"], item["late"], item["post"]["title"]) == ("post", False, "Man")
            assert [flag["rule"] for flag in item["flags"]] == ["N-1"]
            town.clock.ahead += timedelta(hours=26)
            lena, _ = await two_moderators(town)
            (item,) = await waiting(lena)
            assert item["late"]
            assert (await decide(lena, one, "show")).status_code == 204
            assert await waiting(lena) == []
            assert await feed(town) == []
            await later(town)
            lena, _ = await two_moderators(town)
            assert [row["post"] for row in await feed(town)] == [one.id]
            assert (await decide(lena, one, "confirm", reason="Seen by the shop, too.")).status_code == 204
            (row,) = await feed(town)
            assert row["verified"]
            (told,) = (await town.json("/v1/posts/corrections"))["corrections"]
            assert (told["kind"], told["title"]) == ("verified", "Man")

    asyncio.run(body())


def test_only_moderators_moderate(database: str, tmp_path: Path) -> None:
    """R17, R19: no neighbor, officer, operator or agency decides about a post, or sees what waits."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            (maya,) = await neighbors(town)
            one = await maya.post()
            for who in (maya.actor, *await others(town)):
                assert (await who.call("GET", "/v1/moderation/queue")).status_code == 403
                answer = await decide(who, one, "remove", rule="N-6", reason=REASON)
                assert answer.status_code == 403

    asyncio.run(body())


async def others(town: Running) -> list[Actor]:
    return [staff(town.http, role) for role in ("officer", "operator", "custodian", "counsel")]


def test_posts_about_one_incident_are_joined(database: str, tmp_path: Path) -> None:
    """R14: one incident is counted once by readers; what is joined names the post it is joined into."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            maya, ben = await neighbors(town, 2)
            lena, _ = await two_moderators(town)
            first = await maya.post()
            second = await ben.post(
                title="Package stolen", done="I saw a woman steal a box next door and run."
            )
            await later(town)
            said = {"into": first.id, "reason": "Both tell of the box of that evening."}
            assert (await decide(lena, second, "join", **said)).status_code == 204
            shown = {row["post"]: row["about"] for row in await feed(town)}
            assert shown == {first.id: None, second.id: first.id}
            assert code(await decide(lena, first, "join", into=second.id)) == (409, "neighbors.no_join")
            assert code(await decide(lena, first, "join", into=first.id)) == (409, "neighbors.no_join")

    asyncio.run(body())


def test_many_reports_are_one_thing_and_a_decision_holds(database: str, tmp_path: Path) -> None:
    """R17: a flood of reports hides nothing; answered once, the same rule opens nothing again."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            people = await neighbors(town, 6)
            lena, _ = await two_moderators(town)
            one = await people[0].post()
            await later(town)
            for who in people[1:]:
                await who.actor.json("POST", f"/v1/posts/{one.id}/reports", json={"rule": "N-7"})
            (item,) = await waiting(lena)
            assert len(item["reports"]) == 5
            assert [row["post"] for row in await feed(town)] == [one.id]
            assert (await decide(lena, one, "show", reason="Nothing in it is untrue.")).status_code == 204
            assert await waiting(lena) == []
            assert await town.count("SELECT count(*) FROM post_report WHERE who IS NOT NULL") == 0
            await people[1].actor.json("POST", f"/v1/posts/{one.id}/reports", json={"rule": "N-7"})
            assert await waiting(lena) == []
            # somebody who is in it, without an account, is always heard
            asked = await town.http.post(f"/v1/posts/{one.id}/removal", json={"text": "I am in the picture."})
            assert asked.status_code == 201
            (item,) = await waiting(lena)
            assert item["reports"] == [{"rule": "N-8", "text": "I am in the picture.", "outside": True}]
            number = asked.json()["report"]
            assert (await town.json(f"/v1/reports/{number}"))["state"] == "waiting"
            assert (await decide(lena, one, "remove", rule="N-8", reason=REASON)).status_code == 204
            assert (await town.json(f"/v1/reports/{number}"))["rule"] == "N-8"

    asyncio.run(body())
