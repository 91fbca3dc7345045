"""What the tables cannot hold."""

from collections import defaultdict

import psycopg
import pytest
from tests.store.homes import household_tables


def test_no_table_joins_a_household_to_a_request(database: str) -> None:
    """R24: no row, through whatever keys, names both a home and a request."""
    with psycopg.connect(database) as owner:
        rows = owner.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f'"
        ).fetchall()
        columns = owner.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        ).fetchall()
    points_at = defaultdict(set)
    for source, target in rows:
        points_at[source].add(target)

    def reach(table: str) -> set[str]:
        seen, todo = set(), [table]
        while todo:
            at = todo.pop()
            if at not in seen:
                seen.add(at)
                todo += points_at[at]
        return seen

    assert "request" in reach("disclosure")
    for table in {name for name, _ in columns}:
        assert not {"household", "request"} <= reach(table), table
    named = defaultdict(set)
    for table, column in columns:
        named[table].add(column)
    for table, names in named.items():
        homes = names & {"household", "clip", "hub", "member"}
        cases = names & {"request", "disclosure", "case_key", "agency"}
        assert not (homes and cases), table


def test_rows_of_a_household_hold_no_time(database: str) -> None:
    """R11: a row of a household carries the day at most, and nothing from which an order could be read."""
    with psycopg.connect(database) as owner:
        homes = household_tables(owner) | {"doomed"}
        timed = owner.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'public' AND (data_type LIKE 'time%%' OR data_type = 'interval')"
        ).fetchall()
        ordered = owner.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND (is_identity = 'YES' OR column_default IS NOT NULL"
            " AND column_default !~ '^(true|false|[0-9]+|''[a-z]*''::[a-z]+)$')"
        ).fetchall()
        stamped = owner.execute("SHOW track_commit_timestamp").fetchone()
    assert timed, "the search must find those of other tables"
    assert [row for row in timed if row[0] in homes] == []
    assert not homes & {row[0] for row in ordered}
    assert stamped == ("off",)


def test_what_waits_to_be_removed_names_no_household(database: str) -> None:
    """R05: the list of payloads to remove holds random ids and nothing else."""
    with psycopg.connect(database) as owner:
        columns = owner.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'doomed'"
        ).fetchall()
    assert set(columns) == {("clip", "text"), ("lasting", "boolean")}


def test_what_is_put_aside_of_a_clip_has_the_columns_of_a_clip(database: str) -> None:
    """R22: a row is moved as it is, so that a column more in one table alone would stop every deletion."""
    query = (
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
        " ORDER BY ordinal_position"
    )
    with psycopg.connect(database) as owner:
        clip, held = (owner.execute(query, [name]).fetchall() for name in ("clip", "held_clip"))
    assert clip
    assert clip == held


def test_what_is_kept_of_a_cell_holds_no_count_and_no_time(database: str) -> None:
    """R24: a drop changes nothing in a row that names a cell; nothing there could count or date one.

    A table of homes counts homes, as it was handed in, and nobody changes a row of it. A post says of itself
    in which cell it is, to everybody.
    """
    with psycopg.connect(database) as owner:
        rows = owner.execute(
            "SELECT c.table_name, c.column_name, c.data_type,"
            " has_column_privilege('fanlight_app', c.table_name, c.column_name, 'UPDATE')"
            " FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name IN"
            " (SELECT table_name FROM information_schema.columns WHERE column_name = 'cell'"
            " AND table_name <> 'post')"
        ).fetchall()
    assert {"request_cell", "cell_key", "cell_file"} <= {table for table, *_ in rows}
    kinds = {(table, kind) for table, _, kind, _ in rows}
    counted = {("listed_homes", "integer")}
    assert counted <= kinds
    assert {kind for _, kind in kinds - counted} <= {"text", "bytea", "boolean"}, kinds
    changing = {(table, column) for table, column, _, may_change in rows if may_change}
    assert changing == {("cell_file", "body"), ("cell_file", "stale")}


def test_a_leaf_keeps_its_place_and_its_words(database: str) -> None:
    """R42: the app's role cannot change a leaf, and nobody can move one."""
    with psycopg.connect(database) as owner:
        owner.execute("INSERT INTO leaf (id, type, body, idx) VALUES ('l', 'x', 'x', 0)")
        with pytest.raises(psycopg.errors.RaiseException, match="keeps its place"), owner.transaction():
            owner.execute("UPDATE leaf SET idx = 1 WHERE id = 'l'")
        owner.execute("SET ROLE fanlight_app")
        for change in ("UPDATE leaf SET body = 'y'", "DELETE FROM leaf", "DELETE FROM signed_checkpoint"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), owner.transaction():
                owner.execute(change.encode())
