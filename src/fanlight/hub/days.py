"""What this hub says of each day, so that a clip can be dated later: a salted root in the town's record.

In:     the hashes of the day's clips, in the order of their chains; the town's answer.
Out:    a digest a day to the server, whatever happened; a proof for any clip of a day that is in the record.
Holds:  salt, hashes and path stay here, a file a day; what was told of a day is never told otherwise; a
        path is kept only if it leads from the digest to an entry that the record's key signed.
Absent: when within the day. A server that does not know these calls is left alone.
Why:    docs/spec/log.md
"""

import secrets
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from fanlight.hub.sealer import Sealer
from fanlight.hub.uplink import Refused, Uplink, unreadable
from fanlight.proof import journal_day
from fanlight.proof.errors import ProofError, Unproven
from fanlight.proof.journal_day import DayProof, Place
from fanlight.proof.merkle import HASH_BYTES, TreeHead, hash_leaf, verify_inclusion
from fanlight.proof.note import VerifierKey
from fanlight.proof.openings import parse_leaf
from fanlight.proof.receipt import Receipt, verify_receipt
from fanlight.store.files import write_private

SETTLED = timedelta(minutes=30)  # by then a clip that began before midnight is sealed
ASKED = timedelta(days=50)  # so long a server keeps the paths
NOT_FOUND, CONFLICT, UNAVAILABLE = 404, 409, 503


class _Kept(msgspec.Struct):
    day: date
    salt: str
    hashes: list[str]
    told: bool = False
    town: dict[str, object] | None = None
    leaf: str = ""
    receipt: str = ""

    @property
    def made(self) -> list[bytes]:
        return [bytes.fromhex(one) for one in self.hashes]

    @property
    def digest(self) -> bytes:
        return journal_day.salted(bytes.fromhex(self.salt), journal_day.day_root(self.made))


class Days:
    """The days of one hub. `folder` is the hub's."""

    def __init__(self, folder: Path, sealer: Sealer) -> None:
        """Read nothing yet."""
        self._folder, self._sealer = folder / "days", sealer
        self._waiting: set[date] | None = None  # told, and without a path
        self._log = folder / "log.vkey"  # as pinned with the cell's requests

    async def refresh(self, uplink: Uplink, now: datetime) -> None:
        """Tell yesterday once it has settled, and fetch the paths of days before; raises UplinkError."""
        today = now.date()
        if now - SETTLED >= datetime.combine(today, datetime.min.time(), now.tzinfo):
            await self._tell(uplink, today - timedelta(days=1))
        if not self._log.exists():
            return
        for day in sorted(self._without_path()):
            if today - ASKED <= day < today - timedelta(days=1):
                await self._fetch(uplink, _read(self._path(day)))

    def _without_path(self) -> set[date]:
        """Return the days that were told and have no path yet; they are looked for on disk once."""
        if self._waiting is None:
            kept = [_read(path) for path in self._folder.glob("*.json")]
            self._waiting = {one.day for one in kept if one.told and not one.leaf}
        return self._waiting

    async def _tell(self, uplink: Uplink, day: date) -> None:
        path = self._path(day)
        if path.exists():
            kept = _read(path)
        else:
            hashes = [one.hex() for one in self._sealer.hashes(day)]
            kept = _Kept(day, secrets.token_hex(HASH_BYTES), hashes)
            self._write(kept)
        if kept.told:
            return
        try:
            await uplink.call("PUT", f"/v1/days/{day}", json={"digest": kept.digest.hex()})
        except Refused as refusal:
            if refusal.status not in {NOT_FOUND, CONFLICT}:  # an older server, or clocks that differ
                raise
            return
        kept.told = True
        self._write(kept)
        self._without_path().add(day)

    async def _fetch(self, uplink: Uplink, kept: _Kept) -> None:
        try:
            answer = await uplink.public("GET", f"/v1/days/{kept.day}/{kept.digest.hex()}")
        except Refused as refusal:
            if refusal.status not in {NOT_FOUND, UNAVAILABLE}:
                raise
            return
        try:
            said = msgspec.json.decode(answer.content, type=_Said)
            place = said.town.place()
            _check(kept, place, said, VerifierKey.parse(self._log.read_text().strip()))
        except (msgspec.MsgspecError, ValueError, ProofError) as error:
            raise unreadable(answer) from error
        kept.town, kept.leaf, kept.receipt = place.as_json(), said.leaf, said.receipt
        self._write(kept)
        self._without_path().discard(kept.day)

    def _path(self, day: date) -> Path:
        return self._folder / f"{day}.json"

    def _write(self, kept: _Kept) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        write_private(self._path(kept.day), msgspec.json.encode(kept))


def proof_of(folder: Path, day: date, made: bytes) -> DayProof | None:
    """Return the proof that a clip's hash was here by the end of a day, or None while there is none.

    Args:
        folder: the days of a hub, `days` below its own; also while the hub runs.
        day: on which the clip began, in UTC.
        made: the clip's hash in its camera's chain.
    """
    path = folder / f"{day}.json"
    kept = _read(path) if path.exists() else None
    if kept is None or kept.town is None or made not in kept.made:
        return None
    index = kept.made.index(made)
    hub = Place(index, len(kept.made), tuple(journal_day.path_to(kept.made, index)))
    town = journal_day.read_place(kept.town)
    return DayProof(day, bytes.fromhex(kept.salt), hub, town, kept.leaf.encode(), kept.receipt)


def _read(path: Path) -> _Kept:
    return msgspec.json.decode(path.read_bytes(), type=_Kept)


class _Said(msgspec.Struct):
    town: journal_day.PlaceIn
    leaf: str
    receipt: str


def _check(kept: _Kept, place: Place, said: _Said, log: VerifierKey) -> None:
    """Raise ProofError unless the digest is in an entry of this day that the record holds."""
    leaf = said.leaf.encode()
    pub = parse_leaf(leaf).pub
    if pub.get("day") != kept.day.isoformat() or pub.get("size") != place.size:
        raise Unproven("the entry is of another day")
    head = TreeHead(place.size, bytes.fromhex(str(pub.get("root"))))
    verify_inclusion(hash_leaf(kept.digest), place.index, place.path, head)
    verify_receipt(leaf, Receipt.parse(said.receipt), log)
