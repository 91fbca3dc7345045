"""Sign-in challenges: random, short-lived, good once, kept nowhere but in memory until then."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime

LIFE_S = 120


class Challenges:
    """Makes and takes back challenges. They carry their own end and a MAC, so asking stores nothing."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Take a new key: challenges of an earlier run are void."""
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._spent: dict[str, int] = {}

    def issue(self, public: bytes) -> str:
        """Return a challenge for the holder of `public`."""
        head = f"{secrets.token_urlsafe(24)}.{self._now() + LIFE_S}"
        return f"{head}.{self._mac(head, public)}"

    def take(self, challenge: str, public: bytes) -> bool:
        """Tell whether this was issued for `public`, is fresh and was not taken before; then it is taken."""
        head, _, mac = challenge.rpartition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(head, public).encode()):
            return False
        end = int(head.rpartition(".")[2])
        now = self._now()
        self._spent = {old: until for old, until in self._spent.items() if until >= now}
        if end < now or challenge in self._spent:
            return False
        self._spent[challenge] = end
        return True

    def _mac(self, head: str, public: bytes) -> str:
        return hmac.digest(self._key, head.encode() + b"\n" + public, hashlib.sha256).hex()

    def _now(self) -> int:
        return int(self._clock().timestamp())
