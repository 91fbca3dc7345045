"""Row-level security over every table of a household: found in the database, filled, tried."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from tests.store.homes import Owner, household_tables, unguarded

from fanlight.store.database import migrate
from fanlight.store.postgres import Postgres, temporary
from fanlight.store.roles import APP_ROLE

A, B = "a" * 26, "b" * 26
SETTINGS = ("fanlight.household", "fanlight.account", "fanlight.farewell")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with temporary() as running:
        migrate(running.url)
        yield running


@pytest.fixture(scope="module")
def owner(postgres: Postgres) -> Iterator[Owner]:
    """A copy whose tables have policies and grants and no other rule, and a row of A and one of B each."""
    with psycopg.connect(postgres.url_of("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE rows TEMPLATE fanlight")
    with psycopg.connect(postgres.url_of("rows"), autocommit=True) as connection:
        for table in sorted(household_tables(connection)):
            _strip(connection, table)
        for table in sorted(household_tables(connection)):
            for name in (A, B):
                _insert(connection, table, name)
        yield connection


def _columns(owner: Owner, table: str) -> list[tuple[str, str]]:
    return owner.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [table],
    ).fetchall()


def _strip(owner: Owner, table: str) -> None:
    name = sql.Identifier(table)
    constraints = owner.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE %s::regclass IN (conrelid, confrelid) AND contype IN ('f', 'c', 'p', 'u', 'x')"
        " ORDER BY contype <> 'f'",
        [table],
    ).fetchall()
    for on, constraint in constraints:
        query = sql.SQL("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {} CASCADE")
        owner.execute(query.format(sql.Identifier(on), sql.Identifier(constraint)))
    owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
    for column, _ in _columns(owner, table):
        query = sql.SQL("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL")
        owner.execute(query.format(name, sql.Identifier(column)))


def _row(owner: Owner, table: str, of: str) -> dict[str, Any]:
    """Return what makes a row that household's, or that account's or place's where a table names none."""
    columns = dict(_columns(owner, table))
    key = {"household": "id"}.get(table) or next(c for c in ("household", "account", "place") if c in columns)
    return {key: of}


def _insert_query(owner: Owner, table: str, of: str) -> tuple[sql.Composed, list[Any]]:
    row = _row(owner, table, of)
    columns = sql.SQL(", ").join(map(sql.Identifier, row))
    places = sql.SQL(", ").join(sql.Placeholder() for _ in row)
    query = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), columns, places)
    return query, list(row.values())


def _insert(owner: Owner, table: str, of: str) -> None:
    owner.execute(*_insert_query(owner, table, of))


def _as_app(owner: Owner, query: sql.Composed, values: Any = (), *, home: str = "") -> int | None:
    """Run a statement as the app's role and undo it; return how many rows it reached, None if refused."""
    with owner.transaction(force_rollback=True):
        owner.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(APP_ROLE)))
        for setting in SETTINGS if home else ():
            owner.execute("SELECT set_config(%s, %s, true)", [setting, home])
        try:
            with owner.transaction():
                return owner.execute(query, values).rowcount
        except InsufficientPrivilege:
            return None


def _reached(owner: Owner, table: str, home: str = "") -> dict[str, int | None]:
    name, column = sql.Identifier(table), sql.Identifier(next(iter(_row(owner, table, A))))
    tried = {
        "read": (sql.SQL("SELECT FROM {}").format(name), []),
        "delete": (sql.SQL("DELETE FROM {}").format(name), []),
        "insert": _insert_query(owner, table, A),
    }
    for changed, _ in _columns(owner, table):
        query = sql.SQL("UPDATE {} SET {} = NULL WHERE {} IS NOT NULL")
        tried[f"update {changed}"] = (query.format(name, sql.Identifier(changed), column), [])
    return {what: _as_app(owner, query, values, home=home) for what, (query, values) in tried.items()}


def test_without_a_household_set_the_apps_role_reads_and_writes_nothing(owner: Owner) -> None:
    """R05: in every table of a household, whichever there are."""
    tables = household_tables(owner)
    assert {"household", "membership", "epoch", "clip", "shred", "vault_setting", "hub_status"} <= tables
    for table in tables:
        assert owner.execute(sql.SQL("SELECT FROM {}").format(sql.Identifier(table))).rowcount == 2, table
        for what, rows in _reached(owner, table).items():
            assert not rows, f"{what} {table}"


def test_with_a_household_set_it_reads_that_ones_rows_and_no_others(owner: Owner) -> None:
    """The control: the same statements reach one of the two rows; nothing above was empty by itself."""
    for table in household_tables(owner):
        reached = _reached(owner, table, A)
        assert reached["read"] == 1, table
        assert set(reached.values()) <= {None, 0, 1}, table
    assert _reached(owner, "clip", A)["delete"] == 1
    assert _reached(owner, "vault_setting", A)["insert"] == 1


def test_every_table_of_a_household_is_guarded_also_from_its_own_owner(owner: Owner) -> None:
    assert unguarded(owner, household_tables(owner)) == set()


def test_a_table_that_somebody_forgot_to_guard_is_found(owner: Owner) -> None:
    """The control: planted with grants and without a policy, it is found, and read without a household."""
    with owner.transaction(force_rollback=True):
        owner.execute("CREATE TABLE planted (household text, words text)")
        owner.execute("GRANT SELECT, INSERT, DELETE ON planted TO fanlight_app")
        owner.execute("CREATE TABLE hanging (planted text)")
        assert "planted" in household_tables(owner)
        assert unguarded(owner, household_tables(owner)) == {"planted"}
        _insert(owner, "planted", A)
        assert _reached(owner, "planted")["read"] == 1
        assert _reached(owner, "planted")["insert"] == 1


def test_the_apps_role_owns_nothing_and_cannot_become_more(owner: Owner) -> None:
    owned = owner.execute("SELECT count(*) FROM pg_tables WHERE tableowner = 'fanlight_app'").fetchone()
    role = owner.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = 'fanlight_app'"
    ).fetchone()
    above = owner.execute("SELECT pg_has_role('fanlight_app', current_user, 'MEMBER')").fetchone()
    assert (owned, role, above) == ((0,), (False, False, False), (False,))


def test_what_the_app_may_ask_over_all_households_is_these_functions_and_tells_no_more(owner: Owner) -> None:
    """Functions that run as the owner: which there are, who may call them, what they return."""
    found = owner.execute(
        "SELECT proname, pg_get_function_result(oid), proconfig,"
        " has_function_privilege('public', oid, 'EXECUTE') FROM pg_proc"
        " WHERE prosecdef AND pronamespace = 'public'::regnamespace AND proname LIKE 'vault%'"
    ).fetchall()
    assert {name: result for name, result, *_ in found} == {
        "vault_oldest": "TABLE(household text, oldest date, keep_days integer)",
        "vault_homes_of": "TABLE(clip text, household text, kept boolean)",
        "vault_total": "bigint",
        "vault_lapse": "bigint",
        "vault_held": "TABLE(clip text)",
    }
    for name, _, config, public in found:
        assert config == ["search_path=pg_catalog, pg_temp"], name
        assert not public, name
