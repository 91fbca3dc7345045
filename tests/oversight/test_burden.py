"""R48: requests for each 1,000 homes by area and month, none left out; protected ones for the town first."""

import json
from datetime import timedelta

import h3
from tests.oversight.recordbook import HOMES, NOW, OUTLINE, Book, Sample

from fanlight.policy import default_pack
from fanlight.server.oversight import Beside, Record
from fanlight.server.oversight.burden import Area, Burden, shade
from fanlight.server.oversight.pages import render

HERE = h3.latlng_to_cell(OUTLINE[0][1], OUTLINE[0][0], 7)


def record(book: Book, homes: dict[str, int] | None = None, *, later: int = 0) -> Record:
    """Return the record with a table of homes, as it is read some days later."""
    packs = {default_pack().sha256: default_pack()}
    beside = Beside(openings=book.openings, packs=packs, homes=HOMES if homes is None else homes)
    return book.record(now=NOW + timedelta(days=later), beside=beside)


def page(of: Record, path: str) -> str:
    made = render(path, of)
    assert made.status == 200, path
    return made.body.decode()


def test_a_number_is_the_length_of_the_list_that_it_opens(sample: Sample) -> None:
    of = record(sample.book)
    burden = Burden.of(of)
    assert burden.months == ("2026-11",)
    for month in ("", "2026-11"):
        base = f"/record/burden/{month}".rstrip("/")
        shown = page(of, base)
        for area in burden.areas(month):
            link = f'<a href="{base}/in/{area.cell}">{len(area.files)}</a>'
            assert (link in shown) == bool(area.files)
            listed = render(f"{base}/in/{area.cell}", of)
            assert listed.status == (200 if area.files else 404)
            for file in area.files:
                assert f"/record/requests/{file.id}" in listed.body.decode()
    assert render("/record/burden/2026-10", of).status == 404
    assert render("/record/burden/in/nowhere", of).status == 404


def test_every_request_counts_for_the_town_and_refused_ones_too(sample: Sample) -> None:
    of = record(sample.book)
    town = Burden.of(of).area("", "")
    assert {file.id for file in town.files} == set(of.requests)
    assert sample.refused in {file.id for file in Burden.of(of).area(HERE, "").files}
    homes = sum(HOMES.values())
    assert town.per_1000 == round(5 * 1000 / homes, 2)
    assert f"{town.per_1000:.2f} for each 1,000 homes" in page(of, "/record/burden")


def test_a_protected_request_has_no_area_until_it_opens(sample: Sample) -> None:
    """R48, R44: then it counts where its outline lies."""
    for later, counted in ((0, False), (181, True)):
        burden = Burden.of(record(sample.book, later=later))
        within = {file.id for area in burden.areas("") for file in area.files}
        assert (sample.protected in within) == counted
        assert sample.protected in {file.id for file in burden.area("", "").files}


def test_few_homes_have_no_rate_and_no_number_is_left_out(sample: Sample) -> None:
    """R48: homes are told to the hundred, fewer than 500 not at all; without a table, numbers alone."""
    few = {next(cell for cell in HOMES if h3.cell_to_parent(cell, 7) == HERE): 260}
    of = record(sample.book, few)
    area = Burden.of(of).area(HERE, "")
    assert (area.homes, area.per_1000) == (None, None)
    assert len(area.files) == 4
    shown = page(of, "/record/burden")
    assert "no rate" in shown
    assert "260" not in shown
    many = {next(iter(few)): 1_249}
    assert Burden.of(record(sample.book, many)).area(HERE, "").homes == 1_200
    assert "no rate" in page(record(sample.book, {}), "/record/burden")


def test_the_files_say_what_the_pages_say(sample: Sample) -> None:
    of = record(sample.book)
    rows = json.loads(page(of, "/record/burden.json"))["burden"]
    town = next(row for row in rows if (row["month"], row["area"]) == ("2026-11", "town"))
    assert (town["requests"], len(town["entries"])) == (5, 5)
    assert "2026-11,town,5," in page(of, "/record/burden.csv")


def test_the_darkest_area_is_the_one_with_most_for_its_homes() -> None:
    areas = [Area(cell=str(n), homes=1000, files=()) for n in range(2)]
    assert [shade(area, areas) for area in areas] == [0, 0]


def test_an_empty_record_says_that_nothing_is_missing() -> None:
    assert "No area yet" in page(Book().record(), "/record/burden")
