"""What a link may be, and what it says of itself. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from fanlight.server.errors import Conflict, Malformed, NotFound

Kind = Literal["clip", "support"]
Shown = Literal["open", "revoked", "expired", "spent"]

MAX_BYTES = 256 * 1024 * 1024
MAX_ABOUT = 64 * 1024
MAX_OPENINGS = 100
MAX_DAYS = 30
MAX_OPEN = 100  # of one household at a time
SUPPORT = timedelta(hours=1)
TOLD_DAYS = 30  # so long a link that is over still says why
AGE_FIRST_LINE = b"age-encryption.org/v1\n"

_WHY = {
    "revoked": "The household took this link back.",
    "expired": "The time of this link is over.",
    "spent": "This link was opened as often as it may be.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a link, without what is in it. `hour_left` counts for links of support only."""

    kind: str
    state: str
    until: date
    most: int
    opened: int
    hour_left: timedelta = timedelta()


def shown(link: Standing, today: date) -> Shown:
    """Return how a link stands for whoever has it."""
    if link.state == "revoked":
        return "revoked"
    # Support ends by its hour, which may run past midnight.
    over = not link.hour_left if link.kind == "support" else link.until < today
    if over or link.state == "over":
        return "expired"
    return "spent" if link.opened >= link.most else "open"


def check_new(kind: str, until: date, parts: tuple[bytes, ...], today: date) -> None:
    """Raise Malformed unless a link can be like this."""
    last = today if kind == "support" else today + timedelta(days=MAX_DAYS)
    first = today - timedelta(days=1) if kind == "support" else today  # its hour is counted here, not there
    if not first <= until <= last + timedelta(days=1):  # a member's day may be ahead of ours
        raise Malformed(
            "A link cannot end then.",
            do="Choose a day from today on, at most 30 days ahead; a link for support ends within the hour.",
            code="links.bad_end",
        )
    if not all(part.startswith(AGE_FIRST_LINE) and len(part) <= MAX_ABOUT for part in parts):
        raise Malformed("A part of the link is not sealed.", do="Seal it first.", code="links.not_sealed")


def no_link() -> NotFound:
    """Return the error for a link that is not there, or not any more."""
    return NotFound(
        "There is no such link, or it ended long ago.",
        do="Ask who sent it for another.",
        code="links.gone",
    )


def ended(why: Shown) -> Conflict:
    """Return the error for a link that opens no more."""
    return Conflict(_WHY[why], do="Ask who sent it for another.", code=f"links.{why}")
