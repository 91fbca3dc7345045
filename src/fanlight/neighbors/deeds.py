"""Find what was done, among the words of a post.

In:     tokens.
Out:    the deeds, and what merely says that somebody was there, as the public list has them.
Holds:  a deed that is only feared, denied, asked for or done by the writer is none. Looking at one place
        costs no more than the longest phrase and the widest row of the list.
Absent: who did it. A post that tells of a deed and describes somebody is taken to tell of their deed.
Why:    docs/design/posts.md
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from fanlight.neighbors.letters import COMMA, SPACE, STOP, Token
from fanlight.neighbors.lists import Phrases, deed_groups, load, word_groups

_FAR = 7  # words before a deed in which a fear or a wish makes it none
_NEAR = 3
_DEEDS = ("deed", "deed-bare", "deed-fact")


class Told(NamedTuple):
    """What a post tells: deeds, and words that are none."""

    deeds: tuple[str, ...]
    idle: tuple[str, ...]


class _Row(NamedTuple):
    within: int
    things: Phrases


@cache
def _together() -> tuple[Phrases, list[_Row]]:
    rows: list[dict[str, Any]] = load("deed-words")["together"]
    firsts = Phrases((word, str(n)) for n, row in enumerate(rows) for word in row["words"])
    return firsts, [_Row(row["within"], Phrases((thing, "") for thing in row["with"])) for row in rows]


def told(tokens: Sequence[Token]) -> Told:
    """Return what was done and what is none."""
    words = [one.text for one in tokens]
    deeds: dict[str, None] = {}
    idle: dict[str, None] = {}
    place = 0
    while place < len(words):
        found = deed_groups().at(words, place)
        length, groups = found or (1, frozenset[str]())
        if "idle" in groups:
            idle[" ".join(words[place : place + length])] = None
        if groups & {*_DEEDS} and "no-deed" not in groups and not _undone(tokens, words, place, groups):
            deeds[" ".join(words[place : place + length])] = None
        elif "no-deed" not in groups or _whole(tokens, place, length):
            pair = _pair(tokens, words, place) or _to_us(tokens, words, place, groups)
            if pair and not _undone(tokens, words, place, groups | {"deed"}):
                deeds[pair] = None
        # A word that is none hides those in it: "take a look" is no taking.
        place += length if "no-deed" in groups else 1
    return Told(tuple(deeds), tuple(idle))


def _whole(tokens: Sequence[Token], place: int, length: int) -> bool:
    """Tell whether a sentence ends within a phrase, so that it is none."""
    return any(one.gap == STOP for one in tokens[place + 1 : place + length])


def _pair(tokens: Sequence[Token], words: Sequence[str], place: int) -> str | None:
    """Return the words that are a deed together, such as "trying" and "handle"."""
    firsts, rows = _together()
    first = firsts.at(words, place)
    if not first:
        return None
    for n in sorted(int(group) for group in first.groups):
        row = rows[n]
        after = place + first.length
        for at in range(after, min(after + row.within, len(words))):
            if tokens[at].gap == STOP:
                break
            thing = row.things.at(words, at)
            if thing:
                return " ".join([*words[place:after], *words[at : at + thing.length]])
    return None


def _to_us(tokens: Sequence[Token], words: Sequence[str], place: int, groups: frozenset[str]) -> str | None:
    """Return a word in -ed or -ing that no list has, and what it was done to: "whittled his"."""
    word, after = words[place], place + 1
    if groups or not word.endswith(("ed", "ing")) or after == len(words) or tokens[after].gap > SPACE:
        return None
    said = deed_groups().groups(words[after])
    listed = "ours" in said or (word.endswith("ed") and "objects" in said)
    return f"{word} {words[after]}" if listed and not word_groups().groups(word) else None


def _undone(tokens: Sequence[Token], words: Sequence[str], place: int, groups: frozenset[str]) -> bool:
    """Tell whether a deed is feared, denied, advised or the writer's own."""
    first = place
    while first > 0 and place - first < _FAR and tokens[first].gap < STOP:
        first -= 1
    begins = first == place
    if "deed-fact" in groups and "deed" not in groups and "deed-bare" not in groups:
        return not begins and _said(
            words, _clause(tokens, first, place), place, "feared", "denied", near=_NEAR
        )
    plain_form = "deed-bare" in groups and "deed" not in groups
    if begins or place == 0:
        return plain_form
    if words[place - 1] == "to" and place > 1:
        return not _ends(words, place - 1, "deed-after-to", reach=2)
    if plain_form and not _has_subject(words[place - 1]):
        return True
    return (
        _ends(words, place, "writer")
        or _ends(words, place, "feared-next")
        or _said(words, _clause(tokens, first, place), place, "denied", near=_NEAR - 1)
        or _said(words, _clause(tokens, first, place), place, "feared", near=_FAR)
    )


def _has_subject(before: str) -> bool:
    """Tell whether a word before a plain form makes it a deed: "they steal", and not "the steal"."""
    listed = deed_groups().groups(before)
    if "before-bare" in listed:
        return True
    named = word_groups().groups(before)
    return bool(named & {"male", "female", "young", "person", "origin-people"}) or (
        before.endswith("s") and "not-plural" not in listed
    )


def _clause(tokens: Sequence[Token], first: int, place: int) -> int:
    """Return where the part of the sentence begins that ends at `place`."""
    for at in range(place, first, -1):
        if tokens[at].gap >= COMMA:
            return at
    return first


def _ends(words: Sequence[str], place: int, group: str, *, reach: int = 4, first: int = 0) -> bool:
    """Tell whether a phrase of the group, not beginning before `first`, ends right before `place`."""
    return any(
        group in deed_groups().groups(" ".join(words[place - size : place]))
        for size in range(1, min(reach, place - first) + 1)
    )


def _said(words: Sequence[str], first: int, place: int, *groups: str, near: int) -> bool:
    """Tell whether a phrase of the groups stands in the `near` words before `place`, not before `first`."""
    for end in range(place, max(first, place - near), -1):
        only = end < place and _ends(words, end + 1, "not-only-denied", first=first)
        if not only and any(_ends(words, end, group, first=first) for group in groups):
            return True
    return False
