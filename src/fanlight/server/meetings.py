"""Where hubs and households meet that do not know each other yet, kept in memory only.

In:     an id that both derive from a code that the server never sees; a hub's public halves; a sealed answer.
Out:    the one to the other.
Holds:  at most MOST meet at a time; what nobody asked for in LIFE is gone; a hub that waits comes again
        by itself.
Absent: who they are. Nothing here joins a hub to a household, and nothing is written down.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

LIFE = timedelta(minutes=10)
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Hub:
    """The public halves of a hub that waits, as it sent them."""

    sign_pub: str
    age_recipient: str


@dataclass(slots=True)
class _Meeting:
    hub: Hub
    until: datetime
    answer: str | None = None


class Meetings:
    """Meetings by id. No call waits."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Start with none."""
        self._clock = clock
        self._all: dict[str, _Meeting] = {}

    def has(self, meeting: str) -> bool:
        """Tell whether a hub waits there."""
        return self._find(meeting) is not None

    def come(self, meeting: str, hub: Hub) -> str | None:
        """Let a hub wait, or wait on, with the halves it came with first; return the answer if there is one.

        Raises:
            LookupError: too many wait already.
        """
        found = self._find(meeting)
        if found is None:
            now = self._clock()
            self._all = {one: kept for one, kept in self._all.items() if kept.until > now}
            if len(self._all) >= MOST:
                raise LookupError
            found = self._all[meeting] = _Meeting(hub, now)
        found.until = self._clock() + LIFE
        return found.answer

    def hub(self, meeting: str) -> Hub | None:
        """Return the hub that waits there."""
        found = self._find(meeting)
        return None if found is None else found.hub

    def answer(self, meeting: str, sealed: str) -> bool:
        """Leave an answer for the hub, in place of an earlier one; False if no hub waits there."""
        found = self._find(meeting)
        if found is not None:
            found.answer = sealed
        return found is not None

    def _find(self, meeting: str) -> _Meeting | None:
        found = self._all.get(meeting)
        return found if found is not None and found.until > self._clock() else None
