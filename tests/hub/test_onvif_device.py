"""Asking a device: logins, old and odd devices, streams, and answers of every kind."""

import asyncio
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.hub.onvif_answers import envelope
from tests.hub.onvif_device import PASSWORD, RECORDED, OnvifDevice, house_camera, opened

from fanlight.hub import onvif
from fanlight.hub.onvif import client, soap
from fanlight.hub.onvif.device import Device

CHUNK = b"10000\r\n" + b" " * 65_536 + b"\r\n"
LOT_LINE = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.25), (0.0, 0.25))
ADDRESSES = st.sampled_from([
    "http://10.0.0.9/x", "http://[::1/x", "http://a:b/x", "http://h:99999/x", "https://h/%zz", "rtsp://h:x/y",
    "rtsp://[fe80::1]:554/y", "rtsp://u:p@h/y?a=1#f", "file:///etc/passwd", "http://\x7f/", "http:///x", "",
])  # fmt: skip
ANSWERS = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([path.read_bytes() for path in sorted(RECORDED.glob("*.xml"))]),
    st.builds(
        lambda name, tag, address: envelope(f"<{name}><{tag}>{escape(address)}</{tag}></{name}>"),
        st.sampled_from(["GetStreamUriResponse", "GetSnapshotUriResponse", "x"]),
        st.sampled_from(["Uri", "MediaUri", "XAddr"]),
        ADDRESSES,
    ),
    st.builds(
        lambda space, address: envelope(
            f"<r><Service><Namespace>{space}</Namespace><XAddr>{escape(address)}</XAddr></Service></r>"
        ),
        st.sampled_from([soap.DEVICE, soap.MEDIA, soap.MEDIA2, soap.EVENTS]),
        ADDRESSES,
    ),
)
CALLS = st.sampled_from([
    "GetServices", "GetCapabilities", "GetProfiles", "GetStreamUri", "GetSnapshotUri", "GetSystemDateAndTime",
    "GetMaskOptions", "GetMasks", "CreateMask", "CreatePullPointSubscription", "PullMessages", "Renew",
    "GetServiceCapabilities", "GetDeviceInformation", "GetEventProperties",
])  # fmt: skip


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


@settings(max_examples=40)
@given(st.dictionaries(CALLS, ANSWERS, min_size=1, max_size=4))
def test_no_answer_to_any_call_makes_a_device_raise_anything_but_our_errors(broken: dict[str, bytes]) -> None:
    async def run() -> None:
        async with OnvifDevice(broken=broken) as device, opened(device) as ours:
            camera = house_camera(device)

            async def events() -> None:
                listening = await ours.events()
                await listening.subscribe("PT60S")
                device.report()
                await listening.pull(0)
                await listening.leave()

            for call in (
                ours.clock_offset, ours.info, ours.streams, ours.snapshot, ours.topics, ours.inputs, events,
                lambda: onvif.cover(camera, (LOT_LINE,)),
            ):  # fmt: skip
                with suppress(onvif.OnvifError):
                    await call()

    asyncio.run(run())


def test_nothing_of_onvif_is_loaded_that_a_hub_without_it_would_pay_for() -> None:
    """The recorder's memory is counted in single megabytes."""
    probe = "import sys, fanlight.hub.onvif; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", probe], text=True).split()
    assert not {"zeep", "lxml", "aiohttp", "numpy", "av", "psutil"} & set(loaded)
