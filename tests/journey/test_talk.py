"""Talk and sound in real Chromium: a doorbell of another make, a camera with sound, a made microphone."""

import math
import struct
import subprocess
import sys
import wave
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from tests.journey.browsing import DESK, walk_by_hand
from tests.journey.walking import DEMO_CLIP, ROOT
from tests.ports import free_port

from fanlight.cli import up
from fanlight.hub.options import Camera
from fanlight.hub.settings import read_options, write_options
from fanlight.model.ids import new_id

TONE_HZ, RATE_HZ = 1_000, 48_000
DOORBELL = ROOT / "tests" / "peers" / "gst_onvif_server.py"


@dataclass
class Town:
    """A demo with two cameras more: `doorbell` plays what is said to it into `spoken`."""

    url: str
    doorbell: subprocess.Popen[str]
    spoken: Path


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Run the demo; its household has a doorbell by GStreamer and a porch with sound."""
    home, spoken = tmp_path / "home", tmp_path / "spoken.raw"
    with ExitStack() as stack:

        def start(*command: str) -> tuple[subprocess.Popen[str], str]:
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            stack.callback(process.kill)
            assert process.stdout is not None
            return process, process.stdout.readline().split()[-1]

        bell, bell_port = start("/usr/bin/python3", str(DOORBELL), str(DEMO_CLIP), str(spoken), "PCMU", "")
        _, porch_port = start(
            sys.executable, "-m", "fanlight.hub.demo_camera", "--port", "0", "--sound", "aac"
        )
        running, _ = stack.enter_context(up.running(home, free_port(), demo=True))
        file = read_options(home / "hub")
        more = (
            Camera(id=new_id(), name="Doorbell", url=f"rtsp://127.0.0.1:{bell_port}/cam"),
            Camera(id=new_id(), name="Porch", url=f"rtsp://127.0.0.1:{porch_port}/demo", audio=True),
        )
        cameras = (*file.options.camera, *more)
        write_options(home / "hub", msgspec.structs.replace(file.options, camera=cameras), file)
        yield Town(running.url, bell, spoken)


def bursts(path: Path) -> None:
    """Write what the microphone hears: a tone that comes and goes, which no noise filter takes for noise."""
    samples = [
        int(12_000 * math.sin(2 * math.pi * TONE_HZ * at / RATE_HZ)) if at % 24_000 < 14_000 else 0
        for at in range(RATE_HZ * 6)
    ]
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))


def strength(samples: list[int], hertz: float) -> float:
    """Return how strong one tone is in sound of 8 kHz (Goertzel), as a share of all of it."""
    turn = 2 * math.pi * hertz / 8_000
    real = sum(sample * math.cos(turn * at) for at, sample in enumerate(samples))
    imaginary = sum(sample * math.sin(turn * at) for at, sample in enumerate(samples))
    whole = sum(sample * sample for sample in samples) or 1
    return 2 * (real**2 + imaginary**2) / (whole * len(samples))


def linear(code: int) -> int:
    """Return the sample that a byte of mu-law stands for (ITU-T G.711)."""
    flipped = ~code & 0xFF
    size = (((flipped & 15) << 3) + 0x84) << (flipped >> 4 & 7)
    return 0x84 - size if flipped & 0x80 else size - 0x84


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("decoder", ["webcodecs", "mse"])
def test_a_doorbell_plays_what_is_said_and_a_camera_is_heard(
    town: Town, tmp_path: Path, decoder: str
) -> None:
    """R01 R03 R52: web/e2e/talk.spec.ts says each step; what the microphone heard is at the doorbell."""
    bursts(tmp_path / "microphone.wav")
    walk_by_hand(
        tmp_path / "out",
        *("--config", "playwright.talk.config.ts", *DESK),
        FANLIGHT_URL=town.url,
        FANLIGHT_MICROPHONE=str(tmp_path / "microphone.wav"),
        FANLIGHT_SPOKEN=str(town.spoken),
        FANLIGHT_DOORBELL_PID=str(town.doorbell.pid),
        FANLIGHT_NO_WEBCODECS="1" if decoder == "mse" else "0",
    )
    samples = [linear(code) for code in town.spoken.read_bytes()]
    # Packets of 20 ms: on a busy machine some are left out between them, and none is altered.
    pieces = [samples[at : at + 160] for at in range(0, len(samples) - 160, 160)]
    loud = [piece for piece in pieces if max(map(abs, piece)) > 500]
    assert loud
    assert sorted(strength(piece, TONE_HZ) for piece in loud)[len(loud) // 2] > 0.5
    assert sorted(strength(piece, 1.7 * TONE_HZ) for piece in loud)[len(loud) // 2] < 0.1
