"""Read the letters of a post, whatever is done to hide a word. First step of reading a post.

In:     a post's text, any characters.
Out:    tokens: words of a to z, numbers, and what stood before each (GAPS).
Holds:  invisible and combining characters, letters of other scripts that look alike, styled letters, figures
        for letters, letters spaced out or repeated do not change the tokens. Time grows with the length only.
Absent: Unicode properties: every character that is dropped or replaced stands in post-letters.json, so that
        two languages with tables of different years read the same.
Why:    docs/design/posts.md
"""

import unicodedata
from functools import cache
from itertools import product
from typing import NamedTuple

from fanlight.neighbors.lists import load, rows

JOINED, SPACE, COMMA, STOP = 0, 1, 2, 3
_STOPS, _COMMAS, _JOINS = frozenset(".!?;\n\r"), frozenset(',:()"&[]{}<>'), frozenset("-/_.'~*|+#@$!")
_INNER = frozenset("@$!*|+#")
_LETTERS, _FIGURES = frozenset("abcdefghijklmnopqrstuvwxyz"), frozenset("0123456789")
_WORD = _LETTERS | _FIGURES
_ENDINGS = frozenset(["re", "ve", "ll", "d", "m", "s"])
_TITLES = frozenset(
    ["mr", "mrs", "ms", "dr", "st", "sgt", "approx", "ft", "lbs", "lb", "yrs", "yr", "hwy", "ave", "in"]
)
_GUESSES = 3  # figures in one word that may stand for letters
_LONGEST = 16  # letters of a word that is looked for in spaced-out ones
_SHORTEST = 3  # letters of a word that is worth hiding
_NAMED = frozenset(
    ["male", "female", "young", "person", "origin", "origin-noun", "origin-people", "origin-sign"]
)


class Token(NamedTuple):
    """A word or number, and the strongest thing that stood before it."""

    text: str
    gap: int


@cache
def _alike() -> dict[str, str]:
    table = {
        chr(int(code, 16)): to
        for to, codes in load("post-letters")["alike"].items()
        for code in codes.split()
    }
    for first, to, count in load("post-letters")["runs"]:
        table |= {chr(int(first, 16) + n): chr(ord(to) + n) for n in range(count)}
    return table


@cache
def _dropped() -> frozenset[str]:
    spans = load("post-letters")["dropped"]
    return frozenset(chr(code) for a, b in spans for code in range(int(a, 16), int(b, 16) + 1))


@cache
def _known() -> frozenset[str]:
    listed = [*rows("person-words"), *rows("origin-words")]
    words = {
        word
        for phrase, group in listed
        if group in _NAMED
        for word in phrase.split(" ")
        if len(word) >= _SHORTEST
    }
    return frozenset(words)


def plain(text: str) -> str:
    """Return the text with each character as the letter that it is read as."""
    alike, dropped = _alike(), _dropped()
    first = "".join(alike.get(c, c) for c in text)
    kept = (alike.get(c, c) for c in unicodedata.normalize("NFKD", first) if c not in dropped)
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in "".join(kept))


def tokens(text: str) -> list[Token]:
    """Return the words of a text."""
    out: list[Token] = []
    for raw in _cut(plain(text)):
        out += _read(raw)
    spelling = load("post-letters")["spelling"]
    return [Token(spelling.get(one.text, one.text), one.gap) for one in _closed_up(out)]


def _cut(text: str) -> list[Token]:
    """Cut a plain text at what is no letter, figure or sign inside of a word."""
    out: list[Token] = []
    gap, began, place, size = STOP, -1, 0, len(text)
    while place <= size:
        char = text[place] if place < size else "\n"
        after = text[place + 1] if place + 1 < size else " "
        inside = char in _WORD or (
            after in _WORD
            and ((char in _INNER and (began >= 0 or char in "@$")) or (char == "'" and began >= 0))
        )
        if inside and began < 0:
            began = place
        elif not inside:
            if began >= 0:
                out.append(Token(text[began:place], gap))
                gap, began = JOINED, -1
            gap = max(gap, _gap(text, place, char, after))
        place += 1
    return out


def _gap(text: str, place: int, char: str, after: str) -> int:
    before = text[place - 1] if place else " "
    tight = before in _WORD and after in _WORD
    if char == "." and tight:
        alone = place < 2 or text[place - 2] not in _LETTERS or before in _FIGURES  # noqa: PLR2004
        return JOINED if alone else STOP
    if char == "." and _titled(text, place):
        return SPACE
    if char in _STOPS:
        return STOP
    if char in _COMMAS:
        return COMMA
    if char in _JOINS:
        return JOINED if before not in " \t" or after not in " \t" else COMMA
    return SPACE


def _titled(text: str, place: int) -> bool:
    start = place
    while start > 0 and place - start < 8 and text[start - 1] in _LETTERS:  # noqa: PLR2004
        start -= 1
    return text[start:place] in _TITLES


def _read(raw: Token) -> list[Token]:
    """Read one piece: figures for letters, an ending after an apostrophe, a number with its unit."""
    text, gap = raw
    if all(c in _LETTERS for c in text):
        return [Token(_unrepeated(text), gap)]
    if any(c in _LETTERS for c in text):
        guess = _guessed(text.replace("'", ""))
        if guess:
            return [Token(guess, gap)]
    out: list[Token] = []
    for part in _parts(text):
        for word in _apart(part):
            out.append(Token(word, JOINED if out else gap))
    return out


def _parts(text: str) -> list[str]:
    cut = "".join(" " if c in _INNER else c for c in text)
    return cut.split()


def _apart(part: str) -> list[str]:
    if "'" in part:
        head, _, tail = part.rpartition("'")
        head = head.replace("'", "")
        if head and all(c in _FIGURES for c in head):
            return [head, "s"] if tail == "s" else [head, "ft", *_apart(tail)]
        if tail in _ENDINGS:
            return [*_apart(head), f"'{tail}"]
        part = head + tail
    figures = 0
    while figures < len(part) and part[figures] in _FIGURES:
        figures += 1
    if 0 < figures < len(part):
        return [part[:figures], *_apart(part[figures:])]
    letters = 0
    while letters < len(part) and part[letters] in _LETTERS:
        letters += 1
    if 0 < letters < len(part):
        return [_unrepeated(part[:letters]), *_apart(part[letters:])]
    return [_unrepeated(part)]


def _guessed(text: str) -> str | None:
    """Return the word that is meant by figures and signs, if it is one that could be hidden so."""
    figures = load("post-letters")["figures"]
    if len(text) > 2 * _LONGEST or sum(c in figures for c in text) > _GUESSES:
        return None
    choices = [figures.get(c, c) for c in text]
    for letters in product(*choices):
        word = _unrepeated("".join(letters))
        if word in _known():
            return word
    return None


def _unrepeated(word: str) -> str:
    """Return a word without letters repeated for show, if then it is one that could be hidden so."""
    if word in _known() or all(a != b or b != c for a, b, c in zip(word, word[1:], word[2:], strict=False)):
        return word
    for most in (2, 1):
        out = ""
        for c in word:
            if not out.endswith(c * most):
                out += c
        if out in _known():
            return out
    return word


def _closed_up(pieces: list[Token]) -> list[Token]:
    """Join spaced-out letters, and words cut by a sign or one space, where a hidden word comes out."""
    out: list[Token] = []
    place = 0
    while place < len(pieces):
        joined, count = _spaced(pieces, place) or _halved(pieces, place) or ([pieces[place]], 1)
        out += joined
        place += count
    return out


def _spaced(pieces: list[Token], place: int) -> tuple[list[Token], int] | None:
    """Return the longest known word that is spelled by single letters from here."""
    count = 0
    while place + count < len(pieces) and count < _LONGEST and len(pieces[place + count].text) == 1:
        count += 1
    letters = "".join(one.text for one in pieces[place : place + count])
    for size in range(count, _SHORTEST - 1, -1):
        if letters[:size] in _known():
            return [Token(letters[:size], pieces[place].gap)], size
    return None


def _halved(pieces: list[Token], place: int) -> tuple[list[Token], int] | None:
    """Return a known word that one sign, or a space beside one of its end letters, has cut."""
    first = pieces[place].text
    if (
        len(first) == 1
        and place + 1 < len(pieces)
        and pieces[place + 1].text in "mf"
        and pieces[place + 1].gap == JOINED
        and first in "bwhl"
    ):
        return [Token(f"{first}/{pieces[place + 1].text}", pieces[place].gap)], 2
    word = first
    for count in range(1, min(5, len(pieces) - place)):
        one = pieces[place + count]
        word += one.text
        lone = (
            count == 1 and one.gap == SPACE and 1 in (len(first), len(one.text)) and first not in ("a", "i")
        )
        if one.gap != JOINED and not lone:
            return None
        if word in _known() and len(word) > 4 and first not in _known():  # noqa: PLR2004
            return [Token(word, pieces[place].gap)], count + 1
    return None
