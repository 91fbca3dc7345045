"""Leaves commit to private fields; an opening shows one of them and nothing else."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.proof.errors import Malformed, ProofError, Unproven
from fanlight.proof.openings import (
    Opening,
    check_opening,
    check_openings,
    make_leaf,
    parse_leaf,
)
from fanlight.wire import jcs

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), JSON, max_size=4)


@given(FIELDS, FIELDS)
def test_every_opening_shows_its_field_and_the_leaf_shows_none(
    pub: dict[str, Any], private: dict[str, Any]
) -> None:
    leaf, openings = make_leaf("request", pub, private)
    assert jcs.dumps(parse_leaf(leaf).pub) == jcs.dumps(pub)
    travelled = [Opening.from_json(jcs.loads(jcs.dumps(o.as_json()))) for o in openings]
    assert jcs.dumps(check_openings(leaf, travelled)) == jcs.dumps(private)


def test_another_value_salt_field_or_leaf_is_unproven() -> None:
    leaf, (opening, other) = make_leaf("request", {}, {"words": "a bicycle", "officer": "b"})
    twin, _ = make_leaf("request", {}, {"words": "a bicycle"})
    for bent in (
        Opening("words", opening.salt, "a bicycle!"),
        Opening("words", other.salt, "a bicycle"),
        Opening("officer", opening.salt, "a bicycle"),
        Opening("cosigner", opening.salt, "a bicycle"),
    ):
        with pytest.raises(Unproven):
            check_opening(leaf, bent)
    with pytest.raises(Unproven):
        check_opening(twin, opening)
    check_opening(leaf, opening)


def test_equal_values_have_unequal_commitments() -> None:
    first, _ = make_leaf("case", {}, {"act": "viewed"})
    second, _ = make_leaf("case", {}, {"act": "viewed"})
    assert parse_leaf(first).commit != parse_leaf(second).commit


def test_an_opening_never_shows_in_its_repr() -> None:
    assert "bicycle" not in repr(Opening("words", bytes(32), "a bicycle"))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'{"commit":{},"pub":{},"type":"a"}',
        b'{"commit":{},"pub":{},"type":"a","v":2}',
        b'{"commit":{},"pub":{},"type":"a","v":true}',
        b'{"commit":{},"pub":[],"type":"a","v":1}',
        b'{"commit":{"f":"00"},"pub":{},"type":"a","v":1}',
        b'{"commit":{},"pub":{},"type":"A","v":1}',
        b'{"commit":{},"pub":{},"type":"a","v":1} ',
        b'{"commit":{},"pub":{},"type":"a","v":1,"x":1}',
    ],
)
def test_a_leaf_of_another_form_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse_leaf(raw)


@pytest.mark.parametrize("value", [float("nan"), 2**53, float(2**53), b"bytes", {1: 2}, "\ud800"])
def test_a_value_that_could_not_travel_is_refused_before_it_is_logged(value: Any) -> None:
    with pytest.raises(Malformed):
        make_leaf("request", {"a": value})
    with pytest.raises(Malformed):
        make_leaf("request", {}, {"a": value})


@given(st.binary(max_size=80), JSON)
def test_leaf_parsers_raise_only_proof_errors(raw: bytes, value: Any) -> None:
    with suppress(ProofError):
        parse_leaf(raw)
    with suppress(ProofError):
        parse_leaf(jcs.dumps({"commit": value, "pub": {}, "type": "a", "v": 1}))
    with suppress(ProofError):
        Opening.from_json({"field": value, "salt": value, "value": value})
    with suppress(ProofError):
        Opening.from_json(value)
