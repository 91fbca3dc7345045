"""Small real videos, made once with ffmpeg, and a way to read and to check them."""

import asyncio
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.hub.towns import house

from fanlight.hub.camera import FileCamera, Packet
from fanlight.hub.segmenter import Segment, Segmenter

__all__ = ["house"]  # a fixture

START = datetime(2026, 11, 21, 18, 36, 41, tzinfo=UTC)
_X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
_RECIPES: dict[str, tuple[str, list[str]]] = {
    "plain.mp4": ("testsrc2=d=4:s=160x90:r=10", [*_X264, "-g", "10", "-bf", "0"]),
    "b-frames.mp4": ("testsrc2=d=4:s=160x90:r=10", [*_X264, "-preset", "medium", "-g", "12", "-bf", "3"]),
    "open-gop.mkv": (
        "testsrc2=d=4:s=160x90:r=10",
        [*_X264, "-preset", "medium", "-g", "12", "-bf", "3", "-x264-params", "open-gop=1:scenecut=0"],
    ),
    "long-gop.mp4": ("testsrc2=d=25:s=64x64:r=5", [*_X264, "-g", "999", "-bf", "2", "-preset", "medium"]),
    "start-codes.ts": ("testsrc2=d=3:s=160x90:r=10", [*_X264, "-g", "10"]),
    "h264-without-times.avi": (
        "testsrc2=d=3:s=160x90:r=10",
        [*_X264, "-preset", "medium", "-g", "10", "-bf", "2"],
    ),
    "single.mp4": ("testsrc2=s=160x90:r=10", [*_X264, "-frames:v", "1"]),
    "vfr.mkv": (
        "testsrc2=d=4:s=160x90:r=10",
        [*_X264, "-vf", "select='not(mod(n,7))+not(mod(n,3))'", "-fps_mode", "vfr", "-g", "5"],
    ),
    "hevc.mp4": ("testsrc2=d=2:s=160x90:r=10", ["-c:v", "libx265", "-x265-params", "log-level=none"]),
    "odd.mkv": ("testsrc2=d=2:s=161x91:r=10", ["-c:v", "ffv1"]),
    "ten-bit.mp4": ("testsrc2=d=2:s=160x90:r=10", ["-c:v", "libx264", "-pix_fmt", "yuv420p10le"]),
    "mpeg4.avi": ("testsrc2=d=3:s=160x90:r=12", ["-c:v", "mpeg4", "-bf", "2"]),
    "motion.gif": ("testsrc2=d=1:s=64x64:r=10", []),
    "picture.png": ("testsrc2=s=64x64", ["-frames:v", "1"]),
    "with-sound.mp4": (
        "testsrc2=d=2:s=160x90:r=10[out0];sine=d=2[out1]",
        [*_X264, "-g", "10", "-c:a", "aac", "-shortest"],
    ),
    "adts.ts": (
        "testsrc2=d=2:s=160x90:r=10[out0];sine=d=2[out1]",
        [*_X264, "-g", "10", "-c:a", "aac", "-shortest"],
    ),
    "opus.mkv": (
        "testsrc2=d=2:s=160x90:r=10[out0];sine=d=2[out1]",
        [*_X264, "-g", "10", "-c:a", "libopus", "-shortest"],
    ),
    "ulaw.mov": (
        "testsrc2=d=2:s=160x90:r=10[out0];sine=d=2:r=8000[out1]",
        [*_X264, "-g", "10", "-c:a", "pcm_mulaw", "-shortest"],
    ),
    "sound-only.m4a": ("sine=d=1", ["-c:a", "aac"]),
}


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the path of a made video by its name in the recipes."""
    folder = tmp_path_factory.mktemp("video")

    def make(name: str) -> Path:
        path = folder / name
        if not path.exists():
            source, options = _RECIPES[name]
            graph = ["-f", "lavfi", "-i", source]
            command = [
                "ffmpeg",
                "-v",
                "error",
                "-nostdin",
                "-threads",
                "1",
                *graph,
                *options,
                "-threads",
                "1",
                str(path),
            ]
            subprocess.run(command, check=True)
        return path

    return make


@pytest.fixture
def read() -> Callable[[Path], tuple[list[Packet], FileCamera]]:
    """Return every packet of a file and the driver that read it."""

    def run(path: Path) -> tuple[list[Packet], FileCamera]:
        async def whole() -> tuple[list[Packet], FileCamera]:
            camera = FileCamera(path, start=START)
            try:
                packets = [one async for one in camera.packets() if isinstance(one, Packet)]
                return packets, camera
            finally:
                await camera.close()

        return asyncio.run(whole())

    return run


@pytest.fixture
def cut() -> Callable[[list[Packet]], list[Segment]]:
    """Return packets as segments."""

    def run(packets: list[Packet]) -> list[Segment]:
        segmenter = Segmenter()
        return [s for packet in packets for s in segmenter.feed(packet)] + segmenter.finish()

    return run


@pytest.fixture
def frames(tmp_path: Path) -> Callable[..., int]:
    """Return how many pictures a clip decodes to; fails on any message of the decoder if it is `strict`."""

    def run(clip: bytes, *, strict: bool = True) -> int:
        path = tmp_path / "clip.mp4"
        path.write_bytes(clip)
        command = [
            "ffmpeg",
            "-v",
            "error",
            "-xerror",
            "-nostdin",
            "-i",
            str(path),
            "-fps_mode",
            "passthrough",
            "-f",
            "framecrc",
            "-",
        ]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert not strict or (done.returncode, done.stderr) == (0, "")
        return sum(not line.startswith("#") for line in done.stdout.splitlines())

    return run


@pytest.fixture
def probed_s(tmp_path: Path) -> Callable[[bytes], float]:
    """Return the duration, seconds, that ffprobe gives a clip."""

    def run(clip: bytes) -> float:
        path = tmp_path / "probed.mp4"
        path.write_bytes(clip)
        command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    return run
