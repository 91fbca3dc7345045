import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from fanlight.hub.camera import (
    CameraError,
    CameraGone,
    CameraRefused,
    CameraUnreachable,
    NotAVideo,
    Packet,
    RtspCamera,
    StateChanged,
    UnsupportedCodec,
    open_camera,
    watch,
)
from fanlight.hub.demo_camera import DemoCamera, load
from fanlight.hub.segmenter import Segmenter, fmp4

PROGRAM = [sys.executable, "-m", "fanlight.hub.demo_camera", "--port", "0"]
Video = Callable[[str], Path]


@contextlib.asynccontextmanager
async def serving(path: Path, port: int = 0, user: str = "", password: str = "") -> AsyncIterator[DemoCamera]:
    camera = DemoCamera(await load(path), user=user, password=password)
    await camera.start("127.0.0.1", port)
    try:
        yield camera
    finally:
        await camera.stop()


async def take(camera: RtspCamera, count: int) -> list[Packet]:
    packets: list[Packet] = []
    try:
        async for packet in camera.packets():
            assert isinstance(packet, Packet)
            packets.append(packet)
            if len(packets) == count:
                break
    finally:
        await camera.close()
    return packets


@pytest.mark.parametrize("name", ["plain.mp4", "b-frames.mp4"])
def test_what_a_camera_sends_becomes_a_clip_that_decodes(
    video: Video, frames: Callable[..., int], name: str
) -> None:
    """R01: any RTSP camera is recorded."""

    async def run() -> tuple[list[Packet], RtspCamera]:
        async with serving(video(name)) as server:
            camera = RtspCamera(f"rtsp://127.0.0.1:{server.port}/door")
            return await take(camera, 15), camera

    packets, camera = asyncio.run(run())
    segmenter = Segmenter()
    segments = [s for packet in packets for s in segmenter.feed(packet)] + segmenter.finish()
    assert frames(fmp4.join(segments).data) == 15
    assert packets[0].is_key
    assert packets[0].pts_90k == 0
    assert (camera.damage, camera.info.width, camera.info.height) == (0, 160, 90)


def test_times_go_on_across_the_loops_of_the_demo_camera(video: Video) -> None:
    async def run() -> list[Packet]:
        async with serving(video("single.mp4")) as server:
            return await take(RtspCamera(f"rtsp://127.0.0.1:{server.port}/"), 4)

    times = [packet.pts_90k for packet in asyncio.run(run())]
    assert times == [9_000 * index for index in range(4)]


def test_two_clients_see_the_same_pictures(video: Video) -> None:
    async def run() -> tuple[list[Packet], list[Packet]]:
        async with serving(video("plain.mp4")) as server:
            url = f"rtsp://127.0.0.1:{server.port}/door"
            return await asyncio.gather(take(RtspCamera(url), 5), take(RtspCamera(url), 5))

    first, second = asyncio.run(run())
    assert [packet.data for packet in first] == [packet.data for packet in second]


@pytest.mark.parametrize("login", ["", "maya:wrong@", "other:s3%20cret@"])
def test_a_wrong_password_is_refused_and_told_nowhere(video: Video, login: str) -> None:
    async def run() -> str:
        async with serving(video("plain.mp4"), user="maya", password="s3 cret") as server:
            with pytest.raises(CameraRefused) as refused:
                await take(RtspCamera(f"rtsp://{login}127.0.0.1:{server.port}/door"), 1)
            return str(refused.value) + repr(refused.value.__cause__)

    said = asyncio.run(run())
    assert not {"maya", "wrong", "s3", "other", "127.0.0.1"} & set(
        said.replace(":", " ").replace("@", " ").split()
    )


def test_the_right_password_is_accepted_by_our_client_and_by_ffmpegs(video: Video) -> None:
    async def run() -> int:
        async with serving(video("plain.mp4"), user="maya", password="s3 cret") as server:
            url = f"rtsp://maya:s3%20cret@127.0.0.1:{server.port}/door"
            packets = await take(RtspCamera(url), 3)
            command = ["ffmpeg", "-v", "error", "-xerror", "-nostdin", "-rtsp_transport", "tcp", "-i", url]
            ffmpeg = await asyncio.create_subprocess_exec(
                *command, "-frames:v", "8", "-f", "null", "-", stderr=asyncio.subprocess.PIPE
            )
            _, said = await ffmpeg.communicate()
            assert (ffmpeg.returncode, said) == (0, b"")
            return len(packets)

    assert asyncio.run(run()) == 3


def test_nobody_there_and_no_address_are_told_apart() -> None:
    async def run(url: str) -> CameraError:
        with pytest.raises(CameraError) as error:
            await open_camera(url).open()
        return error.value

    nobody, nonsense = asyncio.run(run("rtsp://127.0.0.1:1/door")), asyncio.run(run("rtsp://u:p[@/"))
    assert isinstance(nobody, CameraUnreachable)
    assert isinstance(nonsense, CameraUnreachable)
    assert nobody.what != nonsense.what


@contextlib.asynccontextmanager
async def scripted(description: str, status: str = "200 OK", after_play: bytes = b"") -> AsyncIterator[str]:
    """A camera that says one thing whatever it is asked, then `after_play`, then nothing more."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                asked = (await reader.readuntil(b"\r\n\r\n")).decode()
                number = asked.split("CSeq: ")[1].split("\r\n")[0]
                size = len(description)
                head = f"RTSP/1.0 {status}\r\nCSeq: {number}\r\nSession: 1\r\nContent-Length: {size}\r\n\r\n"
                writer.write(
                    (head + description).encode() + (after_play if asked.startswith("PLAY") else b"")
                )
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"rtsp://127.0.0.1:{server.sockets[0].getsockname()[1]}/door"


H264 = "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"


@pytest.mark.parametrize(
    ("description", "status", "error", "words"),
    [
        (
            "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 AV1/90000\r\n",
            "200 OK",
            UnsupportedCodec,
            "sends AV1",
        ),
        ("v=0\r\nm=video 0 RTP/AVP 26\r\n", "200 OK", UnsupportedCodec, "JPEG.*driver to `compat`"),
        ("v=0\r\nm=audio 0 RTP/AVP 0\r\n", "200 OK", NotAVideo, "no video"),
        ("", "200 OK", NotAVideo, "no video"),
        ("", "404 Not Found", NotAVideo, "no video"),
        ("", "403 Forbidden", CameraRefused, "does not accept"),
        ("", "500 Oops", CameraUnreachable, "error 500"),
        ("", "nonsense", CameraUnreachable, "not as a camera"),
    ],
)
def test_each_way_of_saying_no_has_its_error(
    description: str, status: str, error: type[CameraError], words: str
) -> None:
    async def run() -> None:
        async with scripted(description, status) as url:
            with pytest.raises(error, match=words):
                await take(RtspCamera(url), 1)

    asyncio.run(run())


def test_a_camera_that_sends_nothing_is_gone_after_a_while() -> None:
    async def run() -> None:
        async with scripted(H264) as url:
            with pytest.raises(CameraGone, match="no picture"):
                await take(RtspCamera(url, stall_s=0.2), 1)

    asyncio.run(run())


def test_a_camera_that_sends_rubbish_is_given_up_at_once() -> None:
    async def run() -> None:
        async with scripted(H264, after_play=b"rubbish\r\n\r\n") as url:
            with pytest.raises(CameraError, match=r"not RTSP|not as a camera"):
                await take(RtspCamera(url), 1)

    asyncio.run(run())


def test_a_camera_that_comes_back_is_recorded_again_as_a_new_run(video: Video) -> None:
    async def run() -> tuple[list[str], set[int]]:
        states: list[str] = []
        runs: set[int] = set()
        server = DemoCamera(await load(video("plain.mp4")))
        await server.start("127.0.0.1", 0)
        port = server.port
        url = f"rtsp://127.0.0.1:{port}/door"
        stream = watch(lambda: open_camera(url), first_wait_s=0.05, longest_wait_s=0.1)
        try:
            async for item in stream:
                if isinstance(item, StateChanged):
                    states.append(item.state)
                    if item.state == "away":
                        server = DemoCamera(await load(video("plain.mp4")))
                        await server.start("127.0.0.1", port)
                    continue
                if len(states) == 1:
                    await server.stop()
                runs.add(item.run)
                if len(states) == 3:
                    break
        finally:
            await stream.aclose()
            await server.stop()
        return states, runs

    states, runs = asyncio.run(run())
    assert states == ["recording", "away", "recording"]
    assert len(runs) == 2


def test_the_demo_camera_as_a_program_says_its_port_and_ends_when_told(video: Video) -> None:
    command = [
        sys.executable,
        "-m",
        "fanlight.hub.demo_camera",
        "--port",
        "0",
        "--file",
        str(video("plain.mp4")),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        words = process.stdout.readline().split()
        assert words[:2] == ["camera", "ready"]
        packets = asyncio.run(take(RtspCamera(f"rtsp://127.0.0.1:{words[2]}/door"), 2))
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(10) == 0
    assert len(packets) == 2


def test_the_demo_camera_says_in_words_why_it_cannot_start(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "fanlight.hub.demo_camera",
        "--port",
        "0",
        "--file",
        str(tmp_path / "none"),
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "cannot be opened" in done.stderr
    assert "Traceback" not in done.stderr
