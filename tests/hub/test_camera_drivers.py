"""What opens which source: the made picture, FFmpeg's driver, the probe, the demo camera's second stream."""

import asyncio
import itertools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fanlight.hub.camera import (
    CameraRefused,
    CameraUnreachable,
    CompatCamera,
    FileCamera,
    MadeCamera,
    RtspCamera,
    open_camera,
    probe,
)
from fanlight.hub.camera.depacketizer import MAX_PICTURE_BYTES, Depacketizer
from fanlight.hub.demo_camera import DemoCamera, load
from fanlight.hub.demo_camera.tracks import SUB_SIZE, make_sound
from fanlight.hub.packet import AudioPacket, Camera, Packet
from fanlight.hub.segmenter import Segmenter, fmp4

Video = Callable[[str], Path]


async def take(camera: Camera, seconds: float) -> list[Packet | AudioPacket]:
    packets: list[Packet | AudioPacket] = []
    try:
        async for packet in camera.packets():
            packets.append(packet)
            if packet.pts_90k >= seconds * 90_000:
                break
    finally:
        await camera.close()
    return packets


def test_a_hub_that_records_network_cameras_never_loads_what_decodes() -> None:
    code = "import sys, fanlight.hub.camera; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert not {"av", "numpy", "onnxruntime"} & set(loaded)


@pytest.mark.parametrize(
    ("url", "driver", "kind"),
    [
        ("rtsp://c/live", "auto", RtspCamera), ("rtsps://c/live", "own", RtspCamera),
        ("rtsp://c/live", "compat", CompatCamera), ("test:", "auto", MadeCamera),
        ("/films/a.mp4", "auto", FileCamera), ("file:///films/a.mp4", "compat", FileCamera),
    ],
)  # fmt: skip
def test_each_address_has_its_driver(url: str, driver: str, kind: type[object]) -> None:
    assert type(open_camera(url, driver=driver)) is kind  # type: ignore[arg-type]


def test_the_made_picture_decodes_moves_and_sounds(frames: Callable[..., int]) -> None:
    packets = asyncio.run(take(MadeCamera("test:?size=320x180&rate=10", audio=True), 1.5))
    pictures = [packet for packet in packets if isinstance(packet, Packet)]
    heard = [packet for packet in packets if isinstance(packet, AudioPacket)]
    assert (pictures[0].info.width, pictures[0].info.height) == (320, 180)
    assert [p.pts_90k for p in pictures] == [9_000 * n for n in range(len(pictures))]
    assert all(b.pts_90k == a.pts_90k + a.duration_90k for a, b in itertools.pairwise(heard))
    assert abs(heard[-1].pts_90k - pictures[-1].pts_90k) <= 9_000
    segmenter = Segmenter()
    segments = [s for packet in pictures for s in segmenter.feed(packet)] + segmenter.finish()
    assert frames(fmp4.join(segments).data) == len(pictures)
    assert all(len(p.data) > 20 for p in pictures)


@pytest.mark.parametrize("url", ["test:?size=big", "test:?rate=0", "test:?rate=x", "test:?size=1x1"])
def test_a_made_picture_that_cannot_be_is_refused_in_words(url: str) -> None:
    with pytest.raises(CameraUnreachable, match="test:"):
        asyncio.run(open_camera(url).open())


@pytest.mark.parametrize("name", ["plain.mp4", "b-frames.mp4"])
def test_the_compat_driver_gives_the_same_pictures_as_our_own(video: Video, name: str) -> None:
    async def run() -> tuple[list[Packet | AudioPacket], list[Packet | AudioPacket]]:
        server = DemoCamera(await load(video(name)), user="maya", password="s3 cret")
        await server.start("127.0.0.1", 0)
        url = f"rtsp://maya:s3%20cret@127.0.0.1:{server.port}/door"
        try:
            own, compat = open_camera(url), open_camera(url, driver="compat")
            return await asyncio.gather(take(own, 3.0), take(compat, 3.0))
        finally:
            await server.stop()

    own, compat = asyncio.run(run())
    seen = {packet.data: packet for packet in compat}
    both = [(packet, seen[packet.data]) for packet in own if packet.data in seen]
    assert len(both) > 15
    assert {a.info for a, _ in both} == {b.info for _, b in both}
    offsets = {a.pts_90k - b.pts_90k for a, b in both}
    assert len(offsets) == 1


@pytest.mark.parametrize("login", ["", "maya:wr0ng@"])
def test_the_compat_driver_tells_refused_from_away_and_no_password(video: Video, login: str) -> None:
    async def run() -> str:
        server = DemoCamera(await load(video("plain.mp4")), user="maya", password="s3cret")
        await server.start("127.0.0.1", 0)
        port = server.port
        with pytest.raises(CameraRefused) as refused:
            await open_camera(f"rtsp://{login}127.0.0.1:{port}/door", driver="compat").open()
        await server.stop()
        with pytest.raises(CameraUnreachable) as away:
            await open_camera(f"rtsp://{login}127.0.0.1:{port}/door", driver="compat").open()
        return str(refused.value) + str(away.value) + repr(refused.value.__cause__)

    said = asyncio.run(run())
    assert "wr0ng" not in said
    assert "127.0.0.1" not in said


def test_a_probe_says_what_a_camera_sends(video: Video) -> None:
    async def run() -> None:
        server = DemoCamera(await load(video("plain.mp4")), sound=make_sound("pcmu"))
        await server.start("127.0.0.1", 0)
        found = await probe(f"rtsp://127.0.0.1:{server.port}/door")
        await server.stop()
        assert (found.info.width, found.info.height, found.info.is_h264) == (160, 90, True)
        assert found.audio is not None
        assert found.audio.codec == "ulaw"
        assert found.fps == pytest.approx(10, abs=0.2)
        assert found.gop_s == pytest.approx(1.0, abs=0.05)
        assert found.keyframe.is_key
        assert found.kbps > 10
        assert found.clock_offset_s == pytest.approx(0, abs=5)

    asyncio.run(run())


def test_the_demo_cameras_second_stream_is_small_and_in_step_with_the_first(video: Video) -> None:
    """Both show the same moment at the same time, so a detector may look at one and record the other."""

    async def run() -> list[Packet | AudioPacket]:
        server = DemoCamera(await load(video("plain.mp4")))
        await server.start("127.0.0.1", 0)
        small = await take(RtspCamera(f"rtsp://127.0.0.1:{server.port}/demo-sub"), 1.0)
        assert server._sub is not None
        main, sub = server._main, await server._sub
        assert (main.began, main.loop.duration_90k) == (sub.began, sub.loop.duration_90k)
        assert [p.pts_90k for p in main.loop.packets] == [p.pts_90k for p in sub.loop.packets]
        await server.stop()
        return small

    packets = asyncio.run(run())
    assert isinstance(packets[0], Packet)
    assert (packets[0].info.width, packets[0].info.height) == SUB_SIZE
    assert packets[0].info.is_h264


def test_a_picture_without_end_is_given_up_at_its_bound() -> None:
    depacketizer = Depacketizer(96)
    piece = b"\x80\x60\0\0" + bytes(8) + b"\x7c\5" + bytes(60_000)
    start = b"\x80\x60\xff\xff" + bytes(8) + b"\x7c\x85" + bytes(60_000)
    depacketizer.feed(start, 0, len(start))
    for number in range(2 * MAX_PICTURE_BYTES // 60_000):
        packet = piece[:2] + number.to_bytes(2, "big") + piece[4:]
        depacketizer.feed(packet, 0, len(packet))
    assert depacketizer.damage >= 1
    assert not depacketizer.done
    assert depacketizer._size < MAX_PICTURE_BYTES
