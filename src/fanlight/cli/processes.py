"""Start the parts of Fanlight as processes, wait until each is ready, stop all of them.

In:     a command line for each part.
Out:    what the part said on its first line of standard output, its "ready" line.
Holds:  every process started here ends with us, even if we are killed (Linux: parent-death signal).
Absent: restarts. A part that ends by itself ends the whole, with its last words.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from fanlight.model.errors import FanlightError

READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0
_PR_SET_PDEATHSIG = 1
# Looked up before any fork: a child of a program with threads must not load libraries.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class PartFailed(FanlightError):
    """A part of Fanlight did not start, or ended by itself."""

    code = "cli.part_failed"


@dataclass(slots=True)
class Part:
    """One running part: its name in messages, its process, its log file and its first line of output."""

    name: str
    process: subprocess.Popen[str]
    log: Path
    said: list[str] = field(default_factory=list)
    _log_from: int = 0
    _ready: threading.Event = field(default_factory=threading.Event)
    _reader: threading.Thread | None = None

    def wait_ready(self, timeout_s: float = READY_TIMEOUT_S) -> str:
        """Return the line with which the part said that it is ready.

        Raises:
            PartFailed: it ended, or said nothing within `timeout_s`.
        """
        deadline = time.monotonic() + timeout_s
        while not self._ready.wait(0.02):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise self.failure()
        if not self.said:
            # Its output ends a moment before it does, and how it ended is worth a moment.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_TIMEOUT_S)
            raise self.failure()
        return self.said[0]

    def read_first_line(self) -> None:
        """Read standard output to its end; the first line makes the part ready (runs in a thread)."""
        assert self.process.stdout is not None  # noqa: S101 - opened with a pipe below
        for line in self.process.stdout:
            if not self.said:
                self.said.append(line.strip())
            self._ready.set()
        self._ready.set()

    def listen(self) -> None:
        """Begin to read what it says."""
        self._reader = threading.Thread(target=self.read_first_line, daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Let go of the output of a part that has ended."""
        if self._reader is not None:
            self._reader.join(STOP_TIMEOUT_S)
        # Something that the part started may still hold the other end; closing would wait for it.
        if self.process.stdout is not None and not (self._reader and self._reader.is_alive()):
            self.process.stdout.close()

    def failure(self) -> PartFailed:
        """Describe, from its log, why this part is not running."""
        ended = self.process.poll()
        how = "did not become ready" if ended is None else f"ended with status {ended}"
        return PartFailed(
            f"The {self.name} {how}. {_last_words(self.log, self._log_from)}".strip(),
            kept="Everything stored so far is still there.",
            do=f"Read {self.log}, mend what it names and start again.",
        )


class Parts:
    """All running parts, in the order in which they were started."""

    def __init__(self) -> None:
        """Start with none."""
        self._parts: list[Part] = []

    def start(self, name: str, command: list[str], log: Path, env: dict[str, str] | None = None) -> Part:
        """Start one part; its errors go to `log`. Call from the main thread only.

        The kernel sends the parent-death signal when the *thread* that started a child ends.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        parent = os.getpid()
        with log.open("a") as errors:
            log_from = errors.tell()  # what stands before it, an earlier run said
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
                start_new_session=True,  # Ctrl-C reaches us alone; we stop the parts in order
                preexec_fn=(lambda: _die_with(parent)) if _LIBC else None,  # noqa: PLW1509
            )
            part = Part(name, process, log, _log_from=log_from)
        self._parts.append(part)
        part.listen()
        return part

    def named(self, name: str) -> Part:
        """Return the running part of that name; raises KeyError."""
        return {part.name: part for part in self._parts}[name]

    def ended(self) -> Part | None:
        """Return a part that has ended by itself, if there is one."""
        return next((part for part in self._parts if part.process.poll() is not None), None)

    def stop(self) -> None:
        """Stop every part, last started first; kill what does not end in time."""
        for part in reversed(self._parts):
            with contextlib.suppress(ProcessLookupError):
                part.process.send_signal(signal.SIGTERM)
            try:
                part.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                part.process.kill()
                part.process.wait()
            part.close()
        self._parts.clear()


def _die_with(parent: int) -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was killed before the kernel knew
            os._exit(1)


def _last_words(log: Path, begin: int) -> str:
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(begin)
        lines = [line.strip() for line in file.read().decode(errors="replace").splitlines() if line.strip()]
        if lines:
            return f"It said: {lines[-1][:300]}"
    return ""
