"""What one account does by itself neither stops the server nor uses it up for others."""

import asyncio
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from tests.server.acting import make_household
from tests.server.booking import begin_recovery, found, shown, sign_up
from tests.server.running import running
from tests.server.sealed import clip
from tests.server.test_accounts_people import MINE, let_hub_in
from tests.server.vaults import send

from fanlight.model.clock import now
from fanlight.seal import hubs
from fanlight.server.accounts.rules import EPOCHS_PER_HOUR, MOST_EPOCHS
from fanlight.wire import b64


def spoil_all_but_the_newest(database: str) -> int:
    """Make every page but each household's newest unreadable; return how many."""
    with psycopg.connect(database) as owner:
        return owner.execute(
            "UPDATE epoch SET statement = '{}' WHERE (household, n) NOT IN"
            " (SELECT household, max(n) FROM epoch GROUP BY household)"
        ).rowcount


def test_of_a_long_book_only_the_newest_page_is_read_to_add_one(database: str, tmp_path: Path) -> None:
    """R05: reading a page takes long, so that no more of them are read because somebody added very many.

    Whoever reads the spoilt ones too cannot go on from there.
    """

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben = await sign_up(town.http), await sign_up(town.http)
            home = await found(ana)
            for _ in range(3):
                await home.turn(ana.listed("owner"), why="month")
            assert spoil_all_but_the_newest(database) == 3
            newest = home.newest
            assert newest is not None
            assert (await home.put(newest)).status_code == 204, "the same again is fine"
            await home.turn(ana.listed("owner"), why="month")
            made = home.next(ben.listed("owner"), signer=home.sheet, why="recovered")
            begun = await begin_recovery(ben, home, made)
            assert begun.status_code == 202, begun.text
            town.clock.ahead += timedelta(days=2)
            proof = await shown(ben, home.sheet)
            found_again = await ben.call("POST", "/v1/recovery/household", json=proof)
            assert found_again.json()["epochs"][-1]["statement"] == made.to_wire()["statement"]

    asyncio.run(body())


def test_a_book_has_an_end_and_so_have_an_hours_pages(database: str, tmp_path: Path) -> None:
    """R05: an account that costs nothing does not fill the server with pages."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home, other = await found(await sign_up(town.http)), await found(await sign_up(town.http))
            assert home.newest is not None
            last = replace(home.newest.statement, n=MOST_EPOCHS - 1)
            home.newest = replace(home.newest, statement=last)
            page = home.next(home.owner.listed("owner"), why="month")
            full = await home.put(page)
            assert (full.status_code, full.json()["code"]) == (429, "accounts.book_full")
            for _ in range(EPOCHS_PER_HOUR - 2):
                town.services.limits.spend(other.id, "epochs", EPOCHS_PER_HOUR)
            await other.turn(other.owner.listed("owner"), why="month")
            late = await other.put(other.next(other.owner.listed("owner"), why="month"))
            assert (late.status_code, late.json()["code"]) == (429, "server.too_many")
            assert (await home.put(page)).json()["code"] == "accounts.book_full", "another's count is its own"

    asyncio.run(body())


def test_a_hub_is_let_in_with_one_connection_to_the_database(database: str, tmp_path: Path) -> None:
    """R05: no call waits for a second connection while it holds one, which calls at once could all do."""

    async def body() -> None:
        async with running(tmp_path, database, connections=1) as town:
            home, other = await found(await sign_up(town.http)), await found(await sign_up(town.http))
            actor, hub = await let_hub_in(home)
            assert (await actor.json("GET", MINE))["household"] == home.id
            facts: dict[str, Any] = {"sign_pub": hub.sign_pub, "age_recipient": hub.age_recipient}
            signature = hubs.sign_hub(other.owner.keys.signing, household=other.id, **facts)
            wire = {"sign_pub": b64.encode(hub.sign_pub), "age_recipient": hub.age_recipient}
            offer = {**wire, "signature": b64.encode(signature)}
            again = await other.owner.call("POST", f"{MINE}/hubs", json=offer)
            assert (again.status_code, again.json()["code"]) == (409, "accounts.key_taken")

    asyncio.run(body())


def test_the_server_answers_while_a_mark_waits_for_its_disk(database: str, tmp_path: Path) -> None:
    """R05: a slow disk under the shred list holds up who keeps a clip, and nobody else.

    The disk is a pipe, which takes nothing until somebody reads it, and then cannot be synced.
    """

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)
            kept = await send(home, *clip(home, now()))
            path = town.home / "server" / "shred" / "list"
            path.unlink()
            os.mkfifo(path)
            keeping = asyncio.create_task(home.owner.call("PUT", f"/v1/clips/{kept}/keep"))

            async def waits() -> bool:
                return await town.count(_MARKING, "UPDATE clip SET marked") == 1

            await town.until(waits)
            assert await town.json("/healthz") == {"state": "ready"}
            assert not keeping.done()
            both_ends = os.open(path, os.O_RDWR)
            assert (await keeping).status_code == 500, "what could not be noted is not promised"
            os.close(both_ends)
            path.unlink()
            path.touch()
            assert (await home.owner.call("PUT", f"/v1/clips/{kept}/keep")).status_code == 204
            assert path.read_text() == f"kept {kept}\n"

    asyncio.run(body())


_MARKING = (
    "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND starts_with(query, %s)"
)
