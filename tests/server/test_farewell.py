"""R52: a household's end, and its last word to its hubs."""

import asyncio
from pathlib import Path

import psycopg
from tests.server.booking import found, sign_up
from tests.server.running import running
from tests.server.test_accounts_people import let_hub_in

from fanlight.model.clock import now
from fanlight.seal import farewell
from fanlight.server.vault.keeping import Keeper
from fanlight.wire import b64


def test_an_owner_ends_a_household_and_its_hub_finds_their_word_though_it_is_known_no_more(
    database: str, tmp_path: Path
) -> None:
    """R52: the word names nobody, opens for the hub alone, and ends too."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await found(await sign_up(town.http))
            hub, listed = await let_hub_in(home)
            await home.turn(home.owner.listed("owner"), hubs=(listed,), why="hub")
            assert home.newest is not None
            to, signer = [(listed.sign_pub, listed.age_recipient)], home.owner.keys.signing
            box = farewell.say(home.newest, to, signer, now().date())
            place, mine = f"/v1/farewells/{farewell.place_of(home.id)}", "/v1/households/mine"
            signature = home.owner.signed("delete-household", home.id)["Fanlight-Signature"]
            told = {"signature": signature, "farewell": b64.encode(box)}
            wrong = home.owner.signed("delete-household", "z" * 26)["Fanlight-Signature"]
            refused = await home.owner.call("POST", f"{mine}/end", json=told | {"signature": wrong})
            assert refused.status_code == 403
            for bad in ("-", b64.encode(b"not age")):
                refused = await home.owner.call("POST", f"{mine}/end", json=told | {"farewell": bad})
                assert refused.status_code == 400
            assert (await hub.call("POST", f"{mine}/end", json=told)).status_code == 403
            assert (await town.http.get(place)).status_code == 404, "nothing is left before the end"
            assert (await home.owner.call("POST", f"{mine}/end", json=told)).status_code == 204
            assert (await hub.call("GET", f"{mine}/epochs")).is_client_error
            assert (await town.http.get(place)).content == box
            assert (await town.http.get(place[:-1] + "x")).status_code == 404
            with psycopg.connect(database) as owner:
                ((last, kept),) = owner.execute("SELECT last, place FROM farewell").fetchall()
                assert kept == farewell.place_of(home.id)
                assert home.id not in kept
                assert last == now().date() + farewell.LIFE
                owner.execute("UPDATE farewell SET last = current_date - 1")
            assert (await town.http.get(place)).status_code == 404, "over, though nothing removed it yet"
            with psycopg.connect(database) as owner:
                owner.execute("INSERT INTO farewell VALUES (%s, current_date, %s)", ["f" * 64, box])
            await Keeper(town.services).expire_due()
            with psycopg.connect(database) as owner:
                rest = owner.execute("SELECT place FROM farewell").fetchall()
                assert rest == [("f" * 64,)], "gone by the day's own work, and its last day counts"

    asyncio.run(body())
