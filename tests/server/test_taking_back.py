"""R24 R26: who gave a copy has it back until it is used, by its own secret and without an account."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg import sql
from tests.server.acting import make_household, staff
from tests.server.running import Running, Still, prepare, running, witness_process
from tests.server.sealed import disclosure
from tests.server.test_ends import at, end_of, signed
from tests.server.test_evidence import asked_of_home, drop, export

from fanlight.model.clock import now

ONE, OTHER = b"1" * 32, b"2" * 32


async def back(http: httpx.AsyncClient, name: str, secret: bytes, **headers: str) -> httpx.Response:
    """Ask for a copy back."""
    path = f"/v1/copies/{name}/withdraw"
    return await http.post(path, json={"secret": secret.hex()}, headers=headers)


async def two_copies(town: Running) -> tuple[Any, str, str]:
    """Open a request; drop one copy with a secret of its own and one without."""
    asked = await asked_of_home(town)
    names = []
    for seed, secret in ((2, ONE), (3, b"")):
        name, sealed = disclosure(asked.request, asked.case_key, now(), seed=seed)
        assert (await drop(town.http, asked.drop, name, sealed, secret.hex())).is_success
        names.append(name)
    return asked, names[0], names[1]


def test_a_copy_is_had_back_by_its_own_secret_alone(database: str, tmp_path: Path) -> None:
    """R26: fourteen days for the agency, then it is destroyed; nobody signs in, nobody else can."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            asked, mine, plain = await two_copies(town)
            for name, secret in ((mine, OTHER), (plain, ONE), ("a" * 26, ONE), ("no-id", ONE)):
                wrong = await back(town.http, name, secret)
                assert (wrong.status_code, wrong.json()["code"]) == (404, "evidence.no_copy")
            home = await make_household(town.http, b"n" * 32)
            await home.owner.json("GET", "/v1/account")
            token = f"Bearer {home.owner.session['token']}"
            told = await back(town.http, mine, ONE, Authorization=token)
            assert (told.status_code, told.json()["code"]) == (400, "evidence.not_anonymous")
            due = (town.clock().date() + timedelta(days=14)).isoformat()
            for _ in range(2):
                assert (await back(town.http, mine, ONE)).json() == {"until": due}
            custodian = staff(town.http, "custodian")
            (waits,) = (await end_of(custodian, asked.request))["case"]["withdrawn"]
            assert waits["disclosure"] == mine
            await at(town, 14, custodian)
            destroyed = (await end_of(custodian, asked.request))["destroyed"]
            assert [(stone["disclosure"], stone["why"]) for stone in destroyed] == [(mine, "withdrawn")]
            assert (await back(town.http, mine, ONE)).json() == {"until": None}

    asyncio.run(body())


def test_a_copy_that_is_used_is_not_had_back(database: str, tmp_path: Path) -> None:
    """R26: and whoever asks is told so."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            asked, mine, _ = await two_copies(town)
            custodian = staff(town.http, "custodian")
            wire = signed(custodian, "copy-use", {"disclosure": mine}, kind="charge", document="2026-CR-1")
            await custodian.json("POST", f"/v1/agency/disclosures/{mine}/uses", json=wire)
            assert (await back(town.http, mine, ONE)).json() == {"until": None}
            assert (await end_of(custodian, asked.request))["case"]["withdrawn"] == []

    asyncio.run(body())


def test_a_copy_that_is_wanted_back_is_exported_only_once_its_use_is_recorded(
    database: str, tmp_path: Path
) -> None:
    """R24 R26: what went out cannot be had back, so nothing goes out while its giver waits for it."""
    vkey = prepare(tmp_path)

    async def body(witness: str) -> None:
        async with running(tmp_path, database, witness=witness) as town:
            asked, mine, other = await two_copies(town)
            officer, custodian = staff(town.http, "officer"), staff(town.http, "custodian")
            due = (await back(town.http, mine, ONE)).json()["until"]
            for who in (officer, custodian):
                refused = await export(who, mine)
                assert (refused.status_code, refused.json()["code"]) == (409, "evidence.wanted_back")
                assert due in refused.json()["do"]
            assert (await end_of(custodian, asked.request))["exports"] == []
            assert (await export(officer, other)).is_success
            said = {"kind": "defence", "document": "Brady letter 3"}
            wire = signed(custodian, "copy-use", {"disclosure": mine}, **said)
            await custodian.json("POST", f"/v1/agency/disclosures/{mine}/uses", json=wire)
            assert (await export(custodian, mine)).is_success

    with witness_process(tmp_path / "w", vkey) as witness:
        asyncio.run(body(witness))


def test_nothing_that_is_kept_joins_who_asked_for_a_copy_back_to_a_household(
    database: str, tmp_path: Path
) -> None:
    """R24: the secret is written nowhere, and no row has copy and home; each alone is found, as a control."""

    def rows() -> list[bytes]:
        with psycopg.connect(database) as thief:
            names = thief.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            found = []
            for (name,) in names:
                with thief.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as out:
                    found += b"".join(out).splitlines()
        return found

    async def body() -> None:
        async with running(tmp_path, database) as town:
            _, mine, _ = await two_copies(town)
            home = await make_household(town.http, b"n" * 32)
            assert (await back(town.http, mine, ONE)).json()["until"]
            kept = rows()
            of_copy, of_home = ({row for row in kept if one.encode() in row} for one in (mine, home.id))
            assert of_copy
            assert of_home
            assert not of_copy & of_home
            assert not [row for row in kept if ONE.hex().encode() in row]

    asyncio.run(body())
