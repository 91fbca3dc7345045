"""Time that passes only when everybody waits: a month of a hub's pauses goes by in a moment.

In:     coroutines that sleep, wait and work in threads.
Out:    the same, in the order of their moments; `clock.now` of the product tells this time.
Holds:  nothing is skipped: each timer fires at its own moment, and work takes no time.
Absent: sockets. Who waits for one while nothing is due is told so.
"""

import asyncio
import selectors
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from fanlight.model import clock


class StoodStill(Exception):
    """Somebody waits for what no timer brings."""


class _Instant(selectors.SelectSelector):
    """Passes the time that a loop would have waited."""

    passed_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise StoodStill
        self.passed_s += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that begins at 0 s and never waits. Work for threads is done on the spot."""

    def __init__(self) -> None:
        self._instant = _Instant()
        super().__init__(self._instant)

    def time(self) -> float:
        return self._instant.passed_s

    def run_in_executor(  # type: ignore[override] # typed as few callers need it
        self, executor: None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        assert executor is None
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - as a thread hands it on
            done.set_exception(error)
        return done


@contextmanager
def virtual_time(start: datetime) -> Iterator[VirtualLoop]:
    """Give a loop in whose time `clock.now` counts from `start`."""
    loop = VirtualLoop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: start + timedelta(seconds=loop.time()))
        try:
            yield loop
        finally:
            loop.close()
