"""What the tables of accounts cannot hold, and whom their rows answer."""

import asyncio
from collections import defaultdict
from pathlib import Path

import psycopg
from tests.server.booking import found, sign_up
from tests.server.running import running

OURS = {
    "passkey": "account",
    "device": "account",
    "notice": "account",
    "invite": "household",
    "recovery_key": "household",
    "pending_epoch": "household",
}


def test_every_row_of_a_household_goes_with_it(database: str) -> None:
    """R10: deleting a household leaves no table behind; a new table that forgets this fails here."""
    with psycopg.connect(database) as owner:
        rows = owner.execute(
            "SELECT conrelid::regclass::text, confdeltype FROM pg_constraint"
            " WHERE contype = 'f' AND confrelid = 'household'::regclass"
        ).fetchall()
    named = {name for name, _ in rows}
    assert {"membership", "epoch", "clip", "shred", "hub_status", "notice", "invite"} <= named
    assert {name for name, deletes in rows if deletes not in {"c", b"c"}} == set()


def test_what_is_kept_of_people_is_no_finer_than_a_day_and_in_no_order(database: str) -> None:
    """R05, R11: no row tells when somebody signed in, joined or was told something, but for the day."""
    with psycopg.connect(database) as owner:
        columns = owner.execute(
            "SELECT table_name, column_name, data_type, is_identity, coalesce(column_default, '')"
            " FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ANY(%s)",
            [[*OURS, "membership", "account", "household"]],
        ).fetchall()
    assert {table for table, *_ in columns} == {*OURS, "membership", "account", "household"}
    for table, column, kind, identity, default in columns:
        assert not kind.startswith("time"), (table, column)
        assert kind != "interval", (table, column)
        assert kind != "date" or column == "day", (table, column)
        assert kind not in {"integer", "bigint", "smallint"}, (table, column)  # nothing counts sign-ins
        assert (identity, default) == ("NO", ""), (table, column)


def test_rows_of_people_are_seen_only_in_their_own_transactions(database: str, tmp_path: Path) -> None:
    """R05: without an account or a household set, the app's role sees none; with another's, neither."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben = await sign_up(town.http), await sign_up(town.http)
            home = await found(ana)
            await home.invite(ben)
            eve = await sign_up(town.http)
            other = await found(eve)
            for table, by in OURS.items():
                theirs = eve.account if by == "account" else other.id
                for account, household in (("", ""), (theirs, "") if by == "account" else ("", theirs)):
                    async with town.services.db.transaction(account=account, household=household) as tx:
                        cursor = await tx.execute(
                            f"SELECT count(*) FROM {table} WHERE {by} = %s".encode(),  # noqa: S608 - our own names
                            [ana.account if by == "account" else home.id],
                        )
                        row = await cursor.fetchone()
                    assert row == (0,), (table, account, household)
            with psycopg.connect(database) as owner:
                forced: dict[str, bool] = dict(
                    owner.execute(
                        "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class"
                        " WHERE relname = ANY(%s)",
                        [list(OURS)],
                    ).fetchall()
                )
            assert forced == dict.fromkeys(OURS, True)

    asyncio.run(body())


def test_no_table_of_accounts_points_at_a_request(database: str) -> None:
    """R24: nothing about a person leads to what an agency asked."""
    with psycopg.connect(database) as owner:
        rows = owner.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f'"
        ).fetchall()
    points = defaultdict(set)
    for source, target in rows:
        points[source].add(target)
    for table in OURS:
        assert points[table] <= {"account", "household", "passkey"}, table


def test_the_server_holds_neither_seed_nor_token_nor_browsers_word(database: str, tmp_path: Path) -> None:
    """R05: a stolen database signs nobody in, opens nothing, and knows no browser again."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana = await sign_up(town.http, b"s" * 32)
            await found(ana)
            await ana.sign_in()
            secrets = [ana.seed, ana.session["token"].encode(), ana.device.encode()]
            with psycopg.connect(database) as owner:
                tables = owner.execute(
                    "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                ).fetchall()
                held = b""
                for (table,) in tables:
                    for row in owner.execute(f'SELECT t::text FROM "{table}" t'.encode()).fetchall():  # noqa: S608
                        held += str(row[0]).encode()
            assert ana.account.encode() in held  # what is there is found
            for secret in secrets:
                assert secret not in held
                assert secret.hex().encode() not in held

    asyncio.run(body())


def test_no_counter_of_a_passkey_is_kept(database: str) -> None:
    """R05: a counter would tell how often somebody signs in."""
    with psycopg.connect(database) as owner:
        columns = owner.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'passkey'"
        ).fetchall()
    assert {name for (name,) in columns} == {
        *("id", "account", "kind", "credential", "public_key", "wrapped", "label", "day", "page")
    }
