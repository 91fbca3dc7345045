"""What is sealed and waits to be sent: resumable, exactly once, survives power loss. Room 6 of the hub.

In:     SealedClip from hub.sealer.
Out:    the same bytes at the server, then nothing here.
Holds:  O1 a row implies files of that size; a row is committed after its files and folder are synced.
        O2 a clip is removed here only after the server said that it has all of it.
        O3 sending twice is harmless: the server takes the same bytes for the same id once.
Absent: keys and plaintext. What waits here is sealed.
Why:    docs/design/hub.md
"""

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fanlight.hub.uplink import Refused, Uplink
from fanlight.model.errors import FanlightError
from fanlight.wire import b64

PART_BYTES = 4 * 1024 * 1024
_REFUSED_FOR_GOOD = {400, 403, 409, 413}


class OutboxFull(FanlightError):
    """The disk does not take another sealed clip."""

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
    """The queue in `folder`. One process uses it."""

    def __init__(self, folder: Path) -> None:
        """Open or make it, and drop files that no row names."""
        self._folder = folder / "outbox"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "outbox.sqlite", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS parcel (clip TEXT PRIMARY KEY, place INTEGER NOT NULL,"
            " card BLOB NOT NULL, card_sig BLOB NOT NULL, manifest BLOB NOT NULL,"
            " hdr BLOB NOT NULL, pay_bytes INTEGER NOT NULL,"
            " refused TEXT) STRICT"
        )
        self._repair()

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def put(self, parcel: Parcel) -> None:
        """Keep a parcel until it is sent.

        Raises:
            OutboxFull: the disk refused it; nothing of it stays, and earlier parcels are untouched.
        """
        path = self._folder / parcel.clip
        try:
            with path.open("wb") as file:
                file.write(parcel.pay)
                file.flush()
                os.fsync(file.fileno())
            _sync_folder(self._folder)
            self._db.execute(
                "INSERT INTO parcel VALUES"
                " (?, (SELECT coalesce(max(place), 0) + 1 FROM parcel), ?, ?, ?, ?, ?, NULL)",
                (parcel.clip, parcel.card, parcel.card_sig, parcel.manifest, parcel.hdr, len(parcel.pay)),
            )
        except (OSError, sqlite3.OperationalError) as error:
            path.unlink(missing_ok=True)
            raise OutboxFull(
                "A sealed clip could not be written to this hub's disk.",
                kept="The recording itself and all clips that waited before are still here.",
                do="Make room on the hub's disk.",
            ) from error

    def waiting(self) -> int:
        """Return how many clips wait."""
        (count,) = self._db.execute("SELECT count(*) FROM parcel WHERE refused IS NULL").fetchone()
        return int(count)

    def refusals(self) -> list[tuple[str, str]]:
        """Return (clip, reason) for those that the server will not take; they stay here."""
        return [(clip, why) for clip, why in self._db.execute("SELECT clip, refused FROM parcel") if why]

    async def push(self, uplink: Uplink) -> int:
        """Send what waits, oldest first; return how many arrived.

        Raises:
            ServerAway: the server stopped answering; what was not acknowledged stays.
        """
        sent = 0
        for clip in list(self._clips()):
            try:
                await self._send(clip, uplink)
            except Refused as refusal:
                if refusal.status not in _REFUSED_FOR_GOOD:
                    raise
                self._db.execute("UPDATE parcel SET refused = ? WHERE clip = ?", (refusal.what, clip))
                continue
            self._db.execute("DELETE FROM parcel WHERE clip = ?", (clip,))
            (self._folder / clip).unlink(missing_ok=True)
            sent += 1
        return sent

    async def _send(self, clip: str, uplink: Uplink) -> None:
        card, sig, manifest, hdr, size = self._db.execute(
            "SELECT card, card_sig, manifest, hdr, pay_bytes FROM parcel WHERE clip = ?", (clip,)
        ).fetchone()
        wire = {
            "card": card.decode(),
            "sig": b64.encode(sig),
            "manifest": b64.encode(manifest),
            "hdr": b64.encode(hdr),
        }
        await uplink.call("PUT", f"/v1/clips/{clip}", json=wire)
        answer = await uplink.call("HEAD", f"/v1/clips/{clip}/pay")
        offset = int(answer.headers.get("Upload-Offset", "0"))
        with (self._folder / clip).open("rb") as file:
            while offset < size:
                file.seek(offset)
                part = file.read(PART_BYTES)
                answer = await uplink.call(
                    "PUT", f"/v1/clips/{clip}/pay", params={"offset": offset}, content=part
                )
                offset = int(answer.json()["received"])
        await uplink.call("POST", f"/v1/clips/{clip}/done")

    def _clips(self) -> Iterator[str]:
        for (clip,) in self._db.execute(
            "SELECT clip FROM parcel WHERE refused IS NULL ORDER BY place"
        ).fetchall():
            yield clip

    def _repair(self) -> None:
        named = {clip for (clip,) in self._db.execute("SELECT clip FROM parcel")}
        for path in self._folder.iterdir():
            if path.name not in named:
                path.unlink()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
