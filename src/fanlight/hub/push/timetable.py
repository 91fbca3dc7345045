"""The household's timetable: which change of mode is due. Pure.

Holds:  of changes that were missed, for instance while the hub was off, only the last counts.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from fanlight.hub.push.behests import Mode, Turn

_WEEK = 7


def zone(name: str) -> tzinfo:
    """Return a time zone by its name; the hub's own, then UTC, where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return datetime.now().astimezone().tzinfo or UTC


def due(
    turns: Sequence[Turn], where: tzinfo, after: datetime, until: datetime
) -> tuple[datetime, Mode] | None:
    """Return the last change that falls after `after` and not after `until`, and when; None if none does."""
    first = max(after, until - timedelta(days=_WEEK + 1)).astimezone(where).date()
    last = until.astimezone(where).date()
    found: tuple[datetime, Mode] | None = None
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for turn in turns:
            if day.weekday() not in turn.days:
                continue
            at = datetime.combine(day, time.fromisoformat(turn.at), where).astimezone(UTC)
            if after < at <= until and (found is None or at >= found[0]):
                found = (at, turn.set)
    return found


def daily(hour: str, where: tzinfo, after: datetime, until: datetime) -> datetime | None:
    """Return the last moment of a daily hour after `after` and not after `until`; None if there is none."""
    found = due([Turn(days=tuple(range(_WEEK)), at=hour, set="home")], where, after, until)
    return None if found is None else found[0]
