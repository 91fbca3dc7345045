"""From a ticket and a body to a push service. One for the whole server.

Holds:  what is told of a push to its service is the same for all: size, TTL, urgency. An endpoint that is
        gone is not called again; that is remembered in memory only, by a hash.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from ssl import SSLContext

from fanlight.server.notify import tickets
from fanlight.server.notify.calling import Answer, Caller
from fanlight.server.notify.keys import load_keys
from fanlight.server.notify.rules import read_endpoint
from fanlight.server.notify.vapid import Vapid

TTL_S = 3_600
_MOST_GONE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whom to name to push services, whether to call addresses inside a network, and whom to believe."""

    contact: str = ""
    private: bool = False
    trust: SSLContext | None = None


class Sender:
    """Issues tickets and posts what they are for."""

    def __init__(self, home: Path, reach: Reach, clock: Callable[[], datetime]) -> None:
        """Take the town's keys, making them if need be; raises PushKeysUnreadable."""
        self._keys, self._reach, self._clock = load_keys(home), reach, clock
        self._vapid = Vapid(self._keys, reach.contact or "https://fanlight.invalid")
        self._caller = Caller(private=reach.private, trust=reach.trust)
        self._gone: dict[bytes, None] = {}

    @property
    def public(self) -> str:
        """The town's public key, as a browser takes it to subscribe."""
        return self._keys.public

    def issue(self, endpoint: str) -> str:
        """Return a ticket for an endpoint; raises Malformed for one that this server does not call."""
        return tickets.seal_ticket(
            self._keys.tickets, read_endpoint(endpoint, private=self._reach.private).url
        )

    def checked(self, ticket: str) -> str:
        """Return a ticket of this server in its one spelling; raises Malformed."""
        return tickets.plain(self._keys.tickets, ticket)

    async def send(self, ticket: str, body: bytes) -> Answer:
        """Post `body` for a ticket; raises Malformed if the ticket is none of this server."""
        url = tickets.open_ticket(self._keys.tickets, ticket)
        endpoint = read_endpoint(url, private=self._reach.private)
        name = hashlib.sha256(url.encode()).digest()
        if name in self._gone:
            return Answer("gone")
        headers = {
            "Host": endpoint.origin.partition("://")[2],
            "Authorization": self._vapid.authorization(endpoint.origin, self._clock()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Content-Length": str(len(body)),
            "TTL": str(TTL_S),
            "Urgency": "high",
        }
        answer = await self._caller.post(endpoint, headers, body)
        if answer.state == "gone":
            if len(self._gone) >= _MOST_GONE:
                del self._gone[next(iter(self._gone))]
            self._gone[name] = None
        return answer

    async def close(self) -> None:
        """Close the connections."""
        await self._caller.close()
