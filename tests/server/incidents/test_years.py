"""R14: how common something is: counts by month, homes where there is a table, no zero for silence."""

from datetime import date, timedelta

import pytest
from tests.server.incidents import samples
from tests.server.incidents.sending import Source, wall
from tests.server.incidents.test_intake import HOUR, in_a_town
from tests.server.running import Running

from fanlight.server.incidents import clockwork, years


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 11, 23), "2024-12", "2026-11"),
        (date(2026, 1, 1), "2024-02", "2026-01"),
        (date(2026, 12, 31), "2025-01", "2026-12"),
    ],
)
def test_two_years_end_with_this_month(today: date, first: str, last: str) -> None:
    """24 months, whatever the month."""
    found = years.months_until(today)
    assert (found[0], found[-1], len(found), len(set(found))) == (first, last, 24, 24)


@in_a_town
async def test_what_is_over_counts_and_silence_is_no_zero(town: Running, database: str) -> None:
    """An incident counts once it is over; months in which no source reported are told as such."""
    source = await Source(town).begin()
    before = await town.json("/v1/incidents/years")
    assert before["counts"] == {}
    assert not any(before["reported"])
    rows = [samples.row(str(n), wall(town, 5 * HOUR)) for n in range(3)]
    await source.took(samples.table(*rows))
    town.clock.ahead = timedelta(hours=25)
    assert await clockwork.sweep(town.services) == 3
    found = await town.json("/v1/incidents/years")
    assert sum(found["counts"]["fire"]) == 3
    assert found["reported"].count(True) == 1
    assert found["homes"] > 0
    assert database
