"""Which sessions of offices are in use, in memory: one that lay unused for a while is locked for good.

Holds:  nothing of it is written anywhere, so that no row says when somebody came; households' sessions are
        not looked at. The row of a locked session is deleted (agencies/clockwork), so that no restart
        opens it again; a session that was in use counts, after a restart, as used when the server began.
"""

from datetime import datetime, timedelta

# The kinds of accounts whose sessions lock.
LOCKED = frozenset({"officer", "clerk", "auditor", "counsel", "moderator", "operator"})
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

    def locked(self, sessions: list[str], now: datetime) -> list[str]:
        """Return those of `sessions` that are locked; none of these is ever used again."""
        return [one for one in sessions if now - self._used.get(one, self._begun) >= self._after]

    def use(self, session: str, now: datetime) -> bool:
        """Tell whether a session may be used; one that is locked stays so."""
        if now - self._used.get(session, self._begun) >= self._after:
            return False
        self._used[session] = now
        return True
