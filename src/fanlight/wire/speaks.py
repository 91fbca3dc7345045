"""Which version of the calls this release makes, and which ones it still answers.

In:     the header `Fanlight-Speaks` of a call.
Out:    a number, or None for bytes that are none.
Holds:  NEWEST goes up by one when a call changes so that a program of before would be misunderstood; a member
        more in an answer, or one that may be left out of a call, is no such change. A call without the
        header is of version 1.
Why:    docs/spec/versions.md
"""

HEADER = "Fanlight-Speaks"
NEWEST = 1  # what hub and pages of this release say
OLDEST = 1  # what a server of this release still answers
_MOST_DIGITS = 6


def read(said: str | None) -> int | None:
    """Return the version that a call says it is of; None if it says something else."""
    if said is None:
        return 1
    plain = said.isascii() and said.isdecimal() and len(said) <= _MOST_DIGITS
    return int(said) if plain and int(said) > 0 else None
