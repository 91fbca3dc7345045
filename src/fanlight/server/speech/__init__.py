"""Room: speech. Talking points, scripts, templates and press statements, registered by who hands them out.

In:     a text, who wrote it, and whose side entered it: an agency, the operator, a clerk.
Out:    every version, to everybody; which of these texts another text reuses.
Holds:  a version and its entry are one transaction, the entry holds the whole text, and none is changed or
        taken back. A next version is entered beside the others, whichever side enters it.
Absent: what a reused text means: a label says where words come from (docs/design/posts.md).
Why:    R37
"""

import hashlib
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Literal, get_args

import msgspec

from fanlight.neighbors.alike import Registered, register, supplied
from fanlight.server.errors import Conflict
from fanlight.server.log import Log
from fanlight.store.database import Tx, many
from fanlight.wire.speech import SpeechText

Kind = Literal["talking-points", "script", "template", "press-statement"]
Side = Literal["agency", "operator", "clerk"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST_TEXT = 20_000
MOST, MOST_VERSIONS = 500, 100
_LOCK = 0x73706565  # any fixed number: who enters a version holds it


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a text as everybody reads it; `index` is its entry's place once it has one."""

    text: str
    version: int
    kind: str
    title: str
    author: str
    side: str
    agency: str | None
    body: str
    sha256: str
    day: date
    index: int | None = None


class Reused(msgspec.Struct, frozen=True):
    """A registered text that another text has words of: seven or more in a row."""

    text: str
    title: str
    words: int


async def all_of(tx: Tx) -> list[Version]:
    """Return every version of every text, by title, oldest first."""
    return await many(
        tx,
        Version,
        "SELECT s.id AS text, s.version, s.kind, s.title, s.author, s.side, s.agency, s.body, s.sha256,"
        " s.day, l.idx AS index FROM speech_text s JOIN leaf l ON l.id = s.leaf"
        " ORDER BY s.title, s.id, s.version",
    )


async def enter(tx: Tx, log: Log, said: Version) -> Version:
    """Enter a version; raises Conflict where it is not the next, changes nothing, or is one too many."""
    await tx.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    known = await all_of(tx)
    before = [one for one in known if one.text == said.text]
    if said.version != len(before) + 1 or (before and before[-1].kind != said.kind):
        raise Conflict(
            "Another version of this text was entered meanwhile.",
            do="Load the page again, read that one, and enter the next.",
            code="speech.overtaken",
        )
    if before and (before[-1].body, before[-1].title) == (said.body, said.title):
        raise Conflict(
            "This version says what the one before says.", do="Change it first.", code="speech.unchanged"
        )
    if len({one.text for one in known} | {said.text}) > MOST or len(before) >= MOST_VERSIONS:
        raise Conflict("There are too many of these texts.", do="Begin no more.", code="speech.too_many")
    entry = SpeechText(
        text=said.text,
        version=said.version,
        kind=said.kind,
        title=said.title,
        author=said.author,
        side=said.side,
        agency=said.agency,
        day=said.day.isoformat(),
        sha256=said.sha256,
        body=said.body,
    )
    leaf = await log.queue_leaf(tx, "speech-text", entry.pub())
    await tx.execute(
        "INSERT INTO speech_text (id, version, kind, title, author, side, agency, body, sha256, day, leaf)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            *(said.text, said.version, said.kind, said.title, said.author, said.side, said.agency, said.body),
            *(said.sha256, said.day, leaf),
        ],
    )
    return said


async def reused(tx: Tx, text: str) -> list[Reused]:
    """Return the registered texts that a text has words of, most words first; each once, in any version."""
    versions = await all_of(tx)
    titles = {one.text: one.title for one in versions}
    most: dict[str, int] = {}
    for found in supplied(text, _registered(versions)):
        most[found.text_id] = max(found.words, most.get(found.text_id, 0))
    return [
        Reused(of, titles[of], words) for of, words in sorted(most.items(), key=lambda one: (-one[1], one[0]))
    ]


def _registered(versions: Iterable[Version]) -> list[Registered]:
    return [_read(one.text, one.body) for one in versions]


@lru_cache(maxsize=1024)
def _read(text: str, body: str) -> Registered:
    return register(text, body)


def digest(body: str) -> str:
    """Return the hash of a text."""
    return hashlib.sha256(body.encode()).hexdigest()
