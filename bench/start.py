"""How long `fanlight up` takes to its ready line: a new home, a known home, and a fresh clone.

The fresh clone is set up by what `make run` does (deploy/setup.py, then `fanlight up`), with whatever the
package caches of this machine hold; the port is another than 8420, which somebody may be using.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from machine import ROOT, Demo, Figure, scratch, tell

RUNS = 5
COLD_TIMEOUT_S = 600.0

FIGURES = [
    Figure(
        key="fresh", what="`fanlight up` with a new home", unit="s", at_most=5,
        how=f"set-up state, to the ready line; median of {RUNS}",
    ),
    Figure(
        key="again", what="`fanlight up` with a known home", unit="s", at_most=5,
        how=f"the start after each of those; median of {RUNS}",
    ),
    Figure(
        key="cold", what="`make run` in a fresh clone", unit="s", at_most=60,
        how="set-up and start, package caches warm, to the ready line; one run",
    ),
]  # fmt: skip


def warm() -> tuple[float, float]:
    """Return seconds to the ready line of a new home, then of the same home again."""
    with scratch() as folder:
        with Demo(folder / "home") as first:
            pass
        with Demo(folder / "home") as second:
            pass
    return first.ready_s, second.ready_s


def cold() -> float:
    """Clone, set up and start; return seconds from the first command after the clone to the ready line."""
    with scratch() as folder:
        clone = folder / "fanlight"
        subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(clone)], check=True)
        started = time.monotonic()
        subprocess.run(
            ["make", "--silent", "setup"],
            cwd=clone,
            env=_clean(),
            stdout=sys.stderr,
            timeout=COLD_TIMEOUT_S,
            check=True,
        )
        set_up = time.monotonic() - started
        with Demo(folder / "home", command=clone / ".venv" / "bin" / "fanlight") as demo:
            return set_up + demo.ready_s


def _clean() -> dict[str, str]:
    """Return this environment without the virtual environment that we run in."""
    inside = str(Path(sys.prefix) / "bin")
    path = [part for part in os.environ["PATH"].split(os.pathsep) if part != inside]
    kept = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "MAKEFLAGS"}}
    return {**kept, "PATH": os.pathsep.join(path)}


def measure() -> dict[str, float]:
    """Return medians in seconds, and the one cold start."""
    first, second = zip(*(warm() for _ in range(RUNS)), strict=True)
    return {"fresh": statistics.median(first), "again": statistics.median(second), "cold": cold()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cold", action="store_true", help="only the fresh clone")
    if parser.parse_args().cold:
        tell(FIGURES[2:], lambda: {"cold": cold()})
    else:
        tell(FIGURES, measure)
