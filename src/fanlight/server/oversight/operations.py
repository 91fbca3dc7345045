"""The pages of operations with residents: plan, homes that said so, outcome, what is overdue. Pure.

In:     entries of the record; the parts of a path behind /record/operations; the day of reading.
Out:    OperationBook; a view's template and values, or None; rows for a file.
Holds:  a plan, an outcome or a step off counts if its agency planned it. What is overdue says so. A home is
        a hash that says nothing of it.
Absent: HTML (the templates), entering anything (server.operations).
Why:    R29; docs/spec/operations.md
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from fanlight.server.oversight.leaves import Entry
from fanlight.wire.operations import (
    OUTCOME_DAYS,
    Operation,
    OperationHomes,
    OperationOff,
    OperationOutcome,
)

State = Literal["planned", "running", "due", "overdue", "told", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFile:
    """An operation: its entries in order, and what they say.

    Attributes:
        entries: every entry of it.
        operation: the plan.
        joined, left: hashes of homes that said that they take part, and no more.
        outcomes: what came of it; the last one counts.
        off: that it does not take place, or None.
    """

    entries: tuple[Entry, ...]
    operation: Operation
    joined: tuple[str, ...]
    left: tuple[str, ...]
    outcomes: tuple[OperationOutcome, ...]
    off: OperationOff | None

    @property
    def homes(self) -> int:
        """How many homes take part."""
        return len(set(self.joined) - set(self.left))

    @property
    def due(self) -> str:
        """The day by which its outcome is public; empty if its last day is none."""
        try:
            return (date.fromisoformat(self.operation.ends) + timedelta(days=OUTCOME_DAYS)).isoformat()
        except (ValueError, OverflowError):
            return ""

    def state_on(self, day: str) -> State:
        """Return how it stands on a day."""
        if self.off:
            return "off"
        if self.outcomes:
            return "told"
        if day < self.operation.starts:
            return "planned"
        if day <= self.operation.ends:
            return "running"
        return "due" if day <= self.due else "overdue"


@dataclass(frozen=True, slots=True)
class OperationBook:
    """Every operation in the record, in its order."""

    files: tuple[OperationFile, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "OperationBook":
        """Lay them out. Of two plans of one id the first counts."""
        rows: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            if isinstance(entry.known, Operation | OperationHomes | OperationOutcome | OperationOff):
                rows[entry.known.operation].append(entry)
        return cls(tuple(found for own in rows.values() for found in _file(own)))

    def of_agency(self, ori: str) -> list[OperationFile]:
        """Return an agency's operations."""
        return [file for file in self.files if file.operation.agency == ori]

    def named(self, name: str) -> OperationFile | None:
        """Return an operation by its id, or None."""
        return next((file for file in self.files if file.operation.operation == name), None)


def _file(rows: Sequence[Entry]) -> list[OperationFile]:
    said = [entry.known for entry in rows]
    plan = next((one for one in said if isinstance(one, Operation)), None)
    if plan is None:
        return []
    homes = [one for one in said if isinstance(one, OperationHomes)]
    return [
        OperationFile(
            entries=tuple(rows),
            operation=plan,
            joined=tuple(code for one in homes for code in one.joined),
            left=tuple(code for one in homes for code in one.left),
            outcomes=tuple(one for one in said if isinstance(one, OperationOutcome)),
            off=next((one for one in said if isinstance(one, OperationOff)), None),
        )
    ]


def paths(book: OperationBook) -> list[str]:
    """Return the path of each page and file of operations, behind /record."""
    found = ["/operations", "/operations.csv", "/operations.json"]
    return [*found, *(f"/operations/{file.operation.operation}" for file in book.files)]


def find(rest: Sequence[str], book: OperationBook, today: str) -> tuple[str, dict[str, Any]] | None:
    """Return the template and values of a page, or None."""
    match list(rest):
        case []:
            return "operations.html.jinja", {"files": latest(book.files), "today": today}
        case [name]:
            file = book.named(name)
            return ("operation.html.jinja", {"one": file, "state": file.state_on(today)}) if file else None
        case _:
            return None


def latest(files: Iterable[OperationFile]) -> list[OperationFile]:
    """Return operations, the latest first."""
    return sorted(files, key=lambda file: (file.operation.starts, file.entries[0].index), reverse=True)


def rows(book: OperationBook, today: str) -> list[dict[str, Any]]:
    """Return every operation for a file."""
    return [
        {
            "operation": file.operation.operation,
            "agency": file.operation.agency,
            "kind": file.operation.kind,
            "place": file.operation.place,
            "starts": file.operation.starts,
            "ends": file.operation.ends,
            "state": file.state_on(today),
            "outcome_due": file.due,
            "homes": file.homes,
            "arrests": file.outcomes[-1].arrests if file.outcomes else None,
            "cited": file.outcomes[-1].cited if file.outcomes else None,
            "stopped": file.outcomes[-1].stopped if file.outcomes else None,
            "recovered": file.outcomes[-1].recovered if file.outcomes else None,
            "entries": [entry.index for entry in file.entries],
        }
        for file in book.files
    ]
