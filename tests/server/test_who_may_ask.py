"""Who signs: nobody twice, nobody whose agreement is over or who left the agency, no stolen session.

Each is refused with one error, and beside each stands the same call that is lawful.
"""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
from tests.server.acting import Actor, ask, cosign, staff
from tests.server.registering import AGENCY
from tests.server.running import Clock, running

from fanlight.model.clock import now
from fanlight.seal.keys import SigningKey
from fanlight.server.evidence import ending
from fanlight.wire import b64

ELSEWHERE = "CA0389999"
FAR = {"outline": [[-122.40, 37.790], [-122.397, 37.790], [-122.397, 37.793], [-122.40, 37.793]]}


def told(answer: httpx.Response) -> tuple[int, str]:
    """Return what a refused call answers: never more than one error."""
    assert set(answer.json()) == {"code", "what", "kept", "do"}
    return answer.status_code, answer.json()["code"]


def failing(answer: dict[str, Any]) -> list[str]:
    return [rule["id"] for rule in answer["decision"]["rules"] if not rule["holds"]]


async def asked(who: Actor, **change: Any) -> dict[str, Any]:
    answer = await who.json("POST", "/v1/agency/requests", json=ask(who, now(), **change))
    assert isinstance(answer, dict)
    return answer


async def state_of(who: Actor, request: str) -> str:
    rows = (await who.json("GET", "/v1/agency/requests"))["requests"]
    return next(str(row["state"]) for row in rows if row["request"] == request)


def moved(database: str, account: str, agency: str) -> None:
    """Let a person act for another agency from now on, as the owner of the database can."""
    with psycopg.connect(database) as owner:
        owner.execute(
            "INSERT INTO agency SELECT %s, name, kind, demo, body, leaf FROM agency WHERE ori = %s"
            " ON CONFLICT DO NOTHING",
            [ELSEWHERE, AGENCY],
        )
        owner.execute("UPDATE agency_person SET agency = %s WHERE account = %s", [agency, account])


def test_a_supervisor_signs_no_request_of_their_own_not_even_in_an_emergency(
    database: str, tmp_path: Path
) -> None:
    """R21, R22: the request stays as it was, the attempt is recorded; another person's signature counts."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            officer, supervisor = staff(town.http, "officer"), staff(town.http, "supervisor")
            for number, emergency in enumerate((False, True)):
                before = "open" if emergency else "waiting"
                own = await asked(
                    supervisor, emergency=emergency, case_number=f"OWN-000{number}", offence="120"
                )
                assert own["state"] == before
                assert told(await cosign(supervisor, own["request"])) == (409, "requests.same_person")
                assert await state_of(supervisor, own["request"]) == before
            await town.settled()
            attempts = [leaf["pub"] for leaf in await town.leaves("request")][1::2]
            assert [(one["decision"], one["second_signature"]) for one in attempts] == [
                ("refused", False)
            ] * 2
            other = await asked(officer, case_number="HD-2026-0003", words="You are free to say no.", **FAR)
            assert (await cosign(supervisor, other["request"])).json()["state"] == "open"

    asyncio.run(body())


def test_an_agreement_that_is_over_lets_nothing_be_asked_and_opens_nothing_that_waits(
    database: str, tmp_path: Path
) -> None:
    """R20, R33, R34: by the ordinance's clause, also before anything has closed what waits."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Clock(), endings_s=3_600) as town:
            officer, supervisor = staff(town.http, "officer"), staff(town.http, "supervisor")
            requests = [(await asked(officer))["request"] for _ in range(2)]
            paths = [f"/v1/agency/requests/{request}" for request in requests]
            signed = [(await supervisor.json("GET", path))["signed"] for path in paths]
            keys = supervisor.keys.signing
            cosigs = [{"signature": b64.encode(keys.sign("cosign", one.encode()))} for one in signed]
            opened = await supervisor.json("POST", f"{paths[0]}/cosign", json=cosigs[0])
            assert opened["state"] == "open"

            operator = staff(town.http, "operator")
            await operator.json("POST", "/v1/register/cancel", json={"reason": "The board ended it."})
            again = await asked(officer, case_number="HD-2026-0002", **FAR)
            late = await supervisor.json("POST", f"{paths[1]}/cosign", json=cosigs[1])
            for answer in (again, late):
                assert answer["state"] == "refused"
                assert "asker.agreement" in failing(answer)
            for path in ("/v1/agency/requests", *paths):
                answer = await officer.call("GET", path)
                assert told(answer) == (403, "programme.no_agreement")
            await ending.tick(town.services)
            assert await town.count("SELECT count(*) FROM request WHERE state IN ('waiting', 'open')") == 0

    asyncio.run(body())


def test_who_moved_to_another_agency_asks_signs_and_sees_nothing_of_the_first(
    database: str, tmp_path: Path
) -> None:
    """R20: at the next call, with the session that lasts still; and what they asked opens no more."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            officer, supervisor = staff(town.http, "officer"), staff(town.http, "supervisor")
            first = await asked(officer)
            second = await asked(officer, case_number="HD-2026-0002", **FAR)
            signed = (await supervisor.json("GET", f"/v1/agency/requests/{first['request']}"))["signed"]
            cosig = {"signature": b64.encode(supervisor.keys.signing.sign("cosign", signed.encode()))}
            path = f"/v1/agency/requests/{first['request']}"

            moved(database, supervisor.session["account"], ELSEWHERE)
            assert told(await supervisor.call("POST", f"{path}/cosign", json=cosig)) == (
                404,
                "requests.no_request",
            )
            assert told(await supervisor.call("POST", f"{path}/close")) == (404, "requests.no_request")
            assert told(await supervisor.call("GET", "/v1/agency/requests")) == (
                403,
                "programme.no_agreement",
            )
            away = await asked(supervisor)
            assert away["state"] == "refused"
            assert "asker.agreement" in failing(away)

            moved(database, supervisor.session["account"], AGENCY)
            moved(database, officer.session["account"], ELSEWHERE)
            refused = (await supervisor.call("POST", f"{path}/cosign", json=cosig)).json()
            assert (refused["state"], failing(refused)) == ("refused", ["asker.officer"])
            moved(database, officer.session["account"], AGENCY)
            assert (await cosign(supervisor, second["request"])).json()["state"] == "open"

    asyncio.run(body())


def test_a_stolen_session_neither_asks_nor_signs(database: str, tmp_path: Path) -> None:
    """R20, R21: a token without its person's key; words signed by another; a session that is over."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            officer, supervisor = staff(town.http, "officer"), staff(town.http, "supervisor")
            waiting = await asked(officer)
            signed = (await supervisor.json("GET", f"/v1/agency/requests/{waiting['request']}"))["signed"]
            path = f"/v1/agency/requests/{waiting['request']}/cosign"
            thief = SigningKey.new()
            forged = {"signature": b64.encode(thief.sign("cosign", signed.encode()))}
            fresh = {**ask(officer, now()), "case_number": "HD-2026-0009"}
            tries = [
                await supervisor.call("POST", path, json=forged),
                await supervisor.call("POST", "/v1/agency/requests", json=ask(officer, now())),
                await officer.call("POST", "/v1/agency/requests", json=fresh),
                # What the officer signed is no second signature, whatever it is signed over.
                await supervisor.call("POST", path, json={"signature": ask(officer, now())["signature"]}),
            ]
            assert {told(answer) for answer in tries} == {(403, "requests.bad_signature")}
            cosig = {"signature": b64.encode(supervisor.keys.signing.sign("cosign", signed.encode()))}
            stolen = dict(supervisor.session)
            await supervisor.call("DELETE", "/v1/sessions")
            over = [await supervisor.call("POST", path, json=cosig)]
            over += [await supervisor.call("POST", "/v1/agency/requests", json=ask(supervisor, now()))]
            supervisor.session = {}
            await supervisor.json("GET", "/v1/agency")
            town.clock.ahead += timedelta(hours=14)
            over += [await supervisor.call("POST", path, json=cosig)]
            over += [await officer.call("POST", "/v1/agency/requests", json=ask(officer, now()))]
            guessed = Actor(town.http, supervisor.keys, {**stolen, "token": stolen["token"][::-1]})
            over += [await guessed.call("POST", path, json=cosig)]
            assert {told(answer) for answer in over} == {(401, "accounts.not_signed_in")}
            assert await town.count("SELECT count(*) FROM request") == 1
            town.clock.ahead = timedelta()
            supervisor.session = {}
            assert (await supervisor.call("POST", path, json=cosig)).json()["state"] == "open"

    asyncio.run(body())
