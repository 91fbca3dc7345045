"""R26 R27: what is done with a copy while its end comes, or its request closes, comes to nothing."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.server.acting import Actor, staff
from tests.server.running import Still, running
from tests.server.sealed import disclosure
from tests.server.test_ends import given
from tests.server.test_evidence import asked_of_home, drop, export

from fanlight.model.clock import now
from fanlight.server.evidence import drops

_TURN = "SELECT pg_advisory_lock(hashtext(%s))"
_WAITS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
_ADDS = (
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'disclosure'::regclass"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_EMPTY = "UPDATE disclosure SET hdr = '', manifest = '' WHERE id = %s"
_LINE = (
    "INSERT INTO custody (disclosure, place, at, act, by_whom)"
    " VALUES (%s, 9, '2099-01-01', 'destroyed', 'the server')"
)


async def look(who: Actor, name: str) -> httpx.Response:
    return await who.call("GET", f"/v1/agency/disclosures/{name}/hdr")


@pytest.mark.parametrize("does", [look, export])
def test_what_waited_for_its_turn_until_the_end_gets_nothing(
    does: Callable[[Actor, str], Coroutine[Any, Any, httpx.Response]], database: str, tmp_path: Path
) -> None:
    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            asked, name, _ = await given(town)
            officer = staff(town.http, "officer")
            assert (await look(officer, name)).is_success, "before the end it is there"
            with psycopg.connect(database, autocommit=True) as ending:
                for turn in (f"end {asked.request}", f"custody {name}"):
                    ending.execute(_TURN, [turn])
                waiting = asyncio.create_task(does(officer, name))
                while ending.execute(_WAITS).fetchone() == (0,):
                    assert not waiting.done(), "it takes its turn"
                    await asyncio.sleep(0.01)
                for step in (_EMPTY, _LINE):
                    ending.execute(step, [name])
            answer = await waiting
            assert answer.status_code == 404
            assert answer.json()["code"] == "evidence.destroyed"
            last = "SELECT count(*) FROM custody WHERE disclosure = %s AND place > 9"
            with psycopg.connect(database) as owner:
                assert owner.execute(last, [name]).fetchone() == (0,)

    asyncio.run(body())


def test_a_copy_that_came_as_the_request_closed_leaves_nothing_behind(database: str, tmp_path: Path) -> None:
    """R26: no payload without a row, which would have no end."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            asked = await asked_of_home(town)
            name, sealed = disclosure(asked.request, asked.case_key, now())
            with psycopg.connect(database) as closing:
                closing.execute("LOCK TABLE disclosure IN SHARE MODE")  # read it may be, added to not
                dropping = asyncio.create_task(drop(town.http, asked.drop, name, sealed))
                with psycopg.connect(database, autocommit=True) as watching:
                    while watching.execute(_ADDS).fetchone() == (0,):
                        assert not dropping.done(), "it is to be added"
                        await asyncio.sleep(0.01)
                assert await town.services.evidence.holds(drops.blob_of(name)), "its payload is there by then"
                full = "UPDATE request SET received = %s WHERE id = %s"  # no more is taken
                closing.execute(full, [drops.MOST, asked.request])
            answer = await dropping
            assert answer.status_code == 409
            assert answer.json()["code"] == "evidence.request_closed"
            assert not await town.services.evidence.holds(drops.blob_of(name))

    asyncio.run(body())
