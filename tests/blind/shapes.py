"""What a household's rows tell to whoever cannot open them."""

import psycopg
from psycopg import sql


def shape_of(database: str, household: str) -> dict[str, list[object]]:
    """Return what a household's rows tell: values as they are, of ids and ciphertext the lengths."""
    found: dict[str, list[object]] = {}
    with psycopg.connect(database) as owner:
        columns = owner.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns c"
            " WHERE table_schema = 'public' AND EXISTS (SELECT FROM information_schema.columns h WHERE"
            " h.table_name = c.table_name AND h.column_name = 'household')"
        ).fetchall()
        for table, column, kind in columns:
            of = sql.SQL("length({})" if kind in {"text", "bytea"} else "{}").format(sql.Identifier(column))
            query = sql.SQL("SELECT {} FROM {} WHERE household = %s ORDER BY 1").format(
                of, sql.Identifier(table)
            )
            values = owner.execute(query, [household]).fetchall()
            found[f"{table}.{column}"] = [value for (value,) in values]
    return found
