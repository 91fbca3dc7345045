"""Nobody learns from what a hub does whether its home matched, declined or is there at all (R24, R31).

A small part of `make bench-privacy`: 120 homes of each class live three days around a request, in virtual
time; every call is the hub's own decision. What is measured, and what is not: docs/design/unseen.md.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.blind.shapes import shape_of
from tests.hub.cells import CELL, CELL_KEY, LOG, Asking, cell_file
from tests.hub.homes import CAMERA
from tests.hub.towns import House, move_in
from tests.ports import free_port
from tests.unseen import agency, linking
from tests.unseen.features import figures_of
from tests.unseen.homes import Class, Lived, Pace, live_a_month
from tests.unseen.judging import tell_apart

from fanlight.cli import up
from fanlight.cli.up import Town as Running
from fanlight.hub.matching import read_cell_file
from fanlight.hub.town import Town
from fanlight.hub.uplink import Uplink
from fanlight.model import clock
from fanlight.model.ids import new_id
from fanlight.policy import default_pack

TOWNS = 6
A_TOWN: dict[Class, int] = {
    "declined": 20,
    "ignored": 20,
    "opted out": 20,
    "no match": 20,
    "shared": 4,
    "fetch": 8,
    "says no": 3,
}
QUIET: tuple[Class, ...] = ("ignored", "opted out", "no match")
SHORT = Pace(days=3, poll_s=14_400, status_s=129_600, clips=0.5, cases=1)
BY_CHANCE = 4.0  # standard errors; once in 30,000 runs
CAUGHT = 0.9


@pytest.fixture(scope="module")
def lived() -> dict[Class, list[Lived]]:
    """All homes, by class."""
    kinds = [kind for kind, count in A_TOWN.items() for _ in range(count)]
    by_class: defaultdict[Class, list[Lived]] = defaultdict(list)
    for town in range(TOWNS):
        for one in live_a_month(kinds, SHORT, town):
            by_class[one.kind].append(one)
    return by_class


def test_the_homes_are_what_their_class_says(lived: dict[Class, list[Lived]]) -> None:
    """Or else nothing would follow from their being alike."""
    matching: tuple[Class, ...] = ("declined", "ignored", "shared", "fetch")
    for kind in matching:
        assert sum(one.matched for one in lived[kind]) > 0.9 * len(lived[kind])
    for kind in QUIET[1:]:
        assert not any(one.matched for one in lived[kind])


def test_who_declined_is_not_told_from_who_ignored_opted_out_or_did_not_match(
    lived: dict[Class, list[Lived]],
) -> None:
    """R24 R31: whatever the operator counts of calls, sizes, times, order and rows."""
    ours = [figures_of(one) for one in lived["declined"]]
    found = tell_apart(ours, [figures_of(one) for kind in QUIET for one in lived[kind]])
    assert found.errors_above_chance < BY_CHANCE, found


def test_homes_that_answer_differently_make_the_same_calls(lived: dict[Class, list[Lived]]) -> None:
    """R24: the same kinds of calls, and the status box and the cell's file in one length."""
    kinds = {kind: {call.kind for one in lived[kind] for call in one.calls} for kind in (*QUIET, "declined")}
    assert len({frozenset(some) for some in kinds.values()}) == 1
    boxes = {kind: {one.rows.status_bytes for one in lived[kind]} for kind in kinds}
    assert len(set.union(*boxes.values())) == 1


def test_a_hub_that_asks_for_a_request_by_its_id_is_caught(lived: dict[Class, list[Lived]]) -> None:
    """The control: the same learners, on homes whose hub tells on them."""
    found = tell_apart(
        [figures_of(one) for one in lived["fetch"]],
        [figures_of(one) for one in lived["no match"]],
    )
    assert found.auc >= CAUGHT, found


def test_an_agency_cannot_tell_who_declined_from_who_has_no_fanlight(lived: dict[Class, list[Lived]]) -> None:
    """R24 R31: and would be told by a hub that says no (the control)."""
    chance, shared = random.Random(24), lived["shared"]
    without = [agency.answers(chance, shared) for _ in lived["declined"]]
    found = tell_apart([agency.answers(chance, shared, one) for one in lived["declined"]], without)
    assert found.errors_above_chance < BY_CHANCE, found
    control = tell_apart([agency.answers(chance, shared, one) for one in lived["says no"]], without)
    assert control.auc >= CAUGHT, control


def test_two_copies_of_one_home_under_two_cases_are_not_linked() -> None:
    """R24: and would be by a key that serves two cases (the control)."""
    found = tell_apart(*linking.pairs(100, seed=24))
    assert found.errors_above_chance < BY_CHANCE, found
    control = tell_apart(*linking.pairs(50, seed=24, signer=True))
    assert control.auc >= CAUGHT, control


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A real server with a real database."""
    folder = tmp_path_factory.mktemp("unseen")
    with up.running(folder / "home", free_port(), demo=True, cameras=False) as (town, _):
        yield town


async def report(house: House, folder: Path, *, matches: bool) -> int:
    """Let a household's hub report, poll and report again; return how many requests matched."""
    asking = Asking()
    async with Uplink(house.url, house.hub.signing) as uplink:
        hub = Town(folder, house.pairing(), house.hub, uplink, list)
        await hub.report_once()
        await hub.requests.refresh(uplink)
        raw = cell_file(asking)
        seen = read_cell_file(raw, log=LOG.verifier, cell=CELL, identity=CELL_KEY.secret, pack=default_pack())
        hub.requests.asked = seen.asked  # as if the town's file held it
        start = asking.request.window.start if matches else asking.request.window.end
        times = [(start + timedelta(minutes=m)).isoformat() for m in (1, 2)]
        for number in range(5):
            row = (new_id(), CAMERA.id, number, bytes(32), "person", *times)
            hub.sealer._db.execute("INSERT INTO clip VALUES (?, ?, ?, ?, ?, ?, ?, 0)", row)
        await hub.report_once()
        await hub.wishes.refresh(uplink)
        await hub.days.refresh(uplink, clock.now())
        found = hub.requests.matches(hub.sealer.kept(), clock.now())
        hub.close()
    return len(found)


def test_a_real_servers_rows_are_the_same_with_a_match_and_without(running: Running, tmp_path: Path) -> None:
    """R24: every column of every row of the two households, ciphertext by its length."""
    url = running.url.replace("localhost", "127.0.0.1")
    houses = [asyncio.run(move_in(url, tmp_path)) for _ in range(2)]
    matched = [
        asyncio.run(report(house, tmp_path / house.id, matches=not n)) for n, house in enumerate(houses)
    ]
    assert matched == [1, 0]
    first, second = (shape_of(running.database, house.id) for house in houses)
    assert first == second
    assert first["hub_status.body"]
