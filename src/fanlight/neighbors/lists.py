"""The public lists by which a post is read, and how a phrase of them is found.

In:     the lists as shipped, `fanlight.policy.data`.
Out:    Phrases (the longest phrase that begins at a place), the words of each group.
Holds:  looking at one place costs no more than the longest phrase of a list has words.
Absent: private lists: every word is in a file that anybody can read.
Why:    docs/design/posts.md
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

NONE: frozenset[str] = frozenset()
LISTS = ("person-words", "origin-words", "look-words", "deed-words")


class Match(NamedTuple):
    """A phrase that was found: how many words it has, and the groups that it is in."""

    length: int
    groups: frozenset[str]


class Phrases:
    """Phrases by their words."""

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        """Take each phrase with its group."""
        self._groups: dict[str, set[str]] = {}
        self._longest: dict[str, int] = {}
        for phrase, group in rows:
            self._groups.setdefault(phrase, set()).add(group)
            first, length = phrase.split(" ")[0], phrase.count(" ") + 1
            self._longest[first] = max(length, self._longest.get(first, 0))

    def at(self, words: Sequence[str], place: int) -> Match | None:
        """Return the longest phrase that begins at `place`."""
        for length in range(min(self._longest.get(words[place], 0), len(words) - place), 0, -1):
            groups = self._groups.get(" ".join(words[place : place + length]))
            if groups is not None:
                return Match(length, frozenset(groups))
        return None

    def groups(self, phrase: str) -> frozenset[str]:
        """Return the groups of exactly this phrase."""
        return frozenset(self._groups.get(phrase, NONE))


@cache
def load(name: str) -> dict[str, Any]:
    """Return a list as shipped."""
    text = resources.files("fanlight.policy").joinpath(f"data/{name}.json").read_text("ascii")
    value: dict[str, Any] = json.loads(text)
    return value


def rows(name: str) -> list[tuple[str, str]]:
    """Return each phrase of a list with its group."""
    return [(phrase, group["group"]) for group in load(name)["groups"] for phrase in group["words"]]


@cache
def word_groups() -> Phrases:
    """Return the phrases by which persons, origins and looks are found."""
    return Phrases(row for name in LISTS[:3] for row in rows(name))


@cache
def deed_groups() -> Phrases:
    """Return the phrases by which deeds are found."""
    return Phrases(rows("deed-words"))
