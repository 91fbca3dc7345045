"""Comments on an agreement: by anybody, read by everybody, removed only by a published rule.

In:     a name and words; work, where a place on the network has said much within the hour.
Out:    rows and entries.
Holds:  no account and no address; what is taken reads as it looks and bears the name of no agency or office;
        a place that says much is asked for computing, more each time, and never shut out: nobody can use
        up what others on the same network may say. The same words are taken once. A removal names its rule
        and is an entry; with it name and words are erased, from the row and from the record's openings.
Absent: who said it.
Why:    docs/design/register.md
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import msgspec

from fanlight.model.ids import new_id
from fanlight.model.readable import bad_text, check_name, check_words, skeleton
from fanlight.server.errors import Conflict, Malformed, NotFound, TooMany
from fanlight.server.log import Log
from fanlight.server.programme import register_store as rows
from fanlight.server.programme import store
from fanlight.store.database import Tx, changed, many, one, value
from fanlight.wire.register import digest

FREE = 5  # comments an hour of one place on the network, for nothing
LEAST_BITS = 14  # of computing for the next one: some 16,000 hashes
MOST_BITS = 20  # a minute in a slow browser; more would shut people out
MOST_WORDS = 4_000
RULES: Mapping[str, str] = {
    "comment.personal": "It tells of somebody what is theirs to tell: an address, a number, an illness.",
    "comment.threat": "It threatens somebody, or calls for harm.",
    "comment.advert": "It sells something.",
    "comment.pretends": "It speaks in the name of somebody who did not say it.",
    "comment.repeats": "It says what many others say in the same words, under other names.",
}
_OFFICES = ("clerk", "cityclerk", "townclerk", "operator", "fanlight", "mayor", "policedepartment", "police")


class Row(msgspec.Struct, frozen=True):
    """A comment as everybody reads it; a removed one has the rule instead of name and words."""

    id: str
    nr: int
    agreement: str
    day: date
    name: str | None
    words: str | None
    removed: str | None
    leaf: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A comment as it comes in; `work` is a nonce."""

    agreement: str
    name: str
    words: str
    work: str = ""


_ROW = "SELECT id, nr, agreement, day, name, words, removed, leaf FROM agreement_comment"


def bits_needed(said: int) -> int:
    """Return how much computing the next comment needs of a place that said so many within the hour."""
    return 0 if said < FREE else min(LEAST_BITS + said - FREE, MOST_BITS)


def check_work(said: Said, bits: int) -> None:
    """Raise TooMany unless a comment brings the computing that is asked of it."""
    body = f"fanlight/comment/v1\n{said.agreement}\n{digest(said.words)}\n{said.work}".encode()
    done = int.from_bytes(hashlib.sha256(body).digest(), "big")
    if bits and done >> (256 - bits):
        raise TooMany(
            f"Much was said from this place within the hour: the next needs {bits} bits of computing.",
            kept="Your words are still in the form.",
            do="Let your device compute, as the page does by itself, or wait until the next hour.",
            code="register.comment_work",
        )


async def say(log: Log, tx: Tx, said: Said, today: date) -> str:
    """Store a comment with its entry; return its id.

    Raises:
        BadText: name or words do not read as they look, or the name is an agency's or an office's.
        Conflict: it is not open to comment, or the same was said.
    """
    check_words(said.words, most=MOST_WORDS)
    check_name(said.name)
    row = await rows.agreement(tx, said.agreement)
    if row is None:
        raise NotFound("There is no such agreement.", do="Load the register.", code="register.no_agreement")
    open_ = row.state in {"published", "hearing"} and row.comment_until is not None and row.day is not None
    if not open_ or row.comment_until is None or today > row.comment_until:
        raise Conflict(
            "This agreement is not open to comment.",
            kept="Your words are still in the form.",
            do="Say it at the hearing.",
            code="register.comments_closed",
        )
    await _check_own_name(tx, said.name)
    likeness = digest(skeleton(said.words) or said.words)
    made = new_id()
    pub = {"comment": made, "agreement": row.id, "day": today.isoformat()}
    leaf = await log.queue_leaf(tx, "comment", pub, {"name": said.name, "words": said.words})
    new = await changed(
        tx,
        "INSERT INTO agreement_comment (id, agreement, day, name, words, likeness, leaf)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (agreement, likeness) DO NOTHING",
        [made, row.id, today, said.name, said.words, likeness, leaf],
    )
    if not new:  # nothing of this transaction counts, its entry neither
        raise Conflict(
            "These very words were said already.", do="Say it in your own.", code="register.comment_repeated"
        )
    return made


async def remove(log: Log, tx: Tx, comment: str, rule: str, today: date) -> None:
    """Remove a comment by a rule, and erase what it said; raises NotFound, Malformed, Conflict.

    Its entry stays, which only commits to name and words.
    """
    if rule not in RULES:
        raise Malformed("There is no such rule.", do="Name a published rule.", code="register.no_rule")
    row = await one(tx, Row, _ROW + " WHERE id = %s FOR UPDATE", [comment])
    if row is None:
        raise NotFound("There is no such comment.", do="Load the list.", code="register.no_comment")
    if row.removed is not None:
        raise Conflict("This comment is removed.", do="Load the list.", code="register.comment_removed")
    pub = {"comment": row.id, "agreement": row.agreement, "rule": rule, "day": today.isoformat()}
    leaf = await log.queue_leaf(tx, "comment-removed", pub)
    await log.erase_openings(tx, row.leaf)
    await tx.execute(
        "UPDATE agreement_comment SET removed = %s, removed_leaf = %s,"
        " name = NULL, words = NULL, likeness = NULL WHERE id = %s",
        [rule, leaf, row.id],
    )


async def page(tx: Tx, agreement: str, after: str, limit: int) -> list[Row]:
    """Return comments in the order in which they came, those behind `after`."""
    first = await value(tx, "SELECT nr FROM agreement_comment WHERE id = %s", [after])
    query = _ROW + " WHERE agreement = %s AND nr > %s ORDER BY nr LIMIT %s"
    return await many(tx, Row, query, [agreement, first or 0, limit])


async def _check_own_name(tx: Tx, name: str) -> None:
    """Raise BadText for a name that reads as an agency's, a clerk's, the town's or an office's."""
    plain = skeleton(name)
    taken = {skeleton(agency.name) for agency in await store.agencies(tx)}
    taken |= {skeleton(part) for clerk in await rows.clerks(tx) for part in (clerk.name, clerk.office)}
    if plain in taken or plain in _OFFICES:
        raise bad_text("the name is that of an agency or an office", "Use your own name, or any other.")
