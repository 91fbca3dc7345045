"""Migrations, roles and row-level security on a real PostgreSQL."""

import asyncio
from collections.abc import Iterator

import psycopg
import pytest

from fanlight.store import database
from fanlight.store.database import Database, SchemaUnknown, migrate
from fanlight.store.postgres import Postgres, temporary

HOUSEHOLD_TABLES = {"household", "membership", "epoch", "clip", "shred", "hub_status"}


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with temporary() as running:
        migrate(running.url)
        yield running


def test_without_a_household_set_no_household_is_read(postgres: Postgres) -> None:
    """R05: the app's role reads no household's rows unless one is named, and then only that one's."""
    with psycopg.connect(postgres.url, autocommit=True) as owner:
        for name in ("a", "b"):
            owner.execute("INSERT INTO household VALUES (%s, 'cell')", [name])
            owner.execute("INSERT INTO account VALUES (%s, 'member', %s, 'age1')", [name, name.encode() * 32])
            owner.execute("INSERT INTO membership VALUES (%s, 'member', %s, 'owner')", [name, name])
            owner.execute("INSERT INTO epoch VALUES (%s, 0, '', '', '')", [name])
            owner.execute(
                "INSERT INTO clip (id, household, hub, epoch, day, length, root, manifest_sha256, card, sig,"
                " manifest, hdr) VALUES (%s, %s, %s, 0, '2026-11-21', 1, '', '', '', '', '', '')",
                [name, name, name],
            )
            owner.execute("INSERT INTO shred VALUES (%s, %s)", [name, name])
            owner.execute("INSERT INTO hub_status VALUES (%s, '')", [name])

    async def counts(household: str) -> dict[str, int]:
        db = await Database.open(postgres.url)
        async with db.transaction(household=household) as tx:
            found = {
                table: len(await (await tx.execute(f"TABLE {table}".encode())).fetchall())
                for table in HOUSEHOLD_TABLES
            }
        await db.close()
        return found

    assert set(asyncio.run(counts("")).values()) == {0}
    assert set(asyncio.run(counts("a")).values()) == {1}


def test_the_apps_role_owns_nothing_and_cannot_write_into_another_household(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url) as owner:
        owned = owner.execute("SELECT count(*) FROM pg_tables WHERE tableowner = 'fanlight_app'").fetchone()
        role = owner.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = 'fanlight_app'"
        ).fetchone()
        forced = owner.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        ).fetchall()
    assert owned == (0,)
    assert role == (False, False, False)
    assert {row[0] for row in forced} == HOUSEHOLD_TABLES

    async def intrude() -> None:
        db = await Database.open(postgres.url)
        try:
            async with db.transaction(household="x") as tx:
                await tx.execute("INSERT INTO household VALUES ('y', 'cell')")
        finally:
            await db.close()

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asyncio.run(intrude())


def test_the_setting_ends_with_its_transaction(postgres: Postgres) -> None:
    async def body() -> object:
        db = await Database.open(postgres.url, size=2)
        for name in ("a", "b", "c"):
            async with db.transaction(household=name):
                pass
        async with db.transaction() as tx:
            found = await database.value(tx, "SELECT current_setting('fanlight.household', true)")
        await db.close()
        return found

    assert not asyncio.run(body())


def test_a_database_of_another_version_is_left_alone(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url_of("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE newer TEMPLATE fanlight")
    url = postgres.url_of("newer")
    migrate(url)
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO schema_version VALUES (9999, 'later', 'x')")
    with pytest.raises(SchemaUnknown, match="another version of Fanlight"):
        migrate(url)
