"""Who audits an agency: appointed by the body that voted, entered by its clerk, and by nobody else."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.server.acting import staff
from tests.server.auditors import MINUTES, appointed, clerk_id, ended, naming, sign_up, signed
from tests.server.booking import Person
from tests.server.registering import AGENCY, CLERK, put_forward, raw
from tests.server.running import Running, Still, running

from fanlight.model.ids import new_id
from fanlight.seal.keys import verify
from fanlight.wire import auditing, b64

AUDITORS = "/v1/auditing/auditors"


def walk(database: str, home: Path, body: Callable[[Running], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with running(home, database, ticking=Still()) as town:
            await body(town)

    asyncio.run(whole())


def test_the_clerk_enters_an_auditor_whose_keys_stand_in_the_record(database: str, tmp_path: Path) -> None:
    """R46: before any look the public halves, both signatures and the term are an entry for anybody."""

    async def body(town: Running) -> None:
        person = await sign_up(town.http)
        assert (await person.sign_in()).json()["kind"] == "auditor"
        _, auditor = await appointed(town, person=person)
        await town.settled()
        (entry,) = [leaf["pub"] for leaf in await town.leaves("agency-auditor")]
        assert (entry["auditor"], entry["agency"], entry["name"]) == (auditor, AGENCY, "L. Moss")
        assert person.keys.age.recipient in entry["offer"]
        for key, text, signature in (
            (b64.decode(entry["key"]), entry["offer"], entry["acceptance"]),
            (CLERK.public, entry["statement"], entry["signature"]),
        ):
            verify(key, auditing.CONTEXT, text.encode(), raw(signature))
        (shown,) = (await town.json(AUDITORS))["auditors"]
        assert shown["document"] == MINUTES
        assert shown["ended"] is None

    walk(database, tmp_path, body)


def test_neither_the_agency_nor_the_operator_appoints_or_removes_one(database: str, tmp_path: Path) -> None:
    """R46: each role of the agency, the operator and the auditor are refused both; the clerk does both."""

    async def body(town: Running) -> None:
        _, auditor = await appointed(town)
        clerk, today = await clerk_id(town), town.clock().date()
        other = await sign_up(town.http)
        text = auditing.ending(auditor=auditor, reason="No.", clerk=clerk, day=today)
        for role in ("officer", "supervisor", "custodian", "operator"):
            who = staff(town.http, role)
            for key in (who.keys.signing, CLERK):  # with their own signature, and with a clerk's that leaked
                form = naming(other, clerk, today, key=key)
                assert (await who.call("POST", AUDITORS, json=form)).status_code == 403
                end = {"statement": text, "signature": signed(text, key)}
                assert (await who.call("POST", f"{AUDITORS}/end", json=end)).status_code == 403
        own = naming(other, clerk, today, key=other.keys.signing)
        assert (await other.call("POST", AUDITORS, json=own)).status_code == 403
        assert len(await town.leaves("agency-auditor")) <= 1
        assert (await ended(town, auditor)).is_success
        assert (await ended(town, auditor)).json()["code"] == "auditing.over"
        await appointed(town, person=other)
        await town.settled()
        (entry,) = [leaf["pub"] for leaf in await town.leaves("agency-auditor-ended")]
        assert (entry["auditor"], entry["reason"]) == (auditor, "The board's term is over.")
        verify(CLERK.public, auditing.CONTEXT, entry["statement"].encode(), raw(entry["signature"]))

    walk(database, tmp_path, body)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"offered": "{}"}, "auditing.bad_statement"),
    ({"document": "Other words."}, "auditing.bad_statement"),
    ({"clerk": new_id()}, "auditing.bad_statement"),
    ({"day": 1}, "auditing.bad_statement"),
    ({"first": -1}, "auditing.bad_term"),
    ({"until": 0}, "auditing.bad_term"),
    ({"until": 1_463}, "auditing.bad_term"),
    ({"acceptance": signed("other words")}, "auditing.bad_signature"),
    ({"signature": signed("other words")}, "auditing.bad_signature"),
    ({"agency": "CA0389999"}, "server.not_found"),
    ({"statement": "{}"}, "auditing.bad_statement"),
    ({"offer": "[" * 4_000}, "auditing.bad_statement"),
    ({"name": "L. Mo\u202ess"}, "model.bad_text"),
]


def test_only_an_appointment_that_says_what_was_decided_is_entered(database: str, tmp_path: Path) -> None:
    """R46: another offer, document, clerk, day, term or signature enters nothing; the same without does."""

    async def body(town: Running) -> None:
        person, today = await sign_up(town.http), town.clock().date()
        clerk = await clerk_id(town)
        for change, code in WRONG:
            made: dict[str, Any] = {
                key: today + timedelta(days=by) if isinstance(by, int) else by for key, by in change.items()
            }
            form = naming(person, str(made.pop("clerk", clerk)), today, **made)
            answer = await staff(town.http, "clerk").call("POST", AUDITORS, json=form)
            assert answer.json().get("code") == code, change
        assert (await town.json(AUDITORS))["auditors"] == []
        await appointed(town, person=person)

    walk(database, tmp_path, body)


def test_nobody_of_an_agency_audits_one(database: str, tmp_path: Path) -> None:
    """R46: an officer's account is refused, and so is an officer's name behind a fresh passkey."""

    async def body(town: Running) -> None:
        officer = staff(town.http, "officer")
        me = (await officer.json("GET", "/v1/agency"))["me"]
        person = Person(town.http, officer.keys)
        person.session = {**officer.session}
        clerk, today = await clerk_id(town), town.clock().date()
        form = naming(person, clerk, today) | {"account": me["account"]}
        answer = await staff(town.http, "clerk").call("POST", AUDITORS, json=form)
        assert answer.json()["code"] == "auditing.other_key"
        named = naming(await sign_up(town.http), clerk, today, name=me["name"].upper())
        answer = await staff(town.http, "clerk").call("POST", AUDITORS, json=named)
        assert answer.json()["code"] == "auditing.person_of_agency"
        clerks = naming(await sign_up(town.http, "clerk"), clerk, today)
        answer = await staff(town.http, "clerk").call("POST", AUDITORS, json=clerks)
        assert answer.json()["code"] == "auditing.other_key"
        await appointed(town)

    walk(database, tmp_path, body)


def test_an_agency_has_one_auditor_at_a_time(database: str, tmp_path: Path) -> None:
    """R46: another term may follow and may not overlap."""

    async def body(town: Running) -> None:
        today = town.clock().date()
        person, _ = await appointed(town, until=today + timedelta(days=30))
        clerk = await clerk_id(town)
        for who in (await sign_up(town.http), person):
            form = naming(who, clerk, today, first=today + timedelta(days=29))
            answer = await staff(town.http, "clerk").call("POST", AUDITORS, json=form)
            assert answer.json()["code"] == "auditing.term_taken"
        await appointed(town, first=today + timedelta(days=30))

    walk(database, tmp_path, body)


def test_the_tables_take_no_auditor_without_the_clerks_signature(database: str, tmp_path: Path) -> None:
    """R46: who owns the tables, or speaks for the server, writes no appointment and changes none."""

    async def body(town: Running) -> None:
        _, auditor = await appointed(town)
        put_forward(database, 0)
        await asyncio.to_thread(forge)
        assert (await ended(town, auditor)).is_success

    def forge() -> None:
        for query, says in (
            ("UPDATE agency_auditor SET ended = day", "check constraint|stays as it was made"),
            ("UPDATE agency_auditor SET valid_until = valid_until + 9", "stays as it was made"),
            ("UPDATE agency_auditor SET ended = day, end_leaf = leaf", "stays as it was made"),
            ("DELETE FROM agency_auditor", "stays as it was made"),
            ("TRUNCATE agency_auditor CASCADE", "what is in it stays"),
        ):
            with psycopg.connect(database) as owner, pytest.raises(psycopg.Error, match=says):
                owner.execute(query.encode())
        for change, says in (
            ("signature = decode(repeat('00', 64), 'hex')", "no entry|does not hold"),
            ("name = 'K. Holt'", "not what was signed"),
            ("valid_until = valid_until - 9", "not what was signed"),
            ("day = day - 9", "not what was signed|not in office"),
            ("clerk = 'nobody'", "not in office"),
            ("name = name", "another term"),
        ):
            with psycopg.connect(database) as owner:
                owner.execute("CREATE TEMPORARY TABLE said AS SELECT * FROM agency_auditor")
                owner.execute(f"UPDATE said SET {change}".encode())  # noqa: S608 - ours
                with pytest.raises(psycopg.Error, match=says):
                    owner.execute("INSERT INTO agency_auditor SELECT * FROM said")

    walk(database, tmp_path, body)
