"""R11: nobody reads from all that a server holds who wrote what; a moderator may, for a reason on record."""

import asyncio
from datetime import timedelta
from pathlib import Path

from tests.server.acting import staff
from tests.server.dumps import dump_of
from tests.server.neighbors.authoring import Writer, code, feed, later, neighbors
from tests.server.neighbors.moderators import two_moderators
from tests.server.running import Running, Still, running

from fanlight.seal import opening
from fanlight.wire import b64, jcs

_TABLES = [
    *("post", "post_comment", "post_report", "post_appeal", "post_media", "post_print", "post_change"),
    *("post_bar", "moderation"),
]
BECAUSE = {"rule": "N-6", "reason": "The third insult under another name."}


async def rows_with(town: Running, words: str) -> list[str]:
    """Return the tables that have a row with these words."""
    async with town.services.db.transaction() as tx:
        listed = await tx.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            " AND table_name = ANY (%s)",
            [_TABLES],
        )
        names = [str(name) for (name,) in await listed.fetchall()]
        found = []
        for name in names:
            many = await tx.execute(
                f"SELECT count(*) FROM {name} t WHERE t::text LIKE %s",  # noqa: S608 - a table's name
                [f"%{words}%"],
            )
            row = await many.fetchone()
            if row and row[0]:
                found.append(name)
    return sorted(found)


def test_no_row_says_who_wrote_a_post_and_only_a_moderators_key_opens_it(
    database: str, tmp_path: Path
) -> None:
    """R11: of all rows and files only the sealed author names the account, for moderators' keys alone."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            maya, ben = await neighbors(town, 2)
            one, two = (
                await maya.post(),
                await maya.post(category="vehicle", title="Car", done="A car was hit."),
            )
            await later(town)
            answer = await ben.comment(one, "I saw it, too: it was around eight.")
            await maya.actor.json("POST", f"/v1/posts/{two.id}/reports", json={"rule": "N-7"})
            for account in (maya.account, ben.account):
                assert await rows_with(town, account) == []
            assert "post" in await rows_with(town, one.id), "the search finds what is there"
            held = dump_of(database, tmp_path)
            lena, _ = await two_moderators(town)
            said = {
                jcs.dumps({"account": who.account, "of": of.id}) for who, of in ((maya, one), (maya, two))
            }
            said.add(jcs.dumps({"account": ben.account, "of": answer.id}))
            assert said <= set(held.opened_by(lena.keys.age.secret)), "a moderator's key opens all three"
            for role in ("operator", "officer", "counsel", "clerk", "auditor"):
                keys = (
                    staff(town.http, role).keys.age.secret
                    if role != "auditor"
                    else maya.actor.keys.age.secret
                )
                assert not said & set(held.opened_by(keys)), role

    asyncio.run(body())


def test_a_look_at_an_author_has_a_reason_in_the_record_and_leads_to_a_bar(
    database: str, tmp_path: Path
) -> None:
    """R17: without a reason no look; who is barred reads until when and why, and reads on."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            maya, _ = await neighbors(town, 2)
            one = await maya.post()
            lena, omar = await two_moderators(town)
            path = f"/v1/moderation/posts/{one.id}/author"
            assert (await lena.call("POST", path, json={"rule": "N-6", "reason": ""})).status_code == 400
            sealed = b64.decode((await lena.json("POST", path, json=BECAUSE))["sealed"])
            for who in (lena, omar):
                plain = jcs.loads(opening.open_age(sealed, [who.keys.age.secret]))
                assert plain == {"account": maya.account, "of": one.id}
            await barred(town, maya, (lena, omar))
            await town.settled()
            acts = [leaf["pub"] for leaf in await town.leaves("moderation")]
            assert [(pub["act"], pub["kind"], pub["rule"]) for pub in acts] == [
                ("author", "post", "N-6"),
                ("bar", "account", "N-6"),
                ("bar-end", "account", "N-6"),
            ]
            assert maya.account not in str(acts)
            assert one.id not in str(acts)
            await later(town, timedelta(days=61))
            lena, _ = await two_moderators(town)
            assert code(await lena.call("POST", path, json=BECAUSE)) == (404, "neighbors.no_author")

    asyncio.run(body())


async def barred(town: Running, maya: Writer, moderators: tuple[object, object]) -> None:
    lena, omar = await two_moderators(town)
    assert moderators
    bar = (
        await lena.json("POST", "/v1/moderation/bars", json=BECAUSE | {"account": maya.account, "days": 7})
    )["bar"]
    text = {"title": "Tree", "done": "A tree fell."}
    refused = await maya.send(maya.new(), **text)
    assert code(refused) == (403, "neighbors.barred")
    assert BECAUSE["reason"] in refused.text
    checked = await maya.actor.json("POST", "/v1/posts/check", json=maya.form(**text))
    assert (checked["barred"]["rule"], checked["barred"]["reason"]) == ("N-6", BECAUSE["reason"])
    (listed,) = (await omar.json("GET", "/v1/moderation/bars"))["bars"]
    assert listed["account"] == maya.account
    ended = {"reason": "It was somebody else."}
    assert (await omar.call("POST", f"/v1/moderation/bars/{bar}/end", json=ended)).status_code == 204
    assert (await maya.send(maya.new(), **text)).status_code == 201
    unknown = BECAUSE | {"account": town.services.clock().strftime("%d") * 13, "days": 7}
    assert (await lena.call("POST", "/v1/moderation/bars", json=unknown)).status_code in {400, 404}


def test_names_below_a_post_are_numbers_that_say_nothing_elsewhere(database: str, tmp_path: Path) -> None:
    """R11: one number for one writer below one post; another one, or none, below the next."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            maya, ben, ada = await neighbors(town, 3)
            one, two = (
                await maya.post(),
                await ben.post(category="animal", title="Cat", done="A cat is here."),
            )
            await later(town)
            first = await ben.comment(one, "I saw it, too.")
            again = ben.new()
            again.secret = first.secret
            await ben.comment(one, "It was eight o'clock.", again)
            await later(town)
            mine = maya.new()
            mine.secret = one.secret
            await maya.comment(one, "Thank you.", mine)
            await ada.comment(one, "Here as well.")
            await ben.comment(two, "It is grey.")
            await later(town)
            below = (await town.json(f"/v1/posts/{one.id}"))["comments"]
            assert sorted((row["who"], row["writer"]) for row in below) == [
                (0, True),
                (1, False),
                (1, False),
                (2, False),
            ]
            assert {row["comments"] for row in await feed(town)} == {4, 1}
            other = (await town.json(f"/v1/posts/{two.id}"))["comments"]
            assert [row["who"] for row in other] == [1]
            assert set(below[0]) == {"comment", "who", "writer", "text", "published"}

    asyncio.run(body())
