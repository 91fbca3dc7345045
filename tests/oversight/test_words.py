"""The words for facts are the same here and in the browser."""

import json
from pathlib import Path
from typing import Any

import pytest

from fanlight.server.oversight.words import facts_of_request

CASES = json.loads((Path(__file__).parents[2] / "vectors/oversight/words.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_the_facts_of_a_request_are_worded_as_the_vectors_say(case: dict[str, Any]) -> None:
    """R42: a page can be compared with its leaf, word by word."""
    assert facts_of_request(case["pub"]) == case["words"]
