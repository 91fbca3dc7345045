"""Room: what this server promises: its terms, what is done with data, what partners asked to build.

In:     a text by the operator; the texts that ship with Fanlight, for a server that has none.
Out:    all versions there ever were, to everybody alike.
Holds:  a version and its leaf are written in one transaction, so that none is public without an entry in the
        record; none is changed or taken back, only followed by another, which takes effect after a fortnight.
Absent: who has read what: that stays on people's devices.
Why:    docs/design/texts.md
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, get_args

import msgspec

from fanlight.server.errors import Conflict, Malformed
from fanlight.server.log import Log
from fanlight.store.database import Database, Tx, many

Name = Literal["terms", "privacy", "partners"]
NAMES: tuple[Name, ...] = get_args(Name)
NOTICE = timedelta(days=14)
MOST = 64 * 1024
_FIRST = Path(__file__).parent / "first"
_LOCK = 0x74657874  # any fixed number: who adds a version holds it


class Text(msgspec.Struct, frozen=True):
    """A version. `idx` is its leaf's place in the record, None until it has one."""

    name: str
    version: int
    body: str
    sha256: str
    effective: date
    idx: int | None


@dataclass(frozen=True, slots=True)
class New:
    """A version to be published. `body` has lines that end with a line feed.

    `after` is the version that it was written against, None where nobody wrote it against one.
    """

    name: Name
    body: str
    effective: date
    after: int | None = None


def check(new: New, before: Text | None, today: date) -> None:
    """Raise unless a text may follow the version `before` it.

    Raises:
        Malformed: it takes effect too soon.
        Conflict: it says what the version before says, or was written against another one.
    """
    if new.after is not None and new.after != (0 if before is None else before.version):
        raise Conflict(
            "Somebody published another version of this text meanwhile.",
            do="Read that one, and make your change to it.",
            code="texts.overtaken",
        )
    if before is None:
        return
    if before.body == new.body:
        raise Conflict(
            "This is the text that is in force already.", do="Change it first.", code="texts.unchanged"
        )
    earliest = max(today + NOTICE, before.effective)
    if new.effective < earliest:
        raise Malformed(
            f"A change takes effect on {earliest.isoformat()} at the earliest: people get a fortnight.",
            do="Choose a later day.",
            code="texts.too_soon",
        )


async def all_of(tx: Tx) -> list[Text]:
    """Return every version of every text, by name and version."""
    return await many(
        tx,
        Text,
        "SELECT name, version, public_text.body, sha256, effective, idx FROM public_text"
        " JOIN leaf ON leaf.id = public_text.leaf ORDER BY name, version",
    )


async def publish(tx: Tx, log: Log, new: New, today: date) -> Text:
    """Add a version with its leaf; raises what `check` does."""
    await tx.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    known = [one for one in await all_of(tx) if one.name == new.name]
    before = known[-1] if known else None
    check(new, before, today)
    sha256 = hashlib.sha256(new.body.encode()).hexdigest()
    text = Text(new.name, len(known) + 1, new.body, sha256, new.effective, None)
    pub = {
        "name": text.name,
        "version": text.version,
        "sha256": sha256,
        "effective": text.effective.isoformat(),
    }
    leaf = await log.queue_leaf(tx, "text", pub)
    await tx.execute(
        "INSERT INTO public_text (name, version, body, sha256, effective, leaf)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        [text.name, text.version, text.body, text.sha256, text.effective, leaf],
    )
    return text


async def begin(db: Database, log: Log, today: date) -> None:
    """Publish the texts that ship with Fanlight where there are none; later releases change none."""
    async with db.transaction() as tx:
        here = {one.name for one in await all_of(tx)}
        for name in NAMES:
            if name not in here:
                await publish(tx, log, New(name, (_FIRST / f"{name}.txt").read_text("utf-8"), today), today)
