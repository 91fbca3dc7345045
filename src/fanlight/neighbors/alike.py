"""Tell posts that say the same: near-duplicates, floods of one link, reused talking points. Pure.

In:     texts, what was kept of recent posts, registered texts.
Out:    signatures and link names to keep instead of texts; which earlier post or registered text is said
        again.
Holds:  disguised letters change nothing (fanlight.neighbors.letters). The same text gives the same signature
        on every machine and in every release that keeps VERSION.
Absent: whether to hold a post back: a moderator's rule decides, with the reason that stands here.
Why:    docs/design/posts.md#posts-that-say-the-same
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from fanlight.neighbors.letters import plain, tokens

VERSION = 1  # of signatures; they compare only with those of the same version
PLACES = 64  # numbers in a signature
ROWS = 4  # numbers of a band: two posts that are alike share one nearly always
ALIKE = 0.6  # share of word groups that makes two posts near-duplicates
FEW_WORDS = 5  # a post of fewer says too little to be somebody's
OF_POST, OF_TEXT = 3, 5  # words of a group, among posts and in registered texts
REUSED = 3  # groups in one run that make a text reused: seven words one after another
SPAN = timedelta(days=7)
DAY = timedelta(days=1)
FLOOD = 3  # earlier posts of a day with the same link
_PRIME = (1 << 61) - 1
_ENDS = frozenset(" \t\r\n<>()[]{}\"'")


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


@cache
def _turns() -> tuple[tuple[int, int], ...]:
    return tuple(
        (_hash(f"fanlight a {n}") % _PRIME or 1, _hash(f"fanlight b {n}") % _PRIME) for n in range(PLACES)
    )


def _groups(text: str, size: int) -> list[int]:
    """Return the hash of each group of so many words, in order; of a shorter text, that of all its words."""
    words = [one.text for one in tokens(text)]
    if not words:
        return []
    return [_hash(" ".join(words[n : n + size])) for n in range(max(1, len(words) - size + 1))]


def signature(text: str) -> tuple[int, ...]:
    """Return a post's MinHash: 64 numbers from which its words cannot be read; none for too short a post.

    Source: Broder, On the resemblance and containment of documents, 1997.
    """
    if len(tokens(text)) < FEW_WORDS:
        return ()
    groups = [one % _PRIME for one in set(_groups(text, OF_POST))]
    return tuple(min((a * one + b) % _PRIME for one in groups) for a, b in _turns())


def resemblance(one: Sequence[int], other: Sequence[int]) -> float:
    """Return about which share of their word groups two posts have in common, 0 to 1."""
    if not one or len(one) != len(other):
        return 0.0
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def bands(sig: Sequence[int]) -> tuple[int, ...]:
    """Return the keys under which posts that are alike are found without comparing with all."""
    return tuple(_hash(f"{n} {' '.join(map(str, sig[n : n + ROWS]))}") >> 1 for n in range(0, len(sig), ROWS))


def links(text: str) -> tuple[str, ...]:
    """Return the links of a post as host and path: no scheme, www, query or last slash, each once."""
    low, found = plain(text), []
    for word in "".join(" " if c in _ENDS else c for c in low).split():
        address = word.split("://", 1)[1] if "://" in word else word
        if "://" not in word and not word.startswith("www."):
            continue
        name = address.split("?", 1)[0].split("#", 1)[0].rstrip("/.,;:!").removeprefix("www.")
        if name and name not in found:
            found.append(name)
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """What is kept of a post for comparing."""

    post: str
    at: datetime
    signature: tuple[int, ...]
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Why a post may be spam: the earlier post it repeats, the links that many posts of a day have."""

    duplicate_of: str | None
    flooded: tuple[str, ...]


def again(text: str, recent: Iterable[Recent], now: datetime) -> Again:
    """Compare a post with those before it: of seven days for its words, of a day for its links."""
    sig, mine = signature(text), links(text)
    nearest, best, times = None, ALIKE, dict.fromkeys(mine, 0)
    for one in recent:
        if now - one.at <= DAY:
            for link in one.links:
                if link in times:
                    times[link] += 1
        share = resemblance(sig, one.signature) if now - one.at <= SPAN else 0.0
        if share >= best and (nearest is None or share > best):
            nearest, best = one.post, share
    return Again(duplicate_of=nearest, flooded=tuple(link for link in mine if times[link] >= FLOOD))


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A registered text, such as a company's talking points, by its groups of words."""

    text_id: str
    groups: frozenset[int]


def register(text_id: str, text: str) -> Registered:
    """Return what is needed to know a text again."""
    return Registered(text_id=text_id, groups=frozenset(_groups(text, OF_TEXT)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """A registered text that a post reuses, and the longest run of words it has from it."""

    text_id: str
    words: int


def supplied(text: str, registered: Iterable[Registered]) -> tuple[Supplied, ...]:
    """Return the registered texts from which a post has seven words or more in a row, most words first."""
    groups, found = _groups(text, OF_TEXT), []
    if len(tokens(text)) < OF_TEXT:
        return ()
    for one in registered:
        longest = run = 0
        for group in groups:
            run = run + 1 if group in one.groups else 0
            longest = max(longest, run)
        if longest >= REUSED:
            found.append(Supplied(text_id=one.text_id, words=longest + OF_TEXT - 1))
    return tuple(sorted(found, key=lambda one: (-one.words, one.text_id)))
