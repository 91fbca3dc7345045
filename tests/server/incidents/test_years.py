"""R14: how common something is: whole months and areas, homes where there is a table, no zero for silence."""

from datetime import date, timedelta

import h3
import psycopg
import pytest
from tests.server.incidents import samples
from tests.server.incidents.sending import Source, wall
from tests.server.incidents.test_intake import HOUR, in_a_town
from tests.server.running import Running

from fanlight.model.division import Division, divide
from fanlight.server.incidents import clockwork
from fanlight.server.programme import years

FINE = h3.latlng_to_cell(37.7756, -122.4187, 8)
AREA = h3.cell_to_parent(FINE, 7)
BESIDE = sorted(set(h3.cell_to_children(AREA, 8)) - {FINE})


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 11, 23), "2024-11", "2026-10"),
        (date(2026, 11, 3), "2024-11", "2026-10"),
        (date(2026, 11, 2), "2024-10", "2026-09"),
        (date(2026, 1, 3), "2024-01", "2025-12"),
        (date(2026, 1, 1), "2023-12", "2025-11"),
        (date(2026, 12, 31), "2024-12", "2026-11"),
    ],
)
def test_two_years_end_with_the_last_month_that_is_counted_to_its_end(
    today: date, first: str, last: str
) -> None:
    """R14: 24 months, whatever the month; the last one once its last incidents left the map."""
    found = years.months_until(today)
    assert (found[0], found[-1], len(found), len(set(found))) == (first, last, 24, 24)


def test_homes_of_an_area_are_told_to_the_hundred_and_not_at_all_where_they_are_few() -> None:
    """R14: areas are no finer than res 7; below 500 homes there is no rate, and no number of homes."""
    homes = {FINE: 333, BESIDE[0]: 333}
    assert years.homes_of(divide(homes), homes) == {AREA: 700}
    few = {FINE: 249, BESIDE[0]: 250}
    assert years.homes_of(divide(few), few) == {AREA: None}
    wide = h3.cell_to_parent(FINE, 5)
    assert years.homes_of(Division(frozenset({wide}), wide), {FINE: 612}) == {wide: 600}
    assert years.homes_of(Division(), {}) == {}


@in_a_town
async def test_a_month_is_told_once_it_is_whole_and_silence_is_no_zero(town: Running, database: str) -> None:
    """R11 R14: an incident that leaves the map moves no number that day; its month, class and area stay."""
    source = await Source(town).begin()
    rows = [samples.row(str(n), wall(town, 5 * HOUR)) for n in range(3)]
    await source.took(samples.table(*rows))
    town.clock.ahead = timedelta(hours=25)
    before = await town.http.get("/v1/incidents/years")
    assert await clockwork.sweep(town.services) == 3
    assert (await town.http.get("/v1/incidents/years")).content == before.content
    assert before.json()["counts"] == {}
    assert not any(before.json()["reported"])
    town.clock.ahead = timedelta(days=34)
    found = await town.json("/v1/incidents/years")
    assert sum(found["counts"]["fire"]) == 3
    assert found["reported"].count(True) == 1
    assert found["homes"] > 0
    by_area = {area: sum(told["counts"].get("fire", [])) for area, told in found["areas"].items()}
    assert sum(by_area.values()) == 3
    assert max(h3.get_resolution(area) for area in by_area) <= 7
    with psycopg.connect(database) as owner:
        assert owner.execute(
            "SELECT DISTINCT extract(day FROM month)::integer FROM incident_month"
        ).fetchall() == [(1,)]
