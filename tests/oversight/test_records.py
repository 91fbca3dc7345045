"""R44: all public records of an agency are one file, with what is withheld and why; nothing is left out."""

import json
from base64 import b64decode
from typing import Any

from tests.oversight.recordbook import ORI, WORDS, Book, Sample
from tests.oversight.test_gifts import GIFT, RAFFLE, TICKETS, given

from fanlight.server.oversight import records
from fanlight.server.oversight.pages import render

OTHER = "CA0010000"


def file(book: Book, ori: str = ORI) -> dict[str, Any]:
    made = render(f"/record/agencies/{ori}/records.json", book.record())
    assert made.status == 200
    value: dict[str, Any] = json.loads(made.body)
    return value


def test_every_entry_of_an_agency_is_in_it_to_the_byte(sample: Sample) -> None:
    """R44: refused requests, ends and pseudonyms too; acts in cases are counted where they stand."""
    book = sample.book
    told = file(book)
    held = {entry["index"]: b64decode(entry["leaf"]) for entry in told["entries"]}
    acts = {place for first, last in told["acts_in_cases"]["entries"] for place in range(first, last + 1)}
    assert len(acts) == told["acts_in_cases"]["count"] == 8
    record = book.record()
    for entry in record.entries:
        own = ORI in {entry.pub.get("agency"), entry.pub.get("ori")} or entry.type == "request-closed"
        assert (entry.index in held or entry.index in acts) == own, entry.type
        if entry.index in held:
            assert held[entry.index] == entry.raw
    assert told["root"] == record.log.root.hex()


def test_what_belongs_to_an_entry_of_the_agency_belongs_to_the_agency(sample: Sample) -> None:
    """R44: a draw through its raffle and gift, another side's version of a text; no other agency's."""
    book = sample.book
    book.add("gift", given(GIFT, agency=ORI))
    draw: dict[str, Any] = {"who": "L", "what": "D", "at": "2026-11-15T20:00:00.000Z"}
    draw |= {"form": "numbers", "length": 2, "most": 49}
    raffle = {"raffle": RAFFLE, "gift": GIFT, "day": "2026-11-10", "prizes": 2, "eligibility": "E."}
    book.add("raffle", {**raffle, "randomness": draw, "side": "clerk"})
    closed = book.add("raffle-closed", {"raffle": RAFFLE, "day": "2026-11-14", "tickets": TICKETS})
    text: dict[str, Any] = {
        "text": "t" * 26,
        "kind": "script",
        "title": "T",
        "author": "A",
        "day": "2026-11-14",
    }
    text |= {"sha256": "0" * 64, "body": "B"}
    book.add("speech-text", {**text, "version": 1, "side": "agency", "agency": ORI})
    version = book.add("speech-text", {**text, "version": 2, "side": "operator", "agency": None})
    gift = book.add("gift", given("z" * 26, agency=OTHER))
    held = {entry["index"] for entry in file(book)["entries"]}
    assert {closed, version} <= held
    assert gift not in held


def test_what_is_withheld_is_listed_by_field_with_a_reason(sample: Sample) -> None:
    """R44: and nothing that is kept back is in it."""
    told = file(sample.book)
    listed = {(one["type"], one["field"]): one for one in told["withheld"]}
    assert listed["request", "words"]["count"] == 6
    assert "auditor" in listed["request", "officer"]["reason"]
    assert all(one["reason"] for one in told["withheld"])
    body = json.dumps(told)
    for secret in (WORDS, "HD-2026-0417", "pseudonym-of-the-officer"):
        assert secret not in body
    committed = {
        (entry.type, name)
        for entry in records.entries_of(sample.book.record().entries, ORI)
        for name in (entry.leaf.commit if entry.leaf else ())
    }
    assert committed == set(listed)


def test_an_agency_that_is_not_in_the_record_has_no_file(sample: Sample) -> None:
    assert render(f"/record/agencies/{OTHER}/records.json", sample.book.record()).status == 404
