"""R29: nothing runs an operation; its plan, each home's own word and its outcome are public."""

import asyncio
import json
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
from tests.server.acting import make_household, staff
from tests.server.running import Running, Still, running

from fanlight.model.ids import new_id
from fanlight.server.operations.clockwork import sweep
from fanlight.wire.operations import hash_of

CODE = b64encode(b"c" * 32).decode()
NOTHING = {"arrests": 0, "cited": 0, "stopped": 3, "recovered": 0, "words": "Nobody came by."}


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def planned(town: Running, **change: Any) -> dict[str, Any]:
    """Return the plan of an operation of two days that begins the day after tomorrow."""
    starts = town.clock().date() + timedelta(days=2)
    return {
        "operation": new_id(),
        "kind": "package-theft",
        "place": "Around Ferry Square",
        "plan": "A package with a tracker is left at doors of homes that said yes.",
        "starts": starts.isoformat(),
        "ends": (starts + timedelta(days=1)).isoformat(),
        **change,
    }


async def listed(town: Running) -> dict[str, Any]:
    await town.settled()
    found: dict[str, Any] = (await town.json("/v1/operations"))["operations"][0]
    return found


def test_a_code_has_the_hash_that_the_page_computes() -> None:
    """R29: the vectors that the home app makes codes by."""
    vectors = json.loads((Path(__file__).parents[2] / "vectors/operations/codes.json").read_text())
    for one in vectors["cases"]:
        assert hash_of(one["operation"], one["code"]) == one["hash"]


def test_a_plan_comes_first_a_home_says_so_itself_and_no_arrest_is_an_outcome(
    database: str, tmp_path: Path
) -> None:
    """R29: from the plan to the outcome, with what each step refuses."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            admin = staff(town.http, "administrator")
            home = await make_household(town.http, b"h" * 32)
            plan = planned(town)
            today = town.clock().date().isoformat()
            late = await admin.call("POST", "/v1/operations", json=planned(town, starts=today))
            assert code(late) == (400, "operations.unclear")
            back = await admin.call("POST", "/v1/operations", json={**plan, "ends": today})
            assert code(back) == (400, "operations.unclear")
            await admin.json("POST", "/v1/operations", json=plan)
            assert code(await admin.call("POST", "/v1/operations", json=plan)) == (409, "operations.entered")
            at = f"/v1/operations/{plan['operation']}"
            early = await admin.call("POST", f"{at}/outcome", json=NOTHING)
            assert code(early) == (409, "operations.not_begun")
            word = {"code_hash": hash_of(plan["operation"], CODE)}
            await home.owner.json("POST", f"{at}/homes", json=word)
            await home.owner.json("POST", f"{at}/homes", json=word)  # said twice it is once
            await home.owner.json("POST", f"{at}/homes", json={"code_hash": "0" * 32})
            assert (await listed(town))["homes"] == []  # until the day is over
            assert await sweep(town.services) == 0
            town.clock.ahead += timedelta(days=1)
            assert await sweep(town.services) == 1
            assert await sweep(town.services) == 0
            assert len((await listed(town))["homes"]) == 2
            wrong = await town.http.post(f"{at}/homes/leave", json={"code": b64encode(b"x" * 32).decode()})
            assert code(wrong) == (404, "server.not_found")
            await town.http.post(f"{at}/homes/leave", json={"code": CODE})
            town.clock.ahead += timedelta(days=1)
            assert await sweep(town.services) == 1
            assert (await listed(town))["homes"] == ["0" * 32]
            town.clock.ahead += timedelta(days=1)
            admin = staff(town.http, "administrator")
            await admin.json("POST", f"{at}/outcome", json=NOTHING)
            await admin.json("POST", f"{at}/outcome", json={**NOTHING, "arrests": 1})
            over = await admin.call("POST", f"{at}/off", json={"reason": "It never was."})
            assert code(over) == (409, "operations.over")
            home = await make_household(town.http, b"i" * 32)
            too_late = await home.owner.call("POST", f"{at}/homes", json=word)
            assert code(too_late) == (409, "operations.over")
            shown = await listed(town)
            assert [one["arrests"] for one in shown["outcomes"]] == [0, 1]
            page = (await town.http.get(f"/record/operations/{plan['operation']}")).text
            assert "1 person arrested, 0 cited, 3 stopped and let go" in page
            assert "Told before, and replaced" in page

    asyncio.run(body())


def test_a_home_that_left_comes_back_on_the_same_day_and_no_later(database: str, tmp_path: Path) -> None:
    """R29: what the record has of a home's word counts."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            plan = planned(town)
            await staff(town.http, "administrator").json("POST", "/v1/operations", json=plan)
            at, word = f"/v1/operations/{plan['operation']}", {"code_hash": hash_of(plan["operation"], CODE)}
            home = await make_household(town.http, b"h" * 32)
            await home.owner.json("POST", f"{at}/homes", json=word)
            await town.http.post(f"{at}/homes/leave", json={"code": CODE})
            await home.owner.json("POST", f"{at}/homes", json=word)
            town.clock.ahead += timedelta(days=1)
            await sweep(town.services)
            assert len((await listed(town))["homes"]) == 1
            await town.http.post(f"{at}/homes/leave", json={"code": CODE})
            town.clock.ahead += timedelta(days=1)
            await sweep(town.services)
            home = await make_household(town.http, b"j" * 32)
            back = await home.owner.call("POST", f"{at}/homes", json=word)
            assert code(back) == (409, "operations.left")
            assert (await listed(town))["homes"] == []

    asyncio.run(body())


def test_who_owes_an_outcome_plans_no_other_and_everybody_sees_it(database: str, tmp_path: Path) -> None:
    """R29: 90 days after its end an operation without an outcome is overdue; one called off is not."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            admin = staff(town.http, "administrator")
            plan, other = planned(town), planned(town)
            await admin.json("POST", "/v1/operations", json=plan)
            await admin.json("POST", "/v1/operations", json=other)
            off = {"reason": "The packages did not come."}
            await admin.json("POST", f"/v1/operations/{other['operation']}/off", json=off)
            officer = staff(town.http, "officer")
            assert (await officer.call("POST", "/v1/operations", json=planned(town))).status_code == 403
            town.clock.ahead += timedelta(days=94)
            await town.settled()
            page = (await town.http.get("/record/operations")).text
            assert page.count("Outcome overdue") == 1
            assert page.count("Called off") == 1
            admin = staff(town.http, "administrator")
            refused = await admin.call("POST", "/v1/operations", json=planned(town))
            assert code(refused) == (409, "operations.overdue")
            await admin.json("POST", f"/v1/operations/{plan['operation']}/outcome", json=NOTHING)
            await admin.json("POST", "/v1/operations", json=planned(town))

    asyncio.run(body())


def test_nothing_tells_which_home_takes_part(database: str, tmp_path: Path) -> None:
    """R29: no account, household or moment stands beside a home's word; two differ by the hash alone."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            plan = planned(town)
            await staff(town.http, "administrator").json("POST", "/v1/operations", json=plan)
            homes = [await make_household(town.http, bytes([seed]) * 32) for seed in (40, 41)]
            for number, home in enumerate(homes):
                word = {"code_hash": hash_of(plan["operation"], b64encode(bytes([number]) * 32).decode())}
                await home.owner.json("POST", f"/v1/operations/{plan['operation']}/homes", json=word)
            async with await psycopg.AsyncConnection.connect(database) as db:
                rows = await (
                    await db.execute("SELECT to_jsonb(h) FROM operation_home h ORDER BY code")
                ).fetchall()
            (first,), (second,) = rows
            assert first.keys() == {"operation", "code", "joined", "left_on", "join_leaf", "left_leaf"}
            assert {**first, "code": ""} == {**second, "code": ""}
            assert first["joined"] == town.clock().date().isoformat()
            told = str(rows)
            for home in homes:
                account = home.owner.session.get("account", "")
                assert account
                assert account not in told
                assert home.id not in told

    asyncio.run(body())
