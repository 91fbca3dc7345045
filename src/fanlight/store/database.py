"""Rows: one pool of connections to PostgreSQL, its migrations, and transactions that see one household.

In:     the owner's address (migrations) and, derived or given, the app's.
Out:    transactions; rows as frozen structs.
Holds:  the app's role owns nothing and cannot step round row-level security; a transaction opened without
        a household reads no household's rows, because the policies compare with a setting that is empty then.
Absent: SQL of any room; that is in `schema/` (tables) and in each room's `store.py` (queries).
"""

import hashlib
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib import resources
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from fanlight.model.errors import FanlightError
from fanlight.store import roles
from fanlight.store.roles import APP_ROLE

_MIGRATION = re.compile(r"^(\d{4})_[a-z_]+\.sql$")
_LOCK = 0x66616E6C  # any fixed number: two servers that start at once must not both migrate

Tx = psycopg.AsyncConnection[tuple[Any, ...]]
T = TypeVar("T")
Params = Sequence[object] | Mapping[str, object]


class DatabaseUnusable(FanlightError):
    """The database cannot be used: away, or not what this version left there."""

    code = "store.database_unusable"


class SchemaUnknown(DatabaseUnusable):
    """The database was made by another version of Fanlight."""

    code = "store.schema_unknown"


def migrations() -> list[tuple[int, str, str]]:
    """Return (version, file name, text) of every migration, in order."""
    folder = resources.files("fanlight.store").joinpath("schema")
    found = []
    for entry in folder.iterdir():
        match = _MIGRATION.match(entry.name)
        if match:
            found.append((int(match[1]), entry.name, entry.read_text("utf-8")))
    return sorted(found)


def migrate(owner_url: str, app_url: str | None = None) -> None:
    """Bring the tables up to date, as their owner, and close the database to every other role.

    Args:
        owner_url: address for the owner of the tables.
        app_url: address for the role that the server works as; without it that is `fanlight_app`.

    Raises:
        DatabaseShared: another town's roles could come in, or this one's roles into another's.
        SchemaUnknown: a newer or another Fanlight made these tables.
        DatabaseUnusable: no connection, or a migration failed; nothing of it was kept.
    """
    try:
        with psycopg.connect(owner_url) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            connection.execute(
                "CREATE TABLE IF NOT EXISTS schema_version"
                " (version integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL)"
            )
            rows = connection.execute("SELECT version, sha256 FROM schema_version").fetchall()
            done: dict[int, str] = dict(rows)
            _check_known(done)
            role = _role_of(app_url)
            if app_url is not None:
                roles.check_apart(connection, role)
                if done:
                    roles.give_to(connection, role)
            for version, name, text in migrations():
                if version not in done:
                    connection.execute(roles.with_role(connection, text, role))
                    connection.execute(
                        "INSERT INTO schema_version VALUES (%s, %s, %s)", [version, name, _digest(text)]
                    )
            if app_url is not None:
                roles.close_to_others(connection, role)
    except psycopg.Error as error:
        raise DatabaseUnusable(
            f"The database could not be brought up to date ({type(error).__name__}: {_first(error)}).",
            kept="Its tables are as they were.",
            do="Look whether PostgreSQL runs and has room, then start again.",
        ) from error


def _role_of(app_url: str | None) -> str:
    return APP_ROLE if app_url is None else str(conninfo_to_dict(app_url).get("user") or APP_ROLE)


def _check_known(done: dict[int, str]) -> None:
    ours = {version: _digest(text) for version, _, text in migrations()}
    for version, digest in done.items():
        if ours.get(version) != digest:
            raise SchemaUnknown(
                f"The database was made by another version of Fanlight (its schema {version} is not ours).",
                kept="Nothing in it was touched.",
                do="Use the Fanlight that made it, or start with a new folder or database.",
            )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _first(error: psycopg.Error) -> str:
    return (str(error).splitlines() or [""])[0][:200]


class Database:
    """A pool of connections as the app's role. Use `open`, then `transaction`."""

    def __init__(self, pool: AsyncConnectionPool[Tx]) -> None:
        """Wrap an opened pool."""
        self._pool = pool

    @classmethod
    async def open(cls, owner_url: str, app_url: str | None = None, *, size: int = 12) -> "Database":
        """Connect as the app's role.

        Args:
            owner_url: address for the owner of the tables.
            app_url: address for a role of the town's own; without it, the owner's with the name
                `fanlight_app`, which a private socket admits and a networked cluster does not.
            size: connections at most.

        Raises:
            DatabaseUnusable: no connection within 10 s.
        """
        url = app_url or make_conninfo("", **{**conninfo_to_dict(owner_url), "user": APP_ROLE})
        pool: AsyncConnectionPool[Tx] = AsyncConnectionPool(
            url,
            min_size=min(2, size),
            max_size=size,
            open=False,
            timeout=10.0,
            name="fanlight",
        )
        try:
            await pool.open(wait=True, timeout=10.0)
        except psycopg.Error as error:
            await pool.close()
            raise DatabaseUnusable(
                "The database does not answer.",
                kept="Everything stored so far is still there.",
                do="Look whether PostgreSQL runs, then start again.",
            ) from error
        return cls(pool)

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.close()

    @asynccontextmanager
    async def transaction(
        self, *, household: str = "", account: str = "", promises: bool = True
    ) -> AsyncIterator[Tx]:
        """Run one transaction: committed at the end of the block, undone if it raises.

        Args:
            household: whose rows may be read and written; none by default.
            account: whose membership may be looked up, to find the household.
            promises: somebody counts on it once it is committed, so that the commit waits for the disk.
                Without, a power cut may undo it whole, together with nothing that was promised later.
        """
        async with self._pool.connection() as connection:
            if household or account or not promises:
                # In one message with BEGIN, which a transaction's first statement sends by itself.
                async with connection.pipeline():
                    await connection.execute(
                        "SELECT set_config('fanlight.household', %s, true),"
                        " set_config('fanlight.account', %s, true),"
                        " CASE WHEN %s THEN '' ELSE set_config('synchronous_commit', 'off', true) END",
                        [household, account, promises],
                    )
            yield connection


async def one(tx: Tx, kind: type[T], query: LiteralString, params: Params = ()) -> T | None:
    """Return the first row as `kind`, whose fields bear the columns' names; None if there is no row."""
    async with tx.cursor(row_factory=class_row(kind)) as cursor:
        await cursor.execute(query, params)
        return await cursor.fetchone()


async def many(tx: Tx, kind: type[T], query: LiteralString, params: Params = ()) -> list[T]:
    """Return all rows as `kind`."""
    async with tx.cursor(row_factory=class_row(kind)) as cursor:
        await cursor.execute(query, params)
        return await cursor.fetchall()


async def value(tx: Tx, query: LiteralString, params: Params = ()) -> Any:  # noqa: ANN401 - any column
    """Return the first column of the first row, or None if there is no row."""
    cursor = await tx.execute(query, params)
    row = await cursor.fetchone()
    return row[0] if row else None


async def changed(tx: Tx, query: LiteralString, params: Params = ()) -> int:
    """Run a statement and return how many rows it touched."""
    return (await tx.execute(query, params)).rowcount
