"""What happens at the hub, told to whoever listens: the page, home automation, webhooks, metrics.

In:     one call of `post` for each thing that happened.
Out:    every listener gets all notices posted while it listens, in order.
Holds:  nobody who listens can slow the hub: a listener that is QUEUE notices behind loses its oldest.
Absent: pictures. A listener that wants one asks the pipeline for it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

QUEUE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraTold:
    """How a camera is now: `state` as in hub.status, `note` a sentence for people or empty."""

    camera: str
    state: str
    since: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTold:
    """What is before a camera. `score` is 0 to 1, `thumb` is a JPEG.

    `change` says of a package whether it was left or taken. `clip` is the id of its clip
    to be, if one is made.
    """

    event: str
    camera: str
    label: str
    start: datetime
    score: float
    thumb: bytes
    zones: tuple[str, ...] = ()
    change: Literal["left", "taken"] | None = None
    clip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBegan(EventTold):
    """It is there. `label` and `score` may still rise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventEnded(EventTold):
    """It has gone; final."""

    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """Somebody pressed the bell at `at`; `by` is how the hub heard of it, `clip` its clip's id to be."""

    event: str
    camera: str
    at: datetime
    by: Literal["onvif", "http", "mqtt", "page"]
    clip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageTold:
    """How the journal is: `ok`, or why seconds are being lost."""

    state: str
    note: str = ""


Notice = CameraTold | EventBegan | EventEnded | Pressed | StorageTold


class Board:
    """Where notices are posted; one event loop uses it."""

    def __init__(self) -> None:
        """Start with no listener."""
        self._listeners: list[tuple[deque[Notice], asyncio.Event]] = []

    def post(self, notice: Notice) -> None:
        """Tell every listener."""
        for waiting, wake in self._listeners:
            waiting.append(notice)
            wake.set()

    async def listen(self) -> AsyncIterator[Notice]:
        """Yield what is posted from the first step on, for as long as the caller wants."""
        waiting: deque[Notice] = deque(maxlen=QUEUE)
        wake = asyncio.Event()
        mine = (waiting, wake)
        self._listeners.append(mine)
        try:
            while True:
                while waiting:
                    yield waiting.popleft()
                wake.clear()
                await wake.wait()
        finally:
            self._listeners = [other for other in self._listeners if other is not mine]
