"""Say of whom a post tells what. Last step of reading a post.

In:     items.
Out:    Person: whom the post tells of, the words about their origin, and the descriptors that count.
Holds:  a word is said of one person at most: the one last named, or after a full stop the one the
        post is about.
Absent: what was done (fanlight.neighbors.deeds) and what is asked (fanlight.neighbors).
Why:    docs/design/posts.md
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fanlight.neighbors.items import Item
from fanlight.neighbors.letters import COMMA, SPACE, STOP
from fanlight.neighbors.looks import clad, linked, tinted, told_twice
from fanlight.neighbors.named import GARMENTS, GENERIC, LOOKS, NOUNS, ORIGINS, SEXES, Named


@dataclass(slots=True)
class Person:
    """Somebody whom a post tells of.

    Attributes:
        kinds: what they are called: a sex, young, a person, an office, a relation.
        origins: words about their origin.
        counted: descriptors by category.
        looks: looks or clothes are told.
        age_told: an age is told beside a word such as kid.
        one: they are called one, not many.
        exempt: the writer, somebody looked for to hire, a picture.
        own: the writer's own people.
    """

    kinds: set[str] = field(default_factory=set)
    origins: list[str] = field(default_factory=list)
    counted: dict[str, list[str]] = field(default_factory=dict)
    looks: bool = False
    age_told: bool = False
    one: bool = False
    exempt: bool = False
    own: bool = False

    def count(self, category: str, words: str) -> None:
        """Note a descriptor."""
        said = self.counted.setdefault(category, [])
        if words not in said:
            said.append(words)

    @property
    def descriptors(self) -> int:
        """How many descriptors count: a category once, of what is worn or carried each thing."""
        return sum(len(words) if category == "worn" else 1 for category, words in self.counted.items())

    @property
    def told(self) -> bool:
        """Whether more is told of them than what they are called."""
        return bool(self.origins) or self.looks


class Reader:
    """Goes through a post once."""

    def __init__(self, items: Sequence[Item], *, idle: bool) -> None:
        """Take the items of a post, and whether it says that somebody was there: an origin names them."""
        self._items = items
        self._idle = idle
        self._post = Named(items)
        self._said: set[int] = set()
        self._met: dict[int, Person] = {}
        self._persons: list[Person] = []
        self._now: Person | None = None
        self._main: Person | None = None
        self._of_person = False

    def read(self) -> list[Person]:
        """Return the persons in the order in which they are named."""
        alone = next((item for item in self._items if item.has("one-by-one")), None)
        if alone is not None and not any(self._post.nouns):
            self._point(alone)  # "Red hair, long coat. She ...": told before anybody is named
        for n, item in enumerate(self._items):
            if item.gap == STOP and self._main is not None:
                self._now = self._main
            if self._post.nouns[n] and n not in self._met:
                self._meet(n)
            elif item.has("pronoun") and not item.has("object"):
                self._point(item)
            if item.has(*ORIGINS):
                self._origin(n)
            self._look(n)
            if self._post.nouns[n] or item.has("origin-people", *GARMENTS, *GENERIC):
                self._of_person = True
            elif item.has("animal", "vehicle", "ridden", "worn", "thing", "make"):
                self._of_person = False
        return self._persons

    # Who is named

    def _meet(self, n: int) -> None:
        """Take a noun for the person spoken of, or for another."""
        item, first = self._items[n], self._post.start[n]
        before = self._items[first - 1] if self._items[first].gap < COMMA and first else None
        same = before is not None and before.has("same") and not before.has("own")
        another = before is not None and (before.has("another") or before.words.isdecimal())
        if same and self._main is not None and self._alike(self._main, item):
            self._now = person = self._main
        elif (self._now is not None and self._says_who(first)) or (
            self._now is not None and not same and not another and self._goes_on(n, first)
        ):
            person = self._now
        else:
            person = self._begin()
            own = before is not None and before.has("own")
            person.own = own or (item.has("relation") and first == n and not another)
            person.exempt = self._post.exempt(first)
        person.kinds |= item.groups & {*NOUNS}
        person.one = person.one or another or not item.words.endswith("s")
        if item.has(*SEXES):
            person.count("sex", item.words)
        if item.has("young"):
            person.count("age", item.words)
        self._said.add(n)
        self._met[n] = person

    @staticmethod
    def _alike(person: Person, item: Item) -> bool:
        """Tell whether "the ..." may be the person the post is about: "the kids" is not the woman told of."""
        return item.has("person", *person.kinds) or person.kinds <= {"person"}

    def _says_who(self, first: int) -> bool:
        """Tell whether a noun with an article says who somebody is: "my roommate is a nurse"."""
        article = first - 1
        if article < 1 or self._items[first].gap > SPACE or not self._items[article].has("another"):
            return False
        if self._items[article].gap == COMMA:
            return article - 1 in self._met
        by_is = self._post.close(article) and self._items[article - 1].has("is")
        return by_is and article - 2 in self._met

    def _goes_on(self, n: int, first: int) -> bool:
        """Tell whether a noun without an article goes on about the same person, as in a list."""
        if first == n and n - 1 in self._met:
            return True
        item = self._items[n]
        if self._now is None or item.has("relation", "office"):
            return False
        apart = self._items[first].gap >= COMMA or (first > 0 and self._items[first - 1].has("is", *NOUNS))
        return apart and not (self._now.kinds & item.groups & {*SEXES})

    def _begin(self) -> Person:
        person = Person()
        self._persons.append(person)
        self._now = person
        if self._main is None or not self._main.told:
            self._main = person
        return person

    def _point(self, item: Item) -> None:
        if self._main is not None:
            self._now = self._main
        elif item.has("one-by-one") and not self._post.only_animals:
            self._begin()

    def _before_noun(self, n: int) -> Person:
        """Return the person whose noun comes: it is met now, so that what is said before it is theirs."""
        noun = self._post.owner[n]
        if noun not in self._met:
            self._meet(noun)
        return self._met[noun]

    # Where they seem to be from

    def _origin(self, n: int) -> None:
        item, post, now = self._items[n], self._post, self._now
        if item.has("made-up") or post.surname(n):
            return
        if n in post.owner and not post.spoken(n):
            if item.has(*ORIGINS[:-1]) and not post.of_clothes(n):
                self._hold(self._before_noun(n), n)
        elif (item.has("origin-people") and not post.next(n, "thing", "institution")) or (
            item.has("origin-noun") and post.stands_alone(n)
        ):
            self._name(n)
        elif (now is not None or self._idle) and self._is_said(n):
            self._hold(now or self._begin(), n)

    def _is_said(self, n: int) -> bool:
        item = self._items[n]
        if item.has("origin-sign") or self._post.nouns[n]:
            return self._now is not None and not self._post.next(n, "thing")
        if self._now is None and item.has("colour-origin"):
            return False
        return self._post.spoken(n) or (
            item.has("origin")
            and (self._post.predicate(n) or self._post.in_list(n, of_person=self._of_person))
        )

    def _hold(self, person: Person, n: int) -> None:
        if self._items[n].words not in person.origins:
            person.origins.append(self._items[n].words)
        self._said.add(n)
        if not (person.exempt or person.own):
            self._main = person

    def _name(self, n: int) -> None:
        """Take a word such as Mexicans for persons of their own, or for the origin of the one before it."""
        item = self._items[n]
        if self._now is not None and item.gap >= COMMA and not self._now.origins:
            self._hold(self._now, n)
            return
        person, first = self._begin(), self._post.back(n)
        before = self._items[first - 1] if first else None
        person.exempt = self._post.exempt(first)
        person.own = before is not None and before.has("own")
        person.kinds.add("person")
        if item.has("origin-young"):
            person.count("age", item.words)
        if item.has("origin-female", "origin-male"):
            person.count("sex", item.words)
        for k in range(first, n):
            for look in LOOKS:
                if self._items[k].has(look):
                    person.count(look, self._items[k].words)
        self._hold(person, n)

    # How they look

    def _look(self, n: int) -> None:
        item, now = self._items[n], self._now
        before_noun = n in self._post.owner
        if n in self._said and not item.has("young", "hair", "age"):
            return
        person = self._before_noun(n) if before_noun else now
        if person is None:
            return
        for category in (*LOOKS, *GARMENTS, "worn"):
            if item.has(category) and (before_noun or linked(self._items, n, self._said)):
                self._count(person, category, n)
        for generic, category in GENERIC.items():
            if item.has(generic) and tinted(self._items, n) and linked(self._items, n, self._said):
                self._count(person, category, n)
        if item.has("clad") and (before_noun or clad(self._items, n)):
            self._count(person, "upper", n)
        if item.has("ridden") and linked(self._items, n, self._said):
            person.count("ridden", item.words)
            self._said.add(n)
        if item.has("vehicle", "make", "plate") and told_twice(self._items, n):
            person.count("vehicle", item.words)

    def _count(self, person: Person, category: str, n: int) -> None:
        person.count(category, self._items[n].words)
        self._said.add(n)
        if category == "age":
            person.age_told = person.age_told or not self._post.nouns[n]
            return
        person.looks = True
        if self._main is None or self._main.exempt or not self._main.told:
            self._main = person
