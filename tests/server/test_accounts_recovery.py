"""A printed sheet brings a household back, slowly and in front of everybody."""

import asyncio
from datetime import timedelta
from pathlib import Path

from tests.server.booking import Home, Person, begin_recovery, found, shown, sign_up
from tests.server.running import running

from fanlight.seal.epoch import Epoch
from fanlight.seal.keys import SigningKey

MINE = "/v1/households/mine"


async def _reads_the_book_and_no_more(person: Person, home: Home, made: Epoch) -> None:
    """Whoever came with the sheet sees the book at once, and fetches and owns nothing before it counts."""
    homes = (await person.json("GET", "/v1/households"))["households"]
    assert homes == [{"household": home.id, "role": "returning"}]
    assert (await person.json("GET", MINE))["role"] == "returning"
    epochs = await person.json("GET", f"{MINE}/epochs")
    assert all(one["sealed"] for one in epochs["epochs"])
    for method, path in (
        ("GET", "/v1/clips"),
        ("GET", "/v1/hub/status"),
        ("POST", "/v1/invites"),
        ("DELETE", "/v1/clips/" + home.id),
    ):
        refused = await person.call(method, path, json={"invite": home.id} if method == "POST" else None)
        assert refused.status_code == 403, (path, refused.text)
    turned = await person.call("PUT", f"{MINE}/epochs/1", json=made.to_wire())
    assert turned.status_code == 403, turned.text


def test_who_lost_every_passkey_is_owner_again_with_the_sheet_alone(database: str, tmp_path: Path) -> None:
    """R05: a new account, the sheet, two midnights: the household is theirs, and the old key is out."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana = await sign_up(town.http)
            home = await found(ana)
            new = await sign_up(town.http)
            seen = await new.json("POST", "/v1/recovery/household", json=await shown(new, home.sheet))
            assert (seen["household"], len(seen["epochs"]), seen["pending"]) == (home.id, 1, None)
            assert seen["epochs"][0]["sealed"] == "", "nothing opens before everybody is told"
            made = home.next(new.listed("owner"), signer=home.sheet, why="recovered")
            begun = await begin_recovery(new, home, made)
            assert begun.status_code == 202, begun.text
            again = await begin_recovery(new, home, made)
            assert again.json() == begun.json()
            assert begun.json()["epoch"] == made.to_wire()
            await _reads_the_book_and_no_more(new, home, made)
            assert (await ana.json("GET", MINE))["pending"] == begun.json()
            assert (await ana.json("GET", f"{MINE}/epochs"))["pending"] == begun.json()
            assert "recovery-started" in await ana.codes()
            town.clock.ahead += timedelta(days=1)
            await _reads_the_book_and_no_more(new, home, made)
            town.clock.ahead += timedelta(days=1)
            homes = (await new.json("GET", "/v1/households"))["households"]
            assert homes == [{"household": home.id, "role": "owner"}]
            mine = await new.json("GET", MINE)
            assert (len(mine["epochs"]), mine["pending"]) == (2, None)
            assert [one["account"] for one in mine["members"]] == [new.account]
            assert (await ana.call("GET", MINE)).status_code == 404
            assert "you-were-removed" in await ana.codes()
            assert "recovered" in await new.codes()
            home.newest, home.owner = made, new
            await home.turn(new.listed("owner"), why="month")

    asyncio.run(body())


def test_an_owner_who_is_still_there_stops_a_recovery(database: str, tmp_path: Path) -> None:
    """R05: a stolen sheet opens no door while an owner looks at their notices."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, thief = await sign_up(town.http), await sign_up(town.http)
            home = await found(ana)
            made = home.next(thief.listed("owner"), signer=home.sheet, why="recovered")
            assert (await begin_recovery(thief, home, made)).status_code == 202
            await home.turn(ana.listed("owner"), why="changed")
            assert "recovery-stopped" in await ana.codes()
            town.clock.ahead += timedelta(days=3)
            assert (await thief.json("GET", "/v1/households"))["households"] == []
            assert (await ana.json("GET", MINE))["pending"] is None
            late = await begin_recovery(thief, home, made)
            assert late.json()["code"] == "accounts.bad_epoch"

    asyncio.run(body())


def test_a_sheet_is_shown_to_be_held_and_serves_its_holder_only(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, eve = await sign_up(town.http), await sign_up(town.http)
            home = await found(ana)
            find = "/v1/recovery/household"
            forged = await eve.call("POST", find, json=await shown(eve, home.sheet, by=eve.keys.signing))
            assert forged.json()["code"] == "accounts.bad_signature"
            unknown = await eve.call("POST", find, json=await shown(eve, SigningKey.new()))
            assert (unknown.status_code, unknown.json()["code"]) == (403, "accounts.unknown_sheet")
            proof = await shown(ana, home.sheet)
            borrowed = await eve.call("POST", find, json=proof)
            assert borrowed.json()["code"] == "accounts.bad_signature"
            assert (await ana.call("POST", find, json=proof)).status_code == 200
            assert (await ana.call("POST", find, json=proof)).json()["code"] == "accounts.stale_challenge"
            assert (await town.http.post(find, json=proof)).status_code == 401
            for made in (
                home.next(ana.listed("owner")),  # an owner's, not the sheet's
                home.next(ana.listed("owner"), eve.listed("member"), signer=home.sheet),  # who did not ask
                home.next(eve.listed("owner"), ana.listed("member"), signer=home.sheet),
            ):
                assert (await begin_recovery(ana, home, made)).status_code in {400, 409}
            other = home.next(ana.listed("owner"), signer=home.sheet)
            assert (await begin_recovery(eve, home, other)).json()["code"] == "accounts.bad_epoch"
            direct = await home.put(other)
            assert direct.json()["code"] == "accounts.bad_epoch"  # no way round the two days

    asyncio.run(body())


def test_a_newer_sheet_takes_the_place_of_the_old(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana = await sign_up(town.http)
            home = await found(ana)
            old, home.sheet = home.sheet, SigningKey.new()
            await home.turn(ana.listed("owner"))
            gone = await ana.call("POST", "/v1/recovery/household", json=await shown(ana, old))
            assert gone.json()["code"] == "accounts.unknown_sheet"
            seen = await ana.json("POST", "/v1/recovery/household", json=await shown(ana, home.sheet))
            assert seen["household"] == home.id

    asyncio.run(body())


def test_a_recovery_whose_person_left_for_good_is_forgotten(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, new = await sign_up(town.http), await sign_up(town.http)
            home = await found(ana)
            made = home.next(new.listed("owner"), signer=home.sheet)
            assert (await begin_recovery(new, home, made)).status_code == 202
            signed = new.signed("delete-account", new.account)
            assert (await new.call("DELETE", "/v1/account", headers=signed)).status_code == 204
            town.clock.ahead += timedelta(days=3)
            mine = await ana.json("GET", MINE)
            assert (mine["pending"], len(mine["epochs"])) == (None, 1)

    asyncio.run(body())


def test_a_recovery_that_lists_somebody_who_left_ends_and_the_household_is_told(
    database: str, tmp_path: Path
) -> None:
    """R05: whoever watched it coming learns that it will not count."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben, new = [await sign_up(town.http) for _ in range(3)]
            home = await found(ana)
            await home.invite(ben)
            await home.turn(ana.listed("owner"), ben.listed("member"))
            made = home.next(new.listed("owner"), ben.listed("member"), signer=home.sheet, why="recovered")
            assert (await begin_recovery(new, home, made)).status_code == 202
            assert (await ben.call("POST", "/v1/account/leave")).status_code == 204
            assert "recovery-stopped" not in await ana.codes()
            town.clock.ahead += timedelta(days=3)
            mine = await ana.json("GET", MINE)
            assert (mine["pending"], len(mine["epochs"])) == (None, 2)
            assert "recovery-stopped" in await ana.codes()

    asyncio.run(body())


def test_a_recovery_can_be_given_up_and_its_person_invited_instead(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, new = await sign_up(town.http), await sign_up(town.http)
            home = await found(ana)
            assert (
                await begin_recovery(new, home, home.next(new.listed("owner"), signer=home.sheet))
            ).status_code == 202
            await home.invite(new)
            assert (await new.call("POST", "/v1/account/leave")).status_code == 204
            assert (await new.json("GET", "/v1/households"))["households"] == []
            assert "recovery-stopped" in await ana.codes()
            await home.turn(ana.listed("owner"), new.listed("member"))
            assert (await new.json("GET", MINE))["role"] == "member"

    asyncio.run(body())
