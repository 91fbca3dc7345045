"""Two towns on one host, with the same people: nothing that one gave or signed counts at the other."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.server.acting import SEEDS, make_household, open_request, staff
from tests.server.running import Running, running
from tests.store.sharing import settle, with_passwords

from fanlight.hub.uplink import Refused, Uplink
from fanlight.model.ids import new_id
from fanlight.proof.checkpoint import open_checkpoint
from fanlight.proof.errors import ProofError
from fanlight.seal.keys import member_keys
from fanlight.store.postgres import Postgres
from fanlight.wire import b64

OFFICER = member_keys(SEEDS["officer"])


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with with_passwords() as found:
        yield found


@contextlib.asynccontextmanager
async def two_towns(server: Postgres, folder: Path) -> AsyncIterator[tuple[Running, Running]]:
    """Two whole towns, each with a database, roles that own nothing else, a home and a log of its own."""
    async with contextlib.AsyncExitStack() as stack:
        found = []
        for name in ("first", "second"):
            home = folder / name
            here = settle(server, home, f"t{new_id()}")
            town = running(home, here.addresses.owner, app_database=here.addresses.app)
            found.append(await stack.enter_async_context(town))
        yield found[0], found[1]


def test_a_session_of_one_town_is_none_at_the_other(server: Postgres, tmp_path: Path) -> None:
    """R50: of a resident, of their hub and of an officer, whose keys both towns may know."""

    async def body() -> None:
        async with two_towns(server, tmp_path) as (first, second):
            house = await make_household(first.http)
            officer = staff(first.http, "officer")
            for actor, path in (
                (house.owner, "/v1/account"),
                (house.hub, "/v1/households/mine"),
                (officer, "/v1/agency"),
            ):
                await actor.json("GET", path)
                token = {"Authorization": f"Bearer {actor.session['token']}"}
                assert (await first.http.get(path, headers=token)).status_code == 200
                assert (await second.http.get(path, headers=token)).status_code == 401

    asyncio.run(body())


def test_a_signed_challenge_of_one_town_signs_in_at_that_one_only(server: Postgres, tmp_path: Path) -> None:
    """R50: it names the town, so that who signs it can tell, and the other takes it for none of its own."""

    async def body() -> None:
        async with two_towns(server, tmp_path) as (first, second):
            public = b64.encode(OFFICER.signing.public)

            async def signed(town: Running) -> dict[str, Any]:
                asked = await town.http.post("/v1/sessions/challenge", json={"sign_pub": public})
                challenge = asked.json()["challenge"]
                assert challenge.split(" ")[0] == town.services.log.key.name
                signature = b64.encode(OFFICER.signing.sign("sign-in", challenge.encode()))
                return {"sign_pub": public, "challenge": challenge, "signature": signature}

            answers = [
                (await town.http.post("/v1/sessions", json=await signed(of))).status_code
                for town in (first, second)
                for of in (first, second)
            ]
            assert answers == [200, 403, 403, 200]

    asyncio.run(body())


def test_a_hub_signs_no_other_towns_challenge(server: Postgres, tmp_path: Path) -> None:
    """R50: a town that hands on another's challenge could otherwise sign in there as the hub."""

    async def body() -> None:
        async with two_towns(server, tmp_path) as (first, _):
            url, name = str(first.http.base_url), first.services.log.key.name
            async with Uplink(url, OFFICER.signing, lambda: name) as uplink:
                assert (await uplink.call("GET", "/v1/agency")).is_success
            for other in ("another.example/log", name + "/x", name[:-1], ""):
                async with Uplink(url, OFFICER.signing, partial(str, other)) as uplink:
                    with pytest.raises(Refused, match="another town") as caught:
                        await uplink.call("GET", "/v1/agency")
                    assert caught.value.server_code == "hub.other_town"

    asyncio.run(body())


def test_what_one_town_recorded_is_unknown_to_the_other(server: Postgres, tmp_path: Path) -> None:
    """R50: keys of the log, checkpoints, entries, requests, areas' keys, drop tokens."""

    async def body() -> None:
        async with two_towns(server, tmp_path) as (first, second):
            await open_request(first.http, first.clock())
            await first.settled()
            await second.settled()
            keys = [town.services.log.key.verifier for town in (first, second)]
            assert keys[0] != keys[1]
            for town, own, other in ((first, keys[0], keys[1]), (second, keys[1], keys[0])):
                note = (await town.http.get("/log/checkpoint")).content
                open_checkpoint(note, own)
                with pytest.raises(ProofError):
                    open_checkpoint(note, other)
            assert [bool(await town.leaves("request")) for town in (first, second)] == [True, False]
            async with first.services.db.transaction() as tx:
                rows = await (await tx.execute("SELECT cell, identity FROM cell_key")).fetchall()
            assert rows
            async with second.services.db.transaction() as tx:
                others = await (await tx.execute("SELECT identity FROM cell_key")).fetchall()
            assert not {identity for _, identity in rows} & {identity for (identity,) in others}

    asyncio.run(body())


def test_two_towns_whose_owners_are_no_superusers_keep_their_households(
    server: Postgres, tmp_path: Path
) -> None:
    """R50: the same name of a household can stand in both, and each sees its own."""

    async def body() -> None:
        async with two_towns(server, tmp_path) as towns:
            homes = [await make_household(town.http) for town in towns]
            assert homes[0].id != homes[1].id
            query = "SELECT count(*) FROM household WHERE id = %s"
            found = []
            for town in towns:
                for home in homes:
                    async with town.services.db.transaction(household=home.id) as tx:
                        found.append(await (await tx.execute(query, [home.id])).fetchone())
            assert found == [(1,), (0,), (0,), (1,)]

    asyncio.run(body())
