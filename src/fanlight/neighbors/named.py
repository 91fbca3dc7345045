"""Find the words for persons in a post, and how an origin is said of one. Third step of reading a post.

In:     items.
Out:    Named: which items name a person, which adjectives stand before each, and what the words around an
        origin say.
Holds:  what is said of animals, things, places, surnames, pictures and by a neighbor of themselves is said of
        no person. No question looks further than REACH items.
Absent: who is spoken of when (fanlight.neighbors.persons).
Why:    docs/design/posts.md
"""

from collections.abc import Sequence

from fanlight.neighbors.items import Item
from fanlight.neighbors.letters import COMMA, SPACE, STOP

SEXES = ("male", "female")
NOUNS = (*SEXES, "young", "person", "office", "relation")
LOOKS = ("age", "height", "build", "hair", "face", "mark")
GARMENTS = ("upper", "lower", "shoes", "head")
GENERIC = {"clothing": "upper", "clothing-lower": "lower", "clothing-shoes": "shoes"}
ORIGINS = ("origin", "origin-noun", "origin-people", "origin-sign", "language")
REACH = 8  # items that may stand between a word and the person it is said of
_ADJECTIVES = (*LOOKS, "origin", "origin-noun", "origin-sign", "looks-like", "clad", "told", "before-noun")
_LISTED = (*LOOKS, "origin", "origin-sign", "told")
_NO_PERSON = ("animal", "vehicle", "ridden", "worn", "hair", "it", *GARMENTS, *GENERIC)
_BEFORE_ANIMAL = ("colour", "another", "between", "build", "height", "age", "animal", "looks-like")
_FEW = 3


class Named:
    """A post's items, and which of them name a person."""

    def __init__(self, items: Sequence[Item]) -> None:
        """Take the items of a post."""
        self.items = items
        self.only_animals = self._are_animals()
        self.nouns = [self._is_noun(n) for n in range(len(items))]
        self.owner: dict[int, int] = {}  # of an adjective, the noun it stands before
        self.start: dict[int, int] = {}  # of a noun, where its phrase begins
        for n, noun in enumerate(self.nouns):
            if noun:
                self.start[n] = self._first(n)
                self.owner |= dict.fromkeys(range(self.start[n], n), n)

    def close(self, n: int) -> bool:
        """Tell whether an item is there and follows in the same breath."""
        return 0 < n < len(self.items) and self.items[n].gap <= SPACE

    def next(self, n: int, *groups: str) -> bool:
        """Tell whether the next item, in the same breath, is in any of the groups."""
        return self.close(n + 1) and self.items[n + 1].has(*groups)

    def adjective(self, n: int) -> bool:
        """Tell whether an item may stand before a word for a person and be said of them."""
        item = self.items[n]
        if item.has(*SEXES, "young", "person"):
            return self.next(n, *NOUNS)
        return not item.has("made-up") and item.has(*_ADJECTIVES)

    def back(self, n: int) -> int:
        """Return where the adjectives right before an item begin."""
        first = n
        while (
            first > 0 and n - first < REACH and self.items[first].gap <= SPACE and self.adjective(first - 1)
        ):
            first -= 1
        return first

    def _are_animals(self) -> bool:
        """Tell whether words such as male, girl and he are said of an animal."""
        if any(item.has(*SEXES, "young", "person") and not item.has("of-animals") for item in self.items):
            return False
        return any(item.has("animal") and not self._beside(n) for n, item in enumerate(self.items))

    def _beside(self, n: int) -> bool:
        """Tell whether an animal goes with a person: "walking a dog"."""
        back = n - 1
        while (
            back >= 0
            and n - back < REACH
            and self.items[back].gap < STOP
            and self.items[back].has(*_BEFORE_ANIMAL)
            and not self.items[back].has("beside-animal")
        ):
            back -= 1
        return back >= 0 and self.items[back].has("beside-animal") and self.items[back + 1].gap < STOP

    def _is_noun(self, n: int) -> bool:
        item = self.items[n]
        if not item.has(*NOUNS) or item.has("made-up") or self.next(n, "institution", "animal"):
            return False
        if (
            self.close(n + 1)
            and self.items[n + 1].words == "'s"
            and not self.next(n + 1, "cue", "looks-like", *LOOKS)
        ):
            after = self.items[n + 2].words if n + 2 < len(self.items) else ""
            return after.endswith("ing") or self.next(n + 1, "another")
        return not (self.only_animals and item.has(*SEXES, "relation"))

    def _first(self, n: int) -> int:
        """Return where a noun's phrase begins: its adjectives, and a list of them."""
        first = n
        while (
            first > 0 and n - first < REACH and self.items[first].gap <= COMMA and self.adjective(first - 1)
        ):
            if self.items[first].gap == COMMA and not self.items[first - 1].has(*_LISTED):
                break
            first -= 1
        if first == n and self._trade(n):
            first = n - 2
        while first < n and self.items[first].has("joins"):
            first += 1
        return first

    def _trade(self, n: int) -> bool:
        """Tell whether a word between an origin and an office says which: "Mexican asphalt contractor"."""
        if not (self.items[n].has("office") and self.close(n) and self.close(n - 1)):
            return False
        origin = self.items[n - 2]
        return not self.items[n - 1].groups and origin.has("origin") and not origin.has("colour-origin")

    def exempt(self, first: int) -> bool:
        """Tell whether a noun is the writer, somebody looked for to hire, or a picture."""
        for reach in range(_FEW):
            back = first - 1 - reach
            if back < 0 or self.items[back + 1].gap == STOP:
                return False
            item = self.items[back]
            if item.has("self"):
                return reach < _FEW - 1
            if item.has("pictured"):
                return True
            if item.has("sought"):
                return not any(self.items[k].has("searcher") for k in range(max(0, back - 4), back))
        return False

    # How an origin is said

    def surname(self, n: int) -> bool:
        """Tell whether a word of origin is a name: "Mr. White", "the Brown family"."""
        if self.close(n) and self.items[n - 1].has("title"):
            return True
        owner = self.owner.get(n)
        return (
            owner is not None
            and self.items[n].has("colour-origin")
            and self.items[owner].has("surname-group")
        )

    def of_clothes(self, n: int) -> bool:
        """Tell whether black, white or brown before a noun is the colour of clothes: "in black, male"."""
        return (
            self.items[n].has("colour-origin")
            and self.close(n)
            and self.items[n - 1].has("clothes-cue")
            and self.items[self.owner.get(n, n)].gap >= COMMA
        )

    def stands_alone(self, n: int) -> bool:
        """Tell whether a word of origin is a noun here: "a Latino with a cap"."""
        if self.close(n + 1):
            after = self.items[n + 1]
            goes_on = after.has("follows", "cue") or after.words.endswith(("ing", "ed"))
            if after.has("thing", "institution", "animal") or not goes_on:
                return False
        first = self.back(n)
        if first == 0 or self.items[first].gap == STOP:
            return True
        before = self.items[first - 1]
        return self.close(first) and before.has("another", "same") and not before.has("pronoun")

    def predicate(self, n: int) -> bool:
        """Tell whether an origin is said by is, looks or seems, of a person."""
        back, colour = n, self.items[n].has("colour-origin")
        while n - back < REACH and self.close(back) and self.items[back - 1].has("maybe"):
            if self.items[back - 1].has("is"):
                break
            back -= 1
        if not (self.close(back) and self.items[back - 1].has("is")):
            return 0 < back < n and self.items[back].gap == COMMA and not colour
        for k in range(back - 2, max(-1, back - 2 - REACH), -1):
            if self.items[k + 1].gap == STOP:
                break
            if self.nouns[k] or self.items[k].has("pronoun"):
                return True
            if self.items[k].has(*_NO_PERSON):
                return False
        return not colour

    def spoken(self, n: int) -> bool:
        """Tell whether a language is named as what somebody speaks: "speaking Spanish"."""
        return self.close(n) and self.items[n].has("language") and self.items[n - 1].has("speaks")

    def in_list(self, n: int, *, of_person: bool) -> bool:
        """Tell whether an origin stands by itself in a list about a person."""
        ends = not self.close(n + 1) or self.next(n, "told", "follows", *LOOKS)
        return self.items[n].gap >= COMMA and ends and (of_person or not self.items[n].has("colour-origin"))
