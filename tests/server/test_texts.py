"""What a server promises: versions in the record, published in the open, the same for everybody."""

import asyncio
import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from tests.server.acting import staff
from tests.server.booking import sign_up
from tests.server.running import Running, running

from fanlight.server import texts
from fanlight.server.pages import STATIC


async def listed(town: Running) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await town.json("/v1/texts"))["texts"]
    return found


async def publish(
    town: Running, ahead: timedelta, body: str = "Be kind.\n", after: int | None = None
) -> httpx.Response:
    day = (town.clock().date() + ahead).isoformat()
    versions = [one["version"] for one in await listed(town) if one["name"] == "terms"]
    said = {
        "name": "terms",
        "body": body,
        "effective": day,
        "after": versions[-1] if after is None else after,
    }
    return await staff(town.http, "operator").call("POST", "/v1/texts", json=said)


def test_a_server_begins_with_plain_texts_of_which_each_stands_in_the_record_once(
    database: str, tmp_path: Path
) -> None:
    """R53: and a second start adds none; the client that is served is entered once, too (R42)."""

    async def body() -> None:
        for _ in range(2):
            async with running(tmp_path, database, client=STATIC) as town:
                await town.settled()
                found = await listed(town)
                names = [(one["name"], one["version"]) for one in found]
                assert names == [("partners", 1), ("privacy", 1), ("terms", 1)]
                leaves = await town.leaves("text")
                assert len(leaves) == len(found)
                for one in found:
                    assert hashlib.sha256(one["body"].encode()).hexdigest() == one["sha256"]
                    said = {key: one[key] for key in ("name", "version", "sha256", "effective")}
                    assert said in [leaf["pub"] for leaf in leaves]
                    assert one["index"] is not None
                files = (await town.http.get("/static/release.json")).content
                (leaf,) = await town.leaves("release")
                assert leaf["pub"]["sha256"] == hashlib.sha256(files).hexdigest()

    asyncio.run(body())


def test_a_change_is_an_entry_and_takes_effect_after_a_fortnight(database: str, tmp_path: Path) -> None:
    """R53: never silently, never at once, never by anybody but the operator; one answer for everybody."""

    async def body() -> None:
        async with running(tmp_path, database, client=STATIC) as town:
            soon = await publish(town, texts.NOTICE - timedelta(days=1))
            assert (soon.status_code, soon.json()["code"]) == (400, "texts.too_soon")
            made = await publish(town, texts.NOTICE)
            assert (made.status_code, made.json()["version"]) == (201, 2)
            again = await publish(town, texts.NOTICE * 2)
            assert (again.status_code, again.json()["code"]) == (409, "texts.unchanged")
            assert (await publish(town, texts.NOTICE * 3, "Be kinder.")).status_code == 201
            assert (await publish(town, texts.NOTICE * 2, "Be kindest.")).status_code == 400
            member = await sign_up(town.http)
            late = await publish(town, texts.NOTICE * 4, "Be kind, and quick.", after=2)
            assert (late.status_code, late.json()["code"]) == (409, "texts.overtaken"), (
                "two operators at once"
            )
            offer = {"name": "terms", "body": "x", "effective": "2999-01-01", "after": 3}
            assert (await member.call("POST", "/v1/texts", json=offer)).status_code == 403
            await town.settled()
            terms = [leaf["pub"] for leaf in await town.leaves("text") if leaf["pub"]["name"] == "terms"]
            assert [one["version"] for one in terms] == [1, 2, 3]
            bodies = [hashlib.sha256(said).hexdigest() for said in (b"Be kind.\n", b"Be kinder.\n")]
            assert [one["sha256"] for one in terms[1:]] == bodies
            assert (await member.json("GET", "/v1/texts"))["texts"] == await listed(town)

    asyncio.run(body())
