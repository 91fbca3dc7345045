"""Sign-in challenges: random, short-lived, good once, kept nowhere but in memory until then.

Holds:  a challenge begins with the name of the town's record, so that whoever signs it says at which town
        they sign in. A hub signs no other town's than the one it was paired with (hub.uplink).
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

LIFE_S = 120


def named(town: str) -> str:
    """Return a town's name as challenges begin with it: one word of ASCII."""
    return quote(town, safe="/:")


class Challenges:
    """Makes and takes back challenges. They carry their own end and a MAC, so asking stores nothing."""

    def __init__(self, clock: Callable[[], datetime], town: str) -> None:
        """Take a new key: challenges of an earlier run are void. `town` is the name of the record's key."""
        self._clock = clock
        self._town = named(town)
        self._key = secrets.token_bytes(32)
        self._spent: dict[str, int] = {}

    def issue(self, public: bytes, *, life_s: int = LIFE_S) -> str:
        """Return a challenge for the holder of `public`."""
        return self._made(f"{self._town} ", public, life_s)

    def issue_short(self, public: bytes, *, life_s: int) -> str:
        """Return one that nobody signs, and that is read from a screen: it names no town."""
        return self._made("", public, life_s)

    def take(self, challenge: str, public: bytes) -> bool:
        """Tell whether this was issued for `public`, is fresh and was not taken before; then it is taken."""
        if not self.holds(challenge, public):
            return False
        self._spent[challenge] = _end(challenge)
        return True

    def holds(self, challenge: str, public: bytes) -> bool:
        """Tell whether `take` would take this."""
        head, _, mac = challenge.rpartition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(head, public).encode()):
            return False
        now = self._now()
        self._spent = {old: until for old, until in self._spent.items() if until >= now}
        return _end(challenge) >= now and challenge not in self._spent

    def _made(self, begun: str, public: bytes, life_s: int) -> str:
        head = f"{begun}{secrets.token_urlsafe(24)}.{self._now() + life_s}"
        return f"{head}.{self._mac(head, public)}"

    def _mac(self, head: str, public: bytes) -> str:
        return hmac.digest(self._key, head.encode() + b"\n" + public, hashlib.sha256).hex()

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _end(challenge: str) -> int:
    """Return until when a challenge whose MAC was checked is good, in seconds."""
    return int(challenge.split(".")[-2])
