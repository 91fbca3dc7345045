"""R03 R05: an owner lets somebody who came later see what was before them."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.server.booking import Home, Person, found, sign_up
from tests.server.running import running

from fanlight.seal import earlier, reading
from fanlight.seal.earlier import Gift
from fanlight.seal.epoch import Epoch, from_wire

MINE = "/v1/households/mine"


async def give(home: Home, to: Person, *gifts: Gift, by: Person | None = None) -> httpx.Response:
    """Have an owner put earlier keys at the server."""
    body = {"keys": [gift.to_wire() for gift in gifts]}
    return await (by or home.owner).call("PUT", f"{MINE}/earlier/{to.account}", json=body)


def opened(mine: dict[str, Any], who: Person) -> dict[int, str]:
    """Return what a member opens of the earlier keys that they are shown."""
    chain = [from_wire(wire) for wire in mine["epochs"]]
    gifts = [earlier.from_wire(wire) for wire in mine["earlier"]]
    return {
        gift.n: reading.open_earlier(
            gift, [who.keys.age.secret], household=mine["household"], account=who.account, chain=chain
        )
        for gift in gifts
    }


async def grown(town: Any) -> tuple[Home, Person, Person, list[Epoch]]:
    """Return a household of an owner and two members who came with its third key, and its three pages."""
    ana, ben, cam = [await sign_up(town.http) for _ in range(3)]
    home = await found(ana)
    pages = [from_wire((await ana.json("GET", MINE))["epochs"][0])]
    for person in (ben, cam):
        await home.invite(person)
    for listed in ([], [ben.listed("member"), cam.listed("member")]):
        await home.turn(ana.listed("owner"), *listed)
        assert home.newest is not None
        pages.append(home.newest)
    return home, ben, cam, pages


def test_a_member_opens_the_earlier_keys_that_an_owner_gave_and_nobody_else_is_shown_them(
    database: str, tmp_path: Path
) -> None:
    """R03: from when on somebody sees is an owner's choice; the keys are that member's own."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home, ben, cam, pages = await grown(town)
            assert (await ben.json("GET", MINE))["earlier"] == []
            assert (await give(home, ben, home.earlier(pages[1], ben))).status_code == 204
            assert opened(await ben.json("GET", MINE), ben) == {1: home.secrets[pages[1].statement.recipient]}
            assert (await give(home, ben, *(home.earlier(page, ben) for page in pages[:2]))).is_success
            assert set(opened(await ben.json("GET", MINE), ben)) == {0, 1}
            for other in (home.owner, cam):
                assert (await other.json("GET", MINE))["earlier"] == []
                assert "sees-earlier" in await other.codes()

    asyncio.run(body())


def test_only_what_an_owner_signed_for_this_reader_and_this_page_is_taken(
    database: str, tmp_path: Path
) -> None:
    """R05: no member gives away keys in the household's name, and none is kept that its reader refuses."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home, ben, cam, pages = await grown(town)
            stranger = await sign_up(town.http)
            mine = home.earlier(pages[0], ben)
            refused = [
                (await give(home, ben, home.earlier(pages[0], ben, by=cam)), "accounts.bad_earlier"),
                (await give(home, cam, mine), "accounts.bad_earlier"),
                (await give(home, stranger, home.earlier(pages[0], stranger)), "accounts.no_reader"),
                (await give(home, ben, mine, by=ben), "accounts.not_owner"),
            ]
            for answer, code in refused:
                assert (answer.is_success, answer.json()["code"]) == (False, code)
            many = await give(home, ben, *[mine] * 41)
            assert many.status_code == 400
            assert (await ben.json("GET", MINE))["earlier"] == []

    asyncio.run(body())


@pytest.mark.parametrize("how", ["removed", "guest", "left", "household"])
def test_earlier_keys_go_with_whoever_sees_no_more(database: str, tmp_path: Path, how: str) -> None:
    """R52: of somebody who is gone, or only a guest, no key is kept."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home, ben, cam, pages = await grown(town)
            assert (await give(home, ben, home.earlier(pages[0], ben))).is_success
            assert kept(database) == 1
            ana, others = home.owner.listed("owner"), [cam.listed("member")]
            if how == "removed":
                await home.turn(ana, *others)
            elif how == "guest":
                await home.turn(ana, *others, ben.listed("guest"))
            elif how == "left":
                assert (await ben.call("POST", "/v1/account/leave")).is_success
            else:
                signed = home.owner.signed("delete-household", home.id)
                assert (await home.owner.call("DELETE", MINE, headers=signed)).is_success
            assert kept(database) == 0

    asyncio.run(body())


def kept(database: str) -> int:
    with psycopg.connect(database) as owner:
        (count,) = owner.execute("SELECT count(*) FROM earlier_key").fetchone() or (0,)
    return int(count)
