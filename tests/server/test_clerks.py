"""Who is clerk: an own passkey, an own key, an appointment that everybody can read and check."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.server.acting import PEOPLE
from tests.server.booking import Person, offer_for
from tests.server.registering import CLERK, Way, raw, signed
from tests.server.running import Clock, running

from fanlight.cli.demo_town import document
from fanlight.model.ids import new_id
from fanlight.seal.keys import SigningKey, member_keys, verify
from fanlight.server import setup
from fanlight.wire import b64, jcs, register

MINUTES = "The board appoints M. Stone clerk.\n"


async def sign_up(way: Way) -> Person:
    """Make a clerk's account with a passkey."""
    seed = secrets.token_bytes(32)
    person = Person(way.town.http, member_keys(seed), seed=seed)
    body = await offer_for(way.town.http, person, kind="clerk")
    offer = {name: body[name] for name in ("account", "sign_pub", "age_recipient", "kind")}
    body["signature"] = b64.encode(person.keys.signing.sign("account", jcs.dumps(offer)))
    answer = await way.town.http.post("/v1/accounts/passkey", json=body)
    assert answer.status_code == 201, answer.text
    person.session = answer.json()
    return person


def appointment(way: Way, person: Person, by: SigningKey | None = None, /, **change: Any) -> dict[str, Any]:
    """Return what the operator hands in."""
    appointed = {"body": "The board", "date": str(way.today), "reference": "26-9"}
    text = register.appointment(
        clerk=new_id(),
        name=change.get("name", "M. Stone"),
        office=change.get("office", "City Clerk"),
        key=person.sign_pub,
        day=way.today,
        appointed={**appointed, "document": register.digest(MINUTES)},
    )
    return {
        "account": person.account,
        "statement": text,
        "acceptance": signed(text, person.keys.signing),
        "document": MINUTES,
        "handed_over_by": way.clerk if by else None,
        "handover": signed(text, by) if by else None,
    } | {key: value for key, value in change.items() if key not in {"name", "office"}}


def walk(database: str, home: Path, body: Callable[[Way], Awaitable[None]], **change: Any) -> None:
    async def whole() -> None:
        async with running(home, database, ticking=Clock(), **change) as town:
            way = Way(town, database)
            way.clerk = (await town.json("/v1/register/clerks"))["clerks"][0]["clerk"]
            await body(way)

    asyncio.run(whole())


def test_a_clerk_signs_in_with_a_passkey_and_signs_once_the_office_was_handed_over(
    database: str, tmp_path: Path
) -> None:
    """R33: before the appointment the account can do nothing in the register; after it, what a clerk does."""

    async def body(way: Way) -> None:
        person = await sign_up(way)
        assert (await person.sign_in()).json()["kind"] == "clerk"
        await way.draft()
        await way.publish()
        way.ahead(1)
        minutes = {"kind": "minutes", "title": "M", "author": "A", "day": str(way.today), "body": "Said."}
        assert (await person.sign_in()).is_success  # a day later
        answer = await person.call("POST", way.path("documents"), json=minutes)
        assert answer.json()["code"] == "register.no_clerk"
        made = await way.operator.json("POST", "/v1/register/clerks", json=appointment(way, person, CLERK))
        assert made["counts_from"] == str(way.today)
        way.clerk = made["clerk"]
        assert (await person.call("POST", way.path("documents"), json=minutes)).is_success
        text = way.saying.hearing(body="The board", date=str(way.today), minutes=register.digest("Said."))
        signed_ = {"statement": text, "signature": signed(text, person.keys.signing)}
        assert (await person.call("POST", way.path("sign"), json=signed_)).is_success
        await way.town.settled()
        entry = (await way.town.leaves("clerk"))[-1]["pub"]
        for key, signature in (
            (b64.decode(entry["key"]), entry["acceptance"]),
            (CLERK.public, entry["handover"]),
        ):
            verify(key, register.CONTEXT, entry["statement"].encode(), raw(signature))
        await way.operator.json("POST", f"/v1/register/clerks/{way.clerk}/end", json={"reason": "Retired."})
        text = way.saying.hearing(body="The board", date=str(way.today), minutes=register.digest("Said."))
        signed_ = {"statement": text, "signature": signed(text, person.keys.signing)}
        answer = await person.call("POST", way.path("sign"), json=signed_)
        assert answer.json()["code"] == "register.no_clerk"
        again = await way.operator.call(
            "POST", f"/v1/register/clerks/{way.clerk}/end", json={"reason": "Retired."}
        )
        assert again.json()["code"] == "register.clerk_ended"

    walk(database, tmp_path, body)


def test_a_key_that_the_operator_puts_in_the_clerks_place_counts_only_after_a_fortnight_in_the_open(
    database: str, tmp_path: Path
) -> None:
    """R33: so that a clerk's key exchanged in silence brings nothing into force."""

    async def body(way: Way) -> None:
        person = await sign_up(way)
        await way.operator.json("POST", f"/v1/register/clerks/{way.clerk}/end", json={"reason": "Away."})
        made = await way.operator.json("POST", "/v1/register/clerks", json=appointment(way, person))
        assert made["counts_from"] == str(way.today + timedelta(days=14))
        await way.draft()
        await way.publish()
        way.clerk = made["clerk"]
        for day, code in ((13, "register.no_clerk"), (14, None)):
            way.ahead(day)
            text = way.saying.hearing(body="The board", date=str(way.today), minutes="0" * 64)
            body_ = {"statement": text, "signature": signed(text, person.keys.signing)}
            answer = await person.call("POST", way.path("sign"), json=body_)
            if answer.status_code == 401:
                assert (await person.sign_in()).is_success
                answer = await person.call("POST", way.path("sign"), json=body_)
            assert answer.json()["code"] == (code or "register.no_minutes")
        await way.town.settled()
        assert [leaf["pub"]["day"] for leaf in await way.town.leaves("clerk-ended")]

    walk(database, tmp_path, body)


def test_the_first_clerk_of_a_town_that_began_without_one_counts_after_a_fortnight_too(
    database: str, tmp_path: Path
) -> None:
    """R33: so that no operator makes a clerk alone, and signs with that key before anybody saw it."""

    async def body() -> None:
        town = document(datetime.now(UTC), CLERK) | {"clerks": [], "agreements": []}
        setup.prepare(tmp_path, PEOPLE, town=town)
        async with running(tmp_path, database, town=False, ticking=Clock(), demo=True) as begun:
            way = Way(begun, database)
            assert (await begun.json("/v1/register/clerks"))["clerks"] == []
            person = await sign_up(way)
            made = await way.operator.json("POST", "/v1/register/clerks", json=appointment(way, person))
            assert made["counts_from"] == str(way.today + timedelta(days=14))

    asyncio.run(body())
    with psycopg.connect(database) as owner:
        early = (
            "INSERT INTO clerk (id, account, name, office, sign_pub, statement, acceptance, document, day,"
            " counts_from, leaf) SELECT id, account, name, office, sign_pub, statement, acceptance, document,"
            " day, day, 'early' FROM said"
        )
        owner.execute("CREATE TEMPORARY TABLE said AS SELECT * FROM clerk")
        owner.execute(
            "INSERT INTO leaf (id, type, body) SELECT 'early', type, convert_to(jsonb_set(convert_from(body,"
            " 'UTF8')::jsonb, '{pub,counts_from}', to_jsonb(day::text))::text, 'UTF8')"
            " FROM leaf JOIN said ON said.leaf = leaf.id"
        )
        owner.execute("ALTER TABLE clerk DISABLE TRIGGER ALL")
        owner.execute("DELETE FROM clerk")
        owner.execute("ALTER TABLE clerk ENABLE ALWAYS TRIGGER appointed")
        with pytest.raises(psycopg.errors.RaiseException, match="fifteenth day"):
            owner.execute(early)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"acceptance": "A" * 86 + "=="}, "register.bad_signature"),
        ({"document": "Other words."}, "register.bad_statement"),
        ({"account": new_id()}, "register.other_key"),
        ({"statement": "{}"}, "register.bad_statement"),
        ({"name": "M.\u202e Stone"}, "model.bad_text"),
        ({"office": "City Cl\u0435rk"}, "model.bad_text"),
        ({"handover": "A" * 86 + "==", "handed_over_by": "a" * 26}, "register.no_handover"),
    ],
    ids=[
        "unsigned",
        "other-words",
        "other-account",
        "no-statement",
        "turned-name",
        "two-alphabets",
        "nobody",
    ],
)
def test_an_appointment_that_does_not_hold_is_not_recorded(
    database: str, tmp_path: Path, change: dict[str, str], code: str
) -> None:
    """R33: and leaves no entry."""

    async def body(way: Way) -> None:
        person = await sign_up(way)
        answer = await way.operator.call(
            "POST", "/v1/register/clerks", json=appointment(way, person, **change)
        )
        assert answer.json()["code"] == code
        await way.town.settled()
        assert len(await way.town.leaves("clerk")) == 1

    walk(database, tmp_path, body)


def test_outside_a_demo_a_clerk_who_has_a_passkey_signs_in_with_nothing_else(
    database: str, tmp_path: Path
) -> None:
    """R33: whoever copied the key alone does not get in."""

    async def body(way: Way) -> None:
        person = await sign_up(way)
        key = person.keys.signing
        asked = await way.town.http.post("/v1/sessions/challenge", json={"sign_pub": person.sign_pub})
        challenge = asked.json()["challenge"]
        wire = {
            "sign_pub": person.sign_pub,
            "challenge": challenge,
            "signature": b64.encode(key.sign("sign-in", challenge.encode())),
        }
        answer = await way.town.http.post("/v1/sessions", json=wire)
        assert answer.json()["code"] == "accounts.passkey_only"
        assert (await person.sign_in()).is_success

    walk(database, tmp_path, body, demo=False)
