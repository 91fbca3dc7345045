"""What every reader yields: reports, in one form, and counts of what was dropped."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from fanlight.model.errors import FanlightError
from fanlight.model.geo import Point

State = Literal["open", "over", "cancelled"]
Why = Literal[
    "no_id",  # nothing tells it from another
    "no_time",  # when it began is not said, or not readable
    "too_short",  # a row with fewer columns than the mapping names
    "not_listed",  # its type is not on the town's list
    "over_a_day_old",
    "ahead",  # it begins later than the clock allows
    "elsewhere",  # far from the town
    "not_actual",  # an exercise, a test, a draft
    "not_public",  # its sender does not let it be passed on
    "no_incident",  # a document that reports none
]


class BadExport(FanlightError):
    """Something that was handed in cannot be read at all."""

    code = "incidents.bad_export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One incident as its source tells it. It lives in memory only: `rules` says what of it is kept.

    Attributes:
        key: what the source tells it from others by.
        kind: its type in the source's own words.
        began: aware.
        changed: aware; of two reports of one incident the later one counts.
        state: open, over or cancelled.
        point: lon, lat in degrees; None if none is said or none may be used.
        outline: rings of lon, lat around an area, for an alert of a whole area.
        until: after which it may not be shown any longer, where the source says so.
        replaces: keys of reports that this one stands for.
    """

    key: str
    kind: str
    began: datetime
    changed: datetime
    state: State = "open"
    point: Point | None = None
    outline: tuple[tuple[Point, ...], ...] = ()
    until: datetime | None = None
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """What was read.

    Attributes:
        rows: how many rows, alerts or documents there were.
        reports: one an incident; rows of several units are joined.
        dropped: how many rows were dropped, by reason.
        joined: how many rows told of an incident that another row told of.
    """

    rows: int
    reports: tuple[Report, ...]
    dropped: Counter[Why] = field(default_factory=Counter)
    joined: int = 0


def join(rows: int, reports: Iterable[Report], dropped: Counter[Why]) -> Read:
    """Join the rows that tell of one incident: the earliest beginning, the latest of all else."""
    found: dict[str, Report] = {}
    count = 0
    for one in reports:
        count += 1
        known = found.get(one.key)
        found[one.key] = one if known is None else _joined(known, one)
    return Read(rows, tuple(found.values()), dropped, count - len(found))


def _joined(known: Report, other: Report) -> Report:
    first, last = (known, other) if known.changed <= other.changed else (other, known)
    states: set[State] = {first.state, last.state}
    state: State = last.state if first.changed < last.changed else "over"
    if first.changed == last.changed:  # units of one incident: it is over when all of them are free
        state = "open" if "open" in states else "over" if "over" in states else "cancelled"
    return Report(
        key=last.key,
        kind=last.kind,
        began=min(first.began, last.began),
        changed=last.changed,
        state=state,
        point=last.point or first.point,
        outline=last.outline or first.outline,
        until=last.until,
        replaces=first.replaces + last.replaces,
    )


def bad(what: str, do: str) -> BadExport:
    """Return the error for an export that cannot be read."""
    return BadExport(what, kept="Nothing was taken in.", do=do)
