"""R24 R30: who gave a copy says who they are, if they wish, without an account; gone with the copy."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import psycopg
from tests.server.acting import Actor
from tests.server.dumps import dump_of
from tests.server.running import Running, Still, running
from tests.server.test_answering import SECRET, given
from tests.server.test_case_keys import Case, make
from tests.server.test_case_papers import code
from tests.server.test_ends import at

from fanlight.seal import sealing
from fanlight.seal.opening import open_age
from fanlight.server.evidence import ends, naming
from fanlight.wire import b64

NAME = b"Maya Thornquist of Linden Row"


def sealed(case: Case, said: bytes = NAME) -> bytes:
    """Seal as the page does: all of one length."""
    return sealing.seal(said.ljust(4_096, b"0"), [case.key.recipient])


async def say(
    town: Running, name: str, data: bytes, secret: bytes = SECRET, **headers: str
) -> httpx.Response:
    wire = {"secret": secret.hex(), "sealed": b64.encode(data)}
    return await town.http.post(f"/v1/copies/{name}/name", json=wire, headers=headers)


async def unsay(town: Running, name: str) -> httpx.Response:
    return await town.http.post(f"/v1/copies/{name}/unname", json={"secret": SECRET.hex()})


async def shown(who: Actor, case: Case) -> Any:
    (one,) = (await who.json("GET", f"/v1/agency/requests/{case.request}"))["disclosures"]
    return one["giver"]


def test_a_name_is_read_by_the_case_alone_taken_back_and_gone_with_the_copy(
    database: str, tmp_path: Path
) -> None:
    """Custody tells the day only; the server holds what only the case's key opens."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            case = await make(town)
            name, _ = await given(town, case)
            assert await shown(case.officer, case) is None
            data = sealed(case)
            assert len(data) == naming.SEALED
            assert (await say(town, name, data)).status_code == 204
            assert code(await say(town, name, data)) == (409, "evidence.named")
            found = b64.decode(await shown(case.officer, case))
            assert open_age(found, [case.key.secret]).startswith(NAME)
            held = dump_of(database, tmp_path)
            assert not any(NAME in one for one in held.opened_by(*held.secrets()))
            assert any(NAME in one for one in held.opened_by(case.key.secret)), "the search can find it"
            assert [(await unsay(town, name)).status_code for _ in range(2)] == [204, 204]
            assert await shown(case.officer, case) is None
            assert (await case.acts())[-2:] == ["named themselves", "took their name back"]
            assert await town.count("SELECT count(*) FROM custody WHERE by_whom = 'who gave it'") == 2
            assert await town.count("SELECT count(*) FROM custody WHERE length(at) > 10") == 0

            assert (await say(town, name, data)).status_code == 204
            back = await town.http.post(f"/v1/copies/{name}/withdraw", json={"secret": SECRET.hex()})
            assert back.is_success
            await at(town, 15, case.officer)
            assert await town.count("SELECT count(*) FROM giver_name") == 0
            assert code(await say(town, name, data)) == (409, "evidence.destroyed")
            assert code(await unsay(town, name)) == (409, "evidence.destroyed")

    asyncio.run(body())


def test_an_older_database_does_not_bring_back_what_was_taken_back(database: str, tmp_path: Path) -> None:
    """What was said anew since, and what nobody took back, stays as it is."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            case = await make(town)
            (first, _), (second, _) = await given(town, case), await given(town, case, seed=3)
            for name in (first, second):
                assert (await say(town, name, sealed(case))).status_code == 204
            with psycopg.connect(database) as owner:
                (old,) = owner.execute("SELECT sealed FROM giver_name WHERE disclosure = %s", [first])
            assert (await unsay(town, first)).status_code == 204
            with psycopg.connect(database) as owner:  # as an older backup has it
                put = "INSERT INTO giver_name (disclosure, sealed, day) VALUES (%s, %s, '2026-01-01')"
                owner.execute(put, [first, old[0]])
            assert await ends.replay(town.services) == 1
            kept = "SELECT count(*) FROM giver_name WHERE disclosure = "
            assert await town.count(f"{kept} '{first}'") == 0
            assert await town.count(f"{kept} '{second}'") == 1
            assert (await case.acts())[-1] == "took their name back"
            assert (await say(town, first, sealed(case))).status_code == 204
            assert await ends.replay(town.services) == 0
            assert await town.count(f"{kept} '{first}'") == 1

    asyncio.run(body())


def test_only_the_copys_secret_says_it_and_only_in_the_one_length(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            case = await make(town)
            name, _ = await given(town, case)
            data = sealed(case)
            assert code(await say(town, name, data, secret=b"2" * 32)) == (404, "evidence.no_copy")
            signed_in = await say(town, name, data, authorization="Bearer x")
            assert code(signed_in) == (400, "evidence.not_anonymous")
            for wrong in (data[:-1], data + b"0", b"", bytes(naming.SEALED)):
                assert code(await say(town, name, wrong)) == (400, "evidence.bad_name")
            assert await shown(case.officer, case) is None

    asyncio.run(body())
