"""The public record on a running server: what a request leaves there, and when it opens."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from tests.server.acting import SAMPLE, ask, cosign, open_request, staff
from tests.server.conftest import database, postgres
from tests.server.running import Running, running

from fanlight.model.clock import now

__all__ = ["database", "postgres"]


def run(home: Path, address: str, body: Callable[[Running], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with running(home, address) as town:
            await body(town)

    asyncio.run(whole())


async def page(town: Running, path: str) -> str:
    answer = await town.http.get(path)
    assert answer.status_code == 200, path
    return re.sub(r"\s+", " ", answer.text)


def test_a_request_is_public_at_once_and_its_words_when_it_closes(database: str, tmp_path: Path) -> None:
    """R22, R42: the whole way, on real parts."""

    async def body(town: Running) -> None:
        request = await open_request(town.http, now())
        await town.settled()
        shown = await page(town, f"/record/requests/{request}")
        assert "The record and the ordinance do not agree" not in shown
        assert "it comes out as the record says" in shown
        assert "The key of the case stood in the record first" in shown
        assert "m-cell" in shown
        assert "m-area" not in shown
        assert SAMPLE.words not in shown
        assert "Unwitnessed" in await page(town, "/record/log")
        officer = staff(town.http, "officer")
        await officer.json("POST", f"/v1/agency/requests/{request}/close")
        await town.settled()
        closed = await page(town, f"/record/requests/{request}")
        assert SAMPLE.words in closed
        assert "m-area" in closed
        assert "Disclosures received" in closed
        assert "Lindqvist" not in closed

    run(tmp_path, database, body)


def test_refused_and_self_signed_attempts_are_public_with_their_clause(database: str, tmp_path: Path) -> None:
    """R20, R21: attempts by signed-in officers are entries."""

    async def body(town: Running) -> None:
        officer = staff(town.http, "officer")
        protest = ask(officer, now(), purpose="protest", case_number="HD-2026-0001")
        refused = (await officer.json("POST", "/v1/agency/requests", json=protest))["request"]
        waiting = (await officer.json("POST", "/v1/agency/requests", json=ask(officer, now())))["request"]
        assert (await cosign(officer, waiting)).status_code == 409
        await town.settled()
        assert "never a purpose" in await page(town, f"/record/requests/{refused}")
        shown = await page(town, f"/record/requests/{waiting}")
        assert "Waits for a second signature" in shown
        assert "An attempt to sign, refused by 5.2" in shown
        rows = (await town.json("/record/requests?format=json"))["requests"]
        assert {row["request"]: row["state"] for row in rows} == {refused: "refused", waiting: "waiting"}

    run(tmp_path, database, body)


def test_pages_carry_a_strict_policy_and_lists_come_as_files(database: str, tmp_path: Path) -> None:
    async def body(town: Running) -> None:
        answer = await town.http.get("/record/")
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
        assert "set-cookie" not in answer.headers
        assert (await town.http.get("/record/requests.csv")).headers["content-type"].startswith("text/csv")
        missing = await town.http.get("/record/requests/" + "a" * 26)
        assert missing.status_code == 404
        assert "There is no such request in this record" in missing.text

    run(tmp_path, database, body)


def test_what_was_refused_opens_after_180_days(database: str, tmp_path: Path) -> None:
    """R42: nothing stays shut for good."""

    async def body(town: Running) -> None:
        officer = staff(town.http, "officer")
        asked = ask(officer, now(), purpose="protest")
        refused = (await officer.json("POST", "/v1/agency/requests", json=asked))["request"]
        await town.settled()
        assert SAMPLE.words not in await page(town, f"/record/requests/{refused}")
        town.clock.ahead = timedelta(days=181)
        assert SAMPLE.words in await page(town, f"/record/requests/{refused}")

    run(tmp_path, database, body)
