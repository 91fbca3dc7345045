"""R18: a real city's export, and the standards' own samples, through the readers and a real town."""

import asyncio
import gzip
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from tests.server.incidents.sending import Source, shown
from tests.server.incidents.test_intake import all_rows
from tests.server.running import Still, running

from fanlight.server.incidents.mapping import from_toml
from fanlight.server.incidents.reading import Read, read
from fanlight.server.incidents.rules import Settings

SHARED = Path(os.environ["FANLIGHT_SHARED"]) / "data"
ROOT = Path(__file__).parents[2]
NOW = datetime(2020, 4, 20, 12, tzinfo=UTC)
EXPORT = gzip.decompress((SHARED / "civic/sf_fire_calls_2020-04-07_2020-04-20.csv.gz").read_bytes())


def san_francisco() -> Settings:
    """Return the settings that the guide has for this city."""
    text = (ROOT / "docs/guide/dispatch/san-francisco-fire.toml").read_text()
    return msgspec.toml.decode(text, type=Settings).check()


def of(form: str, name: str) -> Read:
    data = (SHARED / "standards" / form / name).read_bytes()
    return read(data, from_toml(f'v = 1\nform = "{form}"'), NOW)


def test_two_weeks_of_san_francisco_add_up() -> None:
    """10,410 unit rows are 5,292 incidents, all of them read; 4,227 are medical, and on no list."""
    said = san_francisco()
    found = read(EXPORT, said.mapping, NOW)
    assert (found.rows, len(found.reports), found.joined, dict(found.dropped)) == (10_410, 5_292, 5_118, {})
    classes = said.classes()
    kinds = Counter(classes.get(one.kind.casefold()) for one in found.reports)
    assert kinds[None] >= 4_227
    assert sum(kinds.values()) == 5_292
    assert kinds["fire"] + kinds["fire-alarm"] + kinds["gas"] > 500


@pytest.mark.timeout(300)
def test_a_day_of_san_francisco_goes_in_and_no_dropped_column_is_in_the_database(
    database: str, tmp_path: Path
) -> None:
    """The whole file at a town whose clock stands in it: counts add up; no value that is not read is kept."""

    async def body() -> None:
        clock = Still()
        async with running(tmp_path, database, ticking=clock) as town:
            shift = (town.clock() - datetime(2020, 4, 20, 20, tzinfo=UTC)).days
            begun = datetime(2020, 4, 7, tzinfo=UTC).date()
            moved = EXPORT.decode()
            for n in range(15):  # the same rows, as if they were of these days
                day = begun + timedelta(days=n)
                then = day + timedelta(days=shift)
                moved = moved.replace(f"{day:%m/%d/%Y}", f"{then:%m/%d/%Y}")
            said = msgspec.to_builtins(san_francisco())
            source = await Source(town).begin(types=said["types"], mapping=said["mapping"])
            took = await source.took(moved.encode())
            assert took["rows"] == 10_410
            counted = sum(took[name] for name in ("joined", "kept", "withdrawn", "same"))
            assert counted + sum(took["dropped"].values()) == 10_410
            assert took["kept"] > 20
            assert took["dropped"]["not_listed"] > 4_000
            assert await shown(town)
            kept = all_rows(database)
            lines = [line.split(",") for line in moved.splitlines()[1:]]
            for column in (0, 1, 2, 15, -1):  # call, unit, incident, address, row id
                values = {line[column] for line in lines if len(line[column]) > 5}
                assert not [value for value in values if value in kept], column

    asyncio.run(body())


def test_the_standards_samples_are_read() -> None:
    """CAP: alerts of 1.1 and 1.2 and a feed, in which two entries are joined; EIDO: none to pass on."""
    (one,) = of("cap", "ipaws_2019_law_enforcement_warning.xml").reports
    assert one.kind == "Law Enforcement Warning"
    assert one.outline
    assert of("cap", "oasis_amber_alert.xml").reports[0].kind == "Child Abduction"
    feed = of("cap", "nws_2018_atom_feed_cap11.xml")
    assert (feed.rows, len(feed.reports) + feed.joined) == (12, 12)
    assert of("cap", "nws_2020_update_beach_hazards.xml").reports[0].replaces
    assert dict(of("eido", "sample_call_transfer.json").dropped) == {"no_incident": 1}
    assert dict(of("eido", "synthetic_incident.json").dropped) == {"not_public": 1}
