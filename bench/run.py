"""Measure everything and write docs/ref/performance.md.

    python bench/run.py                 all of it, about a quarter of an hour
    python bench/run.py seal receipt    only those; the other lines of the page stay as they are

A figure that misses its target is told in the page; nothing fails because of a time.
"""

import argparse
import importlib
import platform
import re
import sys
import time
from pathlib import Path
from typing import Protocol, cast

from machine import ROOT, Figure, load

PAGE = ROOT / "docs" / "ref" / "performance.md"
SCRIPTS = (
    "bundle", "start", "event_to_playable", "receipt", "player", "seal", "recording", "hub", "log", "privacy",
    "press", "push", "pushes", "live", "live_screen", "vault", "page", "export", "timeline", "timeline_app",
    "custody", "detector",
    "detector_events", "detector_misses", "simulate", "record", "record_whole",
    "package", "decision", "incidents", "cell", "postmedia", "feed", "yearly",
)  # fmt: skip
HEAD = """# Performance

Written by `make bench`. Each line was measured on one machine in one run, with the load that is given: how
many processes wanted a core on average in the minute before it and in its last minute. Where a peer does
the same work, both ran in turn or together and the ratio counts; otherwise the figure is a median.

{machine}

| what | figure | target | how measured | load |
| --- | --- | --- | --- | --- |
"""


class Script(Protocol):
    """What each script here offers."""

    FIGURES: list[Figure]

    def measure(self) -> dict[str, float]:
        """Return the figures by key."""


def model() -> str:
    """Return what this machine is, in one sentence."""
    text = Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    cpu = found[1].strip() if found else platform.machine()
    cores = load().partition(" on ")[2]
    return f"Machine: {cpu}, {cores}; {platform.system()}, Python {platform.python_version()}."


def lines_of(name: str) -> list[str]:
    """Run one script; return its lines of the table."""
    script = cast(Script, importlib.import_module(name))
    before, started = load().partition(" ")[0], time.monotonic()
    print(f"{name} ...", flush=True)
    found = script.measure()
    after = load().partition(" ")[0]
    print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    rows = []
    for figure in script.FIGURES:
        value = found[figure.key]
        missed = "" if figure.is_met_by(value) else " (missed)"
        cells = [
            figure.what,
            f"{figure.text(value)}{missed}",
            figure.target,
            figure.how,
            f"{before}, {after}",
        ]
        rows.append("| " + " | ".join(cells) + " |")
        print(f"  {figure.what}: {cells[1]}", flush=True)
    return rows


def kept_of(name: str) -> list[str]:
    """Return the lines of a script that the page has already."""
    script = cast(Script, importlib.import_module(name))
    old = PAGE.read_text().splitlines() if PAGE.exists() else []
    return [
        line
        for figure in script.FIGURES
        for line in old
        if line.startswith(f"| {figure.what} |") and f" | {figure.how} | " in line
    ]


def main() -> int:
    """Measure what was named, or all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(SCRIPTS))
    wanted = parser.parse_args().names or list(SCRIPTS)
    if unknown := set(wanted) - set(SCRIPTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    for measured in wanted:
        found = lines_of(measured)
        rows = [row for name in SCRIPTS for row in (found if name == measured else kept_of(name))]
        PAGE.write_text(HEAD.format(machine=model()) + "\n".join(rows) + "\n")
    print(f"Written: {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
