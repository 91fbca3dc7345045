"""R22 R25: what may come once a request is open: an emergency's second signature, and one reminder."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.server.acting import CELL, ask, cosign, open_request, staff
from tests.server.running import Running, running

from fanlight.model.clock import now


async def in_the_file(town: Running) -> dict[str, Any]:
    """Return what the cell's file says once it is made of all that happened."""
    await town.settled()
    body: dict[str, Any] = json.loads((await town.json(f"/v1/cells/{CELL}/requests"))["body"])
    return body


def said(entries: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Return type and public fields of entries with their places."""
    leaves = [json.loads(one["leaf"]) for one in entries]
    return [(leaf["type"], leaf["pub"]) for leaf in leaves]


def test_residents_are_reminded_once_by_the_file_that_everybody_fetches(
    database: str, tmp_path: Path
) -> None:
    """R25: one reminder at most, public, without a word of the agency's, and by nobody else."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            request = await open_request(town.http, now())
            before = await in_the_file(town)
            assert [one["after"] for one in before["requests"]] == [[]]
            path = f"/v1/agency/requests/{request}/reminder"
            officer, supervisor = staff(town.http, "officer"), staff(town.http, "supervisor")
            for who in (staff(town.http, "custodian"), staff(town.http, "operator")):
                assert (await who.call("POST", path)).status_code == 403
            assert (await officer.json("POST", path)) == {"request": request, "reminded": True}
            for who in (officer, supervisor):
                again = await who.call("POST", path)
                assert (again.status_code, again.json()["code"]) == (409, "requests.no_reminder")
            await town.settled()
            (leaf,) = await town.leaves("request-reminder")
            assert set(leaf["pub"]) == {"request", "agency", "day"}
            (entry,) = (await in_the_file(town))["requests"]
            assert said(entry["after"]) == [("request-reminder", leaf["pub"])]
            assert entry["sealed"] == before["requests"][0]["sealed"]  # nothing else of it changed
            listed = await officer.json("GET", "/v1/agency/requests")
            assert [row["reminded"] for row in listed["requests"]] == [True]

    asyncio.run(body())


def test_nothing_but_its_second_signature_follows_an_emergency(database: str, tmp_path: Path) -> None:
    """R22: no reminder before it; residents see that it came, or why the request is gone."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            officer, supervisor = staff(town.http, "officer"), staff(town.http, "supervisor")
            asked = [
                (await officer.json("POST", "/v1/agency/requests", json=wire))["request"]
                for wire in (
                    ask(officer, now(), emergency=True, case_number="EM-0001"),
                    ask(officer, now() - timedelta(days=1), emergency=True, case_number="EM-0002"),
                )
            ]
            signed, alone = asked
            early = await officer.call("POST", f"/v1/agency/requests/{signed}/reminder")
            assert (early.status_code, early.json()["code"]) == (409, "requests.no_reminder")
            assert (await cosign(supervisor, signed)).json()["state"] == "open"
            found = {one["request"]: said(one["after"]) for one in (await in_the_file(town))["requests"]}
            assert found[alone] == []
            ((kind, pub),) = found[signed]
            assert (kind, pub["request"], pub["decision"], pub["second_signature"]) == (
                *("request", signed, "accepted"),
                True,
            )
            town.clock.ahead += timedelta(hours=25)

            async def closed() -> bool:
                return bool(await town.leaves("request-closed"))

            await town.until(closed)
            file = await in_the_file(town)
            assert [one["request"] for one in file["requests"]] == [signed]
            assert said(file["lapsed"]) == [
                ("request-closed", {"request": alone, "reason": "no second signature", "band": "0"})
            ]
            officer.session = supervisor.session = {}  # a day has passed
            late = await cosign(supervisor, alone)
            assert (late.status_code, late.json()["code"]) == (409, "requests.not_waiting")
            assert (await officer.json("POST", f"/v1/agency/requests/{signed}/reminder"))["reminded"]
            await officer.json("POST", f"/v1/agency/requests/{signed}/close")
            file = await in_the_file(town)
            assert (file["requests"], len(file["lapsed"])) == ([], 1)  # an officer's own end is no lapse

    asyncio.run(body())
