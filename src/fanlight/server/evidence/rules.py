"""What is decided about copies and an agency's day, from values alone."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fanlight.policy import Decision, Pack, decide

FIRST_PLAN = 64
# A day's entries begin before it does. 64 moments leave these four hours empty about once in 100,000 days,
# so an export late in a day nearly always finds a place in which a dummy could have stood.
EARLY = timedelta(hours=4)
# Words as `_said` leaves them. That a wrong word refuses is meant: the custodian is told the clause.
_KINDS = (
    (
        "federal-immigration",
        re.compile(
            r"\b(ice|cbp|uscis|hsi|ero|usbp|immigra\w*|customs|enforcement and removal"
            r"|border (patrol|protection))\b"
        ),
    ),
    (
        "federal",
        re.compile(
            r"\b(fbi|dhs|dea|atf|usms|usss|uspis|ncis|jttf|hidta|federal|feds?|homeland|marshals?"
            r"|us|usa|united states|secret service|drug enforcement administration"
            r"|alcohol,? tobacco|postal inspect\w*|coast guard)\b"
        ),
    ),
    ("task-force", re.compile(r"\btask[^a-z0-9]*force\b")),
    ("fusion-centre", re.compile(r"\bfusion cent(er|re)\b")),
    ("court", re.compile(r"\b(court|judge)\b")),
    ("defence", re.compile(r"\b(defen[cs]e|public defender)\b")),
)
_SPELT = re.compile(r"\b(?:[a-z][^a-z0-9]{1,3})+[a-z]\b")
# Local agencies. None gets an export; a copy whose giver agreed is handed on to one (onward), with an end.
AGENCIES = frozenset({"municipal", "county", "state", "tribal", "university"})
_BETWEEN = re.compile(r"[^a-z0-9]+")


def recipient_kind(recipient: str, named: str | None) -> str:
    """Return what kind of recipient an export goes to.

    Args:
        recipient: as the custodian wrote it.
        named: the kind they named, if any. It cannot turn a federal recipient into another.

    Returns:
        The kind the words give away, else the named one, else `prosecutor`.
    """
    said = _said(recipient)
    found = next((kind for kind, words in _KINDS if words.search(said)), None)
    if found is not None and (named is None or found.startswith(("federal", "task", "fusion"))):
        return found
    return named or "prosecutor"


def _said(recipient: str) -> str:
    """Return a recipient in small letters; then again with what is spelt letter by letter as words.

    `I.C.E.`, `F B I` and full-width letters say what the plain word says.
    """
    folded = unicodedata.normalize("NFKC", recipient).casefold()
    plain = " ".join("".join(one for one in folded if unicodedata.category(one) != "Cf").split())
    return f"{plain} / {_SPELT.sub(lambda found: _BETWEEN.sub('', found[0]), plain)}"


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


def decide_onward(pack: Pack, kind: str, ground: str, keep_days: int, *, in_force: bool) -> Decision | None:
    """Ask the ordinance whether a copy whose giver agreed may be handed to another agency.

    Returns:
        None where the ordinance does not provide for it, which lets nothing be handed on.
    """
    facts: dict[str, bool | int | str] = {
        "recipient_kind": kind,
        "recipient_in_force": in_force,
        "owner_agreed": True,  # who did not agree was refused before anybody asked
        "ground_given": bool(ground.strip()),
        "keep_days": keep_days,
    }
    if not pack.clauses_of("disclosure.onward"):
        return None
    return decide(pack, "disclosure.onward", pack.asks("disclosure.onward", facts))


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
