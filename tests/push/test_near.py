"""What dispatch reports near a home, from a signed upload at a real town to the browser that asked for it."""

import asyncio
import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import h3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.push.homes import alerted
from tests.server.incidents import samples
from tests.server.incidents.sending import Source, wall

from fanlight.hub.push import near
from fanlight.hub.push.behests import Choices, Near, Quiet
from fanlight.hub.push.near import Incident, Listed, NotAList
from fanlight.model.clock import to_text
from fanlight.model.incident import CLASSES

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HERE = h3.latlng_to_cell(37.78, -122.41, 9)
THERE = h3.latlng_to_cell(37.72, -122.48, 9)
AROUND = tuple(sorted(h3.grid_disk(h3.cell_to_parent(HERE, 8), 1)))
HOURS = timedelta(hours=1)
PART = tuple(sorted(h3.grid_disk(h3.latlng_to_cell(37.7756, -122.4187, 8), 1)))  # of the samples


def incident(**change: Any) -> Incident:
    parts: dict[str, Any] = {
        "id": "a" * 32,
        "kind": "fire",
        "cells": (HERE,),
        "began": NOW - HOURS,
        "ends": NOW + 20 * HOURS,
        "over": False,
    }
    return Incident(**(parts | change))


def listed(*incidents: Incident, since: datetime = NOW - 30 * HOURS) -> Listed:
    return Listed({one.id: one for one in incidents}, since)


@pytest.mark.parametrize(
    ("cells", "part", "told"),
    [
        ((HERE,), AROUND, True),
        ((HERE,), (HERE,), True),
        ((THERE,), AROUND, False),
        ((THERE, HERE), AROUND, True),
        ((h3.cell_to_parent(HERE, 7),), (HERE,), True),  # an area that holds the part
        ((h3.cell_to_parent(THERE, 7),), (HERE,), False),
        ((), AROUND, True),  # somewhere in town, or all of it
        ((THERE,), (), True),  # who asks for the whole town
    ],
)
def test_what_lies_in_the_part_or_holds_it_is_told(
    cells: tuple[str, ...],
    part: tuple[str, ...],
    told: bool,  # noqa: FBT001 - of a table
) -> None:
    """R13 R14: by cells alone, at home."""
    assert near.concerns(Near(classes=("fire",), cells=part), incident(cells=cells)) is told


def test_no_class_is_told_in_which_nobody_near_has_to_act() -> None:
    """R14: the severity gate, whatever a behest names."""
    everything = Near(classes=(*CLASSES, "medical"))
    told = {kind for kind in (*CLASSES, "medical") if near.concerns(everything, incident(kind=kind))}
    assert told == {kind for kind, one in CLASSES.items() if one.act}
    assert {"burglary", "theft", "medical"}.isdisjoint(told)
    assert not near.concerns(Near(classes=("gas",)), incident(kind="fire"))


def test_it_is_told_once_and_once_more_when_it_is_over() -> None:
    asked = Near(classes=("fire",), cells=AROUND)
    began = near.due(asked, {}, listed(incident()), None, NOW)
    assert [(one.kind, one.over, one.words) for one in began] == [("fire", False, "Fire")]
    told = near.after({}, began, listed(incident()), NOW)
    assert near.due(asked, told, listed(incident()), None, NOW) == []
    for gone in (listed(incident(over=True)), listed()):
        (ended,) = near.due(asked, told, gone, None, NOW)
        assert ended.over
        assert near.after(told, [ended], gone, NOW) == {}
    older = listed(since=NOW)  # a list that does not reach back so far tells nothing of it
    assert near.due(asked, told, older, None, NOW) == []
    assert near.due(asked, told, listed(), None, NOW + 21 * HOURS) == []
    assert near.after(told, [], listed(), NOW + 21 * HOURS) == {}


def test_old_news_is_none_unless_it_came_while_the_hub_looked() -> None:
    asked, old = Near(classes=("fire",)), incident(began=NOW - 5 * HOURS)
    assert near.due(asked, {}, listed(old), None, NOW) == []
    assert near.due(asked, {}, listed(old), frozenset({old.id}), NOW) == []
    assert len(near.due(asked, {}, listed(old), frozenset(), NOW)) == 1
    assert near.due(asked, {}, listed(incident(over=True)), frozenset(), NOW) == []


@pytest.mark.parametrize(
    ("choices", "mode", "verdict"),
    [
        (Choices(near=Near(classes=("fire",))), "home", "tell"),
        (Choices(near=Near(classes=("fire",))), "off", "off"),
        (Choices(pace="even", near=Near(classes=("fire",))), "away", "even"),
        (Choices(quiet=Quiet(start="22:00", end="07:00"), near=Near(classes=("fire",))), "home", "tell"),
        (
            Choices(quiet=Quiet(start="22:00", end="07:00"), near=Near(classes=("fire",), through=False)),
            "home",
            "quiet",
        ),
    ],
)
def test_the_mode_the_pace_and_quiet_hours_hold(choices: Choices, mode: Any, verdict: str) -> None:
    assert near.verdict(choices, mode, datetime(2026, 11, 23, 23, 0, tzinfo=UTC).time()) == verdict


@given(st.binary(max_size=300) | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(
    lambda value: json.dumps({"incidents": [value], "next": None}).encode()
))  # fmt: skip
def test_any_bytes_are_a_list_or_refused(body: bytes) -> None:
    """With one error, and no traceback of a library's."""
    with contextlib.suppress(NotAList):
        near.read(body)


def test_a_list_is_read_as_the_server_writes_it_and_cells_that_are_none_are_left_out() -> None:
    one: dict[str, Any] = {
        "incident": "a" * 32, "source": "s" * 26, "class": "fire", "cells": [HERE, "f" * 15],
        "began": to_text(NOW), "ends": to_text(NOW + HOURS), "state": "open",
    }  # fmt: skip
    found = near.read(
        json.dumps({"v": 1, "incidents": [one, {**one, "cells": ["f" * 15]}], "next": "x"}).encode()
    )
    assert found.since == NOW
    assert found.incidents["a" * 32].cells == (HERE,)


def test_a_fire_near_a_home_reaches_the_browser_that_asked_and_no_other(
    database: str, tmp_path: Path
) -> None:
    """R13 R14 R18: by the hub, reading the same list as all; a class that asks for no act is not told."""

    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            source = await Source(home.town).begin(delay_min=10)
            asks = await home.browser(choices=Choices(near=Near(classes=("fire", "burglary"), cells=PART)))
            elsewhere = await home.browser(choices=Choices(near=Near(classes=("fire",), cells=(THERE,))))
            silent = await home.browser()
            at = wall(home.town, timedelta(minutes=50))
            await source.took(samples.table(samples.row("1", at), samples.row("2", at, kind="BURGLARY")))
            await home.alerts.look_near()
            (fire,) = await home.said(asks)
            assert (fire["kind"], fire["what"], len(fire["incident"])) == ("near", "Fire", 32)
            assert await home.said(elsewhere) == []
            assert await home.said(silent) == []
            assert {len(one.body) for one in home.service.received} == {3_072}
            await home.alerts.look_near()
            assert len(await home.said(asks)) == 1

            await source.took(samples.table(samples.row("1", at, disposition="cancelled")))
            await home.alerts.look_near()
            _, over = await home.said(asks)
            assert (over["kind"], over["state"], over["incident"]) == ("near", "over", fire["incident"])

    asyncio.run(body())
