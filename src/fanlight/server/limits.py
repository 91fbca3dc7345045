"""How often one place on the network may call in an hour, without knowing which place it is.

In:     the caller's network address, which is hashed at once under a key that lives a day in memory.
Out:    nothing, or TooMany.
Holds:  no address is stored, logged or comparable from one day to the next; nobody is ever locked out of an
        account: what is counted by account or household is what its own people do, once they are signed in.
        Whoever fills the memory pushes out what was not called for longest, never all at once.
"""

import hashlib
import ipaddress
import secrets
from collections.abc import Callable, Collection
from datetime import datetime

from fanlight.server.errors import TooMany

_DAY_S = 86_400
_HOUR_S = 3_600
_MOST_PLACES = 100_000
_NET6 = 64  # what one line is given; within it, addresses are free to take


class RateLimits:
    """Counters by keyed hash, started anew each hour; the key each day."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Start with none."""
        self._clock = clock
        self._day = self._hour = -1
        self._key = b""
        self._counts: dict[bytes, int] = {}

    def spend(self, address: str, what: str, per_hour: int) -> None:
        """Count one call; raises TooMany once `per_hour` is spent."""
        if self.count(address, what) > per_hour:
            raise TooMany("This was tried too often within an hour.", do="Wait until the next hour begins.")

    def spent(self, address: str, what: str) -> int:
        """Return how many calls were counted within this hour."""
        return self._counts.get(self._place(address, what), 0)

    def count(self, address: str, what: str) -> int:
        """Count one call; return how many there were within this hour."""
        place = self._place(address, what)
        count = self._counts.pop(place, 0) + 1  # and in again as the latest
        self._counts[place] = count
        if len(self._counts) > _MOST_PLACES:
            del self._counts[next(iter(self._counts))]
        return count

    def _place(self, address: str, what: str) -> bytes:
        """Return the hash of a place, under this day's key; an hour that is over is forgotten."""
        now_s = int(self._clock().timestamp())
        if now_s // _DAY_S != self._day:
            self._day, self._key = now_s // _DAY_S, secrets.token_bytes(32)
        if now_s // _HOUR_S != self._hour:
            self._hour = now_s // _HOUR_S
            self._counts.clear()
        return hashlib.blake2b(f"{what}\n{address}".encode(), key=self._key, digest_size=16).digest()


def place_of(peer: str, forwarded: str, proxies: Collection[str]) -> str:
    """Return where a call comes from: an address, or of IPv6 its network.

    Args:
        peer: the address at the other end of the connection.
        forwarded: the header `X-Forwarded-For`, which anybody can make up.
        proxies: those whose word counts. Only the last address in the header is theirs.
    """
    said = forwarded.rpartition(",")[2].strip() if peer in proxies else ""
    try:
        place = ipaddress.ip_address(said or peer)
    except ValueError:
        return peer
    if isinstance(place, ipaddress.IPv4Address):
        return str(place)
    return str(place.ipv4_mapped or ipaddress.ip_network((place.packed, _NET6), strict=False))
