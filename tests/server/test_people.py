"""An agency's people: what its administrators change, what ends at once, and what they cannot do."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.server.acting import Actor, ask, cosign, open_request, staff
from tests.server.running import Running, running

from fanlight.model.clock import now
from fanlight.wire import b64, jcs

AFTER_THE_AGREEMENT = timedelta(days=1_500)
ROLES = ("officer", "supervisor", "custodian", "administrator")


class Agency:
    """The demo agency with its administrator."""

    def __init__(self, town: Running) -> None:
        self.town = town
        self.people = {role: staff(town.http, role) for role in ROLES}
        self.admin = self.people["administrator"]

    async def accounts(self) -> dict[str, str]:
        """Sign everybody in; return who is who."""
        for who in self.people.values():
            await who.json("GET", "/v1/agency")
        return {role: str(who.session["account"]) for role, who in self.people.items()}

    async def change(
        self, person: str, role: str | None, by: Actor | None = None, key: Actor | None = None
    ) -> httpx.Response:
        """Change a role, or deactivate with None."""
        who = by or self.admin
        act, of = ("person-deactivate", person) if role is None else ("person-role", f"{person}/{role}")
        said = jcs.dumps({"account": who.session["account"], "act": act, "of": of})
        wire = {"signature": b64.encode((key or who).keys.signing.sign("act", said))}
        way = "deactivate" if role is None else "role"
        wire |= {} if role is None else {"role": role}
        return await who.call("POST", f"/v1/agency/people/{person}/{way}", json=wire)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_who_is_deactivated_is_out_at_once_and_the_record_says_so_without_a_name(
    database: str, tmp_path: Path
) -> None:
    """R20, R47: a stolen or second session ends too, the key signs in no more, nothing is sealed to them."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            agency = Agency(town)
            ids = await agency.accounts()
            request = await open_request(town.http, now())
            waiting = ask(
                agency.people["officer"], now(), case_number="HD-2026-0007", words="You may say no."
            )
            asked = await agency.people["officer"].json("POST", "/v1/agency/requests", json=waiting)
            stolen = Actor(town.http, agency.people["officer"].keys)
            await stolen.json("GET", "/v1/agency")
            assert (await agency.change(ids["officer"], None)).status_code == 204
            for who in (agency.people["officer"], stolen):
                assert (await who.call("GET", f"/v1/agency/requests/{request}")).status_code == 401
                assert (await who.call("POST", "/v1/agency/requests", json=waiting)).status_code == 401
            key = agency.people["officer"].keys.signing
            public = b64.encode(key.public)
            challenge = (await town.http.post("/v1/sessions/challenge", json={"sign_pub": public})).json()
            signature = b64.encode(key.sign("sign-in", challenge["challenge"].encode()))
            again = {"sign_pub": public, "challenge": challenge["challenge"], "signature": signature}
            assert (await town.http.post("/v1/sessions", json=again)).status_code == 401
            mine = await agency.people["custodian"].json("GET", "/v1/agency")
            assert {one["account"] for one in mine["people"]} == {ids["supervisor"], ids["custodian"]}
            if asked["state"] == "waiting":  # nobody opens what somebody asked who is gone
                answer = await cosign(agency.people["supervisor"], asked["request"])
                assert answer.json()["state"] == "refused"
            await town.settled()
            (leaf,) = await town.leaves("agency-person")
            assert {**leaf["pub"], "agency": "", "day": ""} == {
                "agency": "",
                "day": "",
                "role": "officer",
                "made": None,
            }
            assert set(leaf["commit"]) == {"name", "by"}
            assert "Lindqvist" not in str(leaf)
            shown = await agency.people["custodian"].json("GET", "/v1/agency/people")
            (change,) = shown["changes"]
            assert (change["name"], change["made"], change["by"]) == (
                "Det. R. Lindqvist",
                None,
                "J. Ferreira",
            )
            assert [one["ended"] is None for one in shown["people"]] == [True, True, True, False]
            assert code(await agency.change(ids["officer"], "officer")) == (404, "agencies.no_person")

    asyncio.run(body())


def test_a_role_counts_from_the_next_call_and_an_agency_keeps_an_administrator(
    database: str, tmp_path: Path
) -> None:
    """R20: only an administrator's own signature changes a role; none changes themselves; one stays."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            agency = Agency(town)
            ids = await agency.accounts()
            officer, custodian = agency.people["officer"], agency.people["custodian"]
            assert code(await agency.change(ids["custodian"], None, officer)) == (403, "accounts.other_role")
            forged = await agency.change(ids["custodian"], None, key=officer)
            assert code(forged) == (403, "accounts.bad_signature")
            for made in ("officer", None):
                own = await agency.change(ids["administrator"], made)
                assert code(own) == (409, "agencies.oneself")
            assert code(await agency.change(ids["officer"], "officer")) == (409, "agencies.same_role")
            unknown = {"role": "auditor", "signature": b64.encode(bytes(64))}
            path = f"/v1/agency/people/{ids['officer']}/role"
            assert (await agency.admin.call("POST", path, json=unknown)).status_code == 400
            asking: dict[str, Any] = ask(custodian, now())
            assert (await custodian.call("POST", "/v1/agency/requests", json=asking)).status_code == 403
            assert (await agency.change(ids["custodian"], "officer")).status_code == 204
            assert (await custodian.call("POST", "/v1/agency/requests", json=asking)).is_success
            assert (await agency.change(ids["officer"], "administrator")).status_code == 204
            for path in ("/v1/agency/requests", "/v1/agency/ends"):
                assert code(await officer.call("GET", path)) == (403, "accounts.other_role")
            assert (await agency.change(ids["administrator"], "custodian", officer)).status_code == 204
            assert code(await agency.change(ids["supervisor"], None)) == (403, "accounts.other_role")
            await town.settled()
            roles = [
                (leaf["pub"]["role"], leaf["pub"]["made"]) for leaf in await town.leaves("agency-person")
            ]
            assert roles == [
                ("custodian", "officer"),
                ("officer", "administrator"),
                ("administrator", "custodian"),
            ]

    asyncio.run(body())


def test_the_tables_themselves_keep_the_last_administrator_and_who_is_deactivated(
    database: str, tmp_path: Path
) -> None:
    """R20: also against the owner of the database; and no agreement is needed to manage people."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            agency = Agency(town)
            ids = await agency.accounts()
            with psycopg.connect(database, autocommit=True) as owner:
                for query in (
                    "UPDATE agency_person SET role = 'officer' WHERE account = %s",
                    "UPDATE agency_person SET ended = '2026-01-01' WHERE account = %s",
                ):
                    with pytest.raises(psycopg.errors.RaiseException, match="last administrator"):
                        owner.execute(query, [ids["administrator"]])
            town.clock.ahead = AFTER_THE_AGREEMENT
            agency.admin.session = {}
            await agency.admin.json("GET", "/v1/agency")
            assert (await agency.admin.json("GET", "/v1/agency"))["agreement"] is None
            assert (await agency.change(ids["custodian"], None)).status_code == 204
            with (
                psycopg.connect(database, autocommit=True) as owner,
                pytest.raises(psycopg.errors.RaiseException, match="stays so"),
            ):
                owner.execute("UPDATE agency_person SET ended = NULL WHERE account = %s", [ids["custodian"]])

    asyncio.run(body())
