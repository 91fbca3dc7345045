"""The specification's examples are run, and its invariants are named by the code that keeps them."""

import doctest
from pathlib import Path

import fanlight.witness.store

SPEC = Path(__file__).parents[2] / "docs" / "spec" / "log.md"


def test_the_examples_in_the_specification_are_true() -> None:
    result = doctest.testfile(str(SPEC), module_relative=False)
    assert result.attempted >= 8
    assert result.failed == 0


def test_each_invariant_of_the_witness_is_in_its_code() -> None:
    text = SPEC.read_text("utf-8")
    for name in ("W1", "W2", "W3", "W4"):
        assert f"- {name} " in text
        assert name in (fanlight.witness.store.__doc__ or "")
