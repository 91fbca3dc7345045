"""R17: what the law makes an operator report is kept a year, handed over once, and told without its words."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.server.acting import Actor
from tests.server.neighbors.authoring import Written, code, later, neighbors
from tests.server.neighbors.moderators import two_moderators
from tests.server.running import Still, running

from fanlight.server.neighbors import clockwork

DAY = timedelta(days=1)
REASON = "The law forbids to show this picture."
DONE = {"to": "CyberTipline", "number": "T-4711"}


async def kept(who: Actor) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await who.json("GET", "/v1/moderation/law"))["kept"]
    return found


async def remove(who: Actor, of: Written, rule: str, kind: str = "posts") -> None:
    said = {"act": "remove", "rule": rule, "reason": REASON}
    answer = await who.call("POST", f"/v1/moderation/{kind}/{of.id}/decide", json=said)
    assert answer.status_code == 204, answer.text


def test_it_is_listed_handed_over_once_and_the_public_reads_no_word_of_it(
    database: str, tmp_path: Path
) -> None:
    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            maya, ben = await neighbors(town, 2)
            one, other = (
                await maya.post(),
                await ben.post(title="Other", done="Somebody shouted at the bus stop."),
            )
            await later(town)
            reply = await ben.comment(one, "Here is a link to it.")
            await later(town)
            lena, omar = await two_moderators(town)
            assert await kept(lena) == []
            await remove(lena, one, "N-9")
            await remove(lena, reply, "N-9", "comments")
            await remove(lena, other, "N-6")
            today = town.clock().date()
            found = await kept(omar)
            assert [(row["item"], row["kind"], row["handed"]) for row in found] == [
                (one.id, "post", None),
                (reply.id, "comment", None),
            ]
            assert found[0]["post"]["title"] == "Parcel taken from a step"
            assert found[1]["comment"] == "Here is a link to it."
            assert found[0]["until"] == (today + 365 * DAY).isoformat()

            path = f"/v1/moderation/law/{one.id}/handed-over"
            day = {"day": today.isoformat()}
            for bad in ((today + DAY).isoformat(), (today - DAY).isoformat(), "2026-02-31"):
                assert code(await omar.call("POST", path, json=DONE | {"day": bad})) == (
                    400,
                    "neighbors.no_day",
                )
            assert (await omar.call("POST", path, json=DONE | day)).status_code == 204
            assert code(await omar.call("POST", path, json=DONE | day)) == (409, "neighbors.decided")
            no = f"/v1/moderation/law/{other.id}/handed-over"
            assert (await omar.call("POST", no, json=DONE | day)).status_code == 404
            handed = (await kept(lena))[0]["handed"]
            assert handed == {
                "day": today.isoformat(),
                "said": f"To CyberTipline, number T-4711, on {today}.",
            }

            await town.settled()
            leaves = await town.leaves("moderation")
            (said,) = [leaf["pub"] for leaf in leaves if leaf["pub"]["act"] == "handed-over"]
            told = {
                "act": "handed-over",
                "day": today.isoformat(),
                "kind": "post",
                "rule": "N-9",
                "took": None,
            }
            assert said == told
            assert "T-4711" not in str(leaves)
            assert "CyberTipline" not in str(leaves)

    asyncio.run(body())


def test_it_is_kept_for_a_year_whatever_its_writer_does_and_then_destroyed(
    database: str, tmp_path: Path
) -> None:
    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            (maya,) = await neighbors(town)
            one = await maya.post()
            await later(town)
            lena, _ = await two_moderators(town)
            await remove(lena, one, "N-9")
            assert code(await maya.own(one, "withdraw")) == (409, "neighbors.kept_by_law")
            town.clock.ahead += 364 * DAY
            await clockwork.sweep(town.services)
            assert len(await kept(await again(lena))) == 1
            town.clock.ahead += 2 * DAY
            await clockwork.sweep(town.services)
            assert await kept(await again(lena)) == []

    asyncio.run(body())


async def again(who: Actor) -> Actor:
    """Return somebody who signs in anew: a session ends after some hours."""
    who.session = {}
    return who
