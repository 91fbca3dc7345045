"""Name the words of a post by the public lists. Second step of reading a post.

In:     tokens.
Out:    items: each the longest listed phrase at its place, or a word that no list has, or a number told as an
        age, a height or a weight.
Holds:  every token is in exactly one item, in order.
Absent: what an item is said of (fanlight.neighbors.persons).
Why:    docs/design/posts.md
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fanlight.neighbors.letters import COMMA, JOINED, SPACE, Token
from fanlight.neighbors.lists import NONE, word_groups

_AGES = range(13, 100)
_UNITS = {
    "yo": "age", "y": "age", "yr": "age", "yrs": "age", "year": "age", "years": "age",
    "ish": "age", "something": "age",
    "ft": "height", "feet": "height", "foot": "height", "cm": "height",
    "lb": "build", "lbs": "build", "pound": "build", "pounds": "build",
}  # fmt: skip
_TAILS = {"age": ("old", "o", "olds", "of", "age"), "height": ("in", "inches", "inch", "tall"), "build": ()}


@dataclass(frozen=True, slots=True)
class Item:
    """A phrase: its words, the groups it is in, and what stood before it."""

    words: str
    groups: frozenset[str]
    gap: int

    def has(self, *groups: str) -> bool:
        """Tell whether it is in any of the groups."""
        return any(group in self.groups for group in groups)


def items(tokens: Sequence[Token]) -> list[Item]:
    """Return the items of a post."""
    words = [one.text for one in tokens]
    out: list[Item] = []
    place = 0
    while place < len(tokens):
        length, groups = _measure(tokens, place)
        if not length:
            found = word_groups().at(words, place)
            length, groups = found or (1, NONE)
        while length > 1 and any(one.gap > COMMA for one in tokens[place + 1 : place + length]):
            shorter = word_groups().at(
                words[: place + length - 1], place
            )  # no phrase goes on over a full stop
            length, groups = shorter or (1, NONE)
        out.append(Item(" ".join(words[place : place + length]), groups, tokens[place].gap))
        place += length
    return out


def _measure(tokens: Sequence[Token], place: int) -> tuple[int, frozenset[str]]:
    """Return how many tokens tell an age, a height or a weight from here, and which."""
    if not tokens[place].text.isdecimal():
        return 0, NONE
    words = [one.text for one in tokens[place : place + 8]] + [""] * 8
    count = 1
    if words[1] in ("to", "or") and words[2].isdecimal():
        count = 3
    elif words[1].isdecimal() and place + 1 < len(tokens) and tokens[place + 1].gap == JOINED:
        count = 2
    if (
        words[count] == "s"
        and words[0] in _DECADES
        and (place + count < len(tokens))
        and tokens[place + count].gap == JOINED
    ):
        return count + 1, frozenset(["age", "told"])
    kind = _UNITS.get(words[count])
    if kind:
        count += 1
        while words[count] in _TAILS[kind] or (
            kind == "height" and words[count].isdecimal() and words[count + 1] not in _UNITS
        ):
            count += 1
        return min(count, len(tokens) - place), frozenset([kind, "told"])
    return (count, frozenset(["age", "told"])) if _is_age(tokens, place, count) else (0, NONE)


_DECADES = frozenset(str(n) for n in range(10, 100, 10))


def _is_age(tokens: Sequence[Token], place: int, count: int) -> bool:
    """Tell whether a bare number is an age: by a word before it, or by standing alone between commas."""
    number, last = tokens[place].text, place + count
    if len(number) > 2 or (last < len(tokens) and "not-age" in word_groups().groups(tokens[last].text)):  # noqa: PLR2004
        return False
    before = tokens[place - 1].text if place else ""
    alone = last >= len(tokens) or tokens[last].gap > SPACE
    closed = alone or tokens[last].text in ("with", "wearing", "in", "and", "or")
    if "about" in word_groups().groups(before) and tokens[place].gap <= SPACE:
        earlier = tokens[place - 2].text if place > 1 else ""
        return closed and int(number) in _AGES and earlier not in ("at", "by", "until", "after", "before")
    return tokens[place].gap == COMMA and alone and bool(count)
