"""Which sessions of offices are in use, in memory: one that lay unused for a while is locked for good.

Holds:  nothing of it is written anywhere, so that no row says when somebody came; households' sessions are
        not looked at. After a restart a session counts as used when the server began.
"""

from datetime import datetime, timedelta

LOCKED = frozenset({"officer", "clerk", "auditor", "counsel"})  # the kinds of accounts whose sessions lock
LOCK_AFTER = timedelta(minutes=30)
_FORGOTTEN = timedelta(hours=14)  # longer than any of these sessions lasts


class Idle:
    """When each session was last used."""

    def __init__(self, begun: datetime, lock_after: timedelta = LOCK_AFTER) -> None:
        """Take when the server began, and how long a session may lie unused."""
        self._begun = begun
        self._after = lock_after
        self._used: dict[str, datetime] = {}

    def begin(self, session: str, now: datetime) -> None:
        """Note a new session, and forget those that have ended anyway."""
        self._used = {one: at for one, at in self._used.items() if now - at < _FORGOTTEN}
        self._used[session] = now

    def use(self, session: str, now: datetime) -> bool:
        """Tell whether a session may be used; one that is locked stays so."""
        if now - self._used.get(session, self._begun) >= self._after:
            return False
        self._used[session] = now
        return True
