"""A session of an office that is not used locks; others do not."""

import asyncio
from datetime import timedelta
from pathlib import Path

from tests.server.acting import make_household, staff
from tests.server.auditors import appointed
from tests.server.running import Still, running

from fanlight.server.agencies import clockwork
from fanlight.server.idle import LOCK_AFTER


def test_a_session_of_an_office_locks_after_half_an_hour_without_use(database: str, tmp_path: Path) -> None:
    """R20: each use lets it go on; once locked it stays so, until its person signs in again."""

    async def body() -> None:
        still = Still()
        async with running(tmp_path, database, ticking=still, lock_after=LOCK_AFTER) as town:
            offices = ("officer", "administrator", "clerk", "counsel", "moderator", "operator")
            officer, *others = (staff(town.http, role) for role in offices)
            auditor, _ = await appointed(town)
            await town.settled()
            home = await make_household(town.http)
            people = (officer, *others, auditor)
            for who in (*people, home.owner):
                await who.json("GET", "/v1/sessions/mine")
            for minutes in (29, 58):
                still.ahead = timedelta(minutes=minutes)
                await officer.json("GET", "/v1/agency")
            for who in people[1:]:
                answer = await who.call("GET", "/v1/sessions/mine")
                assert (answer.status_code, answer.json()["code"]) == (401, "accounts.locked")
            still.ahead = timedelta(minutes=88)
            for path in ("/v1/agency", "/v1/agency/requests", "/v1/agency"):
                answer = await officer.call("GET", path)
                assert (answer.status_code, answer.json()["code"]) == (401, "accounts.locked")
            await home.owner.json("GET", "/v1/sessions/mine")
            officer.session = {}
            await officer.json("GET", "/v1/agency")
            assert (await auditor.sign_in()).is_success
            await auditor.json("GET", "/v1/sessions/mine")

    asyncio.run(body())


def test_a_locked_session_does_not_come_back_with_a_restart(database: str, tmp_path: Path) -> None:
    """R20 P12: its row is gone; a session in use, a new one and a household's stay."""

    async def body() -> None:
        still = Still()
        async with running(tmp_path, database, ticking=still, lock_after=LOCK_AFTER) as town:
            left, used, fresh = (staff(town.http, role) for role in ("clerk", "officer", "operator"))
            home = await make_household(town.http)
            for who in (left, used, home.owner):
                await who.json("GET", "/v1/sessions/mine")
            still.ahead = timedelta(minutes=20)
            await used.json("GET", "/v1/sessions/mine")
            still.ahead = timedelta(minutes=40)
            await fresh.json("GET", "/v1/sessions/mine")
            await clockwork.sweep(town.services)
        async with running(tmp_path, database, ticking=still, lock_after=LOCK_AFTER) as again:
            for who in (left, used, fresh, home.owner):
                who.http = again.http
            answer = await left.call("GET", "/v1/sessions/mine")
            assert (answer.status_code, answer.json()["code"]) == (401, "accounts.not_signed_in")
            for who in (used, fresh, home.owner):
                assert (await who.call("GET", "/v1/sessions/mine")).is_success

    asyncio.run(body())
