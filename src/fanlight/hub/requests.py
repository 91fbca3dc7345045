"""Open footage requests of this hub's cell, fetched like every other hub of the cell fetches them.

In:     the cell file, the cell's key, the pack it names; the log's key, pinned at the first meeting.
Out:    the requests that hold.
Holds:  the record this hub saw never shrinks and never forks; what does is refused and said.
Why:    docs/design/rules.md, "Matching without being watched"
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from fanlight.hub import matching
from fanlight.hub.matching import Asked, CellFile, CellFileRefused
from fanlight.hub.sealer import Kept
from fanlight.hub.settings import HubSettings, write_private
from fanlight.hub.status import Match
from fanlight.hub.uplink import Uplink
from fanlight.policy import Pack, default_pack, load_pack
from fanlight.proof.note import VerifierKey

NOT_MODIFIED = 304


class Requests:
    """What this hub knows of its cell's requests. `folder` is the hub's."""

    def __init__(self, folder: Path, settings: HubSettings) -> None:
        """Take up the pinned key and the last record seen."""
        self._pinned, self._seen_path = folder / "log.vkey", folder / "record-seen.json"
        self._settings = settings
        self._identity: str | None = None
        self._etag = ""
        self._packs: dict[str, Pack] = {default_pack().sha256: default_pack()}
        self.asked: tuple[Asked, ...] = ()

    async def refresh(self, uplink: Uplink) -> None:
        """Fetch the cell file and take it in.

        Raises:
            CellFileRefused: it does not hold; the requests known before stay.
            UplinkError: the server is away or says no.
        """
        cell = self._settings.cell
        headers = {"If-None-Match": self._etag} if self._etag else {}
        answer = await uplink.public("GET", f"/v1/cells/{cell}/requests", headers=headers)
        if answer.status_code == NOT_MODIFIED:
            return
        log = await self._log_key(uplink)
        if self._identity is None:
            self._identity = str((await uplink.call("GET", f"/v1/cells/{cell}/key")).json()["identity"])
        pack = await self._pack(uplink, matching.named_pack(answer.content))
        found = matching.read_cell_file(
            answer.content, log=log, cell=cell, identity=self._identity, pack=pack
        )
        self._cross_check(found)
        self.asked = found.asked
        self._etag = answer.headers.get("ETag", "")

    def matches(self, clips: Sequence[Kept], now: datetime) -> list[Match]:
        """Return the clips here that open requests concern."""
        return matching.find_matches(self.asked, clips, self._settings.lon, self._settings.lat, now)

    async def _log_key(self, uplink: Uplink) -> VerifierKey:
        if not self._pinned.exists():
            answer = await uplink.public("GET", "/log/vkey")
            VerifierKey.parse(answer.text.strip())
            write_private(self._pinned, answer.text.encode())
        return VerifierKey.parse(self._pinned.read_text().strip())

    async def _pack(self, uplink: Uplink, sha256: str) -> Pack:
        if sha256 not in self._packs:
            raw = (await uplink.public("GET", f"/v1/packs/{sha256}")).content
            if hashlib.sha256(raw).hexdigest() != sha256:
                raise _refused("The ordinance it names is another than the one the server gave")
            self._packs[sha256] = load_pack(raw)
        return self._packs[sha256]

    def _cross_check(self, found: CellFile) -> None:
        if self._seen_path.exists():
            seen = json.loads(self._seen_path.read_text())
            forked = found.size == seen["size"] and found.root.hex() != seen["root"]
            if found.size < seen["size"] or forked:
                raise _refused("The record is shorter or other than the one this hub saw before")
        state = {"size": found.size, "root": found.root.hex()}
        write_private(self._seen_path, json.dumps(state).encode())


def _refused(why: str) -> CellFileRefused:
    return CellFileRefused(
        f"{why}.",
        kept="The requests known before stay as they were.",
        do="Tell the town's caretaker and the people who run the witnesses.",
    )
