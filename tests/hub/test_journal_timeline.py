"""The timeline when clocks do what clocks do: summer time, leap seconds, steps of an hour or ten years."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hub.footage import ROOMY, SECOND, START, footage, record, rows

from fanlight.hub.journal import CameraLimits, Journal, Limits
from fanlight.hub.journal.age import STEADY_S, AgeClock
from fanlight.hub.journal.check import check
from fanlight.hub.journal.spans import JOIN_US, bounds, join
from fanlight.model.check import State

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
HOUR, DECADE = timedelta(hours=1), timedelta(days=3653)
US = 1_000_000


def clean(folder: Path) -> bool:
    return {found.state for found in check(folder, limits=ROOMY)} == {State.HOLDS}


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), BERLIN, 23),
        (date(2026, 10, 25), BERLIN, 25),
        (date(2026, 3, 8), NEW_YORK, 23),
        (date(2026, 11, 1), NEW_YORK, 25),
        (date(2026, 3, 14), UTC, 24),
    ],
)
def test_a_day_is_as_long_as_the_clock_on_the_wall_makes_it(
    tmp_path: Path, day: date, zone: ZoneInfo, hours: int
) -> None:
    """R01: nothing is left out of the night in which the clock goes back, and nothing shown twice."""
    begin, end = bounds(day, zone)
    assert end - begin == hours * 3_600 * US
    journal = Journal(tmp_path, ROOMY)
    midnight = datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)
    for number in range(hours):
        at = midnight + number * HOUR
        record(journal, "door", footage(2, start=at, run=number))
    found = journal.timeline("door", day, zone)
    assert [start for start, _, _ in found.spans] == [midnight + number * HOUR for number in range(hours)]
    assert journal.timeline("door", day + timedelta(days=1), zone).spans == []
    assert journal.days("door", zone) == [day]
    journal.close()


def test_the_second_that_a_leap_second_repeats_is_read_in_the_order_it_was_lived(tmp_path: Path) -> None:
    """A system that steps back by a second at midnight: 23:59:59 comes twice."""
    journal = Journal(tmp_path, ROOMY)
    midnight = datetime(2027, 1, 1, tzinfo=UTC)
    before = footage(5, start=midnight - 5 * SECOND, mono_us=100 * US)
    after = footage(5, start=midnight - SECOND, run=1, mono_us=105 * US)
    record(journal, "door", before + after)
    assert journal.read("door", midnight - 9 * SECOND, midnight + 9 * SECOND) == before + after
    assert journal.spans("door") == [(midnight - 5 * SECOND, midnight + 4 * SECOND)]
    assert journal.timeline("door", midnight.date()).gaps == []
    journal.close()
    assert clean(tmp_path)


@pytest.mark.parametrize("step", [HOUR, -HOUR, DECADE, -DECADE])
def test_a_step_of_the_hubs_clock_overwrites_nothing_and_is_said(tmp_path: Path, step: timedelta) -> None:
    """R01, R51: hours are not overwritten, and ten years ahead make nothing too old."""
    limits = Limits(reserve_bytes=0, cameras={"door": CameraLimits(keep_s=3 * 86_400)})
    journal = Journal(tmp_path, limits)
    before = footage(70, mono_us=100 * US)
    after = footage(70, start=START + 70 * SECOND + step, run=1, mono_us=170 * US)
    back = footage(70, start=START + 140 * SECOND, run=2, mono_us=240 * US)
    record(journal, "door", before + after + back)
    first, last = min(START, after[0].wall), max(back[-1].wall_end, after[-1].wall_end)
    assert journal.read("door", first, last + SECOND) == before + after + back
    due = START + 70 * SECOND
    edges = [tuple(sorted((due, due + step))), tuple(sorted((after[-1].wall_end, back[0].wall)))]
    gaps = [gap for gap in journal.between("door", first, last).gaps if gap[2] == "clock"]
    assert gaps == sorted((start, end, "clock") for start, end in edges)
    journal._writer.maintain(round(after[-1].wall_end.timestamp() * US), 10_000 * US)
    assert journal.read("door", first, last + SECOND) == before + after + back
    journal.close()
    assert clean(tmp_path)


def test_a_clock_that_goes_evenly_again_is_believed_a_day_later() -> None:
    now = 1_000 * 86_400 * US
    age = AgeClock.start(None, now, 0)
    ahead = now + 3_650 * 86_400 * US
    assert age.now_us(ahead, 0) == now
    for hour in range(1, 24):
        mono = hour * 3_600 * US
        assert age.now_us(ahead + mono, mono) == now + mono
    mono = STEADY_S * US
    assert age.now_us(ahead + mono, mono) == ahead + mono
    # Back where it belongs: the scale stands still at nothing, and runs on.
    assert age.now_us(now + mono, mono) == ahead + mono


def test_time_in_which_the_hub_was_off_counts_up_to_a_day_at_once() -> None:
    now, day = 1_000 * 86_400 * US, 86_400 * US
    assert AgeClock.start(now, now + day // 2, 5).now_us(now + day // 2, 5) == now + day // 2
    assert AgeClock.start(now, now + 3_650 * day, 5).now_us(now + 3_650 * day, 5) == now + day
    assert AgeClock.start(now, now - 3_650 * day, 5).now_us(now - 3_650 * day, 5) == now


@given(st.lists(st.tuples(st.integers(-(10**15), 10**15), st.integers(0, 10**13))))
def test_age_never_runs_backwards_whatever_the_clock_shows(readings: list[tuple[int, int]]) -> None:
    age, mono, before = AgeClock.start(None, 0, 0), 0, 0
    for wall, passed in readings:
        mono += passed
        found = age.now_us(wall, mono)
        assert found >= before
        before = found


@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(1, 9), st.integers(0, 1)).map(
            lambda part: (part[0] * US, (part[0] + part[1]) * US, part[2])
        )
    )
)
def test_joined_stretches_cover_the_same_time_and_stand_apart(parts: list[tuple[int, int, int]]) -> None:
    """J6."""
    joined = join(parts)
    for kind in (0, 1):
        mine = [found for found in joined if found[2] == kind]
        seconds = {at for start, end, k in parts if k == kind for at in range(start // US, end // US)}
        assert {at for start, end, _ in mine for at in range(start // US, end // US)} == seconds
        assert all(b[0] - a[1] >= JOIN_US for a, b in pairwise(mine))
    assert joined == sorted(joined)


def test_a_file_that_gives_way_leaves_the_timeline(tmp_path: Path) -> None:
    """J6."""
    journal = Journal(tmp_path, ROOMY)
    record(journal, "door", footage(200))
    rows(tmp_path, "UPDATE file SET kept_us = 0 WHERE id = 2")
    journal._writer.room.remove([2])
    (first, second) = journal.timeline("door", START.date()).spans
    assert first[1] < second[0]
    journal.close()
    assert clean(tmp_path)
