"""What works at this hub and what does not, as the hub's page shows it.

In:     what each room says of itself.
Out:    a short list, the worst first, each with since when.
Holds:  a thing that works is listed too: an empty list would look the same as a list that nobody fills.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fanlight.model import clock

State = Literal["ok", "warn", "bad"]
_ORDER: dict[State, int] = {"bad": 0, "warn": 1, "ok": 2}


@dataclass(frozen=True, slots=True)
class Found:
    """How one thing is now. `note` is a sentence for people, empty when all is well."""

    what: str
    state: State
    note: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """The same, and since when it is so."""

    what: str
    state: State
    note: str
    since: datetime


class Memory:
    """Remembers since when each thing has been as it is."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[str, Health] = {}

    def look(self, found: Iterable[Found]) -> list[Health]:
        """Take how everything is now; return it with since when, the worst first."""
        now = clock.now()
        known = {}
        for one in found:
            before = self._known.get(one.what)
            same = before is not None and (before.state, before.note) == (one.state, one.note)
            known[one.what] = before if same and before else Health(one.what, one.state, one.note, now)
        self._known = known
        return sorted(known.values(), key=lambda health: (_ORDER[health.state], health.what))
