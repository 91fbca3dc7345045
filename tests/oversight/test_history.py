"""The pages of lists taken over: every figure opens its lines, and nothing in them is guessed."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.oversight.recordbook import Book

from fanlight.cli.lists import agencies, agreements, rows
from fanlight.demo.lists import LISTS
from fanlight.server.oversight import Beside, Entry, Record, paths, render
from fanlight.server.oversight.history import ListFile
from fanlight.server.oversight.leaves import Listing
from fanlight.server.programme.listings import ListedAgreement

NAME = "a" * 26
LINE = ListedAgreement(
    line=2,
    name="<b>Morton Police",
    place="Morton",
    state="NY",
    since=date(2019, 4, 30),
    until=None,
    ori=None,
    joined="none",
    url="",
)


def pub(lines: int) -> dict[str, Any]:
    about = LISTS["agreements"]
    return {
        "listing": NAME,
        "kind": "agreements",
        "source": about.source,
        "credit": about.credit,
        "as_of": about.as_of.isoformat(),
        "sha256": "0" * 64,
        "lines": lines,
    }


def record(book: Book, lines: list[ListedAgreement]) -> Record:
    book.add("listing", pub(len(lines)))
    return book.record(beside=Beside(lines={NAME: lines}))


@pytest.fixture(scope="module")
def shipped() -> list[ListedAgreement]:
    known = agencies.agencies(rows.read(Path(str(LISTS["agencies"].file))))
    read = agreements.agreements(rows.read(Path(str(LISTS["agreements"].file))), agreements.Names(known))
    return [
        ListedAgreement(**{**one, "since": one["since"] and date.fromisoformat(one["since"])}) for one in read
    ]


def test_two_hundred_then_four_hundred_are_shown_and_open_their_lines(
    book: Book, shipped: list[ListedAgreement]
) -> None:
    """R32 R49: 201 by the end of April 2019, 412 by the end of August, as the file has them."""
    seen = record(book, shipped)
    page = render(f"/record/history/{NAME}", seen).body.decode()
    links = dict(re.findall(r'<a href="(/record/history/[^"]+)">([\d,]+)</a>', page))
    base = f"/record/history/{NAME}/by"
    assert (links[f"{base}/2019-04-30"], links[f"{base}/2019-08-31"]) == ("201", "412")
    for link, figure in links.items():
        assert render(link, seen).body.decode().count("<tr><td") == int(figure.replace(",", ""))
    for link, figure in (("all", 1501), ("dated", 1331), ("open", 57)):
        assert f"<b>{figure:,}</b>" in page
        assert render(f"/record/history/{NAME}/{link}", seen).body.decode().count("<tr><td") == figure


def test_every_page_of_a_list_is_there_and_no_other(book: Book) -> None:
    seen = record(book, [LINE, replace(LINE, line=3, since=None)])
    found = [path for path in paths(seen) if path.startswith("/record/history")]
    assert len(found) == 8
    assert all(render(path, seen).status == 200 for path in found)
    for path in ("b" * 26, f"{NAME}/by", f"{NAME}/by/2019-05-31", f"{NAME}/all/more", f"{'b' * 26}.csv"):
        assert render(f"/record/history/{path}", seen).status == 404
    assert "&lt;b&gt;Morton Police" in render(f"/record/history/{NAME}/all", seen).body.decode()


def test_a_list_as_a_file_names_the_entry_it_stands_on(book: Book) -> None:
    seen = record(book, [replace(LINE, name="=1+1")])
    read = list(csv.DictReader(io.StringIO(render(f"/record/history/{NAME}.csv", seen).body.decode())))
    entry = str(len(book.leaves) - 1)
    assert [(one["agency"], one["since"], one["entries"]) for one in read] == [("'=1+1", "2019-04-30", entry)]


def test_a_record_without_lists_has_no_page_of_them(book: Book) -> None:
    assert render("/record/history", book.record()).status == 404
    assert "/record/history" not in render("/record/agencies", book.record()).body.decode()


@given(st.lists(st.dates(date(1999, 1, 1), date(2031, 12, 31)) | st.none(), max_size=30))
def test_months_count_up_to_all_that_have_a_day(days: list[date | None]) -> None:
    lines = [replace(LINE, line=place, since=day) for place, day in enumerate(days)]
    file = ListFile(Entry.of(0, b""), Listing(**pub(len(lines))), lines)
    counts = [count for _, count in file.months]
    assert counts == sorted(counts)
    assert (counts[-1:] or [0]) == [sum(day is not None for day in days)]
    for end, count in file.months:
        assert len(file.by(end)) == count
        assert end.month != date.fromordinal(end.toordinal() + 1).month
