"""Alerts from notice to browser, over a real server and a push service on the loopback."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from tests.push.homes import DOOR, alerted

from fanlight.hub.notices import CameraTold, StorageTold
from fanlight.hub.push import room
from fanlight.hub.push.behests import Choices, Quiet, Turn
from fanlight.model.clock import to_text

NOTHING = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"


def test_a_press_reaches_the_browser_and_says_where_and_which_clip(database: str, tmp_path: Path) -> None:
    """R01 R03: label, camera, time and clip, readable by that browser alone; equal in size to every other."""

    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser()
            other = await home.browser()
            await home.happens("doorbell")
            await home.happens("person", change=None)
            rang, came = await home.said(asking)
            assert (rang["kind"], rang["camera"], rang["n"]) == ("doorbell", "Front door", 1)
            assert len(rang["clip"]) == 26
            assert (came["kind"], came["n"]) == ("person", 2)
            assert "change" not in came
            assert len(await home.said(other)) == 2
            assert {len(one.body) for one in home.service.received} == {3_072}
            assert home.alerts.report()["devices"][0]["state"] == "ok"
            assert home.alerts.trouble == ""

    asyncio.run(body())


def test_an_event_is_told_once_for_each_label_it_gets(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser(choices=Choices(rest_s=0))
            from fanlight.hub.notices import EventBegan  # noqa: PLC0415

            for label in ("person", "person", "package"):
                await home.tells(
                    EventBegan(
                        event="e" * 26, camera=DOOR, label=label, start=home.town.clock(), score=1, thumb=b""
                    )
                )
            assert [one["kind"] for one in await home.said(asking)] == ["person", "package"]

    asyncio.run(body())


def test_off_and_away_come_from_a_member_and_from_the_timetable(database: str, tmp_path: Path) -> None:
    """R51: away lets indoor cameras record, so that only a member's signed word or timetable says it."""

    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser(choices=Choices(kinds={"person": "away"}, rest_s=0))
            await home.happens()
            assert await home.said(asking) == []
            await asking.ask(choices=Choices(kinds={"person": "away"}, rest_s=0), mode=asking.mode("away"))
            assert (home.alerts.mode, home.hub.home) == ("away", False)
            await home.happens()
            assert len(await home.said(asking)) == 1
            everyday = Turn(days=tuple(range(7)), at="12:00", set="home")
            off = asking.mode("off", everyday)
            await asking.ask(mode=off)
            await home.happens("doorbell")
            assert (len(await home.said(asking)), home.alerts.mode) == (1, "off")
            assert home.alerts.report()["turns"] == [{"days": list(range(7)), "at": "12:00", "set": "home"}]
            home.town.clock.ahead += timedelta(days=1, hours=1)
            await home.alerts.tick()
            assert (home.alerts.mode, home.hub.home) == ("home", True)
            await asking.ask(mode=off)  # the same word in a later behest is not said anew
            assert home.alerts.mode == "home"

    asyncio.run(body())


def test_quiet_hours_hold_by_the_home_s_clock(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser(
                choices=Choices(quiet=Quiet(start="00:00", end="23:59"), rest_s=0),
                tz="UTC",
            )
            await home.happens("person")
            await home.happens("doorbell")
            assert {one["kind"] for one in await home.said(asking)} <= {"doorbell", "person"}
            last = (await home.said(asking))[-1]
            assert last["kind"] == "doorbell"

    asyncio.run(body())


def test_once_a_day_is_sent_each_day_whatever_happened(database: str, tmp_path: Path) -> None:
    """R11: the time of a push tells its service nothing."""

    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser(choices=Choices(pace="even"))
            await home.happens("person")
            await home.happens("doorbell")
            assert await home.said(asking) == []
            for _ in range(3):
                home.town.clock.ahead += timedelta(days=1)
                await home.alerts.tick()
                await home.alerts.tick()
            told = await home.said(asking)
            assert [one["kind"] for one in told] == ["day"] * 3
            assert told[0]["counts"] == {"person": 1, "doorbell": 1}
            assert "counts" not in told[1]

    asyncio.run(body())


def test_a_browser_that_got_nothing_for_a_day_gets_a_check_and_a_test_when_asked(
    database: str, tmp_path: Path
) -> None:
    """R05: so that a browser can tell whether its alerts still arrive."""

    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser()
            for hours in (23, 2):
                home.town.clock.ahead += timedelta(hours=hours)
                await home.alerts.tick()
                await home.alerts.tick()
            assert [one["kind"] for one in await home.said(asking)] == ["check"]
            test = to_text(home.town.clock())
            await asking.ask(test=test)
            await asking.ask(test=test)
            assert [one["kind"] for one in await home.said(asking)] == ["check", "test"]
            reported = home.alerts.report()["devices"][0]
            assert (reported["device"], reported["n"], reported["state"]) == (asking.device, 2, "ok")

    asyncio.run(body())


def test_a_browser_whose_subscription_ended_is_not_called_again_until_it_asks_anew(
    database: str, tmp_path: Path
) -> None:
    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser(choices=Choices(rest_s=0))
            home.service.answer = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
            await home.happens()
            await home.happens()
            assert len(home.service.received) == 1
            assert home.alerts.report()["devices"][0]["state"] == "gone"
            home.service.answer = NOTHING
            again = await home.browser(choices=Choices(rest_s=0))
            asking.browser, asking.ticket = again.browser, again.ticket
            await asking.ask(choices=Choices(rest_s=0))
            await home.happens()
            assert {one["state"] for one in home.alerts.report()["devices"]} == {"ok"}

    asyncio.run(body())


def test_what_does_not_get_through_is_tried_again_and_then_said(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser(choices=Choices(rest_s=0))
            monkeypatch.setattr(room, "TRIES_S", (0.0, 0.01, 0.02))
            home.service.answer = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
            await home.happens()
            assert len(home.service.received) == 3
            assert len({one.body for one in home.service.received}) == 1
            assert "do not get through" in home.alerts.trouble
            assert home.alerts.report()["devices"][0]["state"] == "away"
            home.service.answer = NOTHING
            await home.happens()
            assert home.alerts.trouble == ""
            assert [one["n"] for one in await home.said(asking)] == [1, 1, 1, 2]

    asyncio.run(body())


def test_a_guest_is_told_of_the_cameras_that_the_guest_may_see_and_only_while_a_guest(
    database: str, tmp_path: Path
) -> None:
    """R03 R51: whoever minds the house for a week is told for that week; who is home is not theirs to say."""

    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            until = home.town.clock() + timedelta(days=7)
            guest = await home.guest(frozenset({DOOR}), until)
            asking = await home.browser(actor=guest, choices=Choices(rest_s=0))
            mine = await home.browser(choices=Choices(rest_s=0))
            await home.happens("doorbell")
            await home.happens("person", camera="y" * 26)
            await home.tells(StorageTold(state="full"))
            assert [one["kind"] for one in await home.said(asking)] == ["doorbell"]
            assert [one["kind"] for one in await home.said(mine)] == ["doorbell", "person", "trouble"]
            await asking.ask(mode=asking.mode("off"))
            assert home.alerts.mode == "home"
            home.town.clock.ahead += timedelta(days=7)
            await home.happens("doorbell")
            await home.alerts.tick()
            assert [one["kind"] for one in await home.said(asking)] == ["doorbell"]
            assert len(await home.said(mine)) >= 4

    asyncio.run(body())


def test_a_camera_that_stays_away_and_a_full_disk_are_told_once(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser(choices=Choices(rest_s=0))
            away = CameraTold(camera=DOOR, state="away", since=home.town.clock())
            back = CameraTold(camera=DOOR, state="recording", since=home.town.clock())
            for notice in (away, back, away):
                await home.tells(notice)
            await home.alerts.tick()
            assert await home.said(asking) == []
            for _ in range(2):
                home.town.clock.ahead += timedelta(minutes=6)
                await home.alerts.tick()
            await home.tells(StorageTold(state="full"))
            await home.tells(StorageTold(state="ok"))
            told = await home.said(asking)
            assert [(one["kind"], one["state"]) for one in told] == [
                ("trouble", "away"),
                ("trouble", "storage"),
            ]
            assert "camera" not in told[1]

    asyncio.run(body())


def test_alerts_run_beside_the_hub_and_end_with_it(database: str, tmp_path: Path) -> None:
    """R01: the whole room at work, as the hub runs it: a press on the board is at the push service."""

    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser()
            running = asyncio.create_task(home.alerts.run())
            while not home.hub.board._listeners:
                assert not running.done(), "the room ended before it listened"
                await asyncio.sleep(0.01)
            from fanlight.hub.notices import Pressed  # noqa: PLC0415

            home.hub.board.post(
                Pressed(event="e" * 26, camera=DOOR, at=home.town.clock(), by="onvif", clip="c" * 26)
            )
            await home.service.next()
            assert (await home.said(asking))[0]["clip"] == "c" * 26
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

    asyncio.run(body())
