"""R35 R39 R41: everything of value stands in the record, owes nobody footage, and is joined to no home."""

import asyncio
from pathlib import Path
from typing import Any, LiteralString

import httpx
import psycopg
import pytest
from tests.server.acting import staff
from tests.server.giving import AGENCY, gift
from tests.server.running import Still, running

from fanlight.model.ids import new_id


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_what_was_given_is_public_with_its_terms_and_stays_when_it_is_corrected(
    database: str, tmp_path: Path
) -> None:
    """R35 R39: donor, value, list price, terms, appropriation and vote, by each of the three sides."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            operator, clerk = staff(town.http, "operator"), staff(town.http, "clerk")
            admin = staff(town.http, "administrator")
            first = gift(town)
            await operator.json("POST", "/v1/gifts", json=first)
            assert code(await operator.call("POST", "/v1/gifts", json=first)) == (409, "gifts.entered")
            subsidy = gift(
                town,
                kind="subsidy",
                what="Half of the price of 40 cameras",
                donor={"role": "town", "name": "Ferry Point"},
                appropriation="Public safety fund 2026, line 12.4",
                vote="Council resolution 2026-17",
                agency=AGENCY,
            )
            await clerk.json("POST", "/v1/gifts", json=subsidy)
            hours = gift(
                town,
                kind="staff-time",
                what="Two officers at a street fair",
                donor={"role": "agency", "name": "Ferry Point Police"},
                recipient={"role": "company", "name": "Bellwether Doorbells"},
                eligibility=None,
                appropriation="Patrol, overtime",
                minutes=960,
                agency=AGENCY,
            )
            await admin.json("POST", "/v1/gifts", json=hours)
            better = gift(town, units=4, list_price=39_600, corrects=first["gift"])
            await clerk.json("POST", "/v1/gifts", json=better)
            again = gift(town, corrects=first["gift"])
            assert code(await clerk.call("POST", "/v1/gifts", json=again)) == (409, "gifts.overtaken")
            reason = {"reason": "The fair was called off."}
            await admin.json("POST", f"/v1/gifts/{hours['gift']}/void", json=reason)
            assert code(await admin.call("POST", f"/v1/gifts/{hours['gift']}/void", json=reason))[0] == 409
            assert code(await admin.call("POST", f"/v1/gifts/{better['gift']}/void", json=reason))[0] == 404
            await town.settled()
            shown = {row["entry"]["gift"]: row for row in (await town.json("/v1/gifts"))["gifts"]}
            assert shown[first["gift"]]["corrected_by"] == better["gift"]
            assert shown[hours["gift"]]["void"] == reason["reason"]
            assert shown[subsidy["gift"]]["entry"]["vote"] == "Council resolution 2026-17"
            assert {row["entry"]["side"] for row in shown.values()} == {"operator", "clerk", "agency"}
            entries = [leaf["pub"] for leaf in await town.leaves("gift")]
            assert {one["gift"] for one in entries} == set(shown)
            assert {**first, "day": first["on"], "side": "operator"}.items() <= entries[0].items()
            (gone,) = await town.leaves("gift-void")
            assert gone["pub"]["reason"] == reason["reason"]

    asyncio.run(body())


def test_what_no_gift_can_say_is_refused_with_its_reason(database: str, tmp_path: Path) -> None:
    """R39: terms that oblige anybody to share are not entered; nor what names a resident."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            operator, admin = staff(town.http, "operator"), staff(town.http, "administrator")
            refused: list[tuple[dict[str, Any], tuple[int, str]]] = [
                (gift(town, no_duty=False), (400, "gifts.duty")),
                (gift(town, eligibility=None), (400, "gifts.unclear")),
                (gift(town, recipient={"role": "residents", "name": "Maya Lin"}), (400, "gifts.unclear")),
                (gift(town, donor={"role": "company", "name": None}), (400, "gifts.unclear")),
                (gift(town, donor={"role": "town", "name": "Ferry Point"}), (400, "gifts.unclear")),
                (gift(town, kind="staff-time"), (400, "gifts.unclear")),
                (gift(town, paid=29_701), (400, "gifts.unclear")),
                (gift(town, on="2999-01-01"), (400, "gifts.unclear")),
                (gift(town, on="2026-02-31"), (400, "gifts.unclear")),
                (gift(town, what="Cameras\u202e"), (400, "model.bad_text")),
                (gift(town, agency="CA0000000"), (404, "server.not_found")),
                (gift(town, agency=AGENCY, agreement=new_id()), (404, "server.not_found")),
                (gift(town, corrects=new_id()), (404, "server.not_found")),
            ]
            for said, why in refused:
                assert code(await operator.call("POST", "/v1/gifts", json=said)) == why, said
            others = await admin.call("POST", "/v1/gifts", json=gift(town))
            assert code(others) == (400, "server.malformed")
            for role in ("officer", "custodian"):
                answer = await staff(town.http, role).call(
                    "POST", "/v1/gifts", json=gift(town, agency=AGENCY)
                )
                assert answer.status_code == 403
            assert (await town.json("/v1/gifts"))["gifts"] == []
            assert await town.leaves("gift") == []

    asyncio.run(body())


HOME_COLUMNS = ("account", "household", "device", "hub", "camera", "cell", "serial", "member", "recipient")
_JOINS = (
    "SELECT count(*) FROM information_schema.columns WHERE table_name IN"
    " ('gift', 'gift_void', 'raffle', 'raffle_step') AND column_name ~ %s"
)
_REFERS = (
    "SELECT count(*) FROM pg_constraint c JOIN pg_class f ON f.oid = c.confrelid JOIN pg_class t"
    " ON t.oid = c.conrelid WHERE c.contype = 'f' AND f.relname IN ('gift', 'raffle')"
    " AND t.relname NOT IN ('gift', 'gift_void', 'raffle', 'raffle_step')"
)


_PLANTED = (
    None,
    "ALTER TABLE gift ADD COLUMN household text",
    "CREATE TABLE given (device text, gift text REFERENCES gift (id))",
)


@pytest.mark.parametrize("planted", _PLANTED)
def test_a_gift_is_joined_to_no_home(database: str, planted: LiteralString | None) -> None:
    """R39: no column of a gift tells where it is, and no table points to one; a planted one is found."""
    with psycopg.connect(database) as owner:
        if planted:
            owner.execute(planted)
        found = owner.execute(_JOINS, ["|".join(HOME_COLUMNS)]).fetchone()
        more = owner.execute(_REFERS).fetchone()
    assert found
    assert more
    assert found[0] + more[0] == (1 if planted else 0)
