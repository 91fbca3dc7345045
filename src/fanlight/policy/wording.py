"""Words that press residents, personal data, records and victims' data, found in what an officer writes.

In:     the words of a request.
Out:    the phrases of the public lists that stand in them, each named.
Holds:  exact and repeatable: a listed phrase as whole words, whatever the case, spacing, dashes or
        invisible characters. No guess at meaning: what a list does not have is not found.
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
    readable = _BLOCK.sub("block", unicodedata.normalize("NFKC", words))
    found += [Found(phrase=name, why="personal data") for name, form in _FORMS if form.search(readable)]
    return found


def find_records(words: str) -> list[Found]:
    """Return each phrase in `words` that passes on a criminal-justice record or tells of a victim."""
    return _listed("record-words", words)


def _listed(name: ListName, words: str) -> list[Found]:
    plain = _plain(words)
    # Where a list says "#", any number stands in the words; a number is never a listed word itself.
    counted = re.sub(r"(?<= )\d+(?= )", "#", plain)
    return [
        Found(phrase=row["phrase"], why=row["why"])
        for row in phrases(name)["phrases"]
        if f" {row['phrase']} " in (counted if "#" in row["phrase"] else plain)
    ]


def _plain(words: str) -> str:
    """Return lower-case words with one space between and around them.

    Marks and invisible characters are dropped, so that a soft hyphen or an accent hides no phrase.
    """
    folded = unicodedata.normalize("NFKD", words).casefold()
    kept = (c for c in folded if unicodedata.category(c) not in {"Mn", "Cf"})
    return " " + " ".join(re.findall(r"\w+", "".join(kept).replace("'", "").replace("\u2019", ""))) + " "
