"""One thing that was checked, and what came of it: the common answer of every verifier."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a check ended."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"
    ABSENT = "absent"  # an optional part is not there: said, and neither for nor against the rest


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, in a log, a clip or an evidence package.

    Attributes:
        name: what was checked, such as `log signature` or `items/…/clip.mp4`.
        state: whether it holds, fails, could not be found out, or is optional and not there.
        detail: one sentence for a reader.
    """

    name: str
    state: State
    detail: str
