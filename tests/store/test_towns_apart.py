"""Two towns on one PostgreSQL: nothing of one can be read, connected to or become by the other's roles."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.store.sharing import TownHere, migrated, settle, with_passwords

from fanlight.model.ids import new_id
from fanlight.store import own_database, roles
from fanlight.store.database import migrate
from fanlight.store.own_database import BadDatabaseFile
from fanlight.store.postgres import Postgres
from fanlight.store.roles import DatabaseShared

WHO = ("owner", "app")


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with with_passwords() as running:
        yield running


@pytest.fixture(scope="module")
def towns(server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> tuple[TownHere, TownHere]:
    """Two towns; of the second there is a row, a large object, and a query that runs meanwhile."""
    first, second = (migrated(server, tmp_path_factory.mktemp(name), name) for name in ("ames", "bath"))
    for town in (first, second):
        with psycopg.connect(town.url("owner")) as owner:
            owner.execute("INSERT INTO leaf (id, type, body) VALUES ('mine', %s, 'x')", [town.name])
            owner.execute("SELECT lo_from_bytea(4711, %s)", [town.name.encode()])
    return first, second


@pytest.mark.parametrize("who", WHO)
def test_a_towns_roles_read_their_own_database(towns: tuple[TownHere, TownHere], who: str) -> None:
    """R50: the positive control of all that follows."""
    for town in towns:
        with psycopg.connect(town.url(who)) as mine:
            assert mine.execute("SELECT type FROM leaf WHERE id = 'mine'").fetchall() == [(town.name,)]
    with psycopg.connect(towns[0].url("owner")) as mine:
        assert mine.execute("SELECT lo_get(4711)").fetchone() == (b"ames",)


@pytest.mark.parametrize("who", WHO)
def test_they_connect_to_no_other_database_of_the_server(
    towns: tuple[TownHere, TownHere], server: Postgres, who: str
) -> None:
    """R50: neither the other town's nor those in which both could meet; whoever runs PostgreSQL can."""
    for database in ("fanlight_bath", "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(towns[0].url(who, database))
        with psycopg.connect(server.url_of(database)) as admin:
            assert admin.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        psycopg.connect(towns[0].url(who, "template0"))


@pytest.mark.parametrize("who", WHO)
def test_their_passwords_open_no_role_of_the_other_town(towns: tuple[TownHere, TownHere], who: str) -> None:
    for role in ("fanlight_bath", "fanlight_bath_app"):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(towns[0].url(who, "fanlight_bath", user=role))


TRIED = {
    "become another's role": "SET ROLE fanlight_bath_app",
    "become another's owner": "SET SESSION AUTHORIZATION fanlight_bath",
    "be let in": "GRANT fanlight_bath TO CURRENT_USER",
    "open the other's database": "GRANT CONNECT ON DATABASE fanlight_bath TO PUBLIC",
    "change the other's password": "ALTER ROLE fanlight_bath PASSWORD 'x'",
    "read passwords": "SELECT rolpassword FROM pg_authid",
    "make a role": "CREATE ROLE third LOGIN",
    "copy the other's database": "CREATE DATABASE copied TEMPLATE fanlight_bath",
    "copy a template": "CREATE DATABASE copied",
    "link databases": "CREATE EXTENSION dblink",
    "wrap foreign tables": "CREATE EXTENSION postgres_fdw",
    "wrap files": "CREATE EXTENSION file_fdw",
    "read a file": "SELECT pg_read_file('PG_VERSION')",
    "list the data folder": "SELECT * FROM pg_ls_dir('.')",
    "import a file": "SELECT lo_import('/etc/hostname')",
    "copy from a file": "COPY leaf FROM '/etc/hostname'",
    "run a program": "COPY leaf TO PROGRAM 'true'",
    "read the write-ahead log": "SELECT pg_create_physical_replication_slot('s')",
    "decode the write-ahead log": "SELECT pg_create_logical_replication_slot('s', 'test_decoding')",
    "end the other's sessions": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = 'fanlight_bath'",
    "change the server": "ALTER SYSTEM SET log_statement = 'all'",
}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("what", TRIED)
def test_no_way_round_leads_from_one_town_to_the_other(
    towns: tuple[TownHere, TownHere], who: str, what: str
) -> None:
    """R50: each of these is refused, with the other town at work meanwhile."""
    with (
        psycopg.connect(towns[1].url("app")) as busy,
        psycopg.connect(towns[0].url(who), autocommit=True) as mine,
    ):
        busy.execute("SELECT 1")
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)):
            mine.execute(TRIED[what].encode())
        assert busy.execute("SELECT 1").fetchone() == (1,)


def test_what_is_tried_in_vain_can_be_done_by_who_runs_the_server(
    towns: tuple[TownHere, TownHere], server: Postgres
) -> None:
    """The control: these are statements that work, and not words that nobody understands."""
    with (
        psycopg.connect(towns[1].url("app")) as busy,
        psycopg.connect(server.url_of("fanlight_ames"), autocommit=True) as admin,
    ):
        busy.execute("SELECT 1")
        for what in ("become another's role", "read passwords", "read a file", "list the data folder"):
            admin.execute(TRIED[what].encode())
            admin.execute("RESET ROLE")
        for what in ("link databases", "wrap foreign tables", "wrap files"):
            with admin.transaction(force_rollback=True):
                admin.execute(TRIED[what].encode())


@pytest.mark.parametrize("who", WHO)
def test_replication_shows_nothing_either(towns: tuple[TownHere, TownHere], who: str) -> None:
    for kind in ("true", "database"):
        with pytest.raises(psycopg.OperationalError, match=r"permission|must be"):
            psycopg.connect(towns[0].url(who, replication=kind))


@pytest.mark.parametrize("who", WHO)
def test_no_words_of_the_others_queries_are_shown(
    towns: tuple[TownHere, TownHere], server: Postgres, who: str
) -> None:
    """R50: one's own queries are there to see, and who runs the server sees both."""
    watch = "SELECT query FROM pg_stat_activity WHERE query LIKE 'SELECT ''whispered%%'"
    with (
        psycopg.connect(towns[1].url("app")) as other,
        psycopg.connect(towns[0].url(who)) as same,
        psycopg.connect(towns[0].url(who)) as mine,
        psycopg.connect(server.url_of("postgres")) as admin,
    ):
        other.execute("SELECT 'whispered in bath'")
        same.execute("SELECT 'whispered in ames'")
        assert mine.execute(watch).fetchall() == [("SELECT 'whispered in ames'",)]
        assert len(admin.execute(watch).fetchall()) == 2
        seen = mine.execute(
            "SELECT DISTINCT query FROM pg_stat_activity WHERE datname = 'fanlight_bath'"
        ).fetchall()
        assert seen == [("<insufficient privilege>",)]


def test_a_towns_app_role_has_no_large_object_of_its_owner(towns: tuple[TownHere, TownHere]) -> None:
    with (
        psycopg.connect(towns[0].url("app")) as mine,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        mine.execute("SELECT lo_get(4711)")


def test_a_town_on_a_database_that_is_open_to_another_does_not_start(
    server: Postgres, towns: tuple[TownHere, TownHere], tmp_path: Path
) -> None:
    """R50: what was opened to everybody is closed; what another's role was given stands in the way."""
    town = migrated(server, tmp_path / "cove", "cove")
    with psycopg.connect(server.url_of("postgres"), autocommit=True) as admin:
        admin.execute("GRANT CONNECT ON DATABASE fanlight_cove TO PUBLIC")
        psycopg.connect(towns[0].url("app", "fanlight_cove")).close()
        with pytest.raises(DatabaseShared, match="may connect to the database fanlight_cove"):
            migrate(towns[0].addresses.owner, towns[0].addresses.app)
        migrate(town.addresses.owner, town.addresses.app)
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(towns[0].url("app", "fanlight_cove"))
        migrate(towns[0].addresses.owner, towns[0].addresses.app)
        admin.execute("GRANT CONNECT ON DATABASE fanlight_cove TO fanlight_ames_app")
        for one in (town, towns[0]):
            with pytest.raises(DatabaseShared, match="may connect to"):
                migrate(one.addresses.owner, one.addresses.app)
        admin.execute("REVOKE CONNECT ON DATABASE fanlight_cove FROM fanlight_ames_app")
        migrate(town.addresses.owner, town.addresses.app)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER ROLE {} CREATEROLE", "ALTER ROLE {} CREATEDB", "ALTER ROLE {} REPLICATION",
        "ALTER ROLE {} BYPASSRLS", "ALTER ROLE {} SUPERUSER", "GRANT pg_read_all_data TO {}",
        "GRANT pg_monitor TO {}", "GRANT fanlight_bath_app TO {}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["", "_app"])
def test_a_role_that_may_do_more_than_a_town_needs_is_refused(
    server: Postgres, towns: tuple[TownHere, TownHere], tmp_path: Path, change: str, suffix: str
) -> None:
    assert towns
    name = f"d{new_id()}"
    town = settle(server, tmp_path / name, name)
    with psycopg.connect(server.url_of("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL(change).format(sql.Identifier(f"fanlight_{name}{suffix}")))
    with pytest.raises(DatabaseShared, match=r"may do more|may connect"):
        migrate(town.addresses.owner, town.addresses.app)
    with psycopg.connect(server.url_of("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(f"fanlight_{name}")))


def test_a_town_that_shared_its_role_is_given_one_of_its_own(server: Postgres, tmp_path: Path) -> None:
    """R50: as every town of a server had `fanlight_app` before: the new role may what that one might."""
    town = settle(server, tmp_path / "elm", "elm")
    with psycopg.connect(server.url_of("postgres"), autocommit=True) as admin:
        admin.execute("CREATE ROLE fanlight_app LOGIN")
        admin.execute("GRANT CONNECT ON DATABASE fanlight_elm TO fanlight_app")
    migrate(town.addresses.owner)
    before = _may(town, "fanlight_app")
    assert len(before) > 100
    assert _may(town, "fanlight_elm_app") == set()
    migrate(town.addresses.owner, town.addresses.app)
    assert _may(town, "fanlight_elm_app") == before
    assert _may(town, "fanlight_app") == set()
    with psycopg.connect(server.url_of("postgres")) as admin:
        query = "SELECT has_database_privilege('fanlight_app', 'fanlight_elm', 'CONNECT')"
        assert admin.execute(query).fetchone() == (False,)


def _may(town: TownHere, role: str) -> set[tuple[str, ...]]:
    with psycopg.connect(town.url("owner")) as owner:
        return set(owner.execute(roles._GRANTS, [role] * 3).fetchall())


def test_passwords_stand_in_the_towns_file_alone(server: Postgres, tmp_path: Path) -> None:
    """R50: not in the SQL, which carries verifiers; a file that others may read is refused."""
    home = tmp_path / "home"
    home.mkdir()
    made = own_database.make(home, "fern", "/run/postgresql")
    path = home / own_database.FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0
    words = [word for word in path.read_text().split() if word.startswith("password=")]
    assert len(words) == 2
    for word in words:
        assert len(secret := word.removeprefix("password=").rstrip('"')) == 32
        assert secret not in made
    path.chmod(0o640)
    with pytest.raises(BadDatabaseFile, match="others may read it"):
        own_database.read(home)
    with pytest.raises(BadDatabaseFile, match="has a database already"):
        own_database.make(home, "fern", "/run/postgresql")
    for name in ("", "A", "1a", "a-b", 'a"; DROP', "a" * 41):
        with pytest.raises(BadDatabaseFile, match="short name"):
            own_database.make(tmp_path, name, "/run/postgresql")
    for text in ("owner = 1\napp = 'x'", "owner = 'x'", "owner='x'\napp='y'\nmore='z'", "= ", "\x00"):
        path.write_text(text)
        path.chmod(0o600)
        with pytest.raises(BadDatabaseFile):
            own_database.read(home)
    log = server.log.read_text(errors="replace")
    assert "PASSWORD" not in log
