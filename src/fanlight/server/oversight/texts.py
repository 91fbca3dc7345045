"""The pages of texts handed out to be said by others: every version, by whom, what it changed. Pure.

In:     entries of the record; the parts of a path behind /record/texts.
Out:    TextBook; a view's template and values, or None; rows for a file.
Holds:  a version stands with the side that entered it; none is ever left out. Where a text was reused is
        computed from words that are public: wordings of requests, and requests that have opened.
Absent: HTML (the templates), entering anything (server.speech), labels of posts, which are in no entry.
Why:    R37, R38; docs/design/speech.md
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fanlight.model.difference import difference
from fanlight.neighbors.alike import Registered, register, supplied
from fanlight.server.oversight.leaves import Entry
from fanlight.wire.speech import SpeechText

KINDS = ("press-statement", "talking-points", "script", "template")
SHOWN = 200  # of the latest public wordings and requests that are looked through


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """A text: each version with its entry, oldest first."""

    versions: tuple[tuple[Entry, SpeechText], ...]

    @property
    def id(self) -> str:
        """The text's id."""
        return self.versions[0][1].text

    @property
    def latest(self) -> SpeechText:
        """The version that counts."""
        return self.versions[-1][1]

    @property
    def sides(self) -> list[str]:
        """Who entered versions of it, in order of first appearance."""
        return list(dict.fromkeys(said.side for _, said in self.versions))

    def registered(self) -> list[Registered]:
        """Return what is needed to know any of its versions again."""
        return [register(self.id, said.body) for _, said in self.versions]


@dataclass(frozen=True, slots=True)
class TextBook:
    """Every text in the record, in its order."""

    files: tuple[TextFile, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "TextBook":
        """Lay them out, each version once."""
        found: defaultdict[str, dict[int, tuple[Entry, SpeechText]]] = defaultdict(dict)
        for entry in entries:
            if isinstance(entry.known, SpeechText):
                found[entry.known.text].setdefault(entry.known.version, (entry, entry.known))
        return cls(tuple(TextFile(versions=tuple(of[n] for n in sorted(of))) for of in found.values()))

    def named(self, name: str) -> TextFile | None:
        """Return a text by its id, or None."""
        return next((file for file in self.files if file.id == name), None)

    def reused(self, words: str) -> list[tuple[TextFile, int]]:
        """Return the texts of which some words have seven or more in a row, with how many; most first."""
        found: list[tuple[TextFile, int]] = []
        for file in self.files:
            most = max((one.words for one in supplied(words, file.registered())), default=0)
            if most:
                found.append((file, most))
        return sorted(found, key=lambda one: (-one[1], one[0].id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Words that are public: what they are, where they stand."""

    label: str
    href: str
    words: str


def paths(book: TextBook) -> list[str]:
    """Return the path of each page and file of texts, behind /record."""
    found = ["/texts", "/texts.csv", "/texts.json"]
    for file in book.files:
        found.append(f"/texts/{file.id}")
        found += [f"/texts/{file.id}/{said.version}" for _, said in file.versions[1:]]
    return found


def find(rest: Sequence[str], book: TextBook, uses: Sequence[Use]) -> tuple[str, dict[str, Any]] | None:
    """Return the template and values of a page, or None.

    Args:
        rest: the parts behind /record/texts.
        book: every text.
        uses: public words in which a text may have been reused, the latest first.
    """
    match list(rest):
        case []:
            groups = [(kind, [file for file in book.files if file.latest.kind == kind]) for kind in KINDS]
            others = [file for file in book.files if file.latest.kind not in KINDS]
            return "texts.html.jinja", {"groups": [*groups, ("other", others)], "book": book}
        case [name]:
            file = book.named(name)
            return ("text.html.jinja", {"file": file, "used": _used(file, uses)}) if file else None
        case [name, version]:
            return _compared(book.named(name), version)
        case _:
            return None


def _used(file: TextFile, uses: Sequence[Use]) -> list[tuple[Use, int]]:
    known = file.registered()
    found = [(use, supplied(use.words, known)) for use in uses[:SHOWN]]
    return [(use, max(one.words for one in of)) for use, of in found if of]


def _compared(file: TextFile | None, version: str) -> tuple[str, dict[str, Any]] | None:
    for place, (entry, said) in enumerate(file.versions if file else ()):
        if place and str(said.version) == version and file:
            before = file.versions[place - 1][1]
            values = {
                "file": file,
                "entry": entry,
                "before": before,
                "after": said,
                "pieces": difference(before.body, said.body),
            }
            return "text_change.html.jinja", values
    return None


def rows(book: TextBook) -> list[dict[str, Any]]:
    """Return every version of every text for a file."""
    return [{**said.pub(), "entries": [entry.index]} for file in book.files for entry, said in file.versions]
