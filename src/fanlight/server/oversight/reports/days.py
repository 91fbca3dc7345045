"""On which day an entry counts. Pure.

In:     entries in their order.
Out:    Days: the day of each, the years there are.
Holds:  what an entry says of its day counts; one that says none counts on the day that the entries before it
        had come to. Nothing else is known of when it was made.
Absent: what is counted (reports.counting).
Why:    docs/design/reports.md
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from fanlight.policy.simulate import recorded
from fanlight.server.oversight.leaves import Entry

_DAY = re.compile(r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
# Dummies come up to four hours before their day begins, and count nowhere.
UNCOUNTED = frozenset({"case"})


@dataclass(frozen=True, slots=True)
class Days:
    """The day of each entry that counts, `2026-11-21`, in UTC; `through`: the last one told of."""

    by_entry: dict[int, str] = field(default_factory=dict)
    through: str = ""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Days":
        """Lay them out. Entries before the first that tells a day count on that day."""
        days: dict[int, str] = {}
        early: list[int] = []
        reached = ""
        for entry in entries:
            if entry.type in UNCOUNTED:
                continue
            reached = max(reached, _entered(entry))
            day = _happened(entry) or reached
            if day:
                days[entry.index] = day
            else:
                early.append(entry.index)
        first = min(days.values(), default="")
        if first:
            days |= dict.fromkeys(early, first)
        return cls(days, reached)

    @property
    def years(self) -> list[str]:
        """The years that the entries tell of, the latest first; none that is still to come."""
        last = self.through[:4]
        return sorted({day[:4] for day in self.by_entry.values() if day[:4] <= last}, reverse=True)


def _entered(entry: Entry) -> str:
    """Return the day on which an entry says that it was made, or nothing."""
    if entry.type == "sealed":
        return _day(str(entry.pub.get("slot", ""))[: len("2026-11-22")])
    if entry.type == "agreement-document":
        return ""  # its day is its author's
    if entry.type == "request":
        # Of a window that is not over the day may be too late (policy.simulate).
        facts = entry.pub.get("facts")
        return _decided(entry) if isinstance(facts, dict) and facts.get("hours_since_end") else ""
    return _day(entry.pub.get("day"))


def _happened(entry: Entry) -> str:
    """Return the day on which something happened where that may be another one, or nothing."""
    if entry.type == "request":
        return _decided(entry)
    if entry.type == "gift":
        return _day(entry.pub.get("on"))
    return _entered(entry)


def _decided(entry: Entry) -> str:
    decided = recorded(entry.index, entry.type, entry.pub)
    return (decided.day or "") if decided else ""


def _day(value: object) -> str:
    return value if isinstance(value, str) and _DAY.fullmatch(value) else ""
