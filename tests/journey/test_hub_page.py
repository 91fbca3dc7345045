"""The hub's own page by hand, in real Chromium, on a desk and a phone: a real hub alone, a real camera."""

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journey.browsing import running, walk_by_hand
from tests.journey.walking import ROOT, fanlight
from tests.ports import free_port

PYTHON = str(ROOT / ".venv" / "bin" / "python")
LOGIN = ("viewer", "a pass:word/with@signs")


@pytest.fixture
def camera() -> Iterator[str]:
    """The demo camera as its own process, behind a password; yields its address without one."""
    command = [
        PYTHON,
        "-m",
        "fanlight.hub.demo_camera",
        "--port",
        "0",
        "--user",
        LOGIN[0],
        "--password",
        LOGIN[1],
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = re.fullmatch(r"camera ready (\d+)\n", process.stdout.readline())
        assert ready is not None
        yield f"127.0.0.1:{ready[1]}/demo"
        process.send_signal(signal.SIGTERM)


@pytest.fixture
def link(tmp_path: Path) -> Iterator[str]:
    """A hub without a household; yields the link of its page."""
    home = tmp_path / "home"
    (home / "hub").mkdir(parents=True)
    settings = home / "hub" / "hub.toml"
    settings.write_text(f"[page]\nport = {free_port()}\n")
    settings.chmod(0o600)
    with running("hub ready 0\n", "hub", "run", "--home", str(home)):
        yield fanlight("hub", "page", "--home", str(home)).stdout.strip()


@pytest.mark.timeout(1_800)
def test_a_person_adds_a_camera_draws_zones_and_sees_them_take_effect(
    camera: str, link: str, tmp_path: Path
) -> None:
    """R08 R09 R51: web/e2e/hub.spec.ts says each step. What it saved is as long as it asked for."""
    out = tmp_path / "out"
    walk_by_hand(out, FANLIGHT_HUB_LINK=link, FANLIGHT_CAMERA=camera, FANLIGHT_CAMERA_LOGIN=":".join(LOGIN))
    for project in ("desk", "phone"):
        assert _length_s(out / f"film-{project}.mp4") == pytest.approx(
            3.0, abs=0.11
        )  # a picture at 10 a second
        listing = (out / f"events-{project}.csv").read_text().splitlines()
        assert listing[0].startswith("start,end,camera,label")
        assert any(",person," in line for line in listing[1:])


def _length_s(film: Path) -> float:
    show = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(film)]
    return float(subprocess.run(show, check=True, capture_output=True, text=True).stdout)
