"""What an agency's entries say when they are counted. Pure.

In:     entries with what they committed to.
Out:    plain tables; each count names the entries that it counts.
Holds:  a request counts once, by the entry that first decided on it, on the day that it asks about; a refusal
        counts for each clause that refuses. Nothing is weighed, and nobody is scored.
Absent: where entries come from (auditing.reading).
Why:    docs/design/auditing.md
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from fanlight.model.clock import from_text

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TABLES = (
    *("officer", "cosigner", "offence", "purpose", "cell", "hour", "weekday", "decision", "clause"),
    *("emergency", "joined", "act", "entry"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry, and what is left of what it committed to."""

    index: int
    type: str
    pub: dict[str, Any]
    opened: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often a value stands in a table, and in which entries."""

    table: str
    value: str
    leaves: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as calls have it."""
        return {
            "table": self.table,
            "value": self.value,
            "count": len(self.leaves),
            "leaves": list(self.leaves),
        }


def count(lines: Sequence[Line], first: date | None, last: date | None) -> list[Count]:
    """Count the entries whose day is neither before `first` nor after `last`, table by table."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    asked: set[str] = set()
    for line in lines:
        day = day_of(line)
        if (day is None and (first or last)) or (day is not None and not _within(day, first, last)):
            continue
        found["entry", line.type].append(line.index)
        if line.type == "case":
            found["act", str(line.opened.get("act"))].append(line.index)
        if line.type == "request":
            for table, value in _of_decision(line):
                found[table, value].append(line.index)
            if line.pub["request"] not in asked:
                asked.add(line.pub["request"])
                for table, value in _of_request(line):
                    found[table, value].append(line.index)
    made = [Count(table=table, value=value, leaves=tuple(leaves)) for (table, value), leaves in found.items()]
    return sorted(made, key=lambda one: (TABLES.index(one.table), *_order(one)))


def day_of(line: Line) -> date | None:
    """Return the day that an entry is about: what a request asks about, else the day it names."""
    if line.type == "request":
        start = _start(line)
        return start.date() if start else None
    named = line.pub.get("day")
    return date.fromisoformat(named) if isinstance(named, str) else None


def _of_decision(line: Line) -> list[tuple[str, str]]:
    second = line.opened.get("cosigner")
    refused = line.pub["decision"] != "accepted"
    clauses = [("clause", str(rule)) for rule in line.pub["rules"] if refused]
    return [("cosigner", str(second)), *clauses] if second else clauses


def _of_request(line: Line) -> list[tuple[str, str]]:
    pub, opened, start = line.pub, line.opened, _start(line)
    found = [
        ("officer", str(opened.get("officer", ""))),
        ("offence", str(pub["offence_class"])),
        ("purpose", str(pub["purpose"])),
        ("decision", str(pub["decision"])),
        *(("cell", str(cell)) for cell in pub["cells"]),
    ]
    if start is not None:
        found += [("hour", f"{start.hour:02}"), ("weekday", DAYS[start.weekday()])]
    if pub["emergency"]:
        found.append(("emergency", "yes"))
    facts = pub["facts"]
    more_area = facts.get("joined_area_m2", 0) > pub["area_m2"]
    if more_area or facts.get("joined_window_min", 0) > pub["window"]["length_min"]:
        found.append(("joined", "yes"))
    return found


def _start(line: Line) -> datetime | None:
    text = line.opened.get("start")
    return from_text(text).astimezone(UTC) if isinstance(text, str) else None


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or day >= first) and (last is None or day <= last)


def _order(one: Count) -> tuple[int, str]:
    """Hours and weekdays in their own order, all else the most frequent first."""
    if one.table == "hour":
        return int(one.value), ""
    if one.table == "weekday":
        return DAYS.index(one.value), ""
    return -len(one.leaves), one.value
