"""What the hub's own page costs: memory before and after it is opened, and how long the first look takes."""

import statistics
import subprocess
import sys
import time

import httpx
import psutil

from fanlight.hub.page import load_page_key
from machine import ROOT, Figure, free_ports, memory, scratch, tell

RUNS = 3
READS = 50
MB = 1e6

FIGURES = [
    Figure(
        key="unread", what="hub without cameras, page not opened yet", unit="MB",
        how=f"memory, shared pages divided; median of {RUNS}",
    ),
    Figure(key="read", what="the same, page opened", unit="MB", how=f"after {READS} calls"),
    Figure(
        key="first", what="hub's page: first answer", unit="s",
        how="from connecting; loads the framework; no answer before it",
    ),
    Figure(key="next", what="hub's page: an answer after that", unit="ms", how=f"median of {READS}"),
]  # fmt: skip


def measure() -> dict[str, float]:
    """Return memory and times, each the median of some runs."""
    runs = [_one() for _ in range(RUNS)]
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def _one() -> dict[str, float]:
    with scratch() as folder:
        port = free_ports()
        (folder / "hub.toml").write_text(f"[page]\nport = {port}\n")
        command = [sys.executable, "-m", "fanlight.hub", "--home", str(folder)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as hub:
            try:
                assert hub.stdout is not None
                assert hub.stdout.readline().startswith("hub ready")
                return _look(hub.pid, port, load_page_key(folder))
            finally:
                hub.terminate()


def _look(pid: int, port: int, key: str) -> dict[str, float]:
    time.sleep(2)  # what a start leaves behind is given back
    process = psutil.Process(pid)
    unread = memory([process])
    headers = {"Authorization": f"Bearer {key}"}
    took = []
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client:
        for _ in range(1 + READS):
            began = time.perf_counter()
            client.get("/api/hub").raise_for_status()
            took.append(time.perf_counter() - began)
    return {
        "unread": unread / MB,
        "read": memory([process]) / MB,
        "first": took[0],
        "next": statistics.median(took[1:]) * 1000,
    }


if __name__ == "__main__":
    tell(FIGURES, measure)
