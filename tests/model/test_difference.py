"""What changed from one text to another is told to the letter."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from fanlight.model.difference import Piece, difference

TEXT = st.lists(
    st.sampled_from(["a", "b", "the", " ", "  ", "\n", "\r\n", "ü", "<b>", "word."]), max_size=40
).map("".join)


@given(TEXT, TEXT)
def test_pieces_joined_are_both_texts(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert "".join(one.text for one in pieces if one.kind != "added") == before
    assert "".join(one.text for one in pieces if one.kind != "struck") == after
    assert all(one.text for one in pieces)
    assert all(one.kind != two.kind for one, two in itertools.pairwise(pieces))


@given(TEXT)
def test_the_same_text_has_no_change(text: str) -> None:
    assert difference(text, text) == ([Piece("same", text)] if text else [])


def test_a_changed_word_is_one_change() -> None:
    assert difference("We keep it for 60 days.\nAsk us.", "We keep it for 30 days.\nAsk us.") == [
        Piece("same", "We keep it for"),
        Piece("struck", " 60"),
        Piece("added", " 30"),
        Piece("same", " days.\nAsk us."),
    ]
