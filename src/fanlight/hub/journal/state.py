"""How the journal is, in words: what the page, the metrics and home automation say of it.

Holds:  a camera that is to be recorded and of which nothing was committed for SILENT_S is named, whatever
        the reason: the watchdog looks at committed bytes and at nothing before them.
"""

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from fanlight.hub.journal.errors import full, unwritable
from fanlight.model import clock

State = Literal["ok", "full", "unwritable", "slow", "missing"]
SILENT_S = 15.0  # a group of pictures is at most 10 s
SLOW_S = 5.0  # a commit that takes this long is on its way to losing seconds
_SLOW_FOR_S = 60.0
_NOTES: Mapping[str, str] = {
    "full": f"{full().what} {full().do}",
    "own": "A camera's own limit (`quota_gb` in its settings) is too small for what it sends:"
    " seconds of it are lost. Give it more, or none of its own.",
    "unwritable": f"{unwritable().what} {unwritable().do}",
    "slow": "The hub's disk is too slow: seconds of the recording are lost, or may be soon."
    " Look what else uses it, record fewer cameras, or give the hub a faster disk.",
    "missing": "Nothing is written until it is back; recording then goes on by itself.",
}


@dataclass(frozen=True, slots=True)
class JournalState:
    """How the journal is. `note` is a sentence for people, empty when all is well.

    `abandoned` counts segments that could not be kept since the start. `silent` names cameras that are to be
    recorded and since when nothing of them was committed.
    """

    state: State = "ok"
    note: str = ""
    abandoned: int = 0
    silent: tuple[tuple[str, datetime], ...] = ()


class Watch:
    """What is known of the writing. Any thread may use it."""

    def __init__(self) -> None:
        """Know nothing but the time."""
        self._lock = threading.Lock()
        self._trouble: tuple[str, str] | None = None
        self._slow_at_us: int | None = None
        self._expected: dict[str, int] = {}  # camera -> since when, monotonic
        self._excused: dict[str, set[str]] = {}

    def wrote(self, trouble: tuple[str, str] | None, took_s: float, *, anything: bool) -> None:
        """Take note of a batch that was written or abandoned."""
        with self._lock:
            if took_s > SLOW_S or (trouble is not None and trouble[0] == "slow"):
                self._slow_at_us = clock.mono_us()
            if trouble is not None and trouble[0] != "slow":
                self._trouble = trouble
            elif anything:
                self._trouble = None

    def expect(self, cameras: Collection[str]) -> None:
        """Say which cameras are to be recorded."""
        with self._lock:
            now_us = clock.mono_us()
            self._expected = {camera: self._expected.get(camera, now_us) for camera in cameras}

    def excuse(self, camera: str, why: str) -> None:
        """Expect nothing of a camera for now."""
        with self._lock:
            self._excused.setdefault(camera, set()).add(why)

    def expect_again(self, camera: str, why: str) -> None:
        """Take a reason away."""
        with self._lock:
            self._excused.get(camera, set()).discard(why)
            if camera in self._expected:
                self._expected[camera] = clock.mono_us()

    def state(self, abandoned: int, committed_us: Mapping[str, int]) -> JournalState:
        """Return how all is; `committed_us` is the monotonic time of each camera's last commit."""
        with self._lock:
            now_us, now = clock.mono_us(), clock.now()
            silent = []
            for camera, since_us in sorted(self._expected.items()):
                last_us = max(since_us, committed_us.get(camera, 0))
                if not self._excused.get(camera) and now_us - last_us > SILENT_S * 1_000_000:
                    silent.append((camera, now - timedelta(microseconds=now_us - last_us)))
            name, more = self._trouble or ("ok", "")
            if name == "ok" and self._slow_at_us is not None:
                name = "slow" if now_us - self._slow_at_us < _SLOW_FOR_S * 1_000_000 else "ok"
            note = " ".join(part for part in (more, _NOTES.get(name, "")) if part)
            return JournalState(_state(name), note, abandoned, tuple(silent))


def _state(name: str) -> State:
    match name:
        case "ok" | "full" | "slow" | "missing":
            return name
        case "own":
            return "full"
        case _:
            return "unwritable"
