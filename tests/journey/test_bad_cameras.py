"""A camera that cannot be read says so in three sentences, and nothing else happens."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journey.walking import DEMO_CLIP, fanlight, walk


@pytest.fixture(scope="module")
def locked_camera() -> Iterator[str]:
    """Our own RTSP server with a password; yields its host and port."""
    command = [
        sys.executable,
        "-m",
        "fanlight.hub.demo_camera",
        "--port",
        "0",
        "--user",
        "door",
        "--password",
        "right",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as camera:
        assert camera.stdout is not None
        yield f"127.0.0.1:{camera.stdout.readline().split()[-1]}"
        camera.terminate()


def _refused(camera: str, out: Path) -> str:
    result = fanlight("tour", "--camera", camera, "--out", str(out))
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert result.stderr.count("Kept:") == result.stderr.count("To do:") == 1
    return result.stderr


def test_an_unreachable_camera_says_so(tmp_path: Path) -> None:
    assert "camera.unreachable" in _refused("rtsp://127.0.0.1:9/nothing", tmp_path)


def test_a_wrong_password_says_so_and_does_not_print_it(tmp_path: Path, locked_camera: str) -> None:
    said = _refused(f"rtsp://door:wr0ng-one@{locked_camera}/demo", tmp_path)
    assert "camera.refused" in said
    assert "wr0ng-one" not in said


def test_a_file_that_is_no_video_says_so(tmp_path: Path) -> None:
    page = tmp_path / "page.mp4"
    page.write_text("<html>not a video</html>")
    assert "camera.not_a_video" in _refused(str(page), tmp_path / "out")


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    assert "camera.unreachable" in _refused(str(tmp_path / "none.mp4"), tmp_path / "out")


def test_a_truncated_file_gives_what_can_be_read_of_it(tmp_path: Path) -> None:
    """A stream with a hole and no end: the first visits are there, and the tour goes on to its end."""
    whole, cut = tmp_path / "whole.ts", tmp_path / "cut.ts"
    remux = ["ffmpeg", "-v", "error", "-i", str(DEMO_CLIP), "-c", "copy", "-f", "mpegts", str(whole)]
    subprocess.run(remux, check=True)
    data = whole.read_bytes()
    cut.write_bytes(data[: len(data) // 3] + b"\x00" * 5_000 + data[len(data) // 3 + 5_000 : len(data) // 2])
    toured = walk(str(cut), tmp_path / "out")
    assert toured.result.returncode == 0, toured.result.stdout + toured.result.stderr
    assert {event["label"] for event in toured.report["events"]} == {"person"}
