"""A doorbell of another make plays our replies: GStreamer's RTSP server with an ONVIF back channel."""

import asyncio
import random
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from fanlight.hub.camera import CameraRefused
from fanlight.hub.doorbell import Mouths, NoBackChannel, Speaking, g711, talk

HERE = Path(__file__).parent
CLIP = HERE.parents[1] / "src/fanlight/hub/data/one-by-one-person-detection.mp4"
INSTALL = (
    "Run `python3 deploy/setup.py run dev test`: it installs GStreamer's RTSP server for Debian's Python."
)
NOISE = random.Random(1).randbytes(2 * 8_000 + 70)  # a second and a packet that is not full
STARTS = 4
Serve = Callable[..., tuple[int, Path]]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start servers; each returns its port, and the file that holds what came in."""
    started: list[subprocess.Popen[str]] = []

    def start(law: str, password: str = "") -> tuple[int, Path]:
        out = tmp_path / f"{len(started)}.raw"
        command = ["/usr/bin/python3", str(HERE / "gst_onvif_server.py"), str(CLIP), str(out), law, password]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        assert started[-1].stdout is not None
        port = started[-1].stdout.readline()
        assert port, INSTALL
        return int(port), out

    yield start
    for process in started:
        process.terminate()
        process.communicate()


def spoken_to(
    serve: Serve, law: g711.Law, speak: Callable[[str], Awaitable[None]], password: str = "", login: str = ""
) -> bytes:
    """Return what a server heard of what `speak` says to its address.

    In one start of thirty or so this server drops its whole back channel, however long one waits for it:
    such a start, in which nothing at all comes out, says nothing of us.
    """
    for _ in range(STARTS):
        port, out = serve(law, password)
        asyncio.run(_said(speak(f"rtsp://{login}127.0.0.1:{port}/cam")))
        if heard := out.read_bytes():
            return heard
    return b""


async def _said(spoken: Awaitable[None]) -> None:
    await spoken


@pytest.mark.parametrize("password", ["", "rïng/it"])
@pytest.mark.parametrize("law", ["PCMU", "PCMA"])
def test_a_reply_arrives_at_the_camera_byte_for_byte(law: g711.Law, password: str, serve: Serve) -> None:
    """R01: quick replies over the ONVIF back channel, with and without a password."""
    login = "bell:r%C3%AFng%2Fit@" if password else ""
    heard = spoken_to(serve, law, lambda url: talk.speak(url, NOISE), password, login)
    assert heard == g711.encode(NOISE, law)


def test_a_wrong_password_is_told_as_such(serve: Serve) -> None:
    port, out = serve("PCMU", "right")
    with pytest.raises(CameraRefused):
        asyncio.run(talk.speak(f"rtsp://bell:wrong@127.0.0.1:{port}/cam", NOISE))
    assert not out.exists() or out.read_bytes() == b""


def test_a_camera_without_a_back_channel_is_told_as_such(serve: Serve) -> None:
    port, _ = serve("none")
    with pytest.raises(NoBackChannel):
        asyncio.run(talk.speak(f"rtsp://127.0.0.1:{port}/cam", NOISE))


def test_a_camera_says_one_thing_at_a_time(serve: Serve) -> None:
    port, out = serve("PCMU")
    mouths, url = Mouths(), f"rtsp://127.0.0.1:{port}/cam"

    async def run() -> None:
        first = asyncio.ensure_future(mouths.speak("a", url, NOISE))
        await asyncio.sleep(0)
        with pytest.raises(Speaking):
            await mouths.speak("a", url, NOISE)
        await first
        with mouths.hold("a"):
            pass

    asyncio.run(run())
    assert len(out.read_bytes()) in {0, len(NOISE) // 2}, "as above: whole, or dropped by the server"
