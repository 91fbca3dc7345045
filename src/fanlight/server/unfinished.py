"""What may lie unfinished: so many drops and bytes of one drop token, so many bytes of all together.

In:     which drop of which token a part belongs to, and where the part ends.
Out:    nothing, or TooMany.
Holds:  it is in memory only, so that nothing on disk joins a cell's token to a copy; after a start, a drop
        counts again from its next part on.
Absent: the bytes (incoming); what was finished, which counts with its request.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fanlight.server.errors import TooMany

MOST_DROPS = 32
MOST_BYTES = 2 * 1024 * 1024 * 1024  # 25 drops of 80 MiB; nearly all have 20
MOST_OF_ALL = 16 * 1024 * 1024 * 1024  # of all tokens together
IDLE = timedelta(hours=6)


@dataclass(slots=True)
class _Drop:
    seen: datetime
    ends: dict[str, int] = field(default_factory=dict)  # bytes of each part


class Unfinished:
    """Unfinished drops by token. No call waits, so that what is checked is still so when it is noted."""

    def __init__(self, most_of_all: int = MOST_OF_ALL) -> None:
        """Start with none; take how many bytes all tokens may have lying together."""
        self._most = most_of_all
        self._tokens: dict[bytes, dict[str, _Drop]] = {}

    def reserve(self, token: bytes, disclosure: str, part: str, end: int, now: datetime) -> None:
        """Note that a part of a drop reaches to `end` bytes.

        Args:
            token: the token's hash.
            disclosure: the drop's id.
            part: hdr, manifest or pay.
            end: bytes of this part when it is received.
            now: the present.

        Raises:
            TooMany: the token's number of unfinished drops, or their bytes, or those of all, are spent.
        """
        drops = self._tokens.setdefault(token, {})
        if disclosure not in drops and len(drops) >= MOST_DROPS:
            raise TooMany(
                "Too many copies are on their way in this area at once.",
                kept="Your clip is at home as before.",
                do="Send it again in a few hours.",
                code="evidence.many_unfinished",
            )
        drop = drops.get(disclosure, _Drop(now))
        more = max(0, end - drop.ends.get(part, 0))
        if more and sum(sum(one.ends.values()) for one in drops.values()) + more > MOST_BYTES:
            raise TooMany(
                "The copies on their way in this area are too large together.",
                kept="Your clip is at home as before.",
                do="Send it again in a few hours.",
                code="evidence.unfinished_bytes",
            )
        if more and self._bytes() + more > self._most:
            raise TooMany(
                "This server is receiving as many copies as it has room for.",
                kept="Your clip is at home as before.",
                do="Send it again in a few hours.",
                code="evidence.unfinished_everywhere",
            )
        drop.seen = now
        drop.ends[part] = drop.ends.get(part, 0) + more
        drops[disclosure] = drop

    def _bytes(self) -> int:
        drops = (drop for of_token in self._tokens.values() for drop in of_token.values())
        return sum(sum(drop.ends.values()) for drop in drops)

    def settle(self, token: bytes, disclosure: str, part: str, have: int) -> None:
        """Note how many bytes of a part are really there, after it was refused."""
        drop = self._tokens.get(token, {}).get(disclosure)
        if drop is not None:
            drop.ends[part] = have
            if not any(drop.ends.values()):
                self.end(disclosure)

    def end(self, disclosure: str) -> None:
        """Forget a drop: finished, or swept."""
        for token, drops in list(self._tokens.items()):
            drops.pop(disclosure, None)
            if not drops:
                del self._tokens[token]

    def idle(self, now: datetime) -> list[str]:
        """Return the drops of which nothing came for `IDLE`."""
        seen: dict[str, datetime] = {}
        for drops in self._tokens.values():
            for disclosure, drop in drops.items():
                seen[disclosure] = max(drop.seen, seen.get(disclosure, drop.seen))
        return [disclosure for disclosure, at in seen.items() if now - at > IDLE]
