"""A moderator is a person with keys of their own: who comes how, from when they count, how it ends."""

import asyncio
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from tests.server.acting import staff
from tests.server.running import Running, Still, running
from tests.server.test_inviting import Invited
from tests.server.test_people import code

from fanlight.server.accounts.store import office_name
from fanlight.server.moderators import store
from fanlight.wire import b64


class Invitation(Invited):
    """An invitation of a moderator: of no agency."""

    kind = "moderator"

    def __init__(self, town: Running) -> None:
        super().__init__(town, staff(town.http, "operator"), "moderator", "K. Osei")
        self.said["agency"] = ""


async def in_office(town: Running) -> list[store.Moderator]:
    async with town.services.db.transaction() as tx:
        return await store.in_office(tx)


def test_a_moderator_comes_by_the_operators_link_and_counts_once_their_keys_are_in_the_record(
    database: str, tmp_path: Path
) -> None:
    """R17: nothing before; the entry has the public halves and no name; whoever ends is out at once."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            await town.settled()
            before = await in_office(town)
            assert [one.name for one in sorted(before, key=lambda one: one.name)] == [
                "L. Haddad",
                "S. Whitcomb",
            ]
            one = Invitation(town)
            assert (await one.offer()).is_success
            shown = (await one.read()).json()
            assert (shown["agency"], shown["agency_name"], shown["role"]) == ("", "", "moderator")
            assert (await one.answer()).status_code == 204
            assert (await one.person.sign_in()).status_code == 401
            wrong = staff(town.http, "counsel").keys.signing
            assert (await one.confirm(key=wrong)).status_code == 403
            assert (await one.confirm()).status_code == 204
            await town.settled()
            leaves = [leaf["pub"] for leaf in await town.leaves("moderator-joined")]
            assert [leaf["made_by"] for leaf in leaves] == ["set-up", "set-up", "operator"]
            recipient = one.person.keys.age.recipient
            assert (leaves[2]["key"], leaves[2]["recipient"]) == (one.person.sign_pub, recipient)
            assert "Osei" not in str(leaves)
            (came,) = [found for found in await in_office(town) if found.account == one.account]
            assert (came.name, came.recipient) == ("K. Osei", recipient)
            assert b64.encode(bytes(came.sign_pub)) == one.person.sign_pub
            assert (await one.person.sign_in()).is_success
            assert one.person.session["name"] == "K. Osei"
            # the operator ends it by a signature: every session goes, and the key signs in nothing
            path = f"/v1/operator/moderators/{one.account}/end"
            other = {"signature": one.act("counsel-end", one.account)}
            assert code(await one.by.call("POST", path, json=other)) == (403, "accounts.bad_signature")
            right = {"signature": one.act("moderator-end", one.account)}
            assert (await one.by.call("POST", path, json=right)).status_code == 204
            assert (await one.person.call("GET", "/v1/sessions/mine")).status_code == 401
            assert (await one.person.sign_in()).status_code == 401
            assert code(await one.by.call("POST", path, json=right)) == (404, "moderators.nobody")
            assert await in_office(town) == before
            rows = (await one.by.json("GET", "/v1/operator/moderators"))["moderators"]
            assert [(row["name"], row["ended"] is None) for row in rows] == [
                ("L. Haddad", True),
                ("S. Whitcomb", True),
                ("K. Osei", False),
            ]
            await town.settled()
            (ended,) = await town.leaves("moderator-ended")
            assert ended["pub"]["key"] == one.person.sign_pub

    asyncio.run(body())


def test_nothing_is_sealed_to_a_moderator_whose_entry_has_no_place_yet(database: str, tmp_path: Path) -> None:
    """R17: nor do they sign in; once the entry is in the record, both."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            one = Invitation(town)
            assert (await one.offer()).is_success
            assert (await one.answer()).is_success
            day, named = town.clock().date(), {"name": "K. Osei", "made_by": "operator"}
            async with town.services.db.transaction() as tx:
                await store.come(town.services.log, tx, account=one.account, day=day, **named)
                assert one.account in {row.account for row in await store.everybody(tx)}
                assert one.account not in {row.account for row in await store.in_office(tx)}
                assert await office_name(tx, "moderator", one.account) is None
            await town.settled()
            async with town.services.db.transaction() as tx:
                assert await office_name(tx, "moderator", one.account) == "K. Osei"
            assert one.account in {row.account for row in await in_office(town)}

    asyncio.run(body())


def test_nobody_invites_a_moderator_but_the_operator_and_a_session_lasts_half_a_day(
    database: str, tmp_path: Path
) -> None:
    """R17 R47: an agency's administrator makes none; who moderates signs in anew each day."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            administrator = staff(town.http, "administrator")
            for agency in ("", "FLDEMO001"):
                one = Invitation(town)
                one.by, one.said["agency"] = administrator, agency
                assert (await one.offer()).status_code in {400, 403}
            await town.settled()  # who came at set-up counts from here on
            moderator = staff(town.http, "moderator")
            await moderator.json("GET", "/v1/sessions/mine")
            assert moderator.session["kind"] == "moderator"
            town.clock.ahead = timedelta(hours=14)
            assert (await moderator.call("GET", "/v1/sessions/mine")).status_code == 401

    asyncio.run(body())


def test_the_tables_take_no_moderator_whom_no_entry_names(database: str, tmp_path: Path) -> None:
    """R17: whoever writes the rows: nobody reads who wrote a post without an entry of their own keys."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()):
            pass

    asyncio.run(body())
    swapped = (
        "INSERT INTO moderator (account, name, joined, leaf) SELECT a.id, 'Me', now(), c.leaf"
        " FROM counsel c JOIN account a ON a.kind = 'moderator' LIMIT 1"
    )
    for query in (swapped, "UPDATE moderator SET name = 'Somebody else'", "DELETE FROM moderator"):
        with (
            psycopg.connect(database) as owner,
            pytest.raises(psycopg.errors.RaiseException, match="no entry in the record"),
        ):
            owner.execute(query)
