"""Ends finer than a day, kept in memory only: a household's rows carry no hour.

In:     what ends, and when.
Out:    how much of it is left.
Holds:  nothing of it is written down; after a start of the server everything of it is over.
Absent: what it is that ends. Rooms know that.
"""

from datetime import datetime, timedelta


class Hours:
    """Ends by id. No call waits."""

    def __init__(self) -> None:
        """Start with none."""
        self._ends: dict[str, datetime] = {}

    def begin(self, what: str, end: datetime) -> None:
        """Note when `what` ends; an earlier end of it counts no more."""
        self._ends[what] = end

    def left(self, what: str, now: datetime) -> timedelta:
        """Return how long `what` still lasts; nothing if it is over or not known."""
        end = self._ends.get(what)
        if end is None or end <= now:
            self._ends.pop(what, None)
            return timedelta()
        return end - now

    def over(self, what: str) -> None:
        """End it now."""
        self._ends.pop(what, None)
