"""Record 40 cameras for an hour under a quota of 4 GB: flat memory, no gap, nothing abandoned, a clean check.

    python bench/soak_hub.py                   40 cameras, an hour
    python bench/soak_hub.py --minutes 10      a short try
    python bench/soak_hub.py --kills 200       `kill -9` of a recording process, 200 times at random

The cameras are those of `recording.py`, the recorder is `recorder.py`: the hub's drivers, segmenter and
journal. Fails (status 1) if a camera's recording has a gap, if a segment was abandoned, if `fanlight check`
finds anything, if the files outgrow the quota, or if memory grew by more than a tenth: the mean of the last
tenth of the samples beside that of the first after the warm-up.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import psutil

import recording
from fanlight.hub.journal import Journal, Limits
from fanlight.hub.journal.check import check
from fanlight.model import clock
from fanlight.model.check import State
from machine import ROOT, load, memory, scratch

QUOTA_BYTES = 4 << 30  # as in recorder.py
SAMPLE_S = 10.0
GROWTH = 0.10
MB = 1_000_000


def record(folder: Path, urls: list[str], seconds: float) -> tuple[list[tuple[float, int]], list[str]]:
    """Record that long; return samples of memory and what went wrong."""
    command = [sys.executable, str(ROOT / "bench" / "recorder.py"), str(folder), *urls]
    samples: list[tuple[float, int]] = []
    faults: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as recorder:
        assert recorder.stdout is not None
        assert recorder.stdout.readline() == "recording\n"
        began = told = time.monotonic()
        while time.monotonic() - began < seconds and recorder.poll() is None:
            time.sleep(min(SAMPLE_S, seconds))
            samples.append((time.monotonic() - began, memory([psutil.Process(recorder.pid)])))
            if time.monotonic() - told > 6 * SAMPLE_S:
                told = time.monotonic()
                taken = sum(path.stat().st_size for path in (folder / "segments").rglob("?" * 26))
                print(
                    f"{samples[-1][0] / 60:6.1f} min, load {load()}: {samples[-1][1] / MB:.1f} MB of memory,"
                    f" {taken / MB:.0f} MB of files",
                    flush=True,
                )
                if taken > QUOTA_BYTES * 1.01:  # a file that is open is written to while it is counted
                    faults.append(f"The files take {taken} bytes.")
        recorder.send_signal(signal.SIGTERM)
        pictures, segments, abandoned, waits = map(int, recorder.stdout.readline().split())
    print(f"{pictures} pictures, {segments} segments, {abandoned} abandoned, {waits} times a camera was away")
    if abandoned or waits:
        faults.append(f"{abandoned} segments were abandoned, cameras were away {waits} times.")
    return samples, faults


def look(folder: Path, streams: int) -> list[str]:
    """Return what is wrong with a recording that ended."""
    faults = [
        f"{found.name}: {found.detail}"
        for found in check(folder, limits=Limits(quota_bytes=QUOTA_BYTES))
        if found.state is not State.HOLDS
    ]
    journal = Journal(folder, Limits(quota_bytes=QUOTA_BYTES))
    try:
        kept = timedelta()
        for number in range(streams):
            found = journal.spans(f"camera-{number}")
            kept += sum((end - start for start, end in found), timedelta())
            if len(found) != 1:
                faults.append(f"camera-{number} has {len(found)} stretches.")
            day = journal.between(f"camera-{number}", clock.now() - timedelta(days=1), clock.now())
            faults += [f"camera-{number} has a gap: {why}." for _, _, why in day.gaps if why != "stopped"]
    finally:
        journal.close()
    print(f"kept: {kept / streams} a camera, without a gap" if not faults else "\n".join(faults))
    return faults


def grown(samples: list[tuple[float, int]], warm_up_s: float) -> float:
    """Return by how much memory grew after the warm-up, 0.1 for a tenth."""
    after = [size for at, size in samples if at >= warm_up_s]
    few = max(len(after) // 10, 1)
    return statistics.mean(after[-few:]) / statistics.mean(after[:few]) - 1


def soak(seconds: float, warm_up_s: float) -> int:
    """Record and look; return an exit status."""
    with scratch() as folder:
        clip = folder / "clip.mp4"
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *recording._CLIP, str(clip)], check=True)  # noqa: SLF001
        with recording.cameras(clip) as urls:
            samples, faults = record(folder / "hub", urls, seconds)
        faults += look(folder / "hub", len(urls))
    growth = grown(samples, warm_up_s)
    top = max(size for _, size in samples) / MB
    print(f"memory: at most {top:.1f} MB, {growth:+.1%} after {warm_up_s / 60:.1f} minutes")
    if growth > GROWTH:
        faults.append(f"Memory grew by {growth:.0%}.")
    print(f"{seconds / 60:.0f} minutes, {len(faults)} faults")
    return 1 if faults else 0


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--kills", type=int, help="instead of soaking, kill so often and check each time")
    given = parser.parse_args()
    if given.kills:
        command = [sys.executable, "-m", "pytest", "-q", "-s", str(ROOT / "tests/fault/test_kill.py")]
        environment = {**os.environ, "FANLIGHT_KILLS": str(given.kills)}
        return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode
    return soak(given.minutes * 60, min(given.minutes * 60 / 4, 600))


if __name__ == "__main__":
    sys.exit(main())
