"""One PostgreSQL with passwords, and towns on it, made as `fanlight database` and the guide say."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from fanlight.store import own_database
from fanlight.store.database import migrate
from fanlight.store.own_database import Addresses
from fanlight.store.postgres import Postgres, temporary

HBA = "local all fanlight trust\nlocal all all scram-sha-256\nlocal replication all scram-sha-256\n"


@contextlib.contextmanager
def with_passwords() -> Iterator[Postgres]:
    """Run a PostgreSQL that asks every role but its administrator for a password."""
    with temporary() as running:
        (running.data / "pg_hba.conf").write_text(HBA)
        with psycopg.connect(running.url_of("postgres"), autocommit=True) as admin:
            admin.execute("SELECT pg_reload_conf()")
            admin.execute("REVOKE ALL ON DATABASE fanlight FROM PUBLIC")
            rules = admin.execute("SELECT count(*) FROM pg_hba_file_rules WHERE error IS NULL").fetchone()
            assert rules == (3,)
        yield running


@dataclass(frozen=True)
class TownHere:
    """A town on a shared PostgreSQL."""

    name: str
    home: Path
    addresses: Addresses

    def url(self, who: str, database: str | None = None, **more: str) -> str:
        """Return the address for one of its roles, of its own or another database."""
        given = conninfo_to_dict(getattr(self.addresses, who))
        if database is not None:
            given["dbname"] = database
        return make_conninfo("", **{**given, **more})


def settle(server: Postgres, home: Path, name: str) -> TownHere:
    """Make a town's database and roles by the SQL that the command gives."""
    host = str(conninfo_to_dict(server.url)["host"])
    home.mkdir(exist_ok=True)
    made = own_database.make(home, name, host)
    with psycopg.connect(server.url_of("postgres"), autocommit=True) as admin:
        for statement in made.rstrip(";\n").split(";\n"):
            admin.execute(statement.encode())
    addresses = own_database.read(home)
    assert addresses is not None
    return TownHere(name, home, addresses)


def migrated(server: Postgres, home: Path, name: str) -> TownHere:
    """Make a town with its tables."""
    town = settle(server, home, name)
    migrate(town.addresses.owner, town.addresses.app)
    return town
