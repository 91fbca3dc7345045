"""Asking a device: logins, old and odd devices, streams, presses through reboots, masks."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from tests.hub.onvif_device import GONE, VISITOR, OnvifDevice, until

from fanlight.hub import onvif, options
from fanlight.hub.onvif import bell, client, masks, soap
from fanlight.hub.onvif.bell import presses
from fanlight.hub.onvif.device import Device

PASSWORD = "it's <my> p@ss/word"
LOT_LINE = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.25), (0.0, 0.25))
STAR = ((0.5, 0.0), (0.8, 1.0), (0.0, 0.35), (1.0, 0.35), (0.2, 1.0))
CHUNK = b"10000\r\n" + b" " * 65_536 + b"\r\n"
GATE = ((0.6, 0.5), (0.9, 0.5), (0.75, 0.9))


def house_camera(device: OnvifDevice, **bell_options: Any) -> options.Camera:
    return options.Camera(
        id="a" * 26,
        name="Door",
        url=f"rtsp://{device.user}:it%27s%20%3Cmy%3E%20p%40ss%2Fword@127.0.0.1/x",
        onvif=device.xaddr,
        bell=options.Bell(**bell_options),
    )


def opened(device: OnvifDevice) -> Device:
    return Device(device.xaddr, device.user, device.password)


@pytest.mark.parametrize("ahead_s", [0, 3600, -86_400 * 365 * 10])
@pytest.mark.parametrize("login", ["none", "token", "digest", "digestSHA-256"])
def test_a_device_is_asked_in_whatever_way_it_knows_us_and_however_wrong_its_clock_is(
    login: str, ahead_s: int
) -> None:
    async def run() -> None:
        ahead = timedelta(seconds=ahead_s)
        async with OnvifDevice(user="admin", password=PASSWORD, login=login, ahead=ahead) as device:
            async with opened(device) as ours:
                assert (await ours.info()).model == "Mockup Model"
                assert abs(await ours.clock_offset() - ahead_s) < 2
                assert await ours.inputs() == ["In_1"]
            assert device.refused <= 2  # what is learned by a refusal is kept

    asyncio.run(run())


@pytest.mark.parametrize("login", ["token", "digest"])
def test_a_wrong_password_is_told_as_such_and_hardly_tried(login: str) -> None:
    async def run() -> None:
        async with OnvifDevice(user="admin", password=PASSWORD, login=login) as device:
            async with Device(device.xaddr, "admin", "wr0ngword") as ours:
                with pytest.raises(onvif.OnvifRefused) as refused:
                    await ours.info()
            assert "wr0ngword" not in str(refused.value)
            assert device.refused <= 3

    asyncio.run(run())


@pytest.mark.parametrize("offer", ["ROT13", 'MD5", qop="auth-int'])
def test_a_login_that_cannot_be_read_is_an_error_of_ours(offer: str) -> None:
    async def run() -> None:
        async with (
            OnvifDevice(user="admin", password=PASSWORD, login=f"digest{offer}") as device,
            opened(device) as ours,
        ):
            with pytest.raises(onvif.OnvifError):
                await ours.info()

    asyncio.run(run())


def test_streams_are_main_and_sub_with_the_host_that_answered_and_the_password_put_in() -> None:
    async def run() -> None:
        async with (
            OnvifDevice(user="ad", password=PASSWORD, login="digest") as device,
            opened(device) as ours,
        ):
            main, sub = await ours.streams()
            assert (main.role, main.codec, main.width, main.fps) == ("main", "h265", 2560, 20)
            assert (sub.role, sub.codec, sub.width, sub.audio) == ("sub", "h264", 640, "aac")
            assert main.url == "rtsp://ad:it%27s%20%3Cmy%3E%20p%40ss%2Fword@127.0.0.1/000"

    asyncio.run(run())


@pytest.mark.parametrize("old", [False, True])
def test_a_device_without_media2_or_even_without_services_is_asked_the_old_way(*, old: bool) -> None:
    """Its answers are those recorded of real devices."""

    async def run() -> None:
        async with OnvifDevice(media2=False, old=old) as device:
            if old:  # all its services are at one address of another network
                device.told_host = "192.168.68.111"
            async with opened(device) as ours:
                (main,) = await ours.streams()
                assert (main.url, main.codec, main.width) == ("rtsp://127.0.0.1/h264main", "h264", 1920)
                assert "VideoSource/MotionAlarm" in await ours.topics()
            assert ("GetCapabilities" in device.asked) is old

    asyncio.run(run())


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


def test_a_snapshot_is_fetched_with_a_digest_from_the_host_that_answers() -> None:
    async def run() -> None:
        async with (
            OnvifDevice(user="ad", password=PASSWORD, login="digest") as device,
            opened(device) as ours,
        ):
            assert (await ours.snapshot()).startswith(b"\xff\xd8")
            assert device.asked[-1].startswith("/onvif-cgi/jpg/image.cgi?resolution=800x600&compression=20")

    asyncio.run(run())


@pytest.mark.parametrize(
    "xaddr",
    [
        "",
        "door",
        "http://",
        "http://[::1",
        "ftp://127.0.0.1/x",
        "http://h:99999/x",
        "http://127.0.0.1:1/x",
        "http://\x00/",
        "http://door.invalid/x",
    ],
)
def test_an_address_at_which_no_device_is_is_told_as_unreachable(xaddr: str) -> None:
    async def run() -> None:
        async with Device(xaddr, "admin", PASSWORD) as ours:
            with pytest.raises(onvif.OnvifUnreachable) as error:
                await ours.streams()
            assert PASSWORD not in str(error.value)
            assert not xaddr or xaddr not in str(error.value)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + b" " * 3_000_000, onvif.BadAnswer),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK * 20, onvif.BadAnswer),
        (b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n", onvif.BadAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx", onvif.BadAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n<x>", onvif.OnvifUnreachable),
        (b"RTSP/1.0 400 Bad Request\r\n\r\n", onvif.OnvifUnreachable),
        (b"\x00\xff", onvif.OnvifUnreachable),
        (b"", onvif.OnvifUnreachable),
    ],
)  # fmt: skip
def test_whatever_answers_is_an_error_of_ours_and_takes_no_more_than_it_may(
    answer: bytes, kind: type[onvif.OnvifError]
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        with suppress(ConnectionError):
            writer.write(answer)
            await writer.drain()
            writer.close()
            await writer.wait_closed()

    async def run() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with (
            server,
            Device(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x", "a", "b") as ours,
        ):
            with pytest.raises(kind):
                await ours.clock_offset()

    asyncio.run(run())


def test_a_device_that_dribbles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWER_S", 0.2)

    async def run() -> None:
        left = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n")
            with suppress(ConnectionError):
                while not writer.is_closing():
                    writer.write(b" ")
                    await writer.drain()
                    await asyncio.sleep(0.02)
            writer.close()
            left.set()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            place = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"
            ours = client.Client("", "")
            with pytest.raises(onvif.OnvifUnreachable):
                await ours.ask(place, "<x/>", action="x", timeout_s=0.2)
            await ours.close()
            await left.wait()

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
            device.broken = {"PullMessages": device._envelope(GONE)}
            await until(lambda: len(said) >= 2)
            device.broken = {}
            await until(lambda: said[-1] == "")
            device.report()
            await first
            await heard.aclose()

    asyncio.run(run())


@asynccontextmanager
async def covering(**how: Any) -> AsyncIterator[tuple[OnvifDevice, options.Camera]]:
    async with OnvifDevice(**how) as device:
        yield device, house_camera(device)


def test_a_camera_that_masks_is_believed_after_it_was_read_back() -> None:
    """R09: applied, applied again without a second mask, changed, and taken away."""

    async def run() -> None:
        async with covering() as (device, ours):
            device.made["theirs"] = device_mask(GATE)
            applied = await onvif.cover(ours, (LOT_LINE, GATE))
            assert isinstance(applied, masks.Applied)
            assert len(device.made) == 2  # somebody's own mask did for the gate
            assert all(any(masks.covers(one, drawn) for one in applied.painted) for drawn in (LOT_LINE, GATE))
            assert await onvif.cover(ours, (LOT_LINE, GATE), applied.tokens) == applied
            assert device.asked.count("CreateMask") == 1
            none = await onvif.cover(ours, (), applied.tokens)
            assert isinstance(none, masks.Applied)
            assert list(device.made) == ["theirs"]

    asyncio.run(run())


def device_mask(outline: masks.Outline, kind: str = "Color", *, enabled: str = "true") -> str:
    body = masks.mask_xml("VSC_1", outline).partition(">")[2].removesuffix("</Mask>")
    return (
        body.replace("<Type>Color", f"<Type>{kind}")
        .replace("<Enabled>true", f"<Enabled>{enabled}")
        .replace("<tt:Point", f'<tt:Point xmlns:tt="{soap.SCHEMA}"')
    )


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"masks": False}, "no masks"),
        ({"media2": False}, "no masks"),
        ({"mask_types": ("Blurred", "Pixelated")}, "undone"),
        ({"max_masks": 1}, "room for 1"),
        ({"adapt": lambda text: text.replace("true", "false")}, "covers less"),
        ({"adapt": lambda text: text.replace(">Color<", ">Blurred<")}, "covers less"),
        ({"adapt": lambda text: text.replace('"1.000000"', '"0.500000"')}, "covers less"),
        ({"adapt": lambda text: text.replace("VSC_1", "VSC_2")}, "covers less"),
    ],
)  # fmt: skip
def test_a_camera_that_does_not_cover_what_was_drawn_is_refused_with_the_reason(
    how: dict[str, Any], why: str
) -> None:
    """R09: the hub paints instead, or records nothing."""

    async def run() -> None:
        async with covering(**how) as (_, ours):
            refused = await onvif.cover(ours, (((0.5, 0.0), (1.0, 0.0), (1.0, 0.5)), GATE))
            assert isinstance(refused, masks.Refused)
            assert why in refused.why

    asyncio.run(run())


def test_a_camera_for_rectangles_covers_the_rectangle_around_what_was_drawn() -> None:
    async def run() -> None:
        async with covering(rectangles_only=True) as (_, ours):
            applied = await onvif.cover(ours, (GATE,))
            assert isinstance(applied, masks.Applied)
            (painted,) = applied.painted
            assert {(round(x, 3), round(y, 3)) for x, y in painted} == {
                (0.6, 0.5), (0.9, 0.5), (0.9, 0.9), (0.6, 0.9),
            }  # fmt: skip

    asyncio.run(run())


@pytest.mark.parametrize(("path", "masked"), [("/100", ["VSC_2"]), ("/000", ["VSC_1"]), ("/other", [])])
def test_of_a_device_with_two_lenses_the_one_that_is_recorded_is_covered(
    path: str, masked: list[str]
) -> None:
    async def run() -> None:
        async with covering(two_lenses=True) as (device, ours):
            one = msgspec.structs.replace(ours, url=f"rtsp://127.0.0.1{path}")
            done = await onvif.cover(one, (LOT_LINE,))
            assert isinstance(done, masks.Applied if masked else masks.Refused)
            assert [name for name in ("VSC_1", "VSC_2") if name in str(device.made)] == masked

    asyncio.run(run())


@pytest.mark.parametrize(
    ("painted", "drawn", "expected"),
    [
        (LOT_LINE, LOT_LINE[::-1], True),
        (LOT_LINE, (*LOT_LINE[2:], *LOT_LINE[:2]), True),
        (((0.0, 0.0), (0.55, 0.0), (0.55, 0.3), (0.0, 0.3)), LOT_LINE, True),  # rounded up to blocks
        (((0.0, 0.0), (0.4, 0.0), (0.4, 0.25), (0.0, 0.25)), LOT_LINE, False),
        # A shape with a bay holds all corners and still shows what is in the bay.
        (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 0.1), (0.0, 1.0)), LOT_LINE, False),
        # A five-pointed star turns one way only and has holes.
        (STAR, ((0.45, 0.45), (0.55, 0.45), (0.5, 0.5)), False),
        ((), LOT_LINE, False), (((0.0, 0.0), (1.0, 1.0)), LOT_LINE, False),
    ],
)  # fmt: skip
def test_covering_is_judged_by_shape(painted: masks.Outline, drawn: masks.Outline, *, expected: bool) -> None:
    assert masks.covers(painted, drawn) is expected


def test_nothing_of_onvif_is_loaded_that_a_hub_without_it_would_pay_for() -> None:
    """The recorder's memory is counted in single megabytes."""
    probe = "import sys, fanlight.hub.onvif; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", probe], text=True).split()
    assert not {"zeep", "lxml", "aiohttp", "numpy", "av", "psutil"} & set(loaded)
