"""R37 R38: texts that are handed out are public with every version, both sides, and where they are reused."""

import json
import re
from hashlib import sha256
from typing import Any

import pytest
from tests.oversight.recordbook import ORI, WORDS, Book, Sample

from fanlight.policy import default_pack
from fanlight.policy.replay import Replay
from fanlight.server.oversight.pages import render

TEXT = "t" * 26
PRESS = "The department and the company <together> keep doorsteps safe."


def version(number: int, body: str, **change: Any) -> dict[str, Any]:
    """Return the fields of an entry of a press statement."""
    return {
        "text": TEXT,
        "version": number,
        "kind": "press-statement",
        "title": "On the new partnership",
        "author": "A camera company",
        "side": "operator",
        "agency": None,
        "day": "2026-11-20",
        "sha256": sha256(body.encode()).hexdigest(),
        "body": body,
        **change,
    }


def page(book: Book, path: str) -> str:
    made = render(path, book.record())
    assert made.status == 200, path
    return made.body.decode()


@pytest.fixture
def said(sample: Sample) -> Sample:
    """Return a record in which a statement of the company was changed by the agency."""
    book = sample.book
    book.add("speech-text", version(1, PRESS))
    changed = PRESS.replace("and the company <together> keep", "will keep")
    book.add("speech-text", version(2, changed, side="agency", agency=ORI, author="The chief"))
    book.add("speech-text", version(2, "Another second version."))  # the first of them counts
    return sample


def test_every_version_stands_with_who_wrote_and_who_entered_it(said: Sample) -> None:
    """R38: the edits of both sides, and what each changed, word by word."""
    shown = page(said.book, f"/record/texts/{TEXT}")
    assert "Written by The chief, entered by Harbor District Police (demo) on 20 November 2026." in shown
    assert "Version 1</b>, by A camera company" in shown
    assert "Entered by whoever runs the server" in shown
    assert "Another second version" not in shown
    change = page(said.book, f"/record/texts/{TEXT}/2")
    struck = re.findall(r"<del>(.*?)</del>", change)
    added = re.findall(r"<ins>(.*?)</ins>", change)
    assert "and the company &lt;together&gt;" in struck[0]
    assert "will" in added[0]
    assert "the one before was by A camera company, entered by whoever runs the server." in change
    listed = page(said.book, "/record/texts")
    assert "Press statements" in listed
    assert "2 versions" in listed
    assert "more than one side changed it" in listed
    for path in ("1", "3", "x", "2/2"):
        assert render(f"/record/texts/{TEXT}/{path}", said.book.record()).status == 404


def test_where_a_text_was_reused_is_computed_from_public_words_alone(said: Sample) -> None:
    """R37: a request that has opened is labelled with the text; one that has not is nowhere in it."""
    book = said.book
    book.add(
        "speech-text", version(1, f"Say this: {WORDS}", text="w" * 26, kind="script", title="What to say")
    )
    shown = page(book, f"/record/texts/{'w' * 26}")
    assert f'href="/record/requests/{said.closed}"' in shown
    assert f'href="/record/requests/{said.open}"' not in shown
    label = page(book, f"/record/requests/{said.closed}")
    assert "Supplied text" in label
    assert f'href="/record/texts/{"w" * 26}"' in label
    assert "Supplied text" not in page(book, f"/record/requests/{said.open}")
    assert "In no wording of requests" in page(book, f"/record/texts/{TEXT}")


def test_texts_are_a_file_that_no_spreadsheet_runs(said: Sample) -> None:
    said.book.add("speech-text", version(1, "=1+1", text="f" * 26))
    rows = json.loads(page(said.book, "/record/texts.json"))["texts"]
    assert [(row["text"][0], row["version"]) for row in rows] == [("t", 1), ("t", 2), ("f", 1)]
    table = page(said.book, "/record/texts.csv")
    assert ",'=1+1," in table


def test_an_empty_page_says_that_nothing_is_missing(book: Book) -> None:
    assert "0 texts" in page(book, "/record/texts")


def test_a_maker_that_approves_public_words_is_refused() -> None:
    """R38: such a clause of an agreement is denied by default."""
    replay, facts = Replay(default_pack()), default_pack().vectors.base["agreement.approve"]
    assert replay.decide("agreement.approve", facts).told == "accepted"
    refused = replay.decide("agreement.approve", {**facts, "clause_speech": True})
    assert refused.told == "refused"
    assert "clause.speech" in refused.rules
