"""The words for facts are the same here and in the browser."""

import json
from pathlib import Path
from typing import Any

import pytest

from fanlight.proof.openings import make_leaf
from fanlight.server.oversight import sentences, words
from fanlight.server.oversight.leaves import Entry
from fanlight.server.oversight.words import facts_of_request

CASES = json.loads((Path(__file__).parents[2] / "vectors/oversight/words.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_the_facts_of_a_request_are_worded_as_the_vectors_say(case: dict[str, Any]) -> None:
    """R42: a page can be compared with its leaf, word by word."""
    assert facts_of_request(case["pub"]) == case["words"]


def test_what_a_record_enters_of_itself_is_said_in_one_sentence() -> None:
    """R42 R49."""
    day = {"day": "2026-11-22", "size": 64, "root": "00" * 32}
    slot = {"slot": "2026-11-22/1", "due": "2027-05-21", "auditors": ["A", "B", "C"]}
    opened = {"slot": "2026-11-22/1", "opening": {"field": "content", "salt": "00" * 32, "value": None}}
    filled = {"slot": "2026-11-22/1", "opening": {"field": "content", "value": {"kind": "warrant"}}}
    said: dict[str, tuple[dict[str, Any], str]] = {
        "key": ({"kind": "witness", "name": "w.example", "handover": "x"}, "The witness w.example signs"),
        "journal": (day, "What hubs made on 22 November 2026"),
        "sealed": (slot, "filled or not; to be opened by 21 May 2027"),
        "sealed-opened": (opened, "It held nothing."),
        "sealed-renewed": ({**slot, "by": "A court"}, "stays shut until 21 May 2027: A court."),
    }
    for kind, (pub, words_) in said.items():
        entry = Entry.of(0, make_leaf(kind, pub)[0])
        assert words_ in sentences.summary(entry)
        assert kind in words.TYPES
    assert "legal process" in sentences.summary(Entry.of(0, make_leaf("sealed-opened", filled)[0]))
