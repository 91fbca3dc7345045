"""Migrations, roles and row-level security on a real PostgreSQL."""

import asyncio
from collections.abc import Iterator

import psycopg
import pytest

from fanlight.store import database
from fanlight.store.database import Database, SchemaUnknown, migrate
from fanlight.store.postgres import Postgres, temporary


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with temporary() as running:
        migrate(running.url)
        yield running


def test_the_app_cannot_write_into_another_household(postgres: Postgres) -> None:
    """R05: the app as it connects; `test_rows` tries every table."""

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
