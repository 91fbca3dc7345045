"""What is found in a text before anybody reads it: flags with a rule, and the words that were read. Pure.

In:     a text's parts, its category; what is kept of the posts of the last week; the hashes of pictures.
Out:    Flags. With none, a post comes out by itself; with one, a moderator reads it first.
Holds:  each flag names a public rule and what was read, so that a writer can see why. No word is forbidden.
Absent: decisions: those are a moderator's.
Why:    docs/design/posts.md
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from fanlight import neighbors
from fanlight.neighbors.alike import Recent, again
from fanlight.neighbors.hunts import hunting
from fanlight.neighbors.private import details

SAME_PICTURE = 6  # bits of 64 in which two pictures may differ that are taken for the same


class Flag(msgspec.Struct, frozen=True):
    """What was found: the rule, the words that were read, and in one sentence what that means."""

    rule: str
    words: tuple[str, ...]
    what: str


def of_text(text: str, category: str) -> tuple[tuple[str, ...], list[Flag]]:
    """Return what the form must ask (`behaviour`, `descriptors`), and the flags of a text."""
    read = neighbors.read_post(text)
    flags: list[Flag] = []
    if "behaviour" in read.ask:
        words = tuple(word for found in read.looks.values() for word in found)
        flags.append(Flag("N-1", words[:10], "It describes somebody and does not say what they did."))
    if "descriptors" in read.ask:
        flags.append(
            Flag("N-2", read.origins[:10], "It names an origin with fewer than three other features.")
        )
    if private := details(text):
        flags.append(Flag("N-3", private, "It may tell a number, an address or a plate of somebody."))
    if hunted := hunting(text, category):
        flags.append(
            Flag("N-4", hunted[:10], "It may be a wanted notice, or call for acts against somebody.")
        )
    return read.ask, flags


def of_repeats(text: str, recent: Iterable[Recent], now: datetime) -> list[Flag]:
    """Return the flags of a text that was posted before, or whose links many posts of a day have."""
    found = again(text, recent, now)
    flags = []
    if found.duplicate_of:
        flags.append(Flag("N-5", (found.duplicate_of,), "A post of the last week says the same."))
    if found.flooded:
        flags.append(Flag("N-5", found.flooded[:10], "Several posts of a day have this link."))
    return flags


def looks_like(alike: bytes, other: bytes) -> bool:
    """Tell whether two pictures are the same but for size and quality, by their hashes."""
    return (int.from_bytes(alike, "big") ^ int.from_bytes(other, "big")).bit_count() <= SAME_PICTURE


QUIET = Flag("N-11", (), "The account is new: a moderator reads its first posts.")
SEEN = Flag("N-10", (), "A picture looks like one that was removed.")
