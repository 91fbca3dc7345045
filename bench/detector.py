"""What noticing costs: our detector beside DVR-Scan's default and beside decoding everything for MOG2.

All read the same file in one run, one after the other; the figure is CPU time without the start of each
(imports, model; for a peer what it needs for the first second). DVR-Scan runs as it comes and writes its
events; MOG2 is OpenCV's with its defaults on pictures scaled to 640 x 360. The quiet recordings are 1080p,
15 pictures a second, somebody or
something in view for 5 % of the time (`detector_footage.py`).

    python bench/detector.py            the table
    python bench/detector.py FILE       what our detector finds in a file, and what it costs
"""

import asyncio
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from detector_footage import CAMERA, CLIP, TRAFFIC, Stretch, padded
from fanlight.hub.camera import FileCamera
from fanlight.hub.detector import Closed, Detector, Event
from fanlight.hub.packet import Packet
from machine import ROOT, Figure, scratch, tell

ACTIVE = 0.05
HOUR_S = 3600.0
START = datetime(2026, 11, 21, 18, tzinfo=UTC)
PEERS = ROOT / ".tools" / "peers" / "bin"
MOG2 = """
import sys, cv2
video, model, active = cv2.VideoCapture(sys.argv[1]), cv2.createBackgroundSubtractorMOG2(), 0
while (read := video.read())[0]:
    mask = model.apply(cv2.resize(read[1], (640, 360)))
    active += cv2.countNonZero(mask) > 900
print(active)
"""
PERSON = Stretch(CLIP, (6.0, 19.6), (6.5, 19.0), 2.0)
CARS = Stretch(TRAFFIC, (5.0, 15.0), (5.0, 15.0), 5.0)


def _figures() -> list[Figure]:
    clips = {"person": "a visitor, 1080p, 5 % active"}
    clips |= {"traffic": "traffic, 1080p, 5 % active"} if TRAFFIC.exists() else {}
    clips["small"] = "the 768 x 432 clip, 74 % active"
    found: list[Figure] = []
    for key, clip in clips.items():
        quiet = key != "small"
        found += [
            Figure(
                key=f"{key}_ours", what=f"detector: {clip}", unit="CPU s per video-hour",
                how="CPU of the process, start left out", at_most=100 if quiet else None,
            ),
            Figure(
                key=f"{key}_dvr", what=f"DVR-Scan 1.8 to detector: {clip}", unit="",
                how="ratio of CPU times in one run, starts left out; DVR-Scan's default",
                at_least=40 if quiet else None,
            ),
            Figure(
                key=f"{key}_mog2", what=f"MOG2 on every picture to detector: {clip}", unit="",
                how="the same; OpenCV decodes, scales to 640 x 360 and subtracts",
                at_least=5 if quiet else None,
            ),
        ]  # fmt: skip
    return found


FIGURES = _figures()


def children_s() -> float:
    """Return the CPU seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cost_of(command: list[str]) -> tuple[float, str]:
    """Run a command; return its CPU seconds and what it printed."""
    before = children_s()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return children_s() - before, done.stdout


def peers() -> Path:
    """Return the folder of the peers' programs; install them first where they lack, and say so."""
    if not (PEERS / "dvr-scan").exists():
        print("installing peers into .tools/peers, as deploy/setup.py does for tests ...", flush=True)
        subprocess.run([sys.executable, str(ROOT / "deploy" / "setup.py"), "run", "dev", "test"], check=True)
    return PEERS


async def watch(path: Path, detector: Detector) -> tuple[list[Event], float]:
    """Return what a detector finds in a file, and the file's length in seconds."""
    camera = FileCamera(path, start=START)
    changes, last = [], 0
    async for packet in camera.packets():
        if isinstance(packet, Packet):
            changes += detector.feed(packet)
            last = max(last, packet.pts_90k)
    await camera.close()
    changes += detector.finish()
    return [change.event for change in changes if isinstance(change, Closed)], last / 90_000


def ours(path: Path) -> tuple[list[Event], float, float]:
    """Return events, length and CPU seconds, without those of loading the model once."""
    from fanlight.hub.detector.model import shipped  # noqa: PLC0415 - loaded before the clock starts

    shipped()
    began = time.process_time()
    events, length_s = asyncio.run(watch(path, Detector("a")))
    return events, length_s, time.process_time() - began


def compare(path: Path, key: str, say: Callable[[str], None]) -> dict[str, float]:
    """Return the figures of one file; what a peer needs for the first second of it is its start."""
    _, length_s, mine = ours(path)
    python, dvr_scan = str(peers() / "python"), [str(peers() / "dvr-scan"), "--ignore-user-config", "-q"]
    with scratch() as folder:
        second = folder / "second.mp4"
        cut = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(path), "-t", "1", "-c", "copy", str(second)]
        subprocess.run(cut, check=True)
        mog2, scan = (
            cost_of([*command, str(path)])[0] - cost_of([*command, str(second)])[0]
            for command in ([python, "-c", MOG2], [*dvr_scan, "-d", str(folder), "-i"])
        )
    hours = (length_s - 1) / HOUR_S
    say(
        f"{key}: {length_s:.0f} s; CPU s per hour without start: ours {mine / length_s * HOUR_S:.0f}, "
        f"MOG2 {mog2 / hours:.0f}, DVR-Scan {scan / hours:.0f}"
    )
    per_hour = mine / length_s * HOUR_S
    return {
        f"{key}_ours": per_hour,
        f"{key}_dvr": scan / hours / per_hour,
        f"{key}_mog2": mog2 / hours / per_hour,
    }


def measure() -> dict[str, float]:
    """Return CPU seconds per hour and ratios for each recording."""
    found: dict[str, float] = {}
    with scratch() as folder:
        quiet = {"person": PERSON} | ({"traffic": CARS} if TRAFFIC.exists() else {})
        for key, stretch in quiet.items():
            padded(stretch, CAMERA, folder / f"{key}.mp4", ACTIVE)
            found |= compare(folder / f"{key}.mp4", key, print)
        found |= compare(CLIP, "small", print)
    return found


def main() -> None:
    """Print the table, or what is in a file."""
    if len(sys.argv) == 1:
        tell(FIGURES, measure)
        return
    events, length_s, spent_s = ours(Path(sys.argv[1]))
    for event in events:
        begins, ends = ((at - START).total_seconds() for at in (event.start, event.end))
        print(f"{event.label:8} {event.change or '':5} {begins:7.1f} to {ends:7.1f} s  {event.score:.2f}")
    print(f"{length_s:.0f} s, {spent_s / length_s * HOUR_S:.0f} CPU s per hour")


if __name__ == "__main__":
    main()
