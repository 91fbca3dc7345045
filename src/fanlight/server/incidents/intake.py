"""Take an upload in: check who signed it, read it, make it coarse, store that. In this order.

In:     bytes, when they were signed, a signature.
Out:    Taken: how much was read, kept, withdrawn and dropped, by reason; added to the day's numbers.
Holds:  nothing is written before `rules` made it coarse. The same rows again, in any order, change nothing.
Absent: what the rows said beside that.
"""

import asyncio
import hashlib
import random
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from fanlight.model.errors import FanlightError
from fanlight.seal import keys
from fanlight.server import programme
from fanlight.server.errors import Conflict, NotAllowed
from fanlight.server.incidents import sources, store
from fanlight.server.incidents.reading import Read, read
from fanlight.server.incidents.rules import Kept, Settings, Shaping
from fanlight.server.services import Services
from fanlight.store.database import Tx
from fanlight.wire import b64

CONTEXT = "cad"
FRESH = timedelta(minutes=10)
_REMEMBERED = timedelta(hours=1)
_MOST_REMEMBERED = 32


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an upload: `rows` = `joined` + `kept` + `withdrawn` + `same` + all that were dropped."""

    rows: int
    joined: int = 0
    kept: int = 0
    withdrawn: int = 0
    same: int = 0
    dropped: dict[str, int] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What came: `sent` is when it was signed, as time and as the text that was signed."""

    source: str
    body: bytes
    sent: datetime
    sent_text: str
    signature: str

    def signed(self) -> bytes:
        """Return what the signature is over."""
        digest = hashlib.sha256(self.body).hexdigest()
        return f"{self.source}\n{self.sent_text}\n{digest}".encode()


@dataclass(slots=True)
class Seen:
    """What came within the hour, by a hash of its lines in any order; in memory, as it is of all they say."""

    _found: deque[tuple[datetime, str, bytes, int]] = field(
        default_factory=lambda: deque(maxlen=_MOST_REMEMBERED)
    )

    def rows(self, source: str, digest: bytes, now: datetime) -> int | None:
        """Return how many rows there were when the same came before; None if it did not."""
        fresh = (
            rows
            for at, of, known, rows in self._found
            if (of, known) == (source, digest) and now - at < _REMEMBERED
        )
        return next(fresh, None)

    def add(self, source: str, digest: bytes, now: datetime, rows: int) -> None:
        """Remember it."""
        self._found.append((now, source, digest, rows))


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(b"\n".join(sorted(body.splitlines()))).digest()


async def take(services: Services, seen: Seen, upload: Upload) -> Taken:
    """Take an upload in.

    Raises:
        NotFound: no such source, or one that ended.
        NotAllowed: not its signature, or no agreement for it today.
        Conflict: signed too long ago, or ahead of the clock.
        BadExport: it cannot be read. Nothing was taken in with any of these.
    """
    now = services.clock()
    async with services.db.transaction() as tx:
        row = await store.source(tx, upload.source)
        if row is None or row.ended is not None:
            raise sources.not_there()
        settings = sources.settings_of(row)
        _check(upload, settings, now)
        await sources.require_allowed(tx, services, row.agency)
        bounds = tuple((await programme.town(tx))["bounds"])
    # Nothing is locked, and no connection is taken, while an upload is read.
    digest = await asyncio.to_thread(_digest, upload.body)
    before = seen.rows(row.id, digest, now)
    if before is not None:
        async with services.db.transaction() as tx:
            await _open(tx, row.id)
            await store.note(tx, row.id, now.date(), {"rows": before, "same": before})
        return Taken(rows=before, same=before)
    found = await asyncio.to_thread(read, upload.body, settings.mapping, upload.sent)
    shaping = Shaping(settings, bytes(row.secret), bounds, now)
    shaped = await asyncio.to_thread(_shape, shaping, found)
    async with services.db.transaction() as tx:
        await _open(tx, row.id)
        await sources.require_allowed(tx, services, row.agency)
        taken = await _keep(tx, row.id, shaping, found, shaped)
        numbers = {name: getattr(taken, name) for name in ("rows", "joined", "kept", "withdrawn", "same")}
        reasons = {f"dropped_{why}": n for why, n in taken.dropped.items()}
        await store.note(tx, row.id, now.date(), numbers | reasons)
    seen.add(row.id, digest, now, found.rows)
    return taken


def _check(upload: Upload, settings: Settings, now: datetime) -> None:
    try:
        signature = b64.decode(upload.signature)
        keys.verify(b64.decode(settings.key), CONTEXT, upload.signed(), signature)
    except FanlightError as error:
        raise NotAllowed(
            "The signature is not this source's.",
            kept="Nothing was taken in.",
            do="Sign with the source's key.",
            code="incidents.not_signed",
        ) from error
    if abs(now - upload.sent) > FRESH:
        raise Conflict(
            "The upload was signed more than ten minutes from now.",
            kept="Nothing was taken in.",
            do="Set the sender's clock, and sign again.",
            code="incidents.old",
        )


async def _open(tx: Tx, source: str) -> None:
    row = await store.source(tx, source, lock=True)
    if row is None or row.ended is not None:
        raise sources.not_there()


async def _keep(
    tx: Tx, source: str, shaping: Shaping, found: Read, shaped: tuple[Sequence[Kept], Mapping[str, int]]
) -> Taken:
    kept, dropped = shaped
    gone = shaping.withdrawn(found.reports)
    withdrawn = sum(one.state == "cancelled" for one in found.reports)
    if gone:
        await store.withdraw(tx, source, gone)
    took = await store.put(tx, source, kept) if kept else 0
    return Taken(
        rows=found.rows,
        joined=found.joined,
        kept=took,
        withdrawn=withdrawn,
        same=len(kept) - took,
        dropped={why: n for why, n in sorted(dropped.items()) if n},
    )


def _shape(shaping: Shaping, found: Read) -> tuple[list[Kept], Counter[str]]:
    dropped: Counter[str] = Counter(found.dropped)
    kept: list[Kept] = []
    drawn = random.SystemRandom()
    for one in found.reports:
        if one.state == "cancelled":
            continue
        shaped = shaping.shape(one, drawn.random())
        if isinstance(shaped, Kept):
            kept.append(shaped)
        else:
            dropped[shaped] += 1
    return kept, dropped
