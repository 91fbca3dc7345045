"""No way of writing changes what the form asks, nothing raises, and time grows with the length only."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.posts.examples import TRICKS, made

from fanlight.neighbors import read_post
from fanlight.neighbors.letters import tokens
from fanlight.neighbors.lists import LISTS, rows

WORDS = sorted({word for name in LISTS for phrase, _ in rows(name) for word in phrase.split(" ")})
GUY = "Black guy walking around."


@given(st.text(max_size=300))
def test_no_text_makes_the_rules_fail(text: str) -> None:
    """R15."""
    assert set(read_post(text).ask) <= {"behaviour", "descriptors"}


@given(st.lists(st.sampled_from([*WORDS, ",", ".", "-", "'", "20", "5'6\"", "\n"]), max_size=80))
def test_no_order_of_listed_words_makes_the_rules_fail(words: list[str]) -> None:
    """R15."""
    read = read_post(" ".join(words))
    assert bool(read.origins) == ("descriptors" in read.ask)


@given(st.integers(0, 10_000), st.sampled_from(sorted(TRICKS)))
def test_a_disguised_post_is_asked_for_the_same(seed: int, trick: str) -> None:
    """R15: wide, bold, marked and look-alike letters, invisible signs, capitals."""
    (text,) = made(seed, 1)
    assert read_post(TRICKS[trick](text)) == read_post(text)


@pytest.mark.parametrize(
    "word",
    [
        "B l a c k", "b.l.a.c.k", "b-l-a-c-k", "Bl@ck", "B1ack", "bl4ck", "bl*ck", "b l a c k",
        "Bla\u200bck", "Bl\u0430ck", "\u0299\u029f\u1d00\u1d04\u1d0b",
        "\U0001f171\U0001f17b\U0001f170\U0001f172\U0001f17a", "\u24b7\u24db\u24d0\u24d2\u24da",
        "\uff22\uff4c\uff41\uff43\uff4b", "\U0001d401\U0001d425\U0001d41a\U0001d41c\U0001d424", "Blaaaack",
        "blck", "balck", "b lack", "blac k", "bl-ack", "\u202ekcalb\u202c black",
    ],
)  # fmt: skip
def test_a_hidden_word_is_read(word: str) -> None:
    """R15."""
    assert read_post(f"{word} guy walking around.").ask == read_post(GUY).ask


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("He's 5'6\", in his 20's.", ["he", "'s", "5", "ft", "6", "in", "his", "20", "s"]),
        ("Don't! We'll see: 4K2", ["dont", "we", "'ll", "see", "4", "k", "2"]),
        ("mail me@example.com", ["mail", "me", "example", "com"]),
        ("w/ 2 kids, b/m", ["w", "2", "kids", "b/m"]),
        ("A 1 a.m. i.e. 3.5 miles", ["a", "1", "a", "m", "i", "e", "3", "5", "miles"]),
    ],
)
def test_ordinary_signs_are_read_as_they_are_meant(text: str, words: list[str]) -> None:
    assert [one.text for one in tokens(text)] == words


def _steps(text: str) -> int:
    """Return how many lines of Python reading a text takes: a count, not a time."""
    count = 0

    def step(*_: object) -> object:
        nonlocal count
        count += 1
        return step

    sys.settrace(step)  # type: ignore[arg-type]
    try:
        read_post(text)
    finally:
        sys.settrace(None)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "b ",
        "black ",
        "black, ",
        "man ",
        "stole ",
        "not ",
        "$",
        "1a ",
        "20 to ",
        "in black ",
        "'",
        "looking ",
        "and ",
    ],
)
def test_reading_takes_steps_in_line_with_the_length(piece: str) -> None:
    """R15: nobody stops the server with one post: four times the length, at most five times the steps."""
    read_post(piece)
    few, many = _steps(piece * (400 // len(piece))), _steps(piece * (1_600 // len(piece)))
    assert many <= 5 * few
