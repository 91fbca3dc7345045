"""When a case's copies end, what holds that up, and when they may be destroyed: from values alone.

In:     the days of a case, the limits and the minimum that apply, its holds; today.
Out:    the day with the rule that set it; whether the key and all copies go today.
Holds:  never below the minimum in force, otherwise the earliest limit; nothing is destroyed within thirty
        days of the day on which those concerned were told, nor while a hold stands. An agency's own hold
        stands 180 days and no more; another stands until its end is recorded, past its stated end too.
Absent: clocks, rows, what a court meant.
Why:    docs/design/ends.md
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

NOTICE = timedelta(days=30)
OWN_HOLD = timedelta(days=180)
TO_USE = timedelta(days=14)
AFTER_AGREEMENT = timedelta(days=30)

HoldKind = Literal["own", "court", "case"]
Why = Literal["limit", "agreement", "minimum"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold: by the agency itself, by a court, or on a filed case; `until` is its stated end."""

    kind: HoldKind
    placed: date
    until: date
    ended: date | None = None

    def stands(self, today: date) -> bool:
        """Tell whether it holds anything up on a day; `until` is the first day without it."""
        if self.ended is not None and self.ended <= today:
            return False
        return self.kind != "own" or today < min(self.until, self.placed + OWN_HOLD)

    def overdue(self, today: date) -> bool:
        """Tell whether it stands past its stated end."""
        return self.stands(today) and self.until <= today


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the end of a case follows from.

    Attributes:
        asked: the day of the request.
        last_copy: the day on which its last copy came; None if none did.
        keep_days: the limit for all, from the day of the request.
        minimum_days: what a law in force demands for its class, from its last copy; 0 if none does.
        agreement_due: when copies go because the agency's agreement is over.
    """

    asked: date
    last_copy: date | None
    keep_days: int
    minimum_days: int = 0
    agreement_due: date | None = None


@dataclass(frozen=True, slots=True)
class End:
    """The day on which a case's copies end, and which rule set it."""

    day: date
    why: Why


def end_of(case: Case) -> End:
    """Return when a case's copies end, if nothing holds that up."""
    end = End(case.asked + timedelta(days=case.keep_days), "limit")
    if case.agreement_due is not None and case.agreement_due < end.day:
        end = End(case.agreement_due, "agreement")
    if case.last_copy is not None and case.minimum_days:
        floor = case.last_copy + timedelta(days=case.minimum_days)
        if floor > end.day:
            end = End(floor, "minimum")
    return end


def tells(end: End, today: date) -> bool:
    """Tell whether those concerned are to be told by a day."""
    return end.day - NOTICE <= today


def goes_on(end: End, told: date | None, today: date) -> date:
    """Return the day on which the copies go if no hold stands: thirty days after the telling at least."""
    return max(end.day, (max(today, end.day - NOTICE) if told is None else told) + NOTICE)


def goes_today(end: End, told: date | None, holds: Sequence[Hold], today: date) -> bool:
    """Tell whether a case's key and copies are destroyed on a day."""
    if told is None or any(one.stands(today) for one in holds):
        return False
    return goes_on(end, told, today) <= today


def withdrawn_goes(due: date, holds: Sequence[Hold], today: date, *, used: bool) -> bool:
    """Tell whether a copy whose giver wants it back is destroyed on a day.

    Args:
        due: until when the custodian could record that it is used.
        holds: of its case.
        today: the day.
        used: whether a charge was filed with it, it is an exhibit, or it may help the defence.
    """
    return due <= today and not used and not any(one.stands(today) for one in holds)
