"""Decide whether what is told of looks, clothes and things is said of a person. Fourth step of reading.

In:     the items of a post, and which of them are said of somebody already.
Out:    yes or no, for one item.
Holds:  a red jacket that was stolen, lost or sold is not worn: it counts after a word such as in, with or
        wearing, or in a list about a person. No question looks further than 2 REACH items.
Absent: of whom (fanlight.neighbors.persons).
Why:    docs/design/posts.md
"""

from collections.abc import Collection, Sequence

from fanlight.neighbors.items import Item
from fanlight.neighbors.letters import COMMA, SPACE, STOP
from fanlight.neighbors.named import GARMENTS, GENERIC, LOOKS, REACH

_THINGS = ("ridden", "worn", "vehicle", "animal", *GARMENTS)
_BETWEEN = ("between", "colour", "worn", "ridden", "told", "looks-like", *LOOKS, *GARMENTS, *GENERIC)
_MEASURES = ("age", "height", "build")  # which may tell of a thing: "short hair", "a big bag"
_TELLS = ("hair", "face", "mark", "colour", "worn", "ridden", "vehicle", "thing", *GARMENTS, *GENERIC)
_OF_VEHICLES = ("colour", "vehicle", "make", "plate")


def linked(items: Sequence[Item], n: int, said: Collection[int]) -> bool:
    """Tell whether something is said of the person spoken of: by a word such as with, or in a list."""
    if (
        items[n].has(*_MEASURES)
        and n + 1 < len(items)
        and items[n + 1].gap <= SPACE
        and items[n + 1].has(*_TELLS)
    ):
        return False
    at = n
    while n - at < 2 * REACH and items[at].gap < STOP:
        before, told = items[at - 1], at - 1 in said
        if items[at].gap == COMMA:
            return told or not before.has(*_THINGS)
        if told or before.has("own", "cue", "pronoun", "clad"):
            return told or not before.has("own")
        if before.has("on"):
            return items[at - 1].gap >= COMMA or at - 2 in said
        if not (before.has(*_BETWEEN) or (at == n and _may_tell_kind(before))):
            return False
        at -= 1
    return items[at].gap == STOP


def tinted(items: Sequence[Item], n: int) -> bool:
    """Tell whether clothes have their colour or kind before them."""
    return (
        n > 0
        and items[n].gap <= SPACE
        and (items[n - 1].has("colour", "clad") or _may_tell_kind(items[n - 1]))
    )


def clad(items: Sequence[Item], n: int) -> bool:
    """Tell whether "in black" stands for clothes, and not before a thing that is black."""
    if n + 1 == len(items) or items[n + 1].gap > SPACE:
        return True
    return items[n + 1].has("follows", "cue") or items[n + 1].words.endswith(("ing", "ed"))


def told_twice(items: Sequence[Item], n: int) -> bool:
    """Tell whether a vehicle is told by two of colour, kind, make and plate."""
    near = [items[k] for k in range(max(0, n - 3), min(len(items), n + 2)) if k == n or items[k].gap < STOP]
    return sum(any(item.has(kind) for item in near) for kind in _OF_VEHICLES) > 1


def _may_tell_kind(before: Item) -> bool:
    """Tell whether a word that no list has may say what kind a thing is: "spiderman shirt"."""
    return not before.groups and not before.words.endswith(("ed", "ing", "es"))
