"""R42: what changed is told month by month, in sentences, and to whoever subscribes to a feed."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests.oversight.recordbook import ORI, Book, Sample
from tests.oversight.test_gifts import GIFT, given

from fanlight.server.oversight import changes
from fanlight.server.oversight.pages import render

ATOM = "{http://www.w3.org/2005/Atom}"
LOOK = {"auditor": "a" * 26, "agency": ORI, "what": "log"}


def page(book: Book, path: str) -> str:
    made = render(path, book.record())
    assert made.status == 200, path
    return made.body.decode()


def feed(book: Book, path: str) -> ET.Element:
    made = render(path, book.record())
    assert made.status == 200
    assert made.media_type.startswith("application/atom+xml")
    return ET.fromstring(made.body)  # noqa: S314 - of our own making


def test_a_month_tells_each_entry_of_it_and_no_dummy(sample: Sample) -> None:
    book = sample.book
    book.add("audit-look", {**LOOK, "day": "2026-12-01"})
    december = page(book, "/record/changes")
    assert "What changed in December 2026" in december
    assert "read its log on 1 December 2026." in december
    november = page(book, "/record/changes/2026-11")
    assert "read its log" not in november
    record = book.record()
    for entry in record.entries:
        shown = f'href="/record/entries/{entry.index}">entry' in november
        assert shown == (entry.type not in {"case", "case-key", "audit-look"}), entry.type
    assert render("/record/changes/2026-10", record).status == 404


def test_what_a_page_leaves_out_for_its_length_is_counted(book: Book) -> None:
    for day in range(70):
        book.add("audit-look", {**LOOK, "day": f"2026-11-{1 + day % 28:02}"})
    assert f"{70 - changes.SHOWN} more:" in page(book, "/record/changes")


def test_a_feed_has_the_latest_with_ids_that_stay(sample: Sample) -> None:
    """R42: and nothing that a reader of XML cannot take."""
    book = sample.book
    before = {one.findtext(f"{ATOM}id") for one in feed(book, "/record/changes.atom").iter(f"{ATOM}entry")}
    book.add("gift", given(GIFT, what="Lamps <&> \u0007 bells", agency="CA0010000"))
    latest = feed(book, "/record/changes.atom")
    (first, *_) = latest.iter(f"{ATOM}entry")
    assert "Lamps <&>  bells" in (first.findtext(f"{ATOM}title") or "")
    assert first.findtext(f"{ATOM}updated") == "2026-11-19T00:00:00Z"
    now = {one.findtext(f"{ATOM}id") for one in latest.iter(f"{ATOM}entry")}
    assert before < now
    own = feed(book, f"/record/agencies/{ORI}/changes.atom")
    titles = [one.findtext(f"{ATOM}title") or "" for one in own.iter(f"{ATOM}entry")]
    assert not any("Lamps" in title for title in titles)
    assert len(titles) == len(before) - 2  # neither the town's own entry nor the ordinance's


def test_an_agencys_page_and_the_front_name_their_feed(sample: Sample) -> None:
    assert 'type="application/atom+xml"' in page(sample.book, "/record/")
    assert f'href="/record/agencies/{ORI}/changes.atom"' in page(sample.book, f"/record/agencies/{ORI}")


@pytest.mark.parametrize("path", ["/record/changes", "/record/changes.atom"])
def test_an_empty_record_has_nothing_to_tell(path: str) -> None:
    assert "Nothing yet" in page(Book(), path) or "<entry" not in page(Book(), path)


def test_every_kind_of_entry_has_its_place() -> None:
    """R42: no kind stands in two groups."""
    kinds: list[Any] = [kind for _, of in changes.GROUPS for kind in of]
    assert len(kinds) == len(set(kinds))
    assert not set(kinds) & changes.ROUTINE
