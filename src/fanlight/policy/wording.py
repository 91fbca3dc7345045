"""Words that press residents, personal data, records and victims' data, found in what an officer writes.

In:     the words of a request.
Out:    the phrases of the public lists that stand in them, each named.
Holds:  exact and repeatable: a listed phrase as whole words, whatever the case, spacing, dashes,
        characters that nobody sees, or letters of other alphabets that look like its own. No guess at
        meaning: what a list does not have is not found.
Drops:  nothing of the text; refusing is the caller's (the facts `words_plain` and `words_no_records`).
Absent: private lists. No agreement can add a phrase.
Why:    docs/design/rules.md#words-to-residents
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

# Personal data has forms, not phrases. Each is named in the answer as it is here.
_FORMS = (
    ("an e-mail address", re.compile(r"\S@\S+\.\w")),
    (
        "a telephone number",
        re.compile(
            r"\+\d(?:[ .()-]{0,2}\d){7,14}"
            r"|(?<![\w-])(?:1[ .-]?)?\(?\d{3}\)?[ .-]{0,2}\d{3}[ .-]?\d{4}(?![\w-])"
        ),
    ),
    ("a social security number", re.compile(r"(?<!\d)\d{3}-\d\d-\d{4}(?!\d)")),
    ("a web address", re.compile(r"https?://|\bwww\.", re.IGNORECASE)),
    (
        "a house number",
        re.compile(
            r"\b\d{1,5}[a-z]?(?:-\w)?\s+(?:[\w']+\s+){1,3}"
            r"(?:st|street|ave|av|avenue|rd|road|blvd|boulevard|ln|lane|dr|drive"
            r"|ct|court|way|pl|place|ter|terrace)\b",
            re.IGNORECASE,
        ),
    ),
)
# Nobody sees these, beside the categories below: fillers of other scripts, an empty pattern.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_HIDDEN = frozenset({"Cf", "Cn", "Co", "Me", "Mn"})
_THIN = frozenset("\u2006\u2008\u2009\u200a\u202f\u205f")  # spaces that may be no gap to the eye, or one
_TURNS = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
_BLOCK = re.compile(r"\b\d{1,5}\s+block\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding.

    Attributes:
        phrase: as the public list has it, or the name of a form of personal data.
        why: what is wrong with it, a few words.
    """

    phrase: str
    why: str


ListName = Literal["pressing-words", "record-words"]
LISTS: tuple[ListName, ...] = ("pressing-words", "record-words")


@cache
def phrases(name: ListName = "pressing-words") -> dict[str, Any]:
    """Return a public list as shipped: version, language and `phrases` with reasons."""
    text = resources.files("fanlight.policy").joinpath(f"data/{name}.json").read_text("utf-8")
    value: dict[str, Any] = json.loads(text)
    return value


def find_phrases(words: str) -> list[Found]:
    """Return each pressing phrase and each form of personal data in `words`, in the list's order."""
    found = _listed("pressing-words", words)
    if not _TURNS.isdisjoint(words):
        found.append(Found(phrase="a character that turns the line round", why="hides what is written"))
    seen = words if words.isascii() else "".join(one for one in words if not _unseen(one))
    readable = _BLOCK.sub("block", unicodedata.normalize("NFKC", seen))
    found += [Found(phrase=name, why="personal data") for name, form in _FORMS if form.search(readable)]
    return found


def find_records(words: str) -> list[Found]:
    """Return each phrase in `words` that passes on a criminal-justice record or tells of a victim."""
    return _listed("record-words", words)


def _listed(name: ListName, words: str) -> list[Found]:
    readings = {_plain(words, between) for between in ("", " ")}
    # Where a list says "#", any number stands in the words; a number is never a listed word itself.
    counted = {re.sub(r"(?<= )\d+(?= )", "#", plain) for plain in readings}
    return [
        Found(phrase=row["phrase"], why=row["why"])
        for row in phrases(name)["phrases"]
        if any(f" {row['phrase']} " in plain for plain in (counted if "#" in row["phrase"] else readings))
    ]


def _plain(words: str, between: str) -> str:
    """Return lower-case words with one space between and around them, read at a glance.

    Marks are dropped and look-alikes are the letters they look like, so that neither hides a phrase. What
    nobody sees may part words or stand within one: `between` is put in its place.
    """
    if not words.isascii():
        read = "".join(between if _parts(one) else one for one in words)
        folded = unicodedata.normalize("NFKD", read)
        words = "".join(_letters().get(one, one) for one in folded if not _unseen(one))
    plain = words.casefold().replace("'", "").replace("\u2019", "")
    return " " + " ".join(re.findall(r"\w+", plain)) + " "


def _unseen(one: str) -> bool:
    return one > "\x7f" and (one in _FILLERS or unicodedata.category(one) in _HIDDEN)


def _parts(one: str) -> bool:
    """Tell whether an unseen character may part words; a mark and a soft hyphen stand within one."""
    within = one == "\u00ad" or unicodedata.category(one) in {"Me", "Mn"}
    return one in _THIN or (_unseen(one) and not within)


@cache
def _letters() -> dict[str, str]:
    text = resources.files("fanlight.policy").joinpath("data/look-alikes.json").read_text("utf-8")
    letters: dict[str, str] = json.loads(text)["letters"]
    return letters
