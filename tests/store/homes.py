"""Which tables are of a household: asked of the database itself, so that a new one cannot be forgotten."""

from typing import Any

import psycopg

Owner = psycopg.Connection[Any]


def household_tables(owner: Owner) -> set[str]:
    """Return every table that names a household, hangs on one that does, or is guarded by row."""
    named = _column(
        owner,
        "SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND (relname = 'household' OR EXISTS (SELECT FROM pg_attribute"
        " WHERE attrelid = c.oid AND attname = 'household' AND NOT attisdropped))",
    )
    by_row = _column(
        owner,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity",
    )
    edges = owner.execute(
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
    ).fetchall()
    while more := {source for source, target in edges if target in named} - named:
        named |= more
    return named | by_row


def unguarded(owner: Owner, tables: set[str]) -> set[str]:
    """Return those whose rows their own owner or the app's role would see unasked."""
    guarded = _column(
        owner,
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        " AND relnamespace = 'public'::regnamespace",
    )
    return tables - guarded


def _column(owner: Owner, query: str) -> set[str]:
    return {row[0] for row in owner.execute(query.encode()).fetchall()}
