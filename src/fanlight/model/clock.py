"""Time as the rest of Fanlight writes it: aware, UTC, milliseconds, RFC 3339."""

import re
import time as _time
from datetime import UTC, datetime

from fanlight.model.errors import FanlightError

_FORM = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


class BadTime(FanlightError):
    """A text is not a time in our form."""

    code = "model.bad_time"


def now() -> datetime:
    """Return the present wall-clock time, aware and in UTC."""
    return datetime.now(UTC)


def to_text(time: datetime) -> str:
    """Write an aware time as `2026-11-21T18:36:41.123Z`; parts of a millisecond are cut off."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """Read a time written by `to_text`.

    Raises:
        BadTime: the text has another form or names no real time.
    """
    if _FORM.match(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    raise BadTime(
        "A time is not written as 2026-11-21T18:36:41.123Z.",
        kept="Nothing was changed.",
        do="Write times in UTC with milliseconds and a final Z.",
    )


def mono_us() -> int:
    """Return microseconds of a clock that never steps; it counts from an unknown moment of this boot."""
    return _time.monotonic_ns() // 1_000
