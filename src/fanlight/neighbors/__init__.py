"""What the form for posts must ask, and why: the same text, the same answer, here and in web/core/neighbors.

In:     a post's text.
Out:    Reading: what has to be asked, and the words that were seen.
Holds:  never raises; time grows with the length only; no word is forbidden, not even "surveillance".
Absent: whether a post may go out: the form asks, a moderator decides.
Why:    docs/design/posts.md
"""

from dataclasses import dataclass

from fanlight.neighbors.deeds import told
from fanlight.neighbors.items import Item, items
from fanlight.neighbors.letters import tokens
from fanlight.neighbors.lists import LISTS
from fanlight.neighbors.lists import load as public_list
from fanlight.neighbors.persons import Person, Reader

__all__ = ["LISTS", "NEEDED", "Reading", "public_list", "read_post"]

NEEDED = 3  # descriptors beside a person's origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read in a post.

    Attributes:
        ask: "behaviour" and "descriptors", as far as the form must ask for them.
        deeds: what was done, as read.
        idle: words that say that somebody was there, or how it felt: no deed.
        looks: words by which a person is described, by category.
        origins: words of origin of the person who has the fewest descriptors.
        counted: that person's descriptors, by category.
    """

    ask: tuple[str, ...]
    deeds: tuple[str, ...]
    idle: tuple[str, ...]
    looks: dict[str, tuple[str, ...]]
    origins: tuple[str, ...]
    counted: dict[str, tuple[str, ...]]


def read_post(text: str) -> Reading:
    """Read a post as the form does."""
    words = tokens(text)
    named = items(words)
    done = told(words)
    missing = "missing" in done.deeds or "last seen" in done.deeds
    persons = [] if _reports_bias(named) else Reader(named, idle=bool(done.idle)).read()
    asked = [one for one in persons if not one.exempt and (not one.own or missing)]
    welcomed = all(any(item.has(group) for item in named) for group in ("welcome", "family"))
    short = [
        one
        for one in asked
        if one.origins and one.descriptors < NEEDED and not (welcomed and "relation" in one.kinds)
    ]
    described = [one for one in asked if _described(one, idle=bool(done.idle))]
    least = min(short, key=lambda one: one.descriptors) if short else None
    shown = least or next(iter(described), None)
    ask = (("behaviour",) if described and not done.deeds else ()) + (("descriptors",) if short else ())
    return Reading(
        ask=ask,
        deeds=done.deeds,
        idle=done.idle,
        looks=_frozen(shown),
        origins=tuple(least.origins) if least else (),
        counted=_frozen(least),
    )


def _frozen(person: Person | None) -> dict[str, tuple[str, ...]]:
    return {category: tuple(words) for category, words in person.counted.items()} if person else {}


def _described(person: Person, *, idle: bool) -> bool:
    if person.kinds == {"office"} and not person.origins and not idle:
        return False  # a crossing guard in an orange vest is at work
    return person.told or (
        person.age_told and idle and person.one and bool(person.kinds & {"male", "female"})
    )


def _reports_bias(named: list[Item]) -> bool:
    """Tell whether a post reports racism, or speaks about policing: "not to be racist, but" does not."""
    for n, item in enumerate(named):
        if item.has("bias") and not any(before.has("bias-denied") for before in named[max(0, n - 3) : n]):
            return True
    return False
