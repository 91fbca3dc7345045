"""Words that press residents, and personal data, found in what an officer writes to them.

In:     the words of a request.
Out:    the phrases of the public list that stand in them, each named.
Holds:  exact and repeatable: a listed phrase as whole words, whatever the case, spacing, dashes or
        invisible characters. No guess at meaning.
Drops:  nothing of the text; refusing is the caller's (the fact `words_plain`).
Absent: private lists. No agreement can add a phrase.
Why:    docs/design/rules.md
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

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


@cache
def phrases() -> dict[str, Any]:
    """Return the public list as shipped: version, language and `phrases` with reasons."""
    text = resources.files("fanlight.policy").joinpath("data/pressing-words.json").read_text("utf-8")
    value: dict[str, Any] = json.loads(text)
    return value


def find_phrases(words: str) -> list[Found]:
    """Return each listed phrase and each form of personal data in `words`, in the list's order."""
    plain = _plain(words)
    found = [
        Found(phrase=row["phrase"], why=row["why"])
        for row in phrases()["phrases"]
        if f" {row['phrase']} " in plain
    ]
    readable = _BLOCK.sub("block", unicodedata.normalize("NFKC", words))
    found += [Found(phrase=name, why="personal data") for name, form in _FORMS if form.search(readable)]
    return found


def _plain(words: str) -> str:
    """Return lower-case words with one space between and around them.

    Marks and invisible characters are dropped, so that a soft hyphen or an accent hides no phrase.
    """
    folded = unicodedata.normalize("NFKD", words).casefold()
    kept = (c for c in folded if unicodedata.category(c) not in {"Mn", "Cf"})
    return " " + " ".join(re.findall(r"\w+", "".join(kept).replace("'", ""))) + " "
