"""What the tables of the register refuse, whoever writes to them by whatever program."""

import asyncio
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from tests.server.acting import SEEDS
from tests.server.registering import AGENCY, CLERK, Way, raw, signed
from tests.server.running import Clock, running

from fanlight.model.ids import new_id
from fanlight.proof.openings import make_leaf
from fanlight.seal.keys import SigningKey, member_keys
from fanlight.server.programme import agreement_in_force
from fanlight.store.database import Database
from fanlight.wire import b64, jcs, register

ROLES = ("fanlight_app", "fanlight")


@pytest.fixture
def voted(database: str, tmp_path: Path) -> Way:
    """An agreement that was voted for, on a day on which it may come into force."""
    found: list[Way] = []

    async def body() -> None:
        async with running(tmp_path, database, ticking=Clock()) as town:
            way = Way(town, database)
            await way.end_the_demos()
            await way.go("voted")
            way.ahead(70)
            found.append(way)

    asyncio.run(body())
    return found[0]


@contextmanager
def acting_as(way: Way, role: str) -> Iterator[psycopg.Connection]:
    """Connect as a role; what it does is undone."""
    with psycopg.connect(way.database) as connection:
        connection.execute(f"SET ROLE {role}".encode())
        yield connection
        connection.rollback()


def add_leaf(connection: psycopg.Connection, kind: str, pub: dict[str, Any]) -> str:
    body, _ = make_leaf(kind, pub, {})
    leaf = new_id()
    connection.execute("INSERT INTO leaf (id, type, body) VALUES (%s, %s, %s)", [leaf, kind, body])
    return leaf


def facts(connection: psycopg.Connection, way: Way, **change: Any) -> dict[str, Any]:
    row = connection.execute("SELECT agreement_facts(%s, %s)", [way.agreement, way.today]).fetchone()
    assert row is not None
    return {**row[0], **change}


def take(
    connection: psycopg.Connection,
    way: Way,
    text: str,
    *,
    key: SigningKey = CLERK,
    entry: dict[str, Any] | None = None,
    **change: Any,
) -> None:
    """Take a step as the program does: an entry, then the row; `entry` and `change` are laid over them."""
    found = connection.execute(
        "SELECT agency, pack, valid_from::text, valid_until::text FROM agreement WHERE id = %s",
        [way.agreement],
    ).fetchone()
    assert found is not None
    agency, pack, first, until = found
    signature = signed(text, key)
    state = json.loads(text)["state"]
    pub = {
        "agreement": way.agreement,
        "agency": agency,
        "pack": pack,
        "from": first,
        "until": until,
        "state": state,
        "day": way.today.isoformat(),
        "brought": False,
        "papers": way.papers,
        "statement": text,
        "signature": signature,
    }
    if state == "in_force":
        pub["facts"] = facts(connection, way)
    row = {
        "agreement": way.agreement,
        "place": 4,
        "state": state,
        "day": way.today,
        "brought": False,
        "clerk": way.clerk,
        "statement": text,
        "signature": raw(signature),
        "leaf": add_leaf(connection, "agreement", {**pub, **(entry or {})}),
        **change,
    }
    connection.execute(
        "INSERT INTO agreement_step (agreement, place, state, day, brought, clerk, statement, signature,"
        " leaf) VALUES (%(agreement)s, %(place)s, %(state)s, %(day)s, %(brought)s, %(clerk)s, %(statement)s,"
        " %(signature)s, %(leaf)s)",
        row,
    )


def state_of(connection: psycopg.Connection, way: Way) -> str:
    row = connection.execute("SELECT state FROM agreement WHERE id = %s", [way.agreement]).fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize("role", ROLES)
def test_the_signed_step_is_taken_by_direct_sql_and_no_unsigned_one_is(voted: Way, role: str) -> None:
    """R33: so that what is refused below is refused for its own reason."""
    force = voted.saying.force(voted.vote)
    with acting_as(voted, role) as connection:
        take(connection, voted, force)
        assert state_of(connection, voted) == "in_force"
    other = SigningKey.new()
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("signature does not hold", {"key": other}),
        ("signature does not hold", {"key": member_keys(SEEDS["operator"]).signing}),
        ("not the next", {"place": 3}),
        ("the record has begun", {"brought": True}),
        ("facts in the entry", {"entry": {"facts": {}}}),
        ("no entry in the record", {"entry": {"papers": "0" * 64}}),
        ("no entry in the record", {"entry": {"state": "voted"}}),
        ("no entry in the record", {"entry": {"statement": "{}"}}),
        ("day is not in order", {"day": voted.today - timedelta(days=40)}),
        ("day is not in order", {"day": voted.today + timedelta(days=1)}),
        ("no entry in the record", {"day": voted.today - timedelta(days=1)}),
        ("signed_for|signature|clerk", {"clerk": None}),
        ("no entry in the record", {"leaf": "none"}),
    ]
    for why, change in wrong:
        with (
            acting_as(voted, role) as connection,
            pytest.raises(psycopg.Error, match=why),
            connection.transaction(),
        ):
            take(connection, voted, force, **change)
        assert why
    with acting_as(voted, role) as connection:
        lie = {"facts": facts(connection, voted, published_days=400)}
        with (
            pytest.raises(psycopg.errors.RaiseException, match="facts in the entry"),
            connection.transaction(),
        ):
            take(connection, voted, force, entry=lie)
    voted.town.clock.ahead -= timedelta(days=5)  # the database's day stays
    with (
        acting_as(voted, role) as connection,
        pytest.raises(psycopg.errors.RaiseException, match="another day than today"),
        connection.transaction(),
    ):
        take(connection, voted, voted.saying.force(voted.vote))


@pytest.mark.parametrize("role", ROLES)
def test_a_statement_about_something_else_brings_nothing_into_force(voted: Way, role: str) -> None:
    """R33: another agreement's vote, another version of the papers, another day, another vote, replayed."""
    say = voted.saying
    others = [
        replace(say, agreement=new_id()),
        replace(say, papers="0" * 64),
        replace(say, pack="0" * 64),
        replace(say, clerk=new_id()),
        replace(say, day=say.day - timedelta(days=1)),
    ]
    with acting_as(voted, role) as connection:
        for other in others:
            with (
                pytest.raises(psycopg.errors.RaiseException, match="signed something else"),
                connection.transaction(),
            ):
                take(connection, voted, other.force(voted.vote))
        with pytest.raises(psycopg.errors.RaiseException, match="not the vote"), connection.transaction():
            take(connection, voted, say.force("another vote"))
        with pytest.raises(psycopg.errors.RaiseException, match="does not follow"), connection.transaction():
            take(connection, voted, voted.vote)


@pytest.mark.parametrize("role", ROLES)
def test_a_signed_text_that_is_more_than_a_statement_brings_nothing_into_force(voted: Way, role: str) -> None:
    """R33: a clerk's key signs appointments too; what could be read as both, or in two ways, is neither."""
    force = voted.saying.force(voted.vote)
    more = jcs.dumps({**jcs.loads(force), "appointed": {}, "name": "M. Stone"}).decode()
    twice = force.replace('"day":', '"day":"2020-01-01","day":')
    turned = json.dumps(dict(reversed(json.loads(force).items())))
    with acting_as(voted, role) as connection:
        for text in (more, twice, turned):
            with pytest.raises(psycopg.errors.RaiseException, match="just that"), connection.transaction():
                take(connection, voted, text)
        take(connection, voted, force)


@pytest.mark.parametrize("role", ROLES)
def test_a_vote_that_was_dated_back_or_told_otherwise_is_no_vote(
    database: str, tmp_path: Path, role: str
) -> None:
    """R33: signed by the clerk as it may be; the one that went as it is told is taken."""
    found: list[Way] = []

    async def body() -> None:
        async with running(tmp_path, database, ticking=Clock()) as town:
            way = Way(town, database)
            await way.end_the_demos()
            await way.go("hearing")
            way.ahead(40)
            found.append(way)

    asyncio.run(body())
    (way,) = found
    back = (way.today - timedelta(days=16)).isoformat()
    wrong = [
        ("held before it could be", way.voted(date=back)),
        ("held before it could be", way.voted(date=(way.today + timedelta(days=1)).isoformat())),
        ("by nobody", way.voted(body="")),
        ("minutes are missing", way.voted(minutes="0" * 64)),
        ("how the vote went", way.voted(reference="")),
        ("how the vote went", way.voted(noes=-1)),
        ("how the vote went", way.voted(ayes=2).replace('"state":"rejected"', '"state":"voted"')),
        ("how the vote went", way.voted().replace('"state":"voted"', '"state":"rejected"')),
    ]
    for why, text in wrong:
        with (
            acting_as(way, role) as connection,
            pytest.raises(psycopg.errors.RaiseException, match=why),
            connection.transaction(),
        ):
            take(connection, way, text, place=3)
    with acting_as(way, role) as connection:
        take(connection, way, way.voted(), place=3)
        assert state_of(connection, way) == "voted"


@pytest.mark.parametrize("role", ROLES)
def test_no_row_calls_itself_in_force(voted: Way, role: str) -> None:
    """R33: neither by a changed state nor by a new row; the app's role may not even try the first."""
    forged = (
        "INSERT INTO agreement (id, agency, pack, state, valid_from, valid_until, papers, leaf, vote_body,"
        " vote_date, vote_ayes, vote_noes, vote_reference) SELECT 'x', agency, pack, 'in_force', valid_from,"
        " valid_until, papers, leaf, vote_body, vote_date, vote_ayes, vote_noes, vote_reference"
        " FROM agreement WHERE id = %(id)s"
    )
    changes = [
        forged,
        "UPDATE agreement SET state = 'in_force' WHERE id = %(id)s",
        "UPDATE agreement SET vote_ayes = 9 WHERE id = %(id)s",
        "UPDATE agreement SET papers = '{}' WHERE id = %(id)s",
        "UPDATE agreement SET valid_until = valid_until + 900 WHERE id = %(id)s",
        "UPDATE agreement SET agency = agency, comment_until = '2020-01-01' WHERE id = %(id)s",
        "DELETE FROM agreement_step WHERE agreement = %(id)s",
        "UPDATE agreement_step SET state = 'in_force' WHERE agreement = %(id)s",
        "TRUNCATE agreement_step",
        "TRUNCATE agreement CASCADE",
        "DELETE FROM agreement WHERE id = %(id)s",
    ]
    with acting_as(voted, role) as connection:
        for change in changes:
            with (
                pytest.raises((psycopg.errors.RaiseException, psycopg.errors.InsufficientPrivilege)),
                connection.transaction(),
            ):
                connection.execute(change.encode(), {"id": voted.agreement})
        assert state_of(connection, voted) == "voted"


def test_the_checks_hold_in_a_session_that_calls_itself_a_replica(voted: Way) -> None:
    """R33: as far as PostgreSQL can keep its owner from it without taking the checks off in the open."""
    with acting_as(voted, "fanlight") as connection:
        connection.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.errors.RaiseException), connection.transaction():
            connection.execute("UPDATE agreement SET state = 'in_force' WHERE id = %s", [voted.agreement])
        with pytest.raises(psycopg.errors.RaiseException, match="does not hold"), connection.transaction():
            take(connection, voted, voted.saying.force(voted.vote), key=SigningKey.new())


def test_tables_of_ones_own_put_in_front_answer_for_none(voted: Way) -> None:
    """R33: the app's role may make temporary tables; a clerk in one of those is no clerk."""
    key = SigningKey.new()
    with acting_as(voted, "fanlight_app") as connection:
        connection.execute("CREATE TEMPORARY TABLE clerk AS SELECT * FROM public.clerk")
        connection.execute("UPDATE pg_temp.clerk SET sign_pub = %s", [key.public])
        connection.execute("SET search_path = pg_temp, public, pg_catalog")
        with pytest.raises(psycopg.errors.RaiseException, match="does not hold"), connection.transaction():
            take(connection, voted, voted.saying.force(voted.vote), key=key)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_exchanges_a_clerks_key(voted: Way, role: str) -> None:
    """R33: a key is appointed in the open, handed over by a clerk in office or after a fortnight."""
    key = SigningKey.new()
    with acting_as(voted, role) as connection:
        changes: list[tuple[str, list[Any]]] = [
            ("UPDATE clerk SET sign_pub = %s", [key.public]),
            ("UPDATE clerk SET account = %s", ["x"]),
            ("DELETE FROM clerk", []),
            ("TRUNCATE clerk CASCADE", []),
            ("UPDATE clerk SET ended = %s, end_leaf = leaf", [voted.today]),
        ]
        for change, given in changes:
            with (
                pytest.raises((psycopg.errors.RaiseException, psycopg.errors.InsufficientPrivilege)),
                connection.transaction(),
            ):
                connection.execute(change.encode(), given)
        connection.execute(
            "INSERT INTO account (id, kind, sign_pub, age_recipient) VALUES ('new', 'clerk', %s, 'x')",
            [key.public],
        )

        def appoint(
            counts_in: int = 0,
            by: SigningKey | None = None,
            ago: int = 0,
            *,
            own: bool = False,
            say: Callable[[str], str] = str,
            **change: Any,
        ) -> None:
            day, clerk = voted.today - timedelta(days=ago), new_id()
            text = register.appointment(
                clerk=clerk,
                name="M. Changed",
                office="Clerk",
                key=b64.encode(key.public),
                day=day,
                appointed={
                    "body": "b",
                    "date": "2026-01-01",
                    "reference": "r",
                    "document": register.digest("Minutes."),
                },
            )
            text = say(text)
            row: dict[str, Any] = {
                "id": clerk,
                "account": "new",
                "name": "M. Changed",
                "office": "Clerk",
                "sign_pub": key.public,
                "statement": text,
                "acceptance": raw(signed(text, key)),
                "handed_over_by": (clerk if own else voted.clerk) if by else None,
                "handover": raw(signed(text, by)) if by else None,
                "document": "Minutes.",
                "day": day,
                "counts_from": day + timedelta(days=counts_in),
                "brought": False,
                **change,
            }
            pub = {
                "clerk": row["id"],
                "statement": row["statement"],
                "acceptance": b64.encode(row["acceptance"]),
                "counts_from": row["counts_from"].isoformat(),
            }
            row["leaf"] = change.get("leaf") or add_leaf(connection, "clerk", pub)
            names = sql.SQL(", ").join(map(sql.Identifier, row))
            values = sql.SQL(", ").join(map(sql.Placeholder, row))
            connection.execute(sql.SQL("INSERT INTO clerk ({}) VALUES ({})").format(names, values), row)

        refused: list[tuple[str, dict[str, Any]]] = [
            ("fifteenth day", {}),
            ("fifteenth day", {"counts_in": 13}),
            ("another day than today", {"counts_in": 14, "ago": 20}),
            ("another day than today", {"by": CLERK, "ago": 2}),
            ("not handed over", {"by": SigningKey.new()}),
            ("not handed over", {"by": key}),
            ("not handed over", {"by": key, "own": True}),
            ("not handed over", {"by": SigningKey.new(), "own": True}),
            ("the record has begun", {"brought": True}),
            ("not signed by the key", {"acceptance": bytes(64)}),
            ("not what the statement says", {"name": "P. Ivers"}),
            ("not what the statement says", {"document": "Other minutes."}),
            ("another key", {"sign_pub": CLERK.public}),
        ]
        # A text of which the same is read, or that says more, signed by both.
        more = [
            ("not what the statement says", '"v":1', '"v":2'),
            ("not what the statement says", '"v":1', '"v":1,"vote":"0"'),
            ("not just an appointment", '"v":1', '"v":1.0'),
            ("not just an appointment", '"v":1', '"v": 1'),
            ("not just an appointment", '"v":1', '"v":1,"v":1'),
            ("not just an appointment", '"body":"b"', '"body":7'),
            ("not just an appointment", '"body":"b",', ""),
            ("not just an appointment", '"reference":"r"', '"reference":"r","state":"in_force"'),
        ]
        for why, old, new in more:
            with pytest.raises(psycopg.errors.RaiseException, match=why), connection.transaction():
                appoint(by=CLERK, say=lambda text, old=old, new=new: text.replace(old, new))  # type: ignore[misc]
        for why, form in refused:
            with pytest.raises(psycopg.errors.RaiseException, match=why), connection.transaction():
                appoint(**form)
        appoint(14)
        odd = 'M. "Changed" \\ é 🧥 \u007f\u2028\t\x01</'

        def renamed(text: str) -> str:
            return jcs.dumps({**jcs.loads(text), "name": odd}).decode()

        appoint(by=CLERK, say=renamed, name=odd)
        appoint(by=CLERK)
        # As where the database was restored elsewhere, and its transactions are counted anew.
        connection.execute("RESET ROLE")
        connection.execute("UPDATE town SET began = pg_current_xact_id()")
        connection.execute(f"SET ROLE {role}".encode())
        with pytest.raises(psycopg.errors.RaiseException, match="the record has begun"):
            appoint(brought=True)


def test_what_the_ordinance_refuses_is_refused_by_the_tables_with_its_clause(
    database: str, tmp_path: Path
) -> None:
    """R33 R36: signed and true as it may be; they read the ordinance's own text, as hashed."""
    found: list[Way] = []

    async def body() -> None:
        async with running(tmp_path, database, ticking=Clock()) as town:
            way = Way(town, database)
            await way.end_the_demos()
            way.change = {"clauses": [{"kind": "speech", "words": "The maker approves what is said."}]}
            await way.draft()
            await way.publish()
            for days, act in ((5, way.hear), (6, way.cast)):
                way.ahead(days)
                await act()
            way.ahead(70)
            found.append(way)

    asyncio.run(body())
    for role in ROLES:
        with acting_as(found[0], role) as connection:
            force = found[0].saying.force(found[0].vote)
            with pytest.raises(psycopg.errors.RaiseException) as refused, connection.transaction():
                take(connection, found[0], force)
        said = str(refused.value).splitlines()[0]
        clauses = "agreement.published, agreement.commented, clause.speech"
        assert said == f"step: the ordinance refuses it: {clauses}"


def test_an_agreement_forced_past_the_checks_by_their_owner_lets_nobody_ask(voted: Way) -> None:
    """R33: whoever owns the tables can take the checks off; the server then finds no clerk's signature."""

    async def may_ask() -> bool:
        db = await Database.open(voted.database)
        try:
            async with db.transaction() as tx:
                return await agreement_in_force(tx, AGENCY, voted.today) is not None
        finally:
            await db.close()

    def force(key: SigningKey) -> None:
        with psycopg.connect(voted.database) as owner:
            owner.execute("ALTER TABLE agreement_step DISABLE TRIGGER USER")
            owner.execute("ALTER TABLE agreement DISABLE TRIGGER USER")
            owner.execute("DELETE FROM agreement_step WHERE agreement = %s AND place = 4", [voted.agreement])
            take(owner, voted, voted.saying.force(voted.vote), key=key)
            owner.execute("UPDATE agreement SET state = 'in_force' WHERE id = %s", [voted.agreement])

    assert not asyncio.run(may_ask())
    force(SigningKey(secrets.token_bytes(32)))
    assert not asyncio.run(may_ask())
    force(CLERK)
    assert asyncio.run(may_ask())


def test_what_an_earlier_release_had_in_force_is_suspended_and_the_record_says_so_once(
    database: str, tmp_path: Path
) -> None:
    """R33: a vote without a clerk's signature carries nothing any more."""

    async def start() -> list[tuple[str, str]]:
        async with running(tmp_path, database) as town:
            await town.settled()
            entries = [leaf["pub"] for leaf in await town.leaves("agreement")]
            return [(one["state"], one["agreement"]) for one in entries if one["state"] == "suspended"]

    assert asyncio.run(start()) == []
    with psycopg.connect(database) as owner:
        owner.execute("ALTER TABLE agreement DISABLE TRIGGER USER")
        owner.execute(
            "INSERT INTO agreement (id, agency, pack, state, valid_from, valid_until, papers, leaf)"
            " SELECT 'old', agency, pack, 'suspended', valid_from, valid_until, '{}', leaf FROM agreement"
        )
        owner.execute("ALTER TABLE agreement ENABLE ALWAYS TRIGGER follows")
        row = owner.execute(
            "SELECT step_may_follow('suspended', 'in_force'), step_may_follow(NULL, 'in_force'),"
            " step_may_follow('draft', 'in_force'), step_may_follow('voted', 'in_force')"
        ).fetchone()
        assert row == (False, False, False, True)
    for _ in range(2):
        assert asyncio.run(start()) == [("suspended", "old")]
