"""Canonical JSON is read in a short way where that is beyond doubt, and judged alike by both."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from fanlight.wire import jcs

ASCII = st.text(st.characters(max_codepoint=127), max_size=6)
WORDS = ASCII | st.text(max_size=4)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e6, 1e6) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
)
SPELLINGS = {
    "a blank": b'{"a": 1}',
    "another order": b'{"b":1,"a":1}',
    "a name twice": b'{"a":1,"a":1}',
    "minus nought": b'{"a":-0}',
    "a long form of a number": b'{"a":1.0}',
    "a number with a plus": b'{"a":1e+0}',
    "an escape that is not needed": b'{"a":"\\u0061"}',
    "a slash escaped": b'{"a":"\\/"}',
    "an escape in capitals": b'{"a":"\\u001F"}',
    "a letter escaped": b'{"a":"\\u00e9"}',
    "not a number": b'{"a":NaN}',
    "a whole number that readers disagree on": b'{"a":9007199254740993}',
    "no object": b"[]",
    "half a pair": b'{"a":"\\ud800"}',
    "deep": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}


@given(st.dictionaries(WORDS, VALUES, max_size=5))
def test_what_is_written_is_read_back(value: dict[str, Any]) -> None:
    raw = rfc8785.dumps(value)
    assert jcs.loads(raw) == json.loads(raw)


@given(st.dictionaries(ASCII, ASCII | st.integers(-(10**15), 10**15) | st.none() | st.booleans(), max_size=5))
def test_plain_objects_are_spelled_alike_by_both_ways(value: dict[str, Any]) -> None:
    raw = rfc8785.dumps(value)
    assert jcs.loads(raw) == value
    assert json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == raw


LOOSE: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(ASCII | st.integers(0, 3) | st.booleans() | st.none(), inner, max_size=3)
    ),
)


@given(LOOSE)
def test_a_value_is_written_in_one_form_or_not_at_all(value: Any) -> None:
    """R42: the short way of writing gives the bytes that the long one gives, and refuses what it refuses."""
    try:
        wanted = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError):
        with pytest.raises(jcs.BadJson):
            jcs.dumps(value)
    else:
        assert jcs.dumps(value) == wanted


@pytest.mark.parametrize("raw", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_any_other_spelling_is_refused(raw: bytes) -> None:
    """R42: there is one spelling, so what was hashed is what is read."""
    with pytest.raises(jcs.BadJson):
        jcs.loads(raw)


@given(st.dictionaries(WORDS, VALUES, max_size=5), st.booleans(), st.booleans())
def test_another_writer_is_believed_only_where_it_agrees(value: Any, escape: bool, order: bool) -> None:  # noqa: FBT001
    raw = json.dumps(value, ensure_ascii=escape, sort_keys=order, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
    if raw == rfc8785.dumps(value):
        assert jcs.loads(raw) == json.loads(raw)
    else:
        with pytest.raises(jcs.BadJson):
            jcs.loads(raw)
