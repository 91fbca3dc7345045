"""What every room is given: the rows, the record, the blobs, a clock. Made once by `app`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from litestar.connection import ASGIConnection
from litestar.di import NamedDependency

from fanlight.server.hours import Hours
from fanlight.server.idle import Idle
from fanlight.server.incoming import Incoming
from fanlight.server.limits import RateLimits, place_of
from fanlight.server.log import Log
from fanlight.server.looks import Looks
from fanlight.server.media_place import Place
from fanlight.server.meetings import Meetings
from fanlight.server.public_files import PublicFiles
from fanlight.server.shreds import ShredList
from fanlight.server.unfinished import Unfinished
from fanlight.store.blobs import Blobs
from fanlight.store.database import Database


class Pushed(Protocol):
    """What became of a push; `again_s` says after how long to try again, where that was said."""

    @property
    def state(self) -> str:
        """One of sent, gone, later, refused."""
        ...

    @property
    def again_s(self) -> int | None:
        """Seconds."""
        ...


class Pushes(Protocol):
    """What posts to push services (`notify.sending`)."""

    @property
    def public(self) -> str:
        """The key by which push services know this town."""
        ...

    def issue(self, endpoint: str) -> str:
        """Return a ticket."""
        ...

    def checked(self, ticket: str) -> str:
        """Return a ticket of this server in its one spelling; raises Malformed."""
        ...

    async def send(self, ticket: str, body: bytes) -> Pushed:
        """Post a body to where a ticket says."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts that all rooms share.

    Attributes:
        home: the state folder.
        clock: gives the present, aware.
        incoming: payloads on their way in.
        push: posts what hubs encrypted to push services.
        shreds: what must not come back with an older database.
        quota_bytes: what one household's sealed clips may take.
        meetings: hubs and households that are being paired, in memory.
        files: those that are the same for everybody, in memory.
        looks: what the vault found when it last compared rows and payloads.
        evidence: where copies given to agencies are: a bucket that locks them, or the blobs.
        unfinished: what drop tokens have lying in `incoming`.
        hours: ends finer than a day, in memory.
        idle: which sessions of offices are in use, in memory.
        demo: whether the front page shows the invented people.
        port: where this server answers.
        origin: scheme, host and port under which browsers know it; passkeys are bound to the host.
        proxies: addresses of proxies in front, whose word on the caller's address counts.
        media: where the media of public posts are; None if this town keeps none.
    """

    home: Path
    db: Database
    log: Log
    blobs: Blobs
    evidence: Blobs
    limits: RateLimits
    clock: Callable[[], datetime]
    incoming: Incoming
    shreds: ShredList
    quota_bytes: int
    push: Pushes
    unfinished: Unfinished
    meetings: Meetings
    idle: Idle
    files: PublicFiles = field(default_factory=PublicFiles)
    looks: Looks = field(default_factory=Looks)
    hours: Hours = field(default_factory=Hours)
    demo: bool = False
    port: int = 0
    origin: str = "http://localhost"
    proxies: frozenset[str] = frozenset()
    media: Place | None = None

    def today(self) -> str:
        """Return the present day in UTC, `2026-11-21`."""
        return self.clock().date().isoformat()

    def spend(self, call: ASGIConnection[Any, Any, Any, Any], what: str, per_hour: int) -> None:
        """Count one call of its caller's place on the network; raises TooMany once `per_hour` is spent."""
        self.limits.spend(self._place(call), what, per_hour)

    def spent(self, call: ASGIConnection[Any, Any, Any, Any], what: str) -> int:
        """Return how many calls of its caller's place were counted within this hour."""
        return self.limits.spent(self._place(call), what)

    def count(self, call: ASGIConnection[Any, Any, Any, Any], what: str) -> None:
        """Count one call of its caller's place on the network, and refuse none."""
        self.limits.count(self._place(call), what)

    def _place(self, call: ASGIConnection[Any, Any, Any, Any]) -> str:
        peer = call.client.host if call.client else ""
        return place_of(peer, call.headers.get("x-forwarded-for", ""), self.proxies)


Parts = NamedDependency[Services]  # as a route asks for them
