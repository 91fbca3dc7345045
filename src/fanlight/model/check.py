"""One thing that was checked, and what came of it: the common answer of every verifier."""

from dataclasses import dataclass
from typing import Literal

State = Literal["holds", "fails", "unknown"]


@dataclass(frozen=True, slots=True)
class Check:
    """A check of a log, a clip or an evidence package.

    Attributes:
        name: what was checked, in words for a reader.
        state: `holds`, `fails`, or `unknown` where it could not be checked.
        detail: what was seen; one sentence or empty.
    """

    name: str
    state: State
    detail: str = ""
