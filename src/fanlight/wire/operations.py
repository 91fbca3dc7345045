"""Operations of an agency that residents take part in, such as a package left at a door: the entries.

In:     the public fields of `operation`, `operation-homes`, `operation-outcome` and `operation-off`.
Out:    typed values, and the same fields again.
Holds:  no home is named: one that takes part is a hash of a code that it made itself.
Absent: whether something may be entered (server.operations), how it reads (oversight.operations).
Why:    R29; docs/spec/operations.md
"""

from hashlib import sha256
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

OperationKind = Literal["package-theft", "vehicle", "other"]
Id = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
Line = Annotated[str, Meta(min_length=1, max_length=200)]
Words = Annotated[str, Meta(min_length=1, max_length=2_000)]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]{43}=\Z")]
Count = Annotated[int, Meta(ge=0, le=100_000)]

OUTCOME_DAYS = 90  # after its last day, an outcome is public or overdue (R29)
LONGEST_DAYS = 90
MOST_HOMES = 800  # of one operation: all may come and go on one day, in one entry of 65,535 bytes


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """An operation is planned.

    Attributes:
        operation: its id.
        day: when it was entered, before it begins.
        agency, agreement: who plans it, and under which agreement.
        kind: what it is against.
        place: the part of town, in words.
        plan: what is done, where cameras look, what becomes of what they record; in words.
        starts, ends: its first and last day.
    """

    operation: Id
    day: Day
    agency: str
    agreement: Id
    kind: OperationKind
    place: Line
    plan: Words
    starts: Day
    ends: Day


class OperationHomes(msgspec.Struct, frozen=True, kw_only=True):
    """Homes that said on a day that they take part, or no more: a hash of the code of each, ascending."""

    operation: Id
    day: Day
    joined: list[Hash]
    left: list[Hash]


class OperationOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. A later one takes the place of an earlier one; both stay.

    Attributes:
        arrests, cited: people arrested, people cited; 0 is an outcome.
        stopped: people who were stopped and let go.
        recovered: things that came back to whom they belong.
        words: what was done and what was learnt, in words.
    """

    operation: Id
    day: Day
    arrests: Count
    cited: Count
    stopped: Count
    recovered: Count
    words: Words


class OperationOff(msgspec.Struct, frozen=True, kw_only=True):
    """It does not take place."""

    operation: Id
    day: Day
    reason: Words


Known = Operation | OperationHomes | OperationOutcome | OperationOff
KINDS: dict[str, type[Known]] = {
    "operation": Operation,
    "operation-homes": OperationHomes,
    "operation-outcome": OperationOutcome,
    "operation-off": OperationOff,
}


def hash_of(operation: str, code: str) -> str:
    """Return what the record has of a home's code, 32 hex digits.

    Args:
        operation: its id.
        code: 32 bytes in base64, made by the home from a key of its own (docs/spec/operations.md).
    """
    return sha256(f"fanlight/operation/v1\n{operation}\n{code}".encode()).hexdigest()[:32]


def fields_of(known: Known) -> dict[str, Any]:
    """Return an entry's public fields."""
    made: dict[str, Any] = msgspec.to_builtins(known)
    return made
