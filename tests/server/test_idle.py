"""A session of an office that is not used locks; others do not."""

import asyncio
from datetime import timedelta
from pathlib import Path

from tests.server.acting import make_household, staff
from tests.server.auditors import appointed
from tests.server.running import Still, running

from fanlight.server.idle import LOCK_AFTER


def test_a_session_of_an_office_locks_after_half_an_hour_without_use(database: str, tmp_path: Path) -> None:
    """R20: each use lets it go on; once locked it stays so, until its person signs in again."""

    async def body() -> None:
        still = Still()
        async with running(tmp_path, database, ticking=still, lock_after=LOCK_AFTER) as town:
            officer, admin, clerk = (staff(town.http, role) for role in ("officer", "administrator", "clerk"))
            auditor, _ = await appointed(town)
            home = await make_household(town.http)
            people = (officer, admin, clerk, auditor)
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
