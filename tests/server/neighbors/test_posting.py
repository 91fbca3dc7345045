"""R11, R13, R15: what a post says of place and time, when it comes out, and what waits for a moderator."""

import asyncio
from datetime import timedelta
from pathlib import Path

from tests.server.acting import staff
from tests.server.neighbors.authoring import Writer, code, feed, later, neighbors, writer
from tests.server.running import Still, running

from fanlight.model import clock
from fanlight.model.ids import new_id


def test_a_post_comes_out_later_than_it_was_sent_and_says_nothing_of_who_wrote_it(
    database: str, tmp_path: Path
) -> None:
    """R11: ten minutes to two hours, drawn anew, on a full ten minutes; sent twice it is one post."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            (maya,) = await neighbors(town)
            sent = town.clock()
            first = maya.new()
            answer = (await maya.send(first)).json()
            assert (answer["state"], answer["flags"]) == ("accepted", [])
            again = (await maya.send(first)).json()
            assert again == answer
            assert await feed(town) == []
            assert code(await town.http.get(f"/v1/posts/{first.id}")) == (404, "neighbors.no_post")
            dues = {answer["due"]}
            for n in range(4):
                one = maya.new()
                text = f"A bag was stolen from car number {n} in the {n + 3}rd row of the parking lot."
                dues.add(
                    (await maya.send(one, title=f"Bag {n}", done=text, category="vehicle")).json()["due"]
                )
            for due in dues:
                moment = clock.from_text(due)
                assert timedelta(minutes=10) <= moment - sent <= timedelta(minutes=130)
                assert moment.minute % 10 == moment.second == moment.microsecond == 0
            await later(town)
            shown = {one["post"]: one for one in await feed(town)}
            assert set(shown) == {one.id for one in maya.written}
            assert shown[first.id] == {
                "post": first.id,
                "category": "package",
                "title": "Parcel taken from a step",
                "done": "Somebody walked up, took the parcel from the step and left on foot.",
                "looks": "",
                "cell": maya.form()["cell"],
                "day": sent.date().isoformat(),
                "part": "evening",
                "published": answer["due"],
                "state": "open",
                "verified": False,
                "correction": None,
                "media": [],
                "comments": 0,
                "supplied": [],
                "about": None,
                "by": None,
                "until": None,
                "warrant": None,
            }
            await answers_of_others(maya)

    asyncio.run(body())


async def answers_of_others(maya: Writer) -> None:
    """Nobody else posts: not a hub, an officer, the operator or a stranger; and not with another's id."""
    town, first = maya.town, maya.written[0]
    body = maya.form() | {"post": new_id(), "key": maya.key(first), "media": [], "anyway": False}
    assert (await town.http.post("/v1/posts", json=body)).status_code == 401
    for role in ("officer", "operator"):
        assert (await staff(town.http, role).call("POST", "/v1/posts", json=body)).status_code == 403
    taken = body | {"post": first.id, "key": maya.key(maya.new())}
    assert code(await maya.actor.call("POST", "/v1/posts", json=taken)) == (409, "neighbors.taken")


def test_the_form_asks_and_what_has_a_flag_waits_for_a_moderator(database: str, tmp_path: Path) -> None:
    """R15: who describes and tells no deed is asked; sent anyway it waits, and nobody reads it."""
    idle = {"title": "Man on our street", "done": "A black man in a hoodie was walking around.", "looks": ""}

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            (maya,) = await neighbors(town)
            checked = await maya.actor.json("POST", "/v1/posts/check", json=maya.form(**idle))
            assert checked["ask"] == ["behaviour", "descriptors"]
            assert [flag["rule"] for flag in checked["flags"]] == ["N-1", "N-2"]
            assert "black" in checked["flags"][1]["words"]
            assert code(await maya.send(maya.new(), **idle)) == (409, "neighbors.flagged")
            one = maya.new()
            sent = (await maya.send(one, anyway=True, **idle)).json()
            assert (sent["state"], sent["due"]) == ("waiting", None)
            await later(town)
            assert await feed(town) == []
            (own,) = [row for row in await maya.mine() if row["post"] == one.id]
            assert (own["state"], [flag["rule"] for flag in own["flags"]]) == ("waiting", ["N-1", "N-2"])
            # what others wrote, told and hidden, is found, too
            said = {
                "N-3": {"done": "He stole my bike. He lives at 415 Linden Row, call 415-555-0123."},
                "N-4": {"done": "He stole my bike. Cash reward, be on the lookout and follow him home."},
            }
            for rule, words in said.items():
                found = await maya.actor.json("POST", "/v1/posts/check", json=maya.form(**words))
                assert rule in [flag["rule"] for flag in found["flags"]], words
            free = {
                "title": "Surveillance",
                "done": "The city council votes on police surveillance on Tuesday.",
            }
            found = await maya.actor.json(
                "POST", "/v1/posts/check", json=maya.form(category="safety", **free)
            )
            assert (found["ask"], found["flags"]) == ([], []), "R19: the word is posted as any other"

    asyncio.run(body())


def test_repeated_posts_and_new_accounts_wait(database: str, tmp_path: Path) -> None:
    """R17: the same again is held with the post it repeats; so is whatever a new account sends first."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            (maya,) = await neighbors(town)
            first = await maya.post()
            repeated = maya.form(title="PARCEL taken from a step!")
            found = await maya.actor.json("POST", "/v1/posts/check", json=repeated)
            assert [(flag["rule"], flag["words"]) for flag in found["flags"]] == [("N-5", [first.id])]
            newcomer = await writer(town, 9)
            found = await newcomer.actor.json(
                "POST",
                "/v1/posts/check",
                json=newcomer.form(title="Cat", done="A grey cat sits in our garden."),
            )
            assert (found["quiet"], [flag["rule"] for flag in found["flags"]]) == (True, ["N-11"])
            assert found["similar"] == []
            await later(town)
            found = await maya.actor.json(
                "POST", "/v1/posts/check", json=maya.form(done="Our parcel is gone.")
            )
            assert [one["post"] for one in found["similar"]] == [first.id]
            town.clock.ahead += timedelta(hours=1)
            said = (
                "A lamp on the corner went dark.",
                "The fence of the school was painted red.",
                "A tree fell on the road.",
                "The bus stop is on the other side now.",
                "An old well was found under the market.",
            )
            for number, words in enumerate(said):
                await maya.post(title=f"News {number}", done=words)
            last = await maya.send(maya.new(), title="Kite", done="A kite hangs in the big oak.")
            assert code(last) == (429, "server.too_many")

    asyncio.run(body())


def test_a_post_has_a_place_of_fifty_homes_and_a_day_of_the_last_month(database: str, tmp_path: Path) -> None:
    """R11: no finer cell, none out of town, no other time than the part of a day."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            (maya,) = await neighbors(town)
            for cell in ("8a283082a677fff", "88754e6499fffff", "", "nothing", "fffffffffffffff"):
                assert code(await maya.send(maya.new(), cell=cell)) == (400, "neighbors.no_place"), cell
            today = town.clock().date()
            for day in (today - timedelta(days=31), today + timedelta(days=2)):
                refused = await maya.send(maya.new(), day=day.isoformat())
                assert code(refused) == (400, "neighbors.no_day")
            for change in ({"part": "21:30"}, {"category": "people"}, {"title": ""}, {"done": "x" * 2001}):
                assert (await maya.send(maya.new(), **change)).status_code == 400, change
            await maya.post()
            await later(town)
            (shown,) = await feed(town)
            for area in ("85283083fffffff", "862830877ffffff"):
                inside = [one["post"] for one in await feed(town, area=area)]
                assert inside in ([], [shown["post"]])
            assert code(await town.http.get("/v1/posts", params={"area": shown["cell"]})) == (
                400,
                "neighbors.no_area",
            )
            assert await feed(town, category="package") == [shown]
            assert await feed(town, category="animal") == []
            for bad in ({"before": "x"}, {"before": "2026-13-01T00:00:00Z_x"}, {"category": "x"}):
                assert (await town.http.get("/v1/posts", params=bad)).status_code == 400, bad
            (cell,) = (await town.json("/v1/posts/map"))["cells"]
            assert (cell["cell"], cell["category"], cell["many"]) == (shown["cell"], "package", 1)

    asyncio.run(body())
