"""Yearly reports: which of them count when an agency asks for another term."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.server.registering import Way
from tests.server.running import Clock, running

from fanlight.server.programme import register_store as rows
from fanlight.server.programme.papers import DocumentIn


def report(day: date, body: str) -> dict[str, Any]:
    """Return a yearly report as it is handed in."""
    return {
        "kind": "yearly-report",
        "title": "The year",
        "author": "The chief",
        "day": day.isoformat(),
        "body": body,
    }


def test_a_report_that_came_before_its_agreement_began_pays_for_no_year(
    database: str, tmp_path: Path
) -> None:
    """R33 R36: neither one among the papers that were voted on, nor one of an earlier or a later day."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Clock()) as town:
            (old,) = (await town.json("/v1/register/agreements"))["agreements"]
            first = date.fromisoformat(old["from"])
            way = Way(town, database, change={"renews": old["agreement"]})
            await way.draft()

            async def overdue(days: int) -> bool:
                async with town.services.db.transaction() as tx:
                    found = await rows.facts(tx, way.agreement, first + timedelta(days=days))
                assert isinstance(found["report_overdue"], bool)
                return found["report_overdue"]

            async def hand_in(day: date, words: str) -> Any:
                path = f"/v1/register/agreements/{old['agreement']}/documents"
                return await way.operator.call("POST", path, json=report(day, words))

            async def store(day: date, words: str, kind: str) -> None:
                document = DocumentIn(kind="yearly-report", title="T", author="A", day=day, body=words)
                async with town.services.db.transaction() as tx:
                    leaf = await town.services.log.queue_leaf(tx, kind, {"agreement": old["agreement"]})
                    assert await rows.add_document(tx, old["agreement"], document, leaf)

            assert not await overdue(364)
            assert await overdue(365)
            assert (await hand_in(first, "What will have been.")).is_success
            await store(way.today, "Among the papers of the draft.", "agreement")
            assert await overdue(365)
            ahead = way.today + timedelta(days=2)
            assert (await hand_in(ahead, "Not yet.")).json()["code"] == "register.dated_ahead"
            with pytest.raises(psycopg.errors.RaiseException, match="a report of a day to come"):
                await store(ahead, "Not yet.", "agreement-document")
            assert await overdue(365)
            assert (await hand_in(way.today, "Four requests.")).is_success
            assert not await overdue(729)
            assert await overdue(730)

    asyncio.run(body())
