"""R13 R14: the weekly digest, and how common posts are by category, month and area; the same for all."""

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.acting import CELL
from tests.server.neighbors.authoring import later, neighbors
from tests.server.running import Still, running

from fanlight.server.neighbors import weeks
from fanlight.server.neighbors.weeks import Row, counted, monday, name_of
from fanlight.server.programme.years import area_of

ATOM = "{http://www.w3.org/2005/Atom}"
WEEK = timedelta(days=7)
TODAY = date(2026, 11, 25)  # a Wednesday
LAST = date(2026, 11, 16)


def test_a_week_is_told_once_it_is_over_with_what_is_usual() -> None:
    rows: list[Row] = [
        (LAST - 9 * WEEK, "package", CELL, 9),
        (LAST - WEEK, "package", CELL, 1),
        (LAST, "package", CELL, 4),
        (LAST, "good-news", CELL, 1),
    ]
    said = [{"day": "2026-11-22", "kind": "corrected"}, {"day": "2026-11-23", "kind": "corrected"}]
    latest, before, *older = counted(rows, said, TODAY)
    assert (latest.week, latest.begins, latest.ends) == ("2026-W47", "2026-11-16", "2026-11-22")
    assert latest.posts == {"good-news": 1, "package": 4}
    assert latest.usual == {"package": 1.1}  # ten in the nine weeks since the first post
    assert latest.areas == {area_of(CELL): {"good-news": 1, "package": 4}}
    assert latest.corrected == 1
    assert before.posts == {"package": 1}
    assert [one.posts for one in older] == [{}, {}]
    assert counted([], [], TODAY) == []


def test_what_is_usual_looks_back_a_year_and_no_farther() -> None:
    rows: list[Row] = [(LAST - 60 * WEEK, "animal", CELL, 1_000), (LAST - WEEK, "animal", CELL, 52)]
    assert counted(rows, [], TODAY)[0].usual == {"animal": 1.0}


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2026, 12, 31), "2026-W53"), (date(2027, 1, 3), "2026-W53"), (date(2027, 1, 4), "2027-W01")],
)
def test_weeks_are_those_of_iso_8601(day: date, name: str) -> None:
    assert name_of(monday(day)) == name


@given(st.lists(st.tuples(st.integers(0, 70), st.sampled_from(["animal", "help"]), st.integers(1, 99))))
def test_no_post_of_a_told_week_is_lost_or_counted_twice(drawn: list[tuple[int, str, int]]) -> None:
    rows: list[Row] = [(LAST - ago * WEEK, kind, CELL, many) for ago, kind, many in drawn]
    found = counted(rows, [], TODAY)
    for week in found:
        begins = date.fromisoformat(week.begins)
        expected = sum(many for at, _, _, many in rows if at == begins)
        assert sum(week.posts.values()) == expected
        assert sum(sum(one.values()) for one in week.areas.values()) == expected
    assert len(found) <= weeks.TOLD


def test_the_digest_and_the_counts_are_served_to_everybody(database: str, tmp_path: Path) -> None:
    """No account, no place but an area, no moment; what a moderator or writer took back is in neither."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            (maya,) = await neighbors(town)
            until_monday = (monday(town.clock().date()) + WEEK - town.clock().date()).days
            await later(town, timedelta(days=until_monday))
            await maya.post()
            await maya.post(
                category="good-news", title="The cat is back", done="The cat came home by itself."
            )
            gone = await maya.post(category="help", title="A ladder", done="Who can lend me a long ladder?")
            await later(town)
            assert (await town.json("/v1/posts/weeks"))["weeks"] == []
            await later(town, WEEK)
            (week,) = (await town.json("/v1/posts/weeks"))["weeks"]
            assert week["posts"] == {"good-news": 1, "help": 1, "package": 1}
            assert {one["title"] for one in week["named"]} == {"The cat is back", "A ladder"}
            assert "Parcel" not in str(week)
            assert "T" not in week["begins"] + week["ends"]

            await maya.own(gone, "withdraw")
            await later(town)
            (week,) = (await town.json("/v1/posts/weeks"))["weeks"]
            assert [one["title"] for one in week["named"]] == ["The cat is back"]
            feed = ET.fromstring((await town.http.get("/neighbors/weeks.atom")).content)  # noqa: S314 - our own
            (entry,) = feed.findall(f"{ATOM}entry")
            assert (entry.findtext(f"{ATOM}title") or "").startswith("2 posts in the week of ")
            assert "good-news: The cat is back" in (entry.findtext(f"{ATOM}content") or "")
            assert (entry.findtext(f"{ATOM}id") or "").endswith(f"#/week/{week['week']}")

            years = await town.json("/v1/posts/years")
            assert len(years["months"]) == 24
            months: dict[str, Any] = years["counts"]
            assert months == {} or set(months) <= {"good-news", "package"}
            came = town.clock()
            while (town.clock().year, town.clock().month) == (came.year, came.month):
                town.clock.ahead += timedelta(days=1)
            await later(town, timedelta(days=5))
            years = await town.json("/v1/posts/years")
            assert {kind: sum(found) for kind, found in years["counts"].items()} == {
                "good-news": 1,
                "package": 1,
            }
            area = years["areas"][area_of(CELL)]
            assert sum(area["counts"]["package"]) == 1
            assert years["reported"].count(True) in {1, 2}
            told = datetime.strptime(years["months"][-1], "%Y-%m")  # noqa: DTZ007 - a month
            assert (told.year, told.month) <= (came.year, came.month)

    asyncio.run(body())
