"""What it costs to paint a privacy zone at the hub, beside a camera that is recorded as it comes.

Two recordings of a 1080p camera, 15 pictures a second and 3 Mb/s, are painted as fast as the machine can;
CPU time is the thread's own, so other work on the machine does not count. FFmpeg does the same work in the
same run.
"""

import asyncio
import os
import resource
import statistics
import subprocess
import time
from pathlib import Path

import psutil

from fanlight.hub.camera import FileCamera
from fanlight.hub.camera.paint import Painter
from fanlight.hub.options import Outline
from fanlight.hub.packet import Packet
from machine import ROOT, Figure, tell

SHARED = Path(os.environ.get("FANLIGHT_SHARED", ROOT.parent / "shared")) / "data" / "footage"
CLIPS = {"person": "person_1080p_camprofile_noisy.mp4", "traffic": "traffic_1080p_camprofile.mp4"}
ZONE: Outline = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.25), (0.5, 0.35), (0.0, 0.3))
SECONDS = 20
FPS = 15.0

FIGURES = [
    Figure(
        key="person", what="a privacy zone painted at the hub, 1080p15, noisy evening", unit="% of a core",
        how=f"CPU time of the painting thread over {SECONDS} s of it",
    ),
    Figure(
        key="traffic", what="a privacy zone painted at the hub, 1080p15, street by day", unit="% of a core",
        how="the same",
    ),
    Figure(
        key="ffmpeg", what="FFmpeg, the same street: decode, draw a box, encode", unit="% of a core",
        how="one thread, superfast, zerolatency, a keyframe a second, in the same run",
    ),
    Figure(key="rate", what="painted stream to the camera's", unit="", how="bytes, both recordings together"),
    Figure(
        key="memory", what="memory of one painted camera", unit="MB",
        how="what the process holds after six seconds of 1080p more than before",
    ),
]  # fmt: skip


def read(name: str) -> list[Packet]:
    """Return the first SECONDS of a recording."""

    async def run() -> list[Packet]:
        camera = FileCamera(SHARED / name)
        taken: list[Packet] = []
        async for packet in camera.packets():
            if not isinstance(packet, Packet) or packet.pts_90k >= SECONDS * 90_000:
                break
            taken.append(packet)
        await camera.close()
        return taken

    if not (SHARED / name).exists():
        raise SystemExit(f"{name} is not in the shared footage; set FANLIGHT_SHARED.")
    return asyncio.run(run())


def paint(packets: list[Packet]) -> tuple[float, int]:
    """Return the CPU share, percent of a core, and the bytes that come out."""
    painter = Painter(packets[0].info, (ZONE,))
    began, size = time.thread_time(), 0
    for packet in packets:
        size += sum(len(painted.data) for painted in painter.feed(packet))
    took = time.thread_time() - began
    painter.finish()
    return 100 * took / len(packets) * FPS, size


def ffmpeg(name: str) -> float:
    """Return the CPU share of FFmpeg for the same work."""
    command = [
        "ffmpeg", "-v", "error", "-nostdin", "-threads", "1", "-i", str(SHARED / name), "-t", str(SECONDS),
        "-an", "-filter_threads", "1", "-vf", "drawbox=w=iw:h=0.3*ih:t=fill:color=black", "-c:v", "libx264",
        "-preset", "superfast", "-tune", "zerolatency", "-crf", "23", "-maxrate", "3.7M", "-bufsize", "7.5M",
        "-g", str(round(FPS)), "-bf", "0", "-threads", "1", "-f", "null", "-",
    ]  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 100 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / SECONDS


def memory_mb(packets: list[Packet]) -> float:
    """Return how much more memory this process holds while a painter is at work than before."""
    process = psutil.Process()
    before = process.memory_full_info().uss
    painter = Painter(packets[0].info, (ZONE,))
    for packet in packets[:90]:
        painter.feed(packet)
    during = process.memory_full_info().uss
    painter.finish()
    return (during - before) / 1e6


def measure() -> dict[str, float]:
    """Return the figures by key."""
    shares: dict[str, list[float]] = {key: [] for key in (*CLIPS, "ffmpeg")}
    came = left = 0
    recordings = {key: read(name) for key, name in CLIPS.items()}
    memory = memory_mb(recordings["person"])
    for _ in range(3):  # in turn, and the median: a shared machine changes its pace
        for key, packets in recordings.items():
            share, size = paint(packets)
            shares[key].append(share)
            came, left = came + sum(len(packet.data) for packet in packets), left + size
        shares["ffmpeg"].append(ffmpeg(CLIPS["traffic"]))
    found = {key: statistics.median(each) for key, each in shares.items()}
    return found | {"rate": left / came, "memory": memory}


if __name__ == "__main__":
    tell(FIGURES, measure)
