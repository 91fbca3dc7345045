"""R14: corrections reach every reader; what is taken back is destroyed, also from an older database."""

import asyncio
from datetime import timedelta
from pathlib import Path

from tests.server.neighbors.authoring import code, feed, later, neighbors
from tests.server.neighbors.moderators import two_moderators
from tests.server.running import Still, running

from fanlight.server.neighbors import clockwork

DAY = timedelta(days=1)
RULES = ("N-6", "N-9")


def test_a_writer_corrects_and_resolves_and_every_reader_is_told(database: str, tmp_path: Path) -> None:
    """R14: the correction stands beside the text; one list for everybody names the post."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            maya, ben = await neighbors(town, 2)
            one = await maya.post(
                category="vehicle", title="Van", done="A van was broken open on the corner."
            )
            assert code(await maya.own(one, "correct", text="x" * 1001))[0] == 400
            assert code(await maya.own(one, "correct", text="A van.")) == (409, "neighbors.not_out")
            assert code(await maya.own(one, "resolve")) == (409, "neighbors.not_out")
            assert (await town.json("/v1/posts/corrections"))["corrections"] == []
            await later(town)
            text = "The van belongs to the water company."
            assert (await maya.own(one, "correct", text=text)).is_success
            wrong = await ben.post(category="animal", title="Cat", done="A cat is lost.")
            assert code(
                await town.http.post(f"/v1/posts/{one.id}/correct", json=wrong.said | {"text": "No."})
            ) == (
                403,
                "neighbors.not_yours",
            )
            hunted = await maya.own(one, "correct", text="Call me at 415-555-0123.")
            assert code(hunted) == (409, "neighbors.flagged")
            assert (await maya.own(one, "resolve", text="It was repaired.")).json()["state"] == "open"
            assert (await town.json("/v1/posts/corrections"))["corrections"] == [], "told later, as posts are"
            assert code(await maya.own(one, "resolve")) == (409, "neighbors.resolved")
            await later(town)
            shown = {row["post"]: row for row in await feed(town)}[one.id]
            assert (shown["state"], shown["correction"]["text"]) == ("resolved", text)
            assert shown["done"] == "A van was broken open on the corner."
            told = (await town.json("/v1/posts/corrections"))["corrections"]
            assert {(row["kind"], row["text"]) for row in told} == {
                ("corrected", text),
                ("resolved", "It was repaired."),
            }
            first = await town.http.get("/v1/posts/corrections")
            tagged = {"If-None-Match": first.headers["etag"]}
            assert (await town.http.get("/v1/posts/corrections", headers=tagged)).status_code == 304

    asyncio.run(body())


def test_what_is_taken_back_is_destroyed_and_no_backup_brings_it_back(database: str, tmp_path: Path) -> None:
    """R11: its words are in no row; an older database loses it again before it is read."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            maya, ben = await neighbors(town, 2)
            one = await maya.post(title="Blue bicycle", done="A blue bicycle was stolen.")
            await later(town)
            said = await ben.comment(one, "It stood at the bakery.")
            await later(town)
            assert (await maya.own(one, "withdraw")).status_code == 204
            assert (await ben.own(said, "withdraw", kind="comments")).status_code == 204
            assert await feed(town) == []
            assert code(await town.http.get(f"/v1/posts/{one.id}")) == (404, "neighbors.no_post")
            words = (
                "SELECT count(*) FROM post p, post_comment c WHERE p::text ~ 'bicycle' OR c::text ~ 'bakery'"
            )
            assert await town.count(words) == 0
            assert code(await maya.own(one, "withdraw")) == (404, "neighbors.no_post")
            async with town.services.db.transaction() as tx:  # an older database is put back
                await tx.execute(
                    "UPDATE post SET state = 'accepted', title = 'Blue bicycle' WHERE id = %s",
                    [one.id],
                )
            assert [row["post"] for row in await feed(town)] == [one.id]
            await clockwork.replay(town.services)
            assert await feed(town) == []
            assert await town.count(words) == 0

    asyncio.run(body())


def test_what_was_removed_is_destroyed_a_month_later_but_what_the_law_wants_kept(
    database: str, tmp_path: Path
) -> None:
    """R17: an appeal has 30 days; what has to be reported by law is kept for a year (18 U.S.C. 2258A)."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            (maya,) = await neighbors(town)
            lena, _ = await two_moderators(town)
            posts = {
                rule: await maya.post(title=rule, done=f"{rule} was written on the wall.") for rule in RULES
            }
            for rule, one in posts.items():
                said = {"act": "remove", "rule": rule, "reason": "It breaks this rule."}
                path = f"/v1/moderation/posts/{one.id}/decide"
                assert (await lena.call("POST", path, json=said)).status_code == 204
            kept = "SELECT count(*) FROM post WHERE title <> ''"
            for days, many in ((29, 2), (2, 1), (333, 1), (3, 0)):
                await later(town, days * DAY)
                assert await town.count(kept) == many, days
            assert code(await maya.own(posts["N-6"], "appeal", text="Please look.")) == (
                409,
                "neighbors.no_appeal",
            )

    asyncio.run(body())


def test_a_months_numbers_enter_the_record_when_it_is_over(database: str, tmp_path: Path) -> None:
    """R17: once, with what was counted then; what is taken back later changes nothing of it."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            (maya,) = await neighbors(town)
            month = town.clock().date().isoformat()[:7]
            one = await maya.post()
            await maya.own(one, "withdraw")
            await later(town, 35 * DAY)
            await later(town)
            await town.settled()
            (entry,) = [leaf["pub"] for leaf in await town.leaves("posts-counted")]
            assert (entry["month"], entry["posts"], entry["comments"]) == (month, 1, 0)

    asyncio.run(body())
