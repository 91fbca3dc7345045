"""The web client as it was released: which files it has, by their hashes, and its entry in the record.

In:     the folder of static files that the web build left, with `release.json` in it.
Out:    Release; a leaf `release` for one that the record does not have yet.
Holds:  a release whose files differ from its list is not entered, and nothing is said to be it.
Absent: how the files are made (web/release.mjs); who compares them (`fanlight app`, `fanlight verify`).
Why:    docs/spec/log.md, docs/design/threats.md
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from fanlight.model.errors import FanlightError
from fanlight.server.log import Log
from fanlight.store.database import Database, value
from fanlight.wire import jcs

LIST = "release.json"
LEAF = "release"  # its type, as `queue_leaf` is given it
_LOCK = 0x72656C  # any fixed number: of servers that start at once, one enters the release


class BadRelease(FanlightError):
    """The web client is not here, or its files are not those of its list."""

    code = "release.bad"


class _List(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    v: int
    type: str
    version: str
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Release:
    """A list of files.

    Attributes:
        version: of Fanlight.
        files: path below the address of the pages, such as `home/index.html` -> SHA-256 in hex.
        sha256: of the list itself, in hex. This stands in the record.
    """

    version: str
    files: dict[str, str]
    sha256: str

    @property
    def leaf(self) -> dict[str, Any]:
        """What everybody reads of it in the record."""
        return {"version": self.version, "sha256": self.sha256}


def read(data: bytes) -> Release:
    """Read a list's bytes; raises BadRelease."""
    try:
        found = msgspec.convert(jcs.loads(data), _List)
    except (msgspec.MsgspecError, FanlightError) as error:
        raise bad("The list of the web client's files cannot be read.") from error
    if (found.v, found.type) != (1, LEAF):
        raise bad("The list of the web client's files is of another version.")
    return Release(found.version, found.files, hashlib.sha256(data).hexdigest())


def load(folder: Path) -> Release:
    """Read the list in a folder and compare each file with it; raises BadRelease."""
    try:
        release = read((folder / LIST).read_bytes())
        for path, sha256 in release.files.items():
            if hashlib.sha256((folder / path).read_bytes()).hexdigest() != sha256:
                raise bad(f"The web client's file {path} is not the one of its list.")
    except OSError as error:
        raise bad("The web client is not built here, or not whole.") from error
    return release


async def enter(db: Database, log: Log, release: Release) -> bool:
    """Enter a release in the record unless it is there; tell whether it was new."""
    async with db.transaction() as tx:
        await tx.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        known = await value(
            tx,
            "SELECT count(*) FROM leaf WHERE type = %s"
            " AND convert_from(body, 'UTF8')::jsonb -> 'pub' ->> 'sha256' = %s",
            [LEAF, release.sha256],
        )
        if known:
            return False
        await log.queue_leaf(tx, "release", release.leaf)
    return True


def bad(what: str) -> BadRelease:
    """Return the error for a client that is not whole."""
    return BadRelease(
        what, kept="Nothing was changed.", do="Install Fanlight again, or run `make setup` in its folder."
    )
