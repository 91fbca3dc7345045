"""What is decided about copies and an agency's day, from values alone."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fanlight.policy import Decision, Pack, decide

FIRST_PLAN = 64
# A day's entries begin before it does. 64 moments leave these four hours empty about once in 100,000 days,
# so an export late in a day nearly always finds a place in which a dummy could have stood.
EARLY = timedelta(hours=4)
_KINDS = (
    ("federal-immigration", re.compile(r"\b(ice|cbp|uscis|immigration|border patrol)\b", re.IGNORECASE)),
    ("federal", re.compile(r"\b(fbi|dhs|dea|atf|federal|homeland|marshals?)\b", re.IGNORECASE)),
    ("task-force", re.compile(r"\btask[ -]?force\b", re.IGNORECASE)),
    ("fusion-centre", re.compile(r"\bfusion cent(er|re)\b", re.IGNORECASE)),
    ("court", re.compile(r"\b(court|judge)\b", re.IGNORECASE)),
    ("defence", re.compile(r"\b(defen[cs]e|public defender)\b", re.IGNORECASE)),
)


def recipient_kind(recipient: str, named: str | None) -> str:
    """Return what kind of recipient an export goes to.

    Args:
        recipient: as the custodian wrote it.
        named: the kind they named, if any. It cannot turn a federal recipient into another.

    Returns:
        The kind the words give away, else the named one, else `prosecutor`.
    """
    found = next((kind for kind, words in _KINDS if words.search(recipient)), None)
    if found is not None and (named is None or found.startswith(("federal", "task", "fusion"))):
        return found
    return named or "prosecutor"


def decide_export(pack: Pack, kind: str, ground: str, return_days: int) -> Decision:
    """Ask the ordinance whether a copy may leave."""
    facts: dict[str, bool | int | str] = {
        "recipient_kind": kind,
        # No agreement names recipients yet; a pack that asks for it lets nothing out.
        "recipient_named": False,
        "ground_given": bool(ground.strip()),
        "return_days": return_days,
    }
    return decide(pack, "disclosure.export", pack.asks("disclosure.export", facts))


def days_filling(now: datetime) -> list[date]:
    """Return the days (UTC) whose moments may come now: today, and late in it tomorrow too."""
    today, soon = now.astimezone(UTC).date(), (now.astimezone(UTC) + EARLY).date()
    return [today] if soon == today else [today, soon]


def plan_moments(now: datetime, day: date, count: int, random: Callable[[], float]) -> list[datetime]:
    """Return `count` random moments of what is left of a day (UTC) and the hours before it, in order.

    Args:
        now: moments lie behind it; it may be before the day begins.
        day: the day.
        count: how many.
        random: gives numbers from 0 up to 1.
    """
    midnight = datetime.combine(day, time(), UTC)
    end = midnight + timedelta(days=1)
    start = min(max(midnight - EARLY, now), end)
    return sorted(start + random() * (end - start) for _ in range(count))


def case_pub(agency: str, day: date) -> dict[str, Any]:
    """Return all that is public of a case entry: the same for real ones and dummies."""
    return {"agency": agency, "day": day.isoformat()}
