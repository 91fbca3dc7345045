"""A household takes people in, gives them roles, and loses them; rows and book say the same."""

import asyncio
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.seal.old_epochs import new_epoch
from tests.server.acting import CELL, Actor, make_household, staff
from tests.server.booking import Home, Person, add_passkey, found, sign_up
from tests.server.running import running

from fanlight.model.ids import new_id
from fanlight.seal import epoch, hubs
from fanlight.seal.keys import member_keys
from fanlight.seal.roll import Hub, Member
from fanlight.wire import b64

MINE = "/v1/households/mine"


async def _roles(person: Person, **options: Any) -> dict[str, str]:
    mine = await person.json("GET", MINE, **options)
    return {one["account"]: one["role"] for one in mine["members"]}


async def let_hub_in(home: Home) -> tuple[Actor, Hub]:
    keys = member_keys(secrets.token_bytes(32))
    facts: dict[str, Any] = {"sign_pub": keys.signing.public, "age_recipient": keys.age.recipient}
    signature = hubs.sign_hub(home.owner.keys.signing, household=home.id, **facts)
    wire = {"sign_pub": b64.encode(keys.signing.public), "age_recipient": keys.age.recipient}
    made = await home.owner.json("POST", f"{MINE}/hubs", json={**wire, "signature": b64.encode(signature)})
    return Actor(home.owner.http, keys), Hub(hub=made["hub"], **facts)


def test_an_invited_person_is_in_once_the_book_lists_them(database: str, tmp_path: Path) -> None:
    """R03: the owner's signed list decides, the server keeps step; nobody is listed who did not ask."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben = await sign_up(town.http), await sign_up(town.http)
            home = await found(ana)
            early = await home.put(home.next(ana.listed("owner"), ben.listed("member")))
            assert (early.status_code, early.json()["code"]) == (409, "accounts.not_asked")
            invite = await home.invite(ben)
            read = await ben.json("GET", f"/v1/invites/{invite}")
            assert (read["household"], read["inviter"]["sign_pub"]) == (home.id, ana.sign_pub)
            waiting = (await ana.json("GET", MINE))["invites"]
            assert [(one["invite"], one["answered"]) for one in waiting] == [(invite, True)]
            answer = await ana.json("GET", f"/v1/invites/{invite}/answer")
            assert (answer["account"], answer["sign_pub"]) == (ben.account, ben.sign_pub)
            assert (await ben.call("GET", MINE)).json()["code"] == "accounts.no_household"
            await home.turn(ana.listed("owner"), ben.listed("member"), why="joined")
            assert await _roles(ben) == {ana.account: "owner", ben.account: "member"}
            gone = await ben.call("GET", f"/v1/invites/{invite}")
            assert (gone.status_code, gone.json()["code"]) == (404, "accounts.no_invite")
            assert (await ana.json("GET", MINE))["invites"] == []
            assert {"invited", "joined"} <= set(await ana.codes())
            refused = await home.put(home.next(ana.listed("owner")), by=ben)
            assert (refused.status_code, refused.json()["code"]) == (403, "accounts.not_owner")

    asyncio.run(body())


def test_an_invite_is_one_persons_for_a_week_and_unknown_to_all_who_lack_its_id(
    database: str, tmp_path: Path
) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben, eve = [await sign_up(town.http) for _ in range(3)]
            home = await found(ana)
            invite = await home.invite(ben)
            mac = {"mac": b64.encode(bytes(32))}
            second = await eve.call("PUT", f"/v1/invites/{invite}/answer", json=mac)
            assert (second.status_code, second.json()["code"]) == (409, "accounts.invite_answered")
            assert (await ben.call("PUT", f"/v1/invites/{invite}/answer", json=mac)).status_code == 204
            assert (await eve.call("GET", f"/v1/invites/{invite}/answer")).status_code == 403
            assert (await eve.call("DELETE", f"/v1/invites/{invite}")).status_code == 404
            others = await found(eve)
            theirs = await eve.call("GET", f"/v1/invites/{invite}/answer")
            assert theirs.json()["code"] == "accounts.no_invite"
            unknown = await ben.call("GET", f"/v1/invites/{new_id()}")
            odd = await ben.call("GET", "/v1/invites/nonsense")
            town.clock.ahead += timedelta(days=8)
            ended = await ben.call("GET", f"/v1/invites/{invite}")
            assert unknown.json() == odd.json() == ended.json()
            late = await home.put(home.next(ana.listed("owner"), ben.listed("member")))
            assert late.json()["code"] == "accounts.not_asked"
            assert others.id != home.id
            for _ in range(10):
                await ana.json("POST", "/v1/invites", json={"invite": new_id()})
            many = await ana.call("POST", "/v1/invites", json={"invite": new_id()})
            assert many.json()["code"] == "accounts.many_invites"
            own = (await ana.json("GET", MINE))["invites"][0]["invite"]
            assert (await ana.call("DELETE", f"/v1/invites/{own}")).status_code == 204
            again = await eve.call("POST", "/v1/invites", json={"invite": own})
            assert again.status_code == 201
            taken = await ana.call("POST", "/v1/invites", json={"invite": own})
            assert taken.json()["code"] == "accounts.invite_taken"

    asyncio.run(body())


@pytest.mark.parametrize("role", ["guest", "installer", "landlord"])
def test_who_does_not_live_there_reads_and_changes_nothing_of_it(
    database: str, tmp_path: Path, role: str
) -> None:
    """R10: a landlord or an installer has no footage; a guest fetches what is sealed to them, and no more."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben = await sign_up(town.http), await sign_up(town.http)
            cam = await sign_up(town.http)
            home = await found(ana)
            for person in (ben, cam):
                await home.invite(person)
            await home.turn(ana.listed("owner"), ben.listed(role), cam.listed("member"))
            assert (await ben.json("GET", MINE))["role"] == role
            seen = await ben.json("GET", MINE)
            everybody = {ana.account, ben.account, cam.account}
            assert {one["account"] for one in seen["members"]} == (
                everybody if role == "guest" else everybody - {cam.account}
            )
            assert (len(seen["epochs"]) > 0) is (role == "guest")
            assert not any(one["sealed"] for one in seen["epochs"]), "with a stolen sheet it would open clips"
            assert all(one["sealed"] for one in (await cam.json("GET", MINE))["epochs"])
            epochs = await ben.call("GET", f"{MINE}/epochs")
            assert epochs.status_code == (200 if role == "guest" else 403)
            assert not any(one["sealed"] for one in epochs.json().get("epochs", []))
            for method, path, json in [
                ("POST", f"{MINE}/hubs", {"sign_pub": ben.sign_pub, "age_recipient": "age1pq1q"}),
                ("DELETE", f"/v1/clips/{new_id()}", None),
                ("GET", "/v1/hub/status", None),
                ("GET", f"/v1/cells/{CELL}/key", None),
                ("POST", "/v1/invites", {"invite": new_id()}),
            ]:
                got = await ben.call(method, path, json=json)
                assert got.status_code in {400, 403}, (path, got.text)
            signed = ben.signed("delete-household", home.id)
            assert (await ben.call("DELETE", MINE, headers=signed)).json()["code"] == "accounts.not_owner"
            if role != "guest":
                assert (await ben.call("GET", "/v1/clips")).status_code == 403
            before = set(await ben.codes())
            ana.device = "A" * 22
            await ana.sign_in()
            assert "new-device" in await cam.codes()
            assert set(await ben.codes()) == before  # who lives there is told, and nobody else

    asyncio.run(body())


def test_leaving_takes_one_call_and_who_left_is_not_listed_again(database: str, tmp_path: Path) -> None:
    """R52: out at once, told to those who stay by the day, and back only by a new invite."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben = await sign_up(town.http), await sign_up(town.http)
            home = await found(ana)
            only = await ana.call("POST", "/v1/account/leave")
            assert (only.status_code, only.json()["code"]) == (409, "accounts.last_owner")
            await home.invite(ben)
            await home.turn(ana.listed("owner"), ben.listed("member"))
            assert (await ben.call("POST", "/v1/account/leave")).status_code == 204
            assert (await ben.call("GET", MINE)).json()["code"] == "accounts.no_household"
            assert (await ben.call("POST", "/v1/account/leave")).status_code == 403
            assert list(await _roles(ana)) == [ana.account]
            assert "left" in await ana.codes()
            still = await home.put(home.next(ana.listed("owner"), ben.listed("member")))
            assert still.json()["code"] == "accounts.not_asked"
            await home.turn(ana.listed("owner"), why="left")
            await home.invite(ben)
            await home.turn(ana.listed("owner"), ben.listed("owner"))
            assert (await ana.call("POST", "/v1/account/leave")).status_code == 204
            assert await _roles(ben) == {ben.account: "owner"}

    asyncio.run(body())


def test_a_removed_person_is_out_at_once_and_told_so(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben = await sign_up(town.http), await sign_up(town.http)
            home = await found(ana)
            await home.invite(ben)
            await home.turn(ana.listed("owner"), ben.listed("member"))
            await home.turn(ana.listed("owner"), ben.listed("owner"))
            assert "role-changed" in await ben.codes()
            await home.turn(ana.listed("owner"), why="removed")
            for path in (MINE, f"{MINE}/epochs", "/v1/clips", "/v1/hub/status"):
                assert (await ben.call("GET", path)).status_code in {403, 404}, path
            told = (await ben.json("GET", "/v1/account/notices"))["notices"]
            mine = [one for one in told if one["code"] == "you-were-removed"]
            assert [(one["about"], one["household"]) for one in mine] == [(None, None)]
            assert "removed" in await ana.codes()
            # The removed person's own signed list of the past changes nothing any more.
            theirs = home.next(ana.listed("owner")).to_wire()
            refused = await ben.call("PUT", f"{MINE}/epochs/4", json=theirs)
            assert refused.status_code == 403

    asyncio.run(body())


def test_a_hub_is_in_when_let_in_and_out_when_the_book_drops_it(database: str, tmp_path: Path) -> None:
    """R03: a hub that no statement lists any more can neither send clips nor read the book."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana = await sign_up(town.http)
            home = await found(ana)
            actor, hub = await let_hub_in(home)
            await home.turn(ana.listed("owner"), why="month")  # by a client that had not heard of it
            assert len((await actor.json("GET", f"{MINE}/epochs"))["epochs"]) == 2
            await home.turn(ana.listed("owner"), hubs=(hub,), why="hub")
            await home.turn(ana.listed("owner"), why="hub")
            assert (await actor.call("GET", f"{MINE}/epochs")).status_code == 403
            assert {"hub-added", "hub-removed"} <= set(await ana.codes())
            ghost = Hub(hub=new_id(), sign_pub=hub.sign_pub, age_recipient=hub.age_recipient)
            refused = await home.put(home.next(ana.listed("owner"), hubs=(ghost,)))
            assert refused.json()["code"] == "accounts.bad_epoch"
            unasked = await home.put(home.next(ana.listed("owner"), hubs=(hub,)))
            assert unasked.json()["code"] == "accounts.not_asked"

    asyncio.run(body())


def test_a_list_that_names_an_account_with_other_keys_or_an_officer_is_refused(
    database: str, tmp_path: Path
) -> None:
    """R28: nobody of an agency is ever of a household, whoever signs it; nobody stands in with other keys."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben = await sign_up(town.http), await sign_up(town.http)
            home = await found(ana)
            await home.invite(ben)
            officer = staff(town.http, "officer")
            await officer.json("GET", "/v1/agency")
            account = str(officer.session["account"])
            other = member_keys(b"x" * 32)
            for named, keys in [(account, officer.keys), (ben.account, other), (new_id(), other)]:
                listed = Member(
                    account=named,
                    sign_pub=keys.signing.public,
                    age_recipient=keys.age.recipient,
                    role="member",
                )
                got = await home.put(home.next(ana.listed("owner"), listed))
                assert got.json()["code"] == "accounts.bad_epoch", named
            assert list(await _roles(ana)) == [ana.account]

    asyncio.run(body())


def test_of_two_owners_who_change_the_list_at_once_one_comes_first(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben = await sign_up(town.http), await sign_up(town.http)
            home = await found(ana)
            await home.invite(ben)
            await home.turn(ana.listed("owner"), ben.listed("owner"))
            mine = home.next(ana.listed("owner"))
            theirs = home.next(ben.listed("owner"), signer=ben.keys.signing)
            answers = await asyncio.gather(home.put(mine, by=ana), home.put(theirs, by=ben))
            assert min(one.status_code for one in answers) == 204
            assert max(one.status_code for one in answers) in {403, 409}
            last = ana if answers[0].status_code == 204 else ben
            assert list(await _roles(last)) == [last.account]

    asyncio.run(body())


def test_a_person_has_several_households_under_one_passkey(database: str, tmp_path: Path) -> None:
    """A flat and a parents' house: one account, one seed; each call says which home is meant."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben = await sign_up(town.http), await sign_up(town.http)
            first = await found(ana)
            refused = await ana.call("POST", "/v1/households", json={"cell": CELL})
            assert refused.json()["code"] == "accounts.has_household"
            second = await found(ana, another=True)
            homes = (await ana.json("GET", "/v1/households"))["households"]
            assert {(one["household"], one["role"]) for one in homes} == {
                (first.id, "owner"),
                (second.id, "owner"),
            }
            for home in (first, second):
                mine = await ana.json("GET", MINE, headers={"Fanlight-Household": home.id})
                assert mine["household"] == home.id
            other = await found(ben)
            alien = await ana.call("GET", MINE, headers={"Fanlight-Household": other.id})
            assert (alien.status_code, alien.json()["code"]) == (404, "accounts.no_household")
            there = {"Fanlight-Household": second.id}
            left = await ana.call("POST", "/v1/account/leave", headers=there)
            assert left.json()["code"] == "accounts.last_owner"
            signed = {**there, **ana.signed("delete-household", second.id)}
            assert (await ana.call("DELETE", MINE, headers=signed)).status_code == 204
            homes = (await ana.json("GET", "/v1/households"))["households"]
            assert [one["household"] for one in homes] == [first.id]

    asyncio.run(body())


def _rows_naming(database: str, word: str) -> set[str]:
    held = set()
    with psycopg.connect(database) as owner:
        for (table,) in owner.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall():
            query = f'SELECT count(*) FROM "{table}" t WHERE position(%s IN t::text) > 0'  # noqa: S608
            row = owner.execute(query.encode(), [word]).fetchone()
            if row and row[0]:
                held.add(str(table))
    return held


def test_a_deleted_account_leaves_no_row_with_its_wrapped_seed(database: str, tmp_path: Path) -> None:
    """R10: what could open anything of the person's is gone; those who stay are told that they left."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben = await sign_up(town.http), await sign_up(town.http)
            home = await found(ana)
            await home.invite(ben)
            await home.turn(ana.listed("owner"), ben.listed("member"))
            unsigned = await ben.call("DELETE", "/v1/account")
            assert unsigned.status_code == 400
            forged = await ben.call(
                "DELETE", "/v1/account", headers=ana.signed("delete-account", ben.account)
            )
            assert forged.json()["code"] == "accounts.bad_signature"
            owner = await ana.call("DELETE", "/v1/account", headers=ana.signed("delete-account", ana.account))
            assert owner.json()["code"] == "accounts.last_owner"
            credential = ben.passkey.credential.hex()
            assert _rows_naming(database, credential) == {"passkey"}
            signed = ben.signed("delete-account", ben.account)
            assert (await ben.call("DELETE", "/v1/account", headers=signed)).status_code == 204
            assert (await ben.call("GET", "/v1/account")).status_code == 401
            assert (await ben.sign_in()).json()["code"] == "accounts.passkey_refused"
            assert _rows_naming(database, credential) == set()
            # The members' own book names who was in it, as they signed it; so does the notice that they left.
            assert _rows_naming(database, ben.account) == {"epoch", "notice"}
            assert list(await _roles(ana)) == [ana.account]
            assert "left" in await ana.codes()

    asyncio.run(body())


def test_a_deleted_household_is_gone_with_hubs_book_and_clips(database: str, tmp_path: Path) -> None:
    """R10: moving out wipes it all; every member is told, and no row names the household any more."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben = await sign_up(town.http), await sign_up(town.http)
            home = await found(ana)
            actor, hub = await let_hub_in(home)
            await home.invite(ben)
            await home.turn(ana.listed("owner"), ben.listed("member"), hubs=(hub,))
            await actor.json("GET", f"{MINE}/epochs")
            async with town.services.db.transaction(household=home.id) as tx:
                await tx.execute(
                    "INSERT INTO clip (id, household, hub, epoch, day, length, root, manifest_sha256, card,"
                    " sig, manifest, hdr, kept)"
                    " VALUES ('c', %s, %s, 1, '2026-11-01', 9, 'r', 'm', 'c', 's', '', '', true)",
                    [home.id, hub.hub],
                )
            wrong = await ana.call("DELETE", MINE, headers=ana.signed("delete-household", "a" * 26))
            assert wrong.json()["code"] == "accounts.bad_signature"
            assert (await ben.call("DELETE", MINE, headers=ben.signed("delete-household", home.id))).json()[
                "code"
            ] == "accounts.not_owner"
            signed = ana.signed("delete-household", home.id)
            assert (await ana.call("DELETE", MINE, headers=signed)).status_code == 204
            assert _rows_naming(database, home.id) == set()
            assert _rows_naming(database, hub.hub) == set()
            assert (await actor.call("GET", f"{MINE}/epochs")).status_code == 401
            for person in (ana, ben):
                assert (await person.call("GET", MINE)).json()["code"] == "accounts.no_household"
                assert "household-deleted" in await person.codes()
            assert (await ana.call("POST", "/v1/households", json={"cell": CELL})).status_code == 201

    asyncio.run(body())


def test_an_old_chain_goes_on_with_the_new_list(database: str, tmp_path: Path) -> None:
    """R03: a household from before the book keeps its chain; its owner's first list takes over its hubs."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            old = await make_household(town.http)
            mine = await old.owner.json("GET", MINE)
            assert "private" not in mine["epochs"][0]
            owner = Person(town.http, old.owner.keys, session=old.owner.session)
            sheet = member_keys(b"r" * 32)
            home = Home(old.id, owner, sheet.signing, sheet.age.recipient, epoch.from_wire(mine["epochs"][0]))
            facts: dict[str, Any] = {
                "sign_pub": old.hub.keys.signing.public,
                "age_recipient": old.hub.keys.age.recipient,
            }
            await home.turn(owner.listed("owner"), hubs=(Hub(hub=mine["hubs"][0]["hub"], **facts),))
            assert len((await old.hub.json("GET", f"{MINE}/epochs"))["epochs"]) == 2
            _, back = new_epoch(
                household=old.id,
                after=home.newest,
                members=[owner.keys.age.recipient],
                owner_key=owner.keys.signing,
            )
            got = await owner.call("PUT", f"{MINE}/epochs/2", json=back.to_wire())
            assert got.json()["code"] == "accounts.bad_epoch"

    asyncio.run(body())


def test_what_was_deleted_does_not_come_back_with_an_older_database(database: str, tmp_path: Path) -> None:
    """R05, R10: a removed passkey, a deleted account and a household that moved out stay so."""
    kept = ("account", "household", "membership", "passkey", "epoch")

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben, cam = [await sign_up(town.http) for _ in range(3)]
            home, gone = await found(ana), await found(cam)
            await let_hub_in(gone)
            await home.invite(ben)
            await home.turn(ana.listed("owner"), ben.listed("member"))
            second = Person(town.http, ana.keys, session=ana.session)
            added = (await add_passkey(second, second.passkey))[1].json()["passkey"]
            with psycopg.connect(database) as owner:
                backup = {one: owner.execute(f"SELECT * FROM {one}".encode()).fetchall() for one in kept}  # noqa: S608
            await ana.json("DELETE", f"/v1/passkeys/{added}", headers=ana.signed("remove-passkey", added))
            await ben.json("DELETE", "/v1/account", headers=ben.signed("delete-account", ben.account))
            await cam.json("DELETE", MINE, headers=cam.signed("delete-household", gone.id))
        with psycopg.connect(database) as owner:
            for one in kept:
                width = ", ".join(["%s"] * len(backup[one][0]))
                query = f"INSERT INTO {one} VALUES ({width}) ON CONFLICT DO NOTHING"  # noqa: S608
                for row in backup[one]:
                    owner.execute(query.encode(), row)
        assert _rows_naming(database, ben.account) >= {"account", "passkey", "membership"}
        assert _rows_naming(database, gone.id) == {"household", "membership", "epoch"}
        async with running(tmp_path, database) as town:
            assert _rows_naming(database, added) == set()
            assert _rows_naming(database, ben.account) == {"epoch", "notice"}
            assert _rows_naming(database, gone.id) == set()
            for out in (ben, second):
                out.http = town.http
                assert (await out.sign_in()).json()["code"] == "accounts.passkey_refused"
            ana.http = cam.http = town.http
            assert (await ana.sign_in()).status_code == 200
            assert list(await _roles(ana)) == [ana.account]
            assert (await cam.sign_in()).json()["household"] is None

    asyncio.run(body())
