"""Find private details in a post: numbers to call, mail addresses, house numbers, number plates. Pure.

In:     a post's text.
Out:    the details as written, each once, in order.
Holds:  letters that look alike, invisible signs and other ways of writing do not hide a detail; time grows
        with the length only.
Absent: names of people. Whether a post goes out: a moderator reads it first (rule N-3).
Why:    docs/design/posts.md
"""

import re

from fanlight.neighbors.letters import plain

MOST = 10
_STREETS = (
    "street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|place|pl|terrace|way|alley|row"
)
_PATTERNS = (
    re.compile(r"(?<![\d.])(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]{0,2}\d{3}[ .-]{0,2}\d{4}(?!\d)", re.ASCII),
    re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}", re.ASCII),
    re.compile(
        r"(?<![\d:.$])\d{1,5}[a-c]? (?:[nsew]\.? )?[a-z0-9'-]{2,20} (?:[a-z'-]{2,20} )?"
        rf"(?:{_STREETS})(?![a-z0-9])",
        re.ASCII,
    ),
    re.compile(r"(?<![a-z0-9])\d[a-z]{3}\d{3}(?![a-z0-9])", re.ASCII),
    re.compile(
        r"(?<![a-z0-9])(?:plate|plates|license|licence|tag|reg)(?: number| no| is| was|:|#){0,2} {0,2}"
        r"(?=[a-z0-9 -]{0,6}\d)[a-z0-9]{1,4}[ -]?[a-z0-9]{2,4}(?![a-z0-9])",
        re.ASCII,
    ),
)


def details(text: str) -> tuple[str, ...]:
    """Return what looks like somebody's private detail, at most ten."""
    low = " ".join(plain(text).split())
    found = sorted(
        (one.start(), one.group().strip()) for pattern in _PATTERNS for one in pattern.finditer(low)
    )
    return tuple(dict.fromkeys(words for _, words in found))[:MOST]
