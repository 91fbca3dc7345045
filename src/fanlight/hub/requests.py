"""Open footage requests of this hub's cell, fetched like every other hub of the cell fetches them.

In:     the cell file, the cell's key, the pack it names; the log's key, pinned at the first meeting.
Out:    the requests that hold.
Holds:  the record this hub saw never shrinks and never forks: a longer one must prove that it begins with
        the one seen before. What does not is refused and said.
Why:    docs/design/rules.md, "Matching without being watched"
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from fanlight.hub import matching
from fanlight.hub.matching import Asked, CellFileRefused
from fanlight.hub.pinned import pinned_key
from fanlight.hub.sealer import Kept
from fanlight.hub.settings import Pairing
from fanlight.hub.status import Match
from fanlight.hub.uplink import Refused, Uplink, member
from fanlight.policy import Pack, default_pack, load_pack
from fanlight.proof.errors import ProofError
from fanlight.proof.handover import MAX_HANDOVERS, Handovers, handover_path
from fanlight.proof.merkle import TreeHead, verify_consistency
from fanlight.proof.note import VerifierKey
from fanlight.proof.tiles import TileReader
from fanlight.seal import keys
from fanlight.store.files import write_private

NOT_MODIFIED, NOT_FOUND = 304, 404


class Requests:
    """What this hub knows of its cell's requests. `folder` is the hub's."""

    def __init__(self, folder: Path, pairing: Pairing) -> None:
        """Take up the pinned key and the last record seen."""
        self._pinned, self._seen_path = pinned_key(folder), folder / "record-seen.json"
        self._pairing = pairing
        self._identity: str | None = None
        self._etag = ""
        self._packs: dict[str, Pack] = {default_pack().sha256: default_pack()}
        self.asked: tuple[Asked, ...] = ()

    async def refresh(self, uplink: Uplink) -> None:
        """Fetch the cell file and take it in.

        Raises:
            CellFileRefused: it does not hold; the requests known before stay.
            UplinkError: the server is away or says no.
            FanlightError: the log's key, the cell's or the pack cannot be read.
        """
        cell = self._pairing.cell
        headers = {"If-None-Match": self._etag} if self._etag else {}
        answer = await uplink.public("GET", f"/v1/cells/{cell}/requests", headers=headers)
        if answer.status_code == NOT_MODIFIED:
            return
        log = await self._log_key(uplink)
        if self._identity is None:
            identity = str(member(await uplink.call("GET", f"/v1/cells/{cell}/key"), "identity"))
            keys.identity_bytes(identity)
            self._identity = identity
        pack = await self._pack(uplink, matching.named_pack(answer.content))
        log = await self._follow(uplink, log, matching.named_log(answer.content))
        found = matching.read_cell_file(
            answer.content, log=log, cell=cell, identity=self._identity, pack=pack
        )
        await self._cross_check(TreeHead(found.size, found.root), uplink)
        self.asked = found.asked
        self._etag = answer.headers.get("ETag", "")

    def matches(self, clips: Sequence[Kept], now: datetime) -> list[Match]:
        """Return the clips here that open requests concern."""
        return matching.find_matches(self.asked, clips, self._pairing.lon, self._pairing.lat, now)

    async def _log_key(self, uplink: Uplink) -> VerifierKey:
        if not self._pinned.exists():
            answer = await uplink.public("GET", "/log/vkey")
            VerifierKey.parse(answer.text.strip())
            write_private(self._pinned, answer.text.encode())
        return VerifierKey.parse(self._pinned.read_text().strip())

    async def _follow(self, uplink: Uplink, pinned: VerifierKey, named: VerifierKey) -> VerifierKey:
        """Return the log's key as pinned, or the one it handed over to, which is pinned then."""
        if named == pinned or named not in (await _handovers(uplink)).follow(pinned):
            return pinned
        write_private(self._pinned, f"{named.vkey}\n".encode())
        return named

    async def _pack(self, uplink: Uplink, sha256: str) -> Pack:
        if sha256 not in self._packs:
            raw = (await uplink.public("GET", f"/v1/packs/{sha256}")).content
            if hashlib.sha256(raw).hexdigest() != sha256:
                raise _refused("The ordinance it names is another than the one the server gave")
            self._packs[sha256] = load_pack(raw)
        return self._packs[sha256]

    async def _cross_check(self, head: TreeHead, uplink: Uplink) -> None:
        if self._seen_path.exists():
            stored = json.loads(self._seen_path.read_text())
            seen = TreeHead(int(stored["size"]), bytes.fromhex(stored["root"]))
            if head.size < seen.size:
                raise _refused("The record is shorter than the one this hub saw before")
            try:
                proof = await _consistency(seen.size, head.size, uplink)
                verify_consistency(seen, head, proof)
            except ProofError as error:
                raise _refused("The record is other than the one this hub saw before") from error
        state = {"size": head.size, "root": head.root.hex()}
        write_private(self._seen_path, json.dumps(state).encode())


async def _handovers(uplink: Uplink) -> Handovers:
    files: dict[str, bytes] = {}
    try:
        for number in range(1, MAX_HANDOVERS + 1):
            path = handover_path(number)
            files[path] = (await uplink.public("GET", f"/log/{path}")).content
    except Refused as refusal:
        if refusal.status != NOT_FOUND:
            raise
    return Handovers.read(files.get)


class _Wanted(Exception):
    """A file of the log that must be fetched first; the argument is its path."""


async def _consistency(old: int, new: int, uplink: Uplink) -> list[bytes]:
    """Return the proof that the log of `new` leaves begins with its first `old`, from the log's tiles."""
    files: dict[str, bytes | None] = {}

    def read(path: str) -> bytes | None:
        if path not in files:
            raise _Wanted(path)
        return files[path]

    while True:
        try:
            return TileReader(new, read).consistency_proof(old)
        except _Wanted as wanted:
            path = str(wanted)
        try:
            files[path] = (await uplink.public("GET", f"/log/{path}")).content
        except Refused as refusal:
            if refusal.status != NOT_FOUND:
                raise
            files[path] = None


def _refused(why: str) -> CellFileRefused:
    return CellFileRefused(
        f"{why}.",
        kept="The requests known before stay as they were.",
        do="Tell the town's caretaker and the people who run the witnesses.",
    )
