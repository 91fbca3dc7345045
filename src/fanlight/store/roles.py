"""Roles of a town on a PostgreSQL that it shares: what each may do, and that no other town's may come in.

In:     a connection as the owner of a town's database; the name of the role that the server works as.
Out:    the database closed to everybody but those two; migrations with that role's name in them.
Holds:  a town does not start where another's roles could reach its rows, or its own could reach another's.
Absent: making roles and databases; whoever runs the PostgreSQL does that (`fanlight database` says how).
Why:    docs/guide/several-towns.md
"""

import re
from typing import Any

import psycopg
from psycopg import sql

from fanlight.model.errors import FanlightError

APP_ROLE = "fanlight_app"  # its name in the migrations, and of a town that has a PostgreSQL to itself
_MAKES_ROLE = re.compile(r"DO \$\$ BEGIN\s+CREATE ROLE fanlight_app .*?END \$\$;\n", re.DOTALL)
_ONE_NAME = re.compile(r"\bfanlight_app\b")

Connection = psycopg.Connection[tuple[Any, ...]]


class DatabaseShared(FanlightError):
    """Another town's roles could reach this town's rows, or this one's theirs."""

    code = "store.database_shared"


def with_role(connection: Connection, text: str, role: str) -> bytes:
    """Return a migration's text for the role's name; the role is not made where it is there already."""
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if known is not None:
        text = _MAKES_ROLE.sub("", text)
    name = sql.Identifier(role).as_string(connection)
    return _ONE_NAME.sub(lambda _: name, text).encode()


def close_to_others(connection: Connection, role: str) -> None:
    """Let nobody but the owner and `role` into the database, whatever was granted before.

    Raises:
        DatabaseShared: it is another's, and somebody else may come in.
    """
    database = _value(connection, "SELECT current_database()")
    owns = _value(
        connection,
        "SELECT pg_has_role(datdba, 'MEMBER') FROM pg_database WHERE datname = current_database()",
    )
    if owns:
        name, app = sql.Identifier(str(database)), sql.Identifier(role)
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, app))
    may = connection.execute(
        "SELECT r.rolname FROM pg_roles r WHERE r.rolcanlogin AND NOT r.rolsuper AND r.rolname <> %s"
        " AND r.rolname <> current_user AND has_database_privilege(r.oid, %s, 'CONNECT')"
        " AND NOT pg_has_role(r.oid, (SELECT datdba FROM pg_database WHERE datname = %s), 'MEMBER')",
        [role, database, database],
    ).fetchall()
    if may:
        raise _shared(f"other roles may connect to its database, such as {may[0][0]}")


def check_apart(connection: Connection, role: str) -> None:
    """Raise DatabaseShared if this town's roles reach another database of the server, or may do too much."""
    others = connection.execute(
        "SELECT datname FROM pg_database WHERE datname NOT IN (current_database(), 'postgres')"
        " AND NOT datistemplate AND datallowconn"
    ).fetchall()
    mine = (role, str(_value(connection, "SELECT current_user")))
    for one in mine if others else (role,):
        attributes = connection.execute(
            "SELECT rolsuper OR rolbypassrls, rolcreaterole OR rolcreatedb OR rolreplication,"
            " EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)"
            " FROM pg_roles r WHERE rolname = %s",
            [one],
        ).fetchone()
        if attributes is None:
            raise _shared(f"there is no role {one}")
        above, makes, belongs = attributes
        if above or makes or belongs:
            raise _shared(f"the role {one} may do more than a town needs")
        for (other,) in others:
            if _value(connection, "SELECT has_database_privilege(%s, %s, 'CONNECT')", [one, other]):
                raise _shared(f"the role {one} may connect to the database {other}")


def give_to(connection: Connection, role: str) -> None:
    """Let `role` do what the role of before might do in this database, and that one nothing any more.

    The role of before is whoever else may read the record's rows: the one that all towns of a server shared.
    """
    before = [
        str(name)
        for (name,) in connection.execute(
            "SELECT DISTINCT g.rolname FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles g"
            " ON g.oid = a.grantee WHERE c.oid = 'public.leaf'::regclass AND a.grantee <> c.relowner"
            " AND g.rolname <> %s",
            [role],
        ).fetchall()
    ]
    new = sql.Identifier(role)
    for name in before:
        old = sql.Identifier(name)
        for what, privilege, on in connection.execute(_GRANTS, [name] * 3).fetchall():
            words = {"privilege": sql.SQL(privilege), "on": sql.SQL(what + " " + on)}
            connection.execute(sql.SQL("GRANT {privilege} ON {on} TO {new}").format(new=new, **words))
            connection.execute(sql.SQL("REVOKE {privilege} ON {on} FROM {old}").format(old=old, **words))
        database = sql.Identifier(str(_value(connection, "SELECT current_database()")))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(database, old))


_GRANTS = """
SELECT 'TABLE', a.privilege_type, c.oid::regclass::text
  FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles g ON g.oid = a.grantee
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND g.rolname = %s
UNION ALL
SELECT 'TABLE', a.privilege_type || ' (' || quote_ident(t.attname) || ')', c.oid::regclass::text
  FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
  JOIN pg_roles g ON g.oid = a.grantee
  WHERE c.relnamespace = 'public'::regnamespace AND NOT t.attisdropped AND g.rolname = %s
UNION ALL
SELECT 'FUNCTION', a.privilege_type, p.oid::regprocedure::text
  FROM pg_proc p, aclexplode(p.proacl) a JOIN pg_roles g ON g.oid = a.grantee
  WHERE p.pronamespace = 'public'::regnamespace AND g.rolname = %s
"""


def _value(connection: Connection, query: str, params: Any = ()) -> Any:  # noqa: ANN401 - any column
    row = connection.execute(query.encode(), params).fetchone()
    return row[0] if row else None


def _shared(why: str) -> DatabaseShared:
    return DatabaseShared(
        f"This town's database is not its own: {why}.",
        kept="Nothing was read or changed.",
        do="Give each town a database and two roles of its own: `fanlight database` says how.",
    )
