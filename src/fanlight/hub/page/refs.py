"""Cameras that were tried and not added yet: their addresses stay here, the page gets a word for each.

Holds:  an address with its password goes from a person's hands to the hub once, and never back.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from fanlight.hub.page.errors import NOTHING, NotFound

MOST = 16
LIFE_S = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """Where a camera's streams and its ONVIF service are."""

    url: str = field(repr=False)
    sub_url: str = field(default="", repr=False)
    onvif: str = field(default="", repr=False)


class Refs:
    """A short memory of what was tried."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with nothing; `clock` gives seconds."""
        self._clock = clock
        self._known: dict[str, tuple[float, Tried]] = {}

    def keep(self, tried: Tried) -> str:
        """Return a word for it, good for half an hour; the oldest give way to the newest sixteen."""
        self._trim()
        while len(self._known) >= MOST:
            del self._known[next(iter(self._known))]
        ref = secrets.token_urlsafe(16)
        self._known[ref] = (self._clock() + LIFE_S, tried)
        return ref

    def find(self, ref: str) -> Tried:
        """Return what was tried; raises NotFound."""
        self._trim()
        if ref not in self._known:
            raise NotFound(
                "It is too long ago that this camera was tried.",
                kept=NOTHING,
                do="Try it again, then add it.",
            )
        return self._known[ref][1]

    def _trim(self) -> None:
        now = self._clock()
        self._known = {ref: known for ref, known in self._known.items() if known[0] > now}
