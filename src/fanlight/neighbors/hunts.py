"""Find words by which a post hunts somebody: a wanted notice, a bounty, a call to act against a person. Pure.

In:     a post's text and category.
Out:    the phrases that were read.
Holds:  the phrases are a public list (`hunt-words`); money for a lost pet or thing is no bounty.
Absent: whether a post goes out: a moderator reads it first (rule N-4).
Why:    docs/design/posts.md
"""

from functools import cache

from fanlight.neighbors.letters import tokens
from fanlight.neighbors.lists import Phrases, rows

LIST = "hunt-words"
_KINDLY = frozenset({"lost-found", "animal"})  # where money and "on the lookout for" are for a cat


@cache
def _phrases() -> Phrases:
    return Phrases(rows(LIST))


def hunting(text: str, category: str) -> tuple[str, ...]:
    """Return the phrases of a post that hunt somebody, each once."""
    words = [one.text for one in tokens(text)]
    found: dict[str, None] = {}
    for place in range(len(words)):
        match = _phrases().at(words, place)
        if match is None or (category in _KINDLY and "act" not in match.groups):
            continue
        found[" ".join(words[place : place + match.length])] = None
    return tuple(found)
