"""Run the demo for hours: memory of each part, sizes of its folders, and the record checked over and over.

    python bench/soak.py --hours 8      what `make soak-town` does
    python bench/soak.py --minutes 3    a short try

Fails (status 1) if a part ends, if the record does not hold, or if a part's memory grows by more than 30 %
after the first half hour: the mean of the last tenth of the samples beside that of the first tenth after it.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from machine import Demo, load, memory, scratch

GROWTH = 0.30
WARM_UP_S = 1800.0
SAMPLE_S = 60.0
VERIFY_S = 600.0
FOLDERS = ("hub", "blobs", "log", "postgres", "server", "witness")
MB = 1_000_000


@dataclass(slots=True)
class Soak:
    """What was seen so far. `memory` holds (seconds since the start, bytes) of each part."""

    demo: Demo
    began: float = field(default_factory=time.monotonic)
    memory: dict[str, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)
    checks: int = 0

    @property
    def lasted(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    def sample(self) -> None:
        """Note and print memory and folders."""
        for name, processes in self.demo.parts().items():
            self.memory[name].append((self.lasted, memory(processes)))
        parts = ", ".join(f"{name} {samples[-1][1] / MB:.0f}" for name, samples in self.memory.items())
        folders = ", ".join(f"{name} {size_of(self.demo.home / name) / MB:.1f}" for name in FOLDERS)
        print(
            f"{self.lasted / 60:7.1f} min, load {load()}; MB of memory: {parts}; on disk: {folders}",
            flush=True,
        )

    def verify(self) -> None:
        """Check the whole record as `fanlight verify` does."""
        command = [str(Path(sys.executable).with_name("fanlight")), "verify", self.demo.url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.checks += 1
        print(f"{self.lasted / 60:7.1f} min, record: {done.stdout.strip().splitlines()[-1:]}", flush=True)
        if done.returncode != 0:
            self.faults.append(
                f"After {self.lasted / 60:.0f} minutes the record does not hold:\n{done.stdout}"
            )

    def growth(self, warm_up_s: float) -> dict[str, float]:
        """Return by how much each part grew after the warm-up, 0.1 for a tenth."""
        grown = {}
        for name, samples in self.memory.items():
            after = [size for at, size in samples if at >= warm_up_s]
            few = max(len(after) // 10, 1)
            if len(after) > 1:
                grown[name] = statistics.mean(after[-few:]) / statistics.mean(after[:few]) - 1
        return grown


def size_of(folder: Path) -> int:
    """Return the bytes of all files below a folder, as far as they stay while it is read."""
    total = 0
    for above, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(above) / name).lstat().st_size
            except FileNotFoundError:
                continue
    return total


def run(seconds: float, sample_s: float, verify_s: float, warm_up_s: float) -> int:
    """Run the demo that long; return an exit status."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    with scratch() as folder, Demo(folder / "home") as demo:
        soak = Soak(demo)
        next_check = verify_s
        while soak.lasted < seconds and not stopping.wait(min(sample_s, max(seconds - soak.lasted, 0))):
            demo.check()
            soak.sample()
            if soak.lasted >= next_check:
                soak.verify()
                next_check += verify_s
        soak.verify()
    for name, grown in soak.growth(warm_up_s).items():
        print(f"{name:>12}: {grown:+.1%} after the first {warm_up_s / 60:.0f} minutes")
        if grown > GROWTH:
            soak.faults.append(f"The memory of the {name} grew by {grown:.0%}.")
    for fault in soak.faults:
        print(fault)
    print(f"{soak.lasted / 3600:.2f} hours, {soak.checks} checks of the record, {len(soak.faults)} faults")
    return 1 if soak.faults else 0


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--minutes", type=float, help="a short try, in place of hours")
    given = parser.parse_args()
    if given.minutes:
        seconds = given.minutes * 60
        return run(seconds, seconds / 12, seconds / 3, seconds / 2)
    return run(given.hours * 3600, SAMPLE_S, VERIFY_S, WARM_UP_S)


if __name__ == "__main__":
    sys.exit(main())
