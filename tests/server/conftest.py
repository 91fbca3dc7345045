"""One PostgreSQL for all tests of a process; a fresh database for each test."""

import contextlib
from collections.abc import Iterator

import psycopg
import pytest

from fanlight.model.ids import new_id
from fanlight.store.database import migrate
from fanlight.store.postgres import Postgres, temporary


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL with a migrated database to copy from."""
    with temporary() as running:
        migrate(running.url)
        yield running


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    """A fresh database: its address for the owner."""
    with _fresh(postgres) as url:
        yield url


@pytest.fixture
def second_database(postgres: Postgres) -> Iterator[str]:
    """Another one, of another server."""
    with _fresh(postgres) as url:
        yield url


@contextlib.contextmanager
def _fresh(postgres: Postgres) -> Iterator[str]:
    name = f"t_{new_id()}"
    with psycopg.connect(postgres.url_of("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE fanlight'.encode())
        yield postgres.url_of(name)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
