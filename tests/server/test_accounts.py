"""Who is who: challenges, sessions, households, epochs."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.seal.old_epochs import new_epoch
from tests.server.acting import CELL, make_account, make_household, staff
from tests.server.running import Running, running

from fanlight.seal import epoch, hubs
from fanlight.seal.keys import SigningKey, member_keys
from fanlight.wire import b64, jcs


def test_a_challenge_is_good_once_for_its_key_and_not_for_long(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            actor = await make_account(town.http, b"a" * 32)
            key = actor.keys.signing
            public = b64.encode(key.public)

            async def challenge() -> str:
                asked = await town.http.post("/v1/sessions/challenge", json={"sign_pub": public})
                return str(asked.json()["challenge"])

            async def answer(text: str, by: SigningKey = key) -> tuple[int, str]:
                wire = {"sign_pub": public, "challenge": text}
                wire["signature"] = b64.encode(by.sign("sign-in", text.encode()))
                got = await town.http.post("/v1/sessions", json=wire)
                return got.status_code, got.json().get("code", "")

            first = await challenge()
            assert await answer(first, SigningKey.new()) == (403, "accounts.bad_signature")
            assert (await answer(first))[0] == 200
            assert await answer(first) == (403, "accounts.stale_challenge")
            old = await challenge()
            town.clock.ahead += timedelta(minutes=3)
            assert await answer(old) == (403, "accounts.stale_challenge")
            assert await answer("x.9.y") == (403, "accounts.stale_challenge")
            stranger = await town.http.post(
                "/v1/sessions/challenge", json={"sign_pub": b64.encode(SigningKey.new().public)}
            )
            assert stranger.status_code == 200
            await _unknown(town)

    asyncio.run(body())


async def _unknown(town: Running) -> None:
    key = SigningKey.new()
    public = b64.encode(key.public)
    text = (await town.http.post("/v1/sessions/challenge", json={"sign_pub": public})).json()["challenge"]
    wire = {
        "sign_pub": public,
        "challenge": text,
        "signature": b64.encode(key.sign("sign-in", text.encode())),
    }
    got = await town.http.post("/v1/sessions", json=wire)
    assert (got.status_code, got.json()["code"]) == (404, "accounts.unknown_key")


def test_a_session_ends_and_its_token_is_stored_as_a_hash(database: str, tmp_path: Path) -> None:
    """R05: a stolen database holds no token; a session's row tells no minute."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            officer = staff(town.http, "officer")
            await officer.json("GET", "/v1/agency")
            token = officer.session["token"]
            assert officer.session["kind"] == "officer"
            assert officer.session["roles"] == ["officer"]
            assert (
                await town.count(
                    "SELECT count(*) FROM session WHERE position(%s IN token_hash) > 0", token.encode()
                )
                == 0
            )
            assert (
                await town.count("SELECT count(*) FROM session WHERE extract(minute FROM expires) <> 0") == 0
            )
            town.clock.ahead += timedelta(hours=14)
            ended = await officer.call("GET", "/v1/agency")
            assert (ended.status_code, ended.json()["code"]) == (401, "accounts.not_signed_in")
            officer.session = {}
            await officer.json("GET", "/v1/agency")
            await officer.call("DELETE", "/v1/sessions")
            assert (await officer.call("GET", "/v1/agency")).status_code == 401

    asyncio.run(body())


def test_an_agencys_account_cannot_be_of_a_household(database: str, tmp_path: Path) -> None:
    """R28: nobody of an agency is a member or guest of a household, and nobody signs up as one."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            officer = staff(town.http, "officer")
            refused = await officer.call("POST", "/v1/households", json={"cell": CELL})
            assert (refused.status_code, refused.json()["code"]) == (403, "accounts.not_allowed")
            keys = member_keys(b"o" * 32)
            offer = {"sign_pub": b64.encode(keys.signing.public), "age_recipient": keys.age.recipient}
            signature = b64.encode(keys.signing.sign("account", jcs.dumps(offer)))
            wire = {"kind": "officer", **offer, "signature": signature}
            assert (await town.http.post("/v1/accounts", json=wire)).status_code == 400

    asyncio.run(body())


def test_a_household_holds_its_members_hub_and_a_chain_of_epochs(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)
            mine = await home.owner.json("GET", "/v1/households/mine")
            assert (mine["household"], mine["cell"], len(mine["hubs"]), len(mine["epochs"])) == (
                home.id,
                CELL,
                1,
                1,
            )
            again = await home.owner.call("POST", "/v1/households", json={"cell": CELL})
            assert again.json()["code"] == "accounts.has_household"
            first = epoch.from_wire(mine["epochs"][0])
            _, second = new_epoch(
                household=home.id,
                after=first,
                members=[home.owner.keys.age.recipient],
                owner_key=home.owner.keys.signing,
            )
            _, forged = new_epoch(
                household=home.id, after=first, members=[home.recipient], owner_key=home.hub.keys.signing
            )
            put = "/v1/households/mine/epochs/1"
            assert (await home.owner.call("PUT", put, json=forged.to_wire())).json()[
                "code"
            ] == "accounts.bad_epoch"
            for _ in range(2):
                assert (await home.owner.call("PUT", put, json=second.to_wire())).status_code == 204
            _, other = new_epoch(
                household=home.id,
                after=first,
                members=[home.owner.keys.age.recipient],
                owner_key=home.owner.keys.signing,
            )
            assert (await home.owner.call("PUT", put, json=other.to_wire())).json()[
                "code"
            ] == "accounts.epoch_taken"
            assert (await home.hub.call("PUT", put, json=second.to_wire())).status_code == 403
            listed = (await home.hub.json("GET", "/v1/households/mine/epochs"))["epochs"]
            assert len(listed) == 2
            for start in range(4):
                asked = await home.hub.json("GET", "/v1/households/mine/epochs", params={"from": start})
                assert asked["epochs"] == listed[start:]
            assert (await home.hub.call("GET", "/v1/households/mine/epochs?from=-1")).status_code == 400

    asyncio.run(body())


def test_a_hub_is_let_in_by_the_owners_signature_for_this_household_only(
    database: str, tmp_path: Path
) -> None:
    """R03: a server cannot name a hub of its own: its members hold it to the owner's signature."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)
            new = member_keys(b"n" * 32)
            facts: dict[str, Any] = {"sign_pub": new.signing.public, "age_recipient": new.age.recipient}
            offer = {"sign_pub": b64.encode(new.signing.public), "age_recipient": new.age.recipient}
            put = "/v1/households/mine/hubs"

            async def admit(key: SigningKey, household: str) -> tuple[int, str]:
                signature = b64.encode(hubs.sign_hub(key, household=household, **facts))
                got = await home.owner.call("POST", put, json={**offer, "signature": signature})
                return got.status_code, got.json().get("code", "")

            owner = home.owner.keys.signing
            assert await admit(new.signing, home.id) == (403, "accounts.bad_signature")
            assert await admit(owner, "z" * 26) == (403, "accounts.bad_signature")
            assert (await home.owner.call("POST", put, json=offer)).status_code == 400
            assert await admit(owner, home.id) == await admit(owner, home.id) == (201, "")
            mine = await home.owner.json("GET", "/v1/households/mine")
            both = {home.hub.keys.signing.public, new.signing.public}
            assert set(hubs.admitted_hubs(mine["hubs"], owner=owner.public, household=home.id)) == both
            async with town.services.db.transaction(household=home.id) as tx:
                await tx.execute("UPDATE membership SET owner_sig = NULL WHERE role = 'hub'")
            mine = await home.owner.json("GET", "/v1/households/mine")
            assert hubs.admitted_hubs(mine["hubs"], owner=owner.public, household=home.id) == []
            assert await admit(owner, home.id) == (201, "")
            mine = await home.owner.json("GET", "/v1/households/mine")
            found = hubs.admitted_hubs(mine["hubs"], owner=owner.public, household=home.id)
            assert found == [new.signing.public]

    asyncio.run(body())


def test_malformed_calls_say_what_is_wrong(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            bad = await town.http.post("/v1/sessions/challenge", json={"sign_pub": "x", "more": 1})
            assert bad.status_code == 400
            assert set(bad.json()) == {"code", "what", "kept", "do"}
            large = await town.http.post("/v1/accounts", content=b"x" * 300_000)
            assert (large.status_code, large.json()["code"]) == (413, "server.too_large")

    asyncio.run(body())
