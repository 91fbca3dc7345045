"""Presses: told once, by a change, through reboots and broken connections."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest
from tests.hub.onvif_answers import GONE, envelope
from tests.hub.onvif_device import PASSWORD, VISITOR, OnvifDevice, house_camera, opened, until

from fanlight.hub import onvif
from fanlight.hub.onvif import bell
from fanlight.hub.onvif.bell import presses


def test_a_press_is_heard_once_it_happens_and_a_state_that_is_only_told_is_none() -> None:
    """R01, and the order of things: the pull point is there and its state is known before the press."""

    async def run() -> None:
        async with OnvifDevice(
            user="ad", password=PASSWORD, login="token", ahead=timedelta(hours=-3)
        ) as device:
            heard = presses(house_camera(device))
            first = asyncio.ensure_future(anext(heard))
            await until(lambda: device.asked.count("PullMessages") == 2)  # the first told Initialized: true
            assert not first.done()
            device.report(value="false")
            await until(lambda: device.asked.count("PullMessages") == 3)
            assert not first.done()
            pressed = datetime.now(UTC)
            device.report()
            at, by = await first
            assert by == "onvif"
            assert abs(at - pressed) < timedelta(
                seconds=3
            )  # by our clock, though the device's is hours behind
            await heard.aclose()
            assert device.points == {}  # given back
            assert device.asked[-1] == "Unsubscribe"

    asyncio.run(run())


def test_a_chosen_input_rings_and_another_one_does_not() -> None:
    async def run() -> None:
        async with OnvifDevice() as device:
            heard = presses(house_camera(device, onvif_input="In_1"))
            first = asyncio.ensure_future(anext(heard))
            await device.heard()
            for token in ("In_2", "In_1"):
                device.report("tns1:Device/Trigger/DigitalInput", name="InputToken", token=token)
            device.report("tns1:RuleEngine/CellMotionDetector/Motion", name="Rule")
            await first
            second = asyncio.ensure_future(anext(heard))
            await until(lambda: device.asked.count("PullMessages") == 3)
            assert not second.done()
            second.cancel()
            await asyncio.gather(second, return_exceptions=True)
            await heard.aclose()

    asyncio.run(run())


@pytest.mark.parametrize("name", ["tns1:Device/Trigger/tnshik:AlarmIn", VISITOR])
def test_which_signal_the_bell_is_can_be_learned_by_pressing_it(name: str) -> None:
    async def run() -> None:
        async with OnvifDevice() as device:
            learned = asyncio.ensure_future(onvif.learn_bell(house_camera(device)))
            await device.heard()
            device.report("tns1:VideoSource/MotionAlarm")
            device.report(name, name="AlarmInToken", token="AlarmIn_2")
            signal = await learned
            expected = ("visitor", "") if name == VISITOR else ("input", "AlarmIn_2")
            assert (signal.kind, signal.token) == expected

    asyncio.run(run())


def test_no_password_and_no_address_is_in_what_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []

    async def run() -> None:
        async with OnvifDevice(user="admin", password="other", login="digest") as device:
            heard = presses(house_camera(device), said.append)
            first = asyncio.ensure_future(anext(heard))
            await until(lambda: bool(said))
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
            await heard.aclose()
            assert PASSWORD not in caplog.text + said[0]
            ours = [record.getMessage() for record in caplog.records if record.name.startswith("fanlight")]
            assert ours
            assert not any("127.0.0.1" in message for message in [*ours, *said])

    asyncio.run(run())


@pytest.mark.parametrize("how", ["reboot", "forgotten"])
def test_the_bell_is_heard_again_after_the_device_was_away(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "FIRST_WAIT_S", 0.05)
    said: list[str] = []

    async def run() -> None:
        async with OnvifDevice() as device:
            heard = presses(house_camera(device), said.append)
            first = asyncio.ensure_future(anext(heard))
            await device.heard()
            if how == "reboot":
                await device.stop()
                await until(lambda: bool(said))
                await device.start()
            else:
                gone = next(iter(device.points.values()))
                device.points.clear()
                gone.news.set()
            await until(lambda: said[-1:] == [""])
            device.report()
            await first
            assert [bool(note) for note in said] == [True, False]
            await heard.aclose()

    asyncio.run(run())


def test_a_press_while_the_connection_breaks_is_heard_if_the_device_kept_it() -> None:
    async def run() -> None:
        async with OnvifDevice() as device:
            heard = presses(house_camera(device))
            first = asyncio.ensure_future(anext(heard))
            await until(lambda: device.asked.count("PullMessages") == 2)
            await device.hang_up()
            device.report()
            await first
            assert device.asked.count("CreatePullPointSubscription") == 1
            await heard.aclose()

    asyncio.run(run())


@pytest.mark.parametrize("renew", [True, False])
def test_a_pull_point_that_would_end_is_renewed_and_not_again_once_that_was_refused(*, renew: bool) -> None:
    async def run() -> None:
        async with OnvifDevice(renew=renew) as device, opened(device) as ours:
            events = await ours.events()
            for _ in range(3):
                device.report(value="false")
                await events.pull(50)
                device.report(value="false")
            assert device.asked.count("Renew") == 1  # of 60 s too few were left; then 120, or it was refused
            await events.leave()

    asyncio.run(run())


def test_answers_without_sense_make_no_haste_and_no_other_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "FIRST_WAIT_S", 0.05)
    said: list[str] = []

    async def run() -> None:
        async with OnvifDevice() as device:
            device.broken = {"PullMessages": b"<html>busy</html>"}
            heard = presses(house_camera(device), said.append)
            first = asyncio.ensure_future(anext(heard))
            await until(lambda: device.asked.count("PullMessages") >= 2)
            device.broken = {"PullMessages": envelope(GONE)}
            await until(lambda: len(said) >= 2)
            device.broken = {}
            await until(lambda: said[-1] == "")
            device.report()
            await first
            await heard.aclose()

    asyncio.run(run())
