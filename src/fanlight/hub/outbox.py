"""What is sealed and waits to be sent: resumable, exactly once, survives power loss. Room 6 of the hub.

In:     SealedClip from hub.sealer.
Out:    the same bytes at the server, then nothing here.
Holds:  O1 a row implies a file of that size; a row is committed after its file and folder are synced.
        O2 a clip is removed here only after the server said that it has all of it, that a member erased
           it, or that the household keeps nothing of its day, which is counted. A full server has it wait.
        O3 sending twice is harmless: the server takes the same bytes for the same id once.
        O4 sent evenly, only what was made due is sent, and what is due depends on the sizes asked for and on
           nothing else; what is due outlives a restart.
        Start-up removes files without a row, and says of a row whose file is lost that it is.
Absent: keys and plaintext. What waits here is sealed.
Why:    docs/design/hub.md
"""

import asyncio
import contextlib
import json
import os
import sqlite3
import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from httpx import Response

from fanlight.hub.uplink import Refused, Uplink, member, unreadable
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.store.files import sync_folder
from fanlight.wire import b64

PART_BYTES = 4 * 1024 * 1024
_REFUSED_FOR_GOOD = {400, 409, 413}
_GO_ON_LATER = {"vault.incomplete", "server.upload_gap"}  # the server lost a part: send it again
_PAST_DAYS = "vault.past_days"
_UNWANTED = {"vault.erased", _PAST_DAYS}  # a member erased it, or the household keeps nothing of its day
_TOO_EARLY = "vault.day_ahead"  # by the server's clock; the clips after it may be of today
_SAID_DAYS = 7
_LOST = "The disk of this hub lost the sealed clip before it was sent."


class OutboxFull(FanlightError):
    """The disk does not take what the outbox must write."""

    code = "outbox.full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One sealed clip on its way. `card` is canonical JSON, `card_sig` the hub's signature over it."""

    clip: str
    card: bytes
    card_sig: bytes
    manifest: bytes
    hdr: bytes
    pay: bytes


class Outbox:
    """The queue in `folder`. One process uses it; any thread of it may put."""

    def __init__(self, folder: Path) -> None:
        """Open or make it, and drop files that no row names."""
        self._folder = folder / "outbox"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock, self._pushing = threading.Lock(), asyncio.Lock()
        self._db = sqlite3.connect(folder / "outbox.sqlite", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS parcel (clip TEXT PRIMARY KEY, place INTEGER NOT NULL,"
            " card BLOB NOT NULL, card_sig BLOB NOT NULL, manifest BLOB NOT NULL,"
            " hdr BLOB NOT NULL, pay_bytes INTEGER NOT NULL,"
            " refused TEXT) STRICT"
        )
        if not self._ask("SELECT 1 FROM pragma_table_info('parcel') WHERE name = 'due'"):
            self._db.execute("ALTER TABLE parcel ADD COLUMN due INTEGER NOT NULL DEFAULT 0")
        self._db.execute("CREATE TABLE IF NOT EXISTS sending (moment TEXT PRIMARY KEY) STRICT")
        self._db.execute("CREATE TABLE IF NOT EXISTS fallen (day TEXT PRIMARY KEY, clips INTEGER) STRICT")
        self._early = 0
        self._repair()

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def put(self, parcel: Parcel) -> None:
        """Keep a parcel until it is sent. Putting one that is here already changes nothing.

        Raises:
            OutboxFull: the disk refused it; nothing of it stays, and earlier parcels are untouched.
        """
        if self._ask("SELECT 1 FROM parcel WHERE clip = ?", parcel.clip):
            return
        path = self._folder / parcel.clip
        try:
            with path.open("wb") as file:
                file.write(parcel.pay)
                file.flush()
                os.fsync(file.fileno())
            sync_folder(self._folder)
            self._ask(
                "INSERT INTO parcel (clip, place, card, card_sig, manifest, hdr, pay_bytes) VALUES"
                " (?, (SELECT coalesce(max(place), 0) + 1 FROM parcel), ?, ?, ?, ?, ?)",
                parcel.clip, parcel.card, parcel.card_sig, parcel.manifest, parcel.hdr, len(parcel.pay),
            )  # fmt: skip
        except (OSError, OutboxFull) as error:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            raise _full() from error

    def waiting(self) -> int:
        """Return how many clips wait."""
        return int(self._ask("SELECT count(*) FROM parcel WHERE refused IS NULL")[0][0])

    def held(self) -> list[str]:
        """Return the clips that are here: they wait, or the server will not take them."""
        return [clip for (clip,) in self._ask("SELECT clip FROM parcel")]

    def refusals(self) -> list[tuple[str, str]]:
        """Return (clip, reason) for those that the server will not take; they stay here."""
        return self._ask("SELECT clip, refused FROM parcel WHERE refused IS NOT NULL ORDER BY place")

    def troubles(self) -> list[str]:
        """Return what became of clips that are not at the server and will not come by themselves."""
        said = []
        if self._early:
            said.append(
                f"{self._early} clips are of a day that the server says is still to come. They wait. Look at"
                " this hub's clock."
            )
        refused = self.refusals()
        if refused:
            said.append(f"{len(refused)} clips stay here: {refused[0][1]}")
        since = (clock.now() - timedelta(days=_SAID_DAYS)).date().isoformat()
        fallen = self._ask("SELECT coalesce(sum(clips), 0) FROM fallen WHERE day >= ?", since)[0][0]
        if fallen:
            said.append(
                f"{fallen} clips came too late: your household keeps no clips of their days any more. They"
                " were dropped. The recording at home is as it was."
            )
        return said

    def is_next(self, moment: str) -> bool:
        """Tell whether `moment` is a later one than the last for which something was made due.

        The first moment that is seen counts as done: one begins to send evenly at the next.
        """
        if not self._ask("SELECT 1 FROM sending"):
            self._ask("INSERT INTO sending VALUES (?)", moment)
        return bool(self._ask("SELECT 1 FROM sending WHERE moment < ?", moment))

    def lacking(self, sizes: Sequence[int]) -> list[int]:
        """Return which of the places, payloads of these sizes, nothing that waits can fill."""
        return [place for place, clip in enumerate(self._chosen(sizes)) if clip is None]

    def make_due(self, moment: str, sizes: Sequence[int]) -> None:
        """Have one parcel of each of these sizes be sent, and with them those that have none of the sizes."""
        odd = self._ask(
            "SELECT clip FROM parcel WHERE refused IS NULL"
            " AND pay_bytes NOT IN (SELECT value FROM json_each(?))",
            json.dumps(list(sizes)),
        )
        due = [clip for clip in self._chosen(sizes) if clip is not None] + [clip for (clip,) in odd]
        # The moment first: a crash after it sends less this time, and never more.
        self._ask("UPDATE sending SET moment = ?", moment)
        self._ask("UPDATE parcel SET due = 1 WHERE clip IN (SELECT value FROM json_each(?))", json.dumps(due))

    def _chosen(self, sizes: Sequence[int]) -> list[str | None]:
        """Return for each place the oldest parcel of its size that none before it takes."""
        rows = self._ask(
            "SELECT clip, pay_bytes FROM parcel WHERE refused IS NULL AND NOT due ORDER BY place"
        )
        by_size: defaultdict[int, deque[str]] = defaultdict(deque)
        for clip, size in rows:
            by_size[size].append(clip)
        return [by_size[size].popleft() if by_size[size] else None for size in sizes]

    async def push(self, uplink: Uplink, *, only_due: bool = False) -> int:
        """Send what waits, oldest first, or only what is due, in any order; return how many arrived.

        Raises:
            ServerAway: the server stopped answering; what was not acknowledged stays.
            Refused: not for this clip's sake, such as an account that may not or a server without room.
            OutboxFull: the disk does not take that a clip has been sent; it is sent again, harmlessly.
        """
        sent = early = 0
        async with self._pushing:
            query = "SELECT clip FROM parcel WHERE refused IS NULL "
            query += "AND due ORDER BY random()" if only_due else "ORDER BY place"
            for (clip,) in self._ask(query):
                try:
                    await self._send(clip, uplink)
                except Refused as refusal:
                    if refusal.server_code in _UNWANTED:
                        if refusal.server_code == _PAST_DAYS:
                            self._count_fallen()
                        self._drop(clip)
                    elif refusal.server_code == _TOO_EARLY:
                        early += 1
                    elif refusal.status not in _REFUSED_FOR_GOOD or refusal.server_code in _GO_ON_LATER:
                        raise
                    else:
                        self._refuse(clip, refusal.what)
                except OSError:
                    self._refuse(clip, _LOST)
                else:
                    self._drop(clip)
                    sent += 1
            self._early = early
        return sent

    async def _send(self, clip: str, uplink: Uplink) -> None:
        card, sig, manifest, hdr, size = self._ask(
            "SELECT card, card_sig, manifest, hdr, pay_bytes FROM parcel WHERE clip = ?", clip
        )[0]
        wire = {
            "card": card.decode(),
            "sig": b64.encode(sig),
            "manifest": b64.encode(manifest),
            "hdr": b64.encode(hdr),
        }
        answer = await uplink.call("PUT", f"/v1/clips/{clip}", json=wire)
        if member(answer, "kept") is True:
            return
        there = _count(member(answer, "received"), answer)
        try:
            await self._send_payload(clip, size, there, uplink)
        except Refused as refusal:
            # A server that lost power may hold other bytes than were sent. It has dropped them by now.
            if not there or refusal.status not in _REFUSED_FOR_GOOD or refusal.server_code in _GO_ON_LATER:
                raise
            await self._send_payload(clip, size, 0, uplink)

    async def _send_payload(self, clip: str, size: int, offset: int, uplink: Uplink) -> None:
        """Send a payload from `offset` on; return when the server says that it keeps all of it."""
        kept: object = False
        with (self._folder / clip).open("rb") as file:
            while offset < size:
                file.seek(offset)
                part = await asyncio.to_thread(file.read, PART_BYTES)
                if not part:
                    raise OSError(_LOST)
                where: dict[str, Any] = {"offset": offset}
                if offset + len(part) >= size:
                    where["last"] = "true"
                answer = await uplink.call("PUT", f"/v1/clips/{clip}/pay", params=where, content=part)
                received = _count(member(answer, "received"), answer)
                if received <= offset:
                    raise unreadable(answer)
                offset, kept = received, answer.json().get("kept")
        if kept is not True:  # a server of before, or one that had it all
            answer = await uplink.call("POST", f"/v1/clips/{clip}/done")
            if member(answer, "kept") is not True:
                raise unreadable(answer)

    def _drop(self, clip: str) -> None:
        self._ask("DELETE FROM parcel WHERE clip = ?", clip)
        with contextlib.suppress(OSError):  # a file without a row goes at the next start
            (self._folder / clip).unlink(missing_ok=True)

    def _count_fallen(self) -> None:
        today = clock.now().date()
        self._ask("DELETE FROM fallen WHERE day < ?", (today - timedelta(days=_SAID_DAYS)).isoformat())
        count = "INSERT INTO fallen VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET clips = clips + 1"
        self._ask(count, today.isoformat())

    def _refuse(self, clip: str, why: str) -> None:
        self._ask("UPDATE parcel SET refused = ? WHERE clip = ?", why, clip)

    def _ask(self, statement: str, *values: object) -> list[Any]:
        with self._lock:
            try:
                return self._db.execute(statement, values).fetchall()
            except sqlite3.OperationalError as error:
                raise _full() from error

    def _repair(self) -> None:
        sizes = dict(self._ask("SELECT clip, pay_bytes FROM parcel"))
        for path in self._folder.iterdir():
            if path.name not in sizes:
                path.unlink()
            elif path.stat().st_size == sizes[path.name]:
                del sizes[path.name]
        self._ask("UPDATE parcel SET refused = NULL WHERE refused = ?", _LOST)
        for clip in sizes:
            self._refuse(clip, _LOST)


def _count(value: object, answer: Response) -> int:
    try:
        return int(str(value))
    except ValueError as error:
        raise unreadable(answer) from error


def _full() -> OutboxFull:
    return OutboxFull(
        "A sealed clip could not be written to this hub's disk.",
        kept="The recording itself and all clips that waited before are still here.",
        do="Make room on the hub's disk.",
    )
