"""R05 R10: an old household key's secret is destroyed once no clip needs it, and stays destroyed."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.server.acting import Household
from tests.server.booking import Home, Person, found, sign_up
from tests.server.running import Running, running
from tests.server.sealed import clip
from tests.server.test_accounts_people import let_hub_in
from tests.server.test_restore import back_up, restore
from tests.server.vaults import send

from fanlight.model.clock import now
from fanlight.seal import book, earlier, reading
from fanlight.seal.book import Known
from fanlight.seal.epoch import from_wire
from fanlight.seal.errors import NotForUs
from fanlight.server.app import Options, open_services
from fanlight.store.postgres import Postgres
from fanlight.wire import b64

MINE = "/v1/households/mine"


async def destroy(home: Home, number: int, *, by: Person | None = None, of: str = "") -> httpx.Response:
    """Have an owner destroy the secret of a page."""
    signed = (by or home.owner).signed("destroy-secret", of or f"{home.id}/{number}")
    return await (by or home.owner).call("DELETE", f"{MINE}/epochs/{number}/secret", headers=signed)


async def with_clip(town: Running) -> tuple[Home, Household, str]:
    """Return a household whose hub sealed a clip to the first of its two keys, and the clip's id."""
    home = await found(await sign_up(town.http))
    assert home.newest is not None
    first = home.newest.statement.recipient
    hub, listed = await let_hub_in(home)
    await home.turn(home.owner.listed("owner"), hubs=(listed,), why="hub")
    house = Household(home.owner, hub, home.id, first, "")
    return home, house, await send(house, *clip(house, now()))


def secrets_in(database: str, household: str) -> list[bool]:
    with psycopg.connect(database) as owner:
        query = "SELECT sealed <> '' FROM epoch WHERE household = %s ORDER BY n"
        return [bool(there) for (there,) in owner.execute(query, [household])]


def test_a_secret_goes_once_no_clip_needs_it_and_the_book_still_holds(database: str, tmp_path: Path) -> None:
    """R05: what expired opens with no key of members' either; who may, and when, the server checks too."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home, house, made = await with_clip(town)
            ana = home.owner
            pages = [from_wire(wire) for wire in (await ana.json("GET", MINE))["epochs"]]
            gift = {"keys": [home.earlier(pages[0], ana).to_wire()]}
            assert (await ana.call("PUT", f"{MINE}/earlier/{ana.account}", json=gift)).is_success
            refused: list[Any] = [
                (await destroy(home, 0), 409, "vault.epoch_in_use"),
                (await destroy(home, 1), 409, "vault.epoch_in_use"),
                (await destroy(home, 2), 404, "vault.no_epoch"),
                (await destroy(home, 0, of=f"{home.id}/1"), 403, "accounts.bad_signature"),
            ]
            assert [(a.status_code, a.json()["code"]) for a, _, _ in refused] == [r[1:] for r in refused]
            assert secrets_in(database, home.id) == [True, True]
            await house.owner.json("DELETE", f"/v1/clips/{made}")
            for _ in range(2):  # again is fine
                assert (await destroy(home, 0)).status_code == 204
            assert secrets_in(database, home.id) == [False, True]
            mine = await ana.json("GET", MINE)
            assert mine["earlier"] == []
            assert mine["words"] == [{key: gift["keys"][0][key] for key in ("statement", "sig")}], (
                "who may see"
            )
            offered = [from_wire(wire) for wire in mine["epochs"]]
            known = Known(trusted=[ana.keys.signing.public])
            chain = book.accept(offered, household=home.id, known=known, now=datetime.now(UTC)).chain
            assert [page.chain_hash for page in chain] == [page.chain_hash for page in pages]
            with pytest.raises(NotForUs, match="destroyed"):
                reading.open_epoch(chain[0], [ana.keys.age.secret])
            assert reading.open_epoch(chain[1], [ana.keys.age.secret])
            assert f"secret {home.id} 0\n" in (tmp_path / "server/shred/list").read_text()

    asyncio.run(body())


def test_a_kept_clip_that_was_sealed_anew_needs_no_secret(database: str, tmp_path: Path) -> None:
    """R05: what a member keeps saves no secret of what expired; a later gift is a word alone."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home, house, made = await with_clip(town)
            ana = home.owner
            pages = [from_wire(wire) for wire in (await ana.json("GET", MINE))["epochs"]]
            whole = {"keys": [home.earlier(pages[0], ana).to_wire()]}
            alone = {"keys": [earlier.word(pages[0], account=ana.account, signer=ana.keys.signing).to_wire()]}
            path = f"{MINE}/earlier/{ana.account}"
            assert (await ana.call("PUT", path, json=alone)).json()["code"] == "accounts.bad_earlier"
            await house.owner.call("PUT", f"/v1/clips/{made}/keep")
            box = b64.encode(b"age-encryption.org/v1\n")
            anew = {"hdr": box, "manifest": box, "epoch": 1, "readers": "ab" * 32}
            assert (await destroy(home, 0)).json()["code"] == "vault.epoch_in_use"
            assert (await house.owner.call("PUT", f"/v1/clips/{made}/anew", json=anew)).is_success
            assert (await destroy(home, 0)).is_success
            assert (await ana.call("PUT", path, json=whole)).json()["code"] == "accounts.bad_earlier"
            assert (await ana.call("PUT", path, json=alone)).is_success
            mine = await ana.json("GET", MINE)
            assert (mine["earlier"], len(mine["words"])) == ([], 1)

    asyncio.run(body())


def test_a_destroyed_secret_does_not_come_back_with_a_backup(
    postgres: Postgres, database: str, tmp_path: Path
) -> None:
    """R05 R10: it goes again before anything is served, but where a restored clip needs it."""
    at, kept = tmp_path / "home", tmp_path / "backup"
    at.mkdir()

    async def body() -> None:
        async with running(at, database) as town:
            home, _, made = await with_clip(town)
            other, _, needed = await with_clip(town)
            await asyncio.to_thread(back_up, database, at, kept)
            await home.owner.json("DELETE", f"/v1/clips/{made}")
            assert (await destroy(home, 0)).is_success
            town.services.shreds.note_secret(other.id, 0)  # as if its clip had been sealed anew since
        again = await asyncio.to_thread(restore, postgres, at, kept)
        assert secrets_in(again, home.id) == [True, True], "the backup does bring it back"
        async with open_services(Options(home=at, database=again, demo=True)):
            assert secrets_in(again, home.id) == [False, True]
            assert secrets_in(again, other.id) == [True, True]
        with psycopg.connect(again) as owner:
            assert owner.execute("SELECT id FROM clip").fetchall() == [(needed,)]

    asyncio.run(body())
