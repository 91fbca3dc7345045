"""A span of time that a request asks about or a clip covers.

In:     aware times.
Out:    Window, in UTC; its length, its overlap with another, its public rounding.
Holds:  a window starts before it ends.
Absent: the present (callers hand in a clock reading) and any limit (those are the ordinance's).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fanlight.model.clock import to_text
from fanlight.model.errors import FanlightError

PUBLIC_GRID_H = 4  # what the public sees of a request's times is rounded out to this


class BadWindow(FanlightError):
    """Two times that make no window."""

    code = "model.bad_window"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A span from `start` (included) to `end` (excluded), both aware and kept in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Check the order and move both ends to UTC; raises BadWindow."""
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise BadWindow(
                "A time has no zone.", kept="Nothing was sent.", do="Give both times with their zone."
            )
        try:
            object.__setattr__(self, "start", self.start.astimezone(UTC))
            object.__setattr__(self, "end", self.end.astimezone(UTC))
        except OverflowError as error:
            raise BadWindow(
                "A time is outside the calendar.", kept="Nothing was sent.", do="Correct the year."
            ) from error
        if self.start >= self.end:
            raise BadWindow(
                "The window ends before it starts.", kept="Nothing was sent.", do="Swap the two times."
            )

    @property
    def length(self) -> timedelta:
        """Time from start to end, above zero."""
        return self.end - self.start

    @property
    def length_min(self) -> int:
        """Length in minutes; a begun minute counts whole."""
        return -((self.start - self.end) // timedelta(minutes=1))

    @property
    def in_whole_minutes(self) -> bool:
        """Whether both ends fall on a minute."""
        return all(time.second == 0 and time.microsecond == 0 for time in (self.start, self.end))

    def contains(self, time: datetime) -> bool:
        """Tell whether an aware `time` lies in the window."""
        return self.start <= time < self.end

    def overlaps(self, other: "Window") -> bool:
        """Tell whether the two share any time."""
        return self.start < other.end and other.start < self.end

    def rounded_out(self, grid_h: int = PUBLIC_GRID_H) -> "Window":
        """Return the window widened to a grid of `grid_h` hours (a divisor of 24) from midnight UTC.

        Raises:
            BadWindow: widening would leave the calendar.
        """
        start = self.start.replace(
            hour=self.start.hour - self.start.hour % grid_h, minute=0, second=0, microsecond=0
        )
        end = self.end.replace(hour=self.end.hour - self.end.hour % grid_h, minute=0, second=0, microsecond=0)
        if end < self.end:
            try:
                end += timedelta(hours=grid_h)
            except OverflowError as error:
                raise BadWindow(
                    "A time is outside the calendar.", kept="Nothing was sent.", do="Correct the year."
                ) from error
        return Window(start=start, end=end)

    def as_json(self) -> dict[str, str]:
        """Return `{"from", "to"}` as RFC 3339 text with milliseconds."""
        return {"from": to_text(self.start), "to": to_text(self.end)}
