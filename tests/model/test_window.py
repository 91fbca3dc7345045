"""Windows of time: order, length, and what the public sees of them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.model.window import BadWindow, Window

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
_times = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- zone is added
_windows = st.tuples(_times, st.timedeltas(timedelta(milliseconds=1), timedelta(days=40))).map(
    lambda pair: Window(start=pair[0], end=pair[0] + pair[1])
)


@given(_windows)
def test_the_public_window_holds_the_exact_one_and_is_on_a_grid_of_four_hours(window: Window) -> None:
    """R42: the public sees a request's times rounded out to four hours."""
    public = window.rounded_out()
    assert public.start <= window.start < window.end <= public.end
    for time in (public.start, public.end):
        assert time.hour % 4 == 0
        assert (time.minute, time.second, time.microsecond) == (0, 0, 0)
    assert window.start - public.start < timedelta(hours=4)
    assert public.end - window.end < timedelta(hours=4)
    assert public.rounded_out() == public


@given(_windows)
def test_a_begun_minute_counts_whole(window: Window) -> None:
    assert timedelta(minutes=window.length_min - 1) < window.length <= timedelta(minutes=window.length_min)


@given(_windows, _windows)
def test_overlap_is_mutual_and_agrees_with_containing_a_start(one: Window, other: Window) -> None:
    assert one.overlaps(other) == other.overlaps(one)
    assert one.overlaps(other) == (one.contains(other.start) or other.contains(one.start))


def test_a_window_is_kept_in_utc() -> None:
    pacific = timezone(timedelta(hours=-8))
    window = Window(start=NOON.astimezone(pacific), end=NOON + timedelta(hours=1))
    assert window.as_json() == {"from": "2026-11-21T12:00:00.000Z", "to": "2026-11-21T13:00:00.000Z"}
    assert window.in_whole_minutes


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (NOON, NOON),
        (NOON, NOON - timedelta(seconds=1)),
        (NOON.replace(tzinfo=None), NOON),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-8))), NOON),
    ],
    ids=["empty", "backwards", "no zone", "past the calendar"],
)
def test_two_times_that_make_no_window_are_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(BadWindow):
        Window(start=start, end=end)


def test_the_last_window_of_the_calendar_cannot_be_rounded_out() -> None:
    end = datetime.max.replace(tzinfo=UTC)
    with pytest.raises(BadWindow):
        Window(start=end - timedelta(hours=1), end=end).rounded_out()
