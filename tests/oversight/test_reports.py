"""R45: a year's report is counted from the record alone, names its entries, and leaves no figure out."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oversight.recordbook import ORI, Book, Sample, fill, ground

from fanlight.policy import shipped_pack, shipped_packs
from fanlight.proof.openings import make_leaf
from fanlight.server.oversight import Entry, LogState, Record, render
from fanlight.server.oversight.pages import report_file
from fanlight.server.oversight.reports import Report, fields, report, years
from fanlight.server.oversight.reports.days import Days
from fanlight.server.oversight.reports.style import report_style, style_source


def made(book: Book, year: str = "2026") -> Report:
    found = report(book.record(), year)
    assert found is not None
    return found


def values(of: Report) -> dict[str, int | str]:
    return {figure.id: figure.value for figure in of.figures}


def days(*said: tuple[str, dict[str, Any]]) -> dict[int, str]:
    """Return the days of entries of these types and public fields."""
    return Days.of(Entry.of(place, make_leaf(*one, {})[0]) for place, one in enumerate(said)).by_entry


def test_requests_are_counted_once_by_the_decision_that_stands(sample: Sample) -> None:
    """R45: in all, by clause, agency, class and purpose; bands only of what has closed."""
    told = values(made(sample.book))
    assert told["requests.asked"] == 5
    assert (told["requests.accepted"], told["requests.refused"]) == (4, 1)
    assert told[f"requests.by.{ORI}"] == 5
    assert told["requests.refused.purpose.listed"] == 1
    assert told["requests.closed"] == told["requests.received.1-4"] == 1
    assert told["requests.received.0"] == told["requests.received.10+"] == 0
    assert sum(v for k, v in told.items() if k.startswith("requests.class.") and isinstance(v, int)) == 4
    assert told["evidence.named"] == 3


def test_a_figure_names_the_entries_it_is_made_from(sample: Sample) -> None:
    """R45: its page lists exactly these, and a figure of nothing has no page."""
    record, told = sample.book.record(), made(sample.book)
    for figure in told.figures:
        path = f"/record/reports/2026/figures/{figure.id}"
        page = render(path, record)
        assert page.status == (200 if figure.entries else 404), figure.id
        for place in figure.entries:
            assert f'href="/record/entries/{place}"' in page.body.decode(), figure.id
    (closed,) = told.figure("requests.closed").entries  # type: ignore[union-attr]
    assert record.entries[closed].type == "request-closed"


def test_figures_that_are_nothing_are_told(book: Book) -> None:
    """R45: a report of a year in which nothing happened has every figure."""
    book.add("audit-look", {"auditor": "a" * 26, "agency": ORI, "day": "2026-11-20", "what": "log"})
    told = values(made(book))
    assert told["requests.asked"] == told["process.warrant.rejected"] == told["moderation.remove"] == 0
    assert (told["evidence.looks"], told["agreements.standing"]) == (1, 1)
    assert b"0" in render("/record/reports/2026", book.record()).body


def test_what_stood_on_the_last_day_is_of_that_day(book: Book) -> None:
    """R45: an agreement that ended later stood; exports that were attested later were out."""
    out = {"agency": ORI, "past": "1-4"}
    book.add("exports-out", {**out, "day": "2026-12-30"})
    slot = {"auditors": [], "locked": "", "shares": []}
    book.add("sealed", {"slot": "2026-06-01/1", "due": "2026-11-28", **slot}, {"content": None})
    book.add("sealed", {"slot": "2026-06-01/2", "due": "2026-11-28", **slot}, {"content": None})
    book.add("sealed-renewed", {"slot": "2026-06-01/2", "due": "2027-05-28", "by": "a court"})
    book.add("exports-out", {**out, "day": "2027-01-02", "past": "0"})
    book.add("sealed-opened", {"slot": "2026-06-01/1", "opening": {}})
    old, new = made(book), made(book, "2027")
    assert (old.through, old.is_whole, new.through, new.is_whole) == ("2026-12-31", True, "2027-01-02", False)
    assert [values(one)["evidence.exports"] for one in (old, new)] == [1, 0]
    assert [values(one)["process.overdue"] for one in (old, new)] == [1, 0]
    assert [values(one)["process.opened"] for one in (old, new)] == [0, 1]


def test_an_entry_without_a_day_counts_on_the_day_reached_before_it() -> None:
    look = ("audit-look", {"day": "2026-12-31"})
    undated = ("release", {"version": "1", "sha256": "0" * 64})
    early = {0: "2026-12-31", 1: "2026-12-31"}
    assert days(undated, look, undated) == {**early, 2: "2026-12-31"}
    assert days(look, ("case", {"day": "2027-01-01"}), undated) == {0: "2026-12-31", 2: "2026-12-31"}
    assert days(look, ("gift", {"on": "2025-03-01", "day": "2027-01-03"}), undated)[1] == "2025-03-01"
    assert days(look, ("gift", {"on": "2025-03-01", "day": "2027-01-03"}), undated)[2] == "2027-01-03"
    assert days(undated) == {}


def test_a_year_that_the_record_does_not_tell_of_has_no_report(sample: Sample) -> None:
    record = sample.book.record()
    assert years(record) == ["2026"]
    for path in ("2025", "2027", "x", "2026/as/none", "2026/figures/none", "2026/x", "2026/as"):
        assert render(f"/record/reports/{path}", record).status == 404, path
        assert render(f"/record/reports/{path}.json", record).status == 404, path


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["request", "gift", "sealed", "moderation", "posts-counted", "exports-out", "key"]
            ),
            st.dictionaries(
                st.sampled_from(
                    ["day", "on", "slot", "due", "facts", "act", "rule", "posts", "window", "past"]
                ),
                st.none()
                | st.integers(-(2**40), 2**40)
                | st.text(st.characters(codec="utf-8"), max_size=12)
                | st.sampled_from(["2026-01-01", "9999-12-31"]),
            ),
        ),
        max_size=12,
    )
)
def test_no_entry_makes_a_report_fail(said: list[tuple[str, dict[str, Any]]]) -> None:
    """R45: whatever a log says, its years have a report, and each figure counts entries that are there."""
    book = Book()
    ground(book)
    for kind, pub in said:
        book.add(kind, pub)
    entries = [Entry.of(place, leaf) for place, leaf in enumerate(book.leaves)]
    state = LogState(origin="x", size=len(entries), root=b"\0" * 32)
    record = Record.of(entries, state, book.record().as_of)
    for year in years(record):
        for form in ("json", "html"):
            assert report_file([year], form, record)
        found = report(record, year)
        assert found
        assert all(place < len(entries) for figure in found.figures for place in figure.entries)


def test_an_ordinance_gets_its_own_fields_and_what_the_record_cannot_tell(sample: Sample) -> None:
    """R45: each field of the law, its figures, and no guess at the rest."""
    book, pack = sample.book, "fanlight-model-ordinance"
    paper = {"agreement": "a" * 26, "agency": ORI, "by": "operator", "kind": "yearly-report"}
    paper |= {"title": "Our <year>", "author": "The chief", "sha256": "1" * 64}
    book.add("agreement-document", {**paper, "day": "2026-11-20"})
    book.add("agreement-document", {**paper, "kind": "minutes", "title": "Minutes", "day": "2026-11-20"})
    record = book.record()
    page = render(f"/record/reports/2026/as/{pack}", record).body.decode()
    assert "Our &lt;year&gt;" in page
    assert "Minutes" not in page
    assert "Requests under records law and their answers. The agency says it." in page
    data = json.loads(render(f"/record/reports/2026/as/{pack}.json", record).body)
    asked = [field["asks"] for field in data["ordinance"]["fields"]]
    assert asked[:3] == ["Use", "Sharing", "Sources"]
    assert data["ordinance"]["papers"][0]["title"] == "Our <year>"
    sharing = data["ordinance"]["fields"][1]["figures"]
    assert f"requests.by.{ORI}" in sharing
    assert render("/record/reports/2026/as/oakland-9-64", record).status == 404  # not in this record


def test_every_ordinance_that_asks_for_a_report_has_its_fields() -> None:
    """R45: and each figure that a field names is one of a report's."""
    asks = {pack.meta.id for pack in map(shipped_pack, shipped_packs()) if "report.yearly" in pack.actions}
    assert asks == set(fields.known())
    book = Book()
    ground(book)
    fill(book)
    book.add("gift", {})
    begins = {figure.id for figure in made(book).figures}
    for pack, of in fields.known().items():
        for field in of:
            for begin in field.figures:
                assert any(one == begin or one.startswith(f"{begin}.") for one in begins), (pack, begin)


def test_files_are_the_page_and_no_spreadsheet_runs_them(sample: Sample) -> None:
    """R45: CSV, data and a page that fetches nothing tell the same figures."""
    record = sample.book.record()
    table = render("/record/reports/2026.csv", record).body.decode()
    assert 'requests.asked,"Asked' not in table
    assert "requests.asked,asked, or tried" not in table
    assert '2026,2026-11-21,Requests for footage,requests.asked,"asked, or tried to ask",5,' in table
    page = render("/record/reports/2026.html", record)
    assert page.media_type.startswith("text/html")
    assert "Asked, or tried to ask" in page.body.decode()

    assert re.search(r" src=| href=| style=|url\(|@import", page.body.decode()) is None


def test_the_policy_lets_in_the_style_of_a_report_and_no_other(sample: Sample) -> None:
    body = render("/record/reports/2026.html", sample.book.record()).body.decode()
    assert body.count("<style>") == 1
    assert f"<style>{report_style()}</style>" in body
    assert style_source().startswith("'sha256-")
    assert "</" not in report_style()


@pytest.mark.parametrize("name", ["words", "HD-2026-0417"])
def test_a_report_tells_nothing_that_is_kept_back(name: str, sample: Sample) -> None:
    """R44: no case number, no words, no officer."""
    record = sample.book.record()
    for form in ("json", "html", "csv"):
        body = render(f"/record/reports/2026.{form}", record).body.decode()
        assert name not in body.replace("Words handed out", "").replace("words are after", "")
