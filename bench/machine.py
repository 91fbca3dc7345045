"""What every measurement shares: how a figure is described, the machine's load, free ports, a running demo.

In:     nothing but this machine.
Out:    Figure, `tell`, Demo and the processes of its parts.
Holds:  a demo runs in a folder of its own on ports that were free, and ends with whoever started it.
Absent: what is measured, and any judgement in time: a figure over its target is told, not failed.
"""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

ROOT = Path(__file__).resolve().parents[1]
READY = "Fanlight is ready: "
FIRST_PORT = 18420
STOP_S = 60.0
NAMES = {
    "fanlight.hub.demo_camera": "demo camera",
    "fanlight.hub": "hub",
    "fanlight.server": "server",
    "fanlight.witness": "witness",
    "fanlight.postmedia": "postmedia",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table: `key` names it in a script's `measure()`, `how` says how it was got."""

    key: str
    what: str
    unit: str
    how: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def target(self) -> str:
        """The target in words, empty where there is none."""
        if self.at_most is not None:
            return f"at most {self.at_most:g} {self.unit}".strip()
        return f"at least {self.at_least:g} {self.unit}".strip() if self.at_least is not None else ""

    def is_met_by(self, value: float) -> bool:
        """Tell whether `value` keeps to the target; so does anything where there is none."""
        over = self.at_most is not None and value > self.at_most
        under = self.at_least is not None and value < self.at_least
        return not (over or under)

    def text(self, value: float) -> str:
        """Return `value` as people read it."""
        digits = 3 if value < 1 else 2 if value < 10 else 1 if value < 100 else 0  # noqa: PLR2004
        return f"{value:,.{digits}f} {self.unit}".strip()


def load() -> str:
    """Return the load of the last minute, and on how many cores."""
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def tell(figures: Sequence[Figure], measure: Callable[[], dict[str, float]]) -> None:
    """Measure and print the figures, with the load before and after."""
    before = load()
    found = measure()
    print(f"load {before} before, {load()} after")
    for figure in figures:
        value = found[figure.key]
        judged = (
            f"({figure.target}: {'met' if figure.is_met_by(value) else 'NOT met'})" if figure.target else ""
        )
        print(f"{figure.what:>58}: {figure.text(value)} {judged}".rstrip())


def free_ports() -> int:
    """Return a port that is free together with the two after it."""
    for _ in range(100):
        port = FIRST_PORT + 3 * secrets.randbelow(400)  # two measurements at once look at different ones
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for number in range(port, port + 3):
                probe = stack.enter_context(socket.socket())
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", number))
            return port
    raise SystemExit("There are no three free ports in a row.")


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="fl-bench-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


class Demo:
    """`fanlight up` as a person starts it. `ready_s` is how long it took to its ready line.

    Args:
        home: its state folder; what it says goes to a file beside it.
        command: the program, for a demo of another checkout.
        timeout_s: how long it may take.
    """

    def __init__(self, home: Path, *, command: Path | None = None, timeout_s: float = 120.0) -> None:
        """Start it; raises SystemExit with what it said if it does not become ready."""
        self.home, self.port = home, free_ports()
        self.url = f"http://localhost:{self.port}"
        self._said = home.with_name(f"{home.name}.said")
        program = command or Path(sys.executable).with_name("fanlight")
        started = time.monotonic()
        with self._said.open("w") as out:
            self.process = subprocess.Popen(
                [str(program), "up", "--home", str(home), "--port", str(self.port)],
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait(started + timeout_s)
        except BaseException:
            self.stop()
            raise
        self.ready_s = time.monotonic() - started

    def __enter__(self) -> Self:
        """Run."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def _wait(self, deadline: float) -> None:
        while READY not in self._said.read_text():
            self.check()
            if time.monotonic() > deadline:
                raise SystemExit(f"The demo was not ready in time. It said:\n{self._said.read_text()}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop it as Ctrl-C does, and wait."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def check(self) -> None:
        """Raise SystemExit with its last words if it has ended by itself."""
        if self.process.poll() is not None:
            raise SystemExit(f"The demo ended by itself:\n{self._said.read_text()}")

    def parts(self) -> dict[str, list[psutil.Process]]:
        """Return the processes of each part by its name; `up` is the starter with the keyring."""
        up = psutil.Process(self.process.pid)
        found = {"up": [up]}
        for child in up.children():
            with contextlib.suppress(psutil.NoSuchProcess):
                found.setdefault(_name(child.cmdline()), []).extend([child, *child.children(recursive=True)])
        return found


def _name(command: list[str]) -> str:
    if "-m" in command:
        return NAMES.get(command[command.index("-m") + 1], "other")
    return "database" if any("postgres" in word for word in command[:4]) else "other"


def memory(processes: Sequence[psutil.Process]) -> int:
    """Return bytes of memory, pages shared by several processes divided among them."""
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            total += process.memory_full_info().pss
    return total


def cpu_s(processes: Sequence[psutil.Process]) -> float:
    """Return the CPU seconds that processes have used."""
    return sum(times.user + times.system for times in (process.cpu_times() for process in processes))
