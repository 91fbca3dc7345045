"""Words that press residents are found by a public list and by forms, and by nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.policy import LISTS, find_phrases, find_records, phrases
from fanlight.policy.wording import ListName

PLAIN = [
    "A parcel was taken from a porch on the 400 block of Oak Street, 14:00 to 16:00 on 21 November 2026.",
    "You are free to say no, or to do nothing. No answer is needed, and none is recorded.",
    "Case HD-2026-0417. A blue van left toward Market Street; we ask about the van, not about people.",
    "There is surveillance of nobody in this request.",
]
ROWS = [row["phrase"] for row in phrases()["phrases"]]


def _found(words: str) -> list[str]:
    return [found.phrase for found in find_phrases(words)]


@pytest.mark.parametrize("words", PLAIN)
def test_plain_words_pass(words: str) -> None:
    """R19 and R25: plain words pass, and "surveillance" is no forbidden word."""
    assert _found(words) == []
    assert find_records(words) == []


VECTORS = json.loads((Path(__file__).parents[2] / "vectors/policy/wording.json").read_text("utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["why"])
def test_words_are_answered_as_the_vector_says(vector: dict[str, Any]) -> None:
    """R25: the officer's page and the server name the same phrases."""
    assert _found(vector["words"]) == vector["found"]
    assert [one.phrase for one in find_records(vector["words"])] == vector.get("records", [])


@pytest.mark.parametrize("phrase", ROWS)
def test_each_phrase_of_the_list_is_found_whatever_its_case_and_spacing(phrase: str) -> None:
    """R25: pressure wording is refused with the phrase named."""
    assert phrase in _found(f"Dear resident, {phrase.upper().replace(' ', '  ')}; thank you.")


@pytest.mark.parametrize("row", phrases("record-words")["phrases"], ids=lambda row: row["phrase"])
def test_each_phrase_of_the_list_of_records_is_found_and_why_is_said(row: dict[str, str]) -> None:
    """R21, R25: a criminal-justice record or a victim's data is refused with the phrase named."""
    words = row["phrase"].upper().replace("#", "17").replace(" ", " - ").replace("VICTIMS", "VICTIM'S")
    found = find_records(f"Dear resident, ({words}); thank you.")
    assert row["phrase"] in [one.phrase for one in found]
    assert {one.why for one in found} <= {"criminal-justice record", "about a victim"}


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        ("We know\nyou were at home.", "we know you"),
        ("Residents mu\u00adst answer.", "must"),
        ("Résidents MÚST answer.", "must"),
        ("Failure-to answer is noted.", "failure to"),
        ("\uff2d\uff55\uff53\uff54", "must"),
    ],
)
def test_breaks_marks_and_invisible_characters_hide_nothing(words: str, phrase: str) -> None:
    """R25: R-9."""
    assert phrase in _found(words)


@pytest.mark.parametrize(
    "words", ["mustard on the porch", "Comply Street Bakery is closed to demanding work"]
)
def test_a_phrase_inside_another_word_is_not_found(words: str) -> None:
    assert "must" not in _found(words)
    assert "demand" not in _found(words)


@pytest.mark.parametrize(
    ("words", "form"),
    [
        ("Write to det.lindqvist@example.org", "an e-mail address"),
        ("Call (415) 555-0123 today", "a telephone number"),
        ("Call +44 20 7946 0958", "a telephone number"),
        ("Call+442079460958", "a telephone number"),
        ("His number is 078-05-1120", "a social security number"),
        ("See https://example.org", "a web address"),
        ("The house at 12 Oak Street", "a house number"),
        ("He left 665-A Castro St at noon", "a house number"),
    ],
)
def test_personal_data_is_found_by_its_form(words: str, form: str) -> None:
    """R25: names of forms only; the data itself is never repeated in an answer."""
    assert form in _found(words)


@given(st.text(max_size=300))
def test_any_text_is_answered_from_the_list_alone(words: str) -> None:
    allowed = {*ROWS, "an e-mail address", "a telephone number", "a social security number", "a web address"}
    assert set(_found(words)) <= allowed | {"a house number"}


@pytest.mark.parametrize("name", LISTS)
def test_the_list_is_public_versioned_and_gives_reasons(name: ListName) -> None:
    """R19: the list is public; nothing else is looked for."""
    value = phrases(name)
    rows = [row["phrase"] for row in value["phrases"]]
    assert (value["list"], value["version"] >= 1) == (name, True)
    assert len(set(rows)) == len(rows)
    assert all(row["why"] and row["phrase"] == row["phrase"].lower() for row in value["phrases"])
