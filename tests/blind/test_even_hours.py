"""Two homes whose days differ only in the hours at which something happened, sending evenly to a real S3.

What the keeper of the store sees (LastModified, sizes) and what the rows say is the same for both, moment by
moment; and no object was changed in a second in which something happened. The control sends one at once.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.store import from_url
from tests.blind.shapes import shape_of
from tests.hub.test_even import SEALED, Home
from tests.hub.towns import House, move_in
from tests.ports import free_port
from tests.store.s3server import s3_server

from fanlight.cli import up
from fanlight.hub.uplink import Uplink

EVERY_H = 4
EVENTS = {"early": {2: 900_000, 9: 40_000, 14: 1_500_000}, "late": {6: 40_000, 17: 1_500_000, 22: 900_000}}
Span = tuple[float, float]


@dataclass
class Town:
    """A town on a real S3."""

    url: str
    database: str
    blobs: str
    home: Path

    def changed(self, clips: set[str]) -> dict[str, tuple[float, int]]:
        """Return LastModified (a whole second) and size of the clips' objects, by clip."""
        found = {}
        for page in obstore.list(from_url(self.blobs)):
            for one in page:
                clip = one["path"].rpartition("/")[2]
                if clip in clips:
                    found[clip] = (one["last_modified"].timestamp(), one["size"])
        return found


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town whose blobs are in a real S3, as an operator starts it."""
    folder = tmp_path_factory.mktemp("even")
    with contextlib.ExitStack() as stack:
        s3 = stack.enter_context(s3_server(folder / "s3"))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in s3.environment.items():
            patch.setenv(name, value)
        running = up.running(
            folder / "home", free_port(), demo=True, cameras=False, server_options=["--blobs", s3.url]
        )
        made, _ = stack.enter_context(running)
        url = made.url.replace("localhost", "127.0.0.1")
        yield Town(url, made.database, s3.url, folder / "home")


@dataclass
class Day:
    """One home's day: in which seconds something happened, in which something was sent, and which clips."""

    home: Home
    events: list[Span] = field(default_factory=list)
    sendings: list[Span] = field(default_factory=list)
    clips: set[str] = field(default_factory=set)


async def live(house: House, folder: Path, events: dict[int, int]) -> Day:
    """Live a day whose hours are seconds; `events` tells how large a clip each hour makes."""
    day = Day(Home(folder, house))
    for hour in range(24):
        if hour in events:
            await _next_second()
            began = time.time()
            day.home.event(events[hour])
            day.events.append((int(began), time.time()))
            await _next_second()
        if hour % EVERY_H == EVERY_H - 1:
            await _next_second()
            began = time.time()
            await day.home.sending(f"{hour:02d}")
            day.sendings.append((int(began), time.time()))
    day.clips = set(await house.listed())
    return day


async def _next_second() -> None:
    """Return in another second than this: the store tells no finer."""
    now = int(time.time())
    while int(time.time()) == now:  # noqa: ASYNC110 - the clock is what is waited for
        await asyncio.sleep(0.02)


def _within(at: float, spans: list[Span]) -> list[int]:
    return [number for number, (began, ended) in enumerate(spans) if began <= at <= ended]


def test_two_days_that_differ_in_their_hours_leave_the_same(town: Town, tmp_path: Path) -> None:
    """R11 R05: objects' times and sizes, and every value of the rows, but for ids and ciphertext."""

    async def body() -> None:
        days = {}
        for name, events in EVENTS.items():
            house = await move_in(town.url, town.home)
            days[name] = await live(house, tmp_path / name, events)
        for day in days.values():
            changed = town.changed(day.clips)
            assert changed.keys() == day.clips
            assert not [at for at, _ in changed.values() if _within(at, day.events)], (
                "no object tells an event"
            )
            by_moment: list[list[int]] = [[] for _ in day.sendings]
            for at, size in changed.values():
                (moment,) = _within(at, day.sendings)
                by_moment[moment].append(size)
            assert [sorted(sizes) for sizes in by_moment] == [sorted(SEALED)] * (24 // EVERY_H)
        shapes: list[dict[str, Any]] = [shape_of(town.database, day.home.house.id) for day in days.values()]
        assert shapes[0] == shapes[1]
        assert shapes[0]["clip.day"], "there were rows to compare"
        for day in days.values():
            day.home.close()

    asyncio.run(body())


def test_one_that_is_sent_at_once_is_found_in_both(town: Town, tmp_path: Path) -> None:
    """The control: its object changed in the second of its event, and the rows of the two homes differ."""

    async def body() -> None:
        houses = [await move_in(town.url, town.home) for _ in range(2)]
        home = Home(tmp_path / "hub", houses[0])
        began = time.time()
        clip = home.event(1_000)
        async with Uplink(town.url, houses[0].hub.signing) as uplink:
            assert await home.outbox.push(uplink) == 1
        event = (int(began), time.time())
        ((at, _),) = town.changed({clip}).values()
        assert _within(at, [event]) == [0]
        assert shape_of(town.database, houses[0].id) != shape_of(town.database, houses[1].id)
        home.close()

    asyncio.run(body())
