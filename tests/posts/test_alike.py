"""Near-duplicates, floods of a link and reused talking points are known; posts in own words are none."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.posts.examples import TRICKS, made
from tests.posts.measuring import load
from tests.posts.talking import OWN, POINTS, reused

from fanlight.neighbors.alike import (
    FLOOD,
    Recent,
    again,
    bands,
    links,
    register,
    resemblance,
    signature,
    supplied,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
POST = "Lost: grey tabby cat, answers to Biscuit, last seen near the library on Tuesday. Please check sheds."
REGISTERED = [register(name, text) for name, text in POINTS.items()]


def _recent(text: str, *, post: str = "p1", age: timedelta = timedelta(hours=1)) -> Recent:
    return Recent(post=post, at=NOW - age, signature=signature(text), links=links(text))


@pytest.mark.parametrize(
    "text",
    [
        POST,
        POST.upper(),
        POST + " Thanks!",
        POST.replace("Tuesday", "Monday"),
        *(trick(POST) for trick in TRICKS.values()),
    ],
)
def test_a_post_that_says_the_same_is_a_duplicate(text: str) -> None:
    """R17: whatever is done to its letters, and with a word changed."""
    assert (
        again(
            text, [_recent("Free moving boxes, first come first served.", post="p0"), _recent(POST)], NOW
        ).duplicate_of
        == "p1"
    )


def test_a_post_of_more_than_a_week_ago_is_no_duplicate() -> None:
    """R17: a cat may be lost again."""
    assert again(POST, [_recent(POST, age=timedelta(days=7))], NOW).duplicate_of == "p1"
    assert again(POST, [_recent(POST, age=timedelta(days=7, seconds=1))], NOW).duplicate_of is None


def test_the_most_alike_is_named_and_the_first_of_equals() -> None:
    """R17."""
    near = POST.replace("Tuesday", "Monday")
    assert (
        again(
            POST, [_recent(near, post="near"), _recent(POST, post="same"), _recent(POST, post="late")], NOW
        ).duplicate_of
        == "same"
    )


def test_no_two_of_145_posts_are_taken_for_the_same() -> None:
    """R17: short posts on the same matter stay apart."""
    found = [(post["id"], signature(post["text"])) for post in load("development")]
    pairs = [
        (a, b)
        for n, (a, one) in enumerate(found)
        for b, other in found[n + 1 :]
        if resemblance(one, other) >= 0.6
    ]
    assert pairs == []


@given(st.integers(0, 1_000))
def test_posts_that_are_alike_share_a_band(seed: int) -> None:
    """R17: so that a table finds them without comparing with all."""
    text = " ".join(made(seed, 3))
    one, other = signature(text), signature(text + " See you.")
    if resemblance(one, other) >= 0.8:
        assert set(bands(one)) & set(bands(other))


@given(st.text(max_size=200))
def test_no_text_makes_comparing_fail(text: str) -> None:
    """R17."""
    assert again(text, [_recent(text)], NOW).duplicate_of in {None, "p1"}
    assert resemblance(signature(text), signature(text)) == (1.0 if signature(text) else 0.0)
    assert isinstance(supplied(text, REGISTERED), tuple)


def test_a_link_is_known_however_it_is_written() -> None:
    """R17."""
    text = "See HTTPS://www.Shop.example/Deal/?ref=1, http://shop.example/deal and (www.shop.example/deal#x)."
    assert links(text) == ("shop.example/deal",)
    assert links("shop.example is down; me@shop.example") == ()
    assert links("https://sh\u200bop.example/\uff44eal") == ("shop.example/deal",)


def test_a_link_in_many_posts_of_a_day_is_a_flood() -> None:
    """R17: of different words too; older posts do not count."""
    before = [
        _recent(f"Number {n}: https://shop.example/deal", post=f"p{n}", age=timedelta(hours=n))
        for n in range(FLOOD)
    ]
    text = "So cheap! http://shop.example/deal https://news.example"
    assert again(text, before, NOW).flooded == ("shop.example/deal",)
    assert again(text, before[1:], NOW).flooded == ()
    assert again(text, before, NOW + timedelta(days=1)).flooded == ()


def test_reused_talking_points_are_labelled_with_exact_figures() -> None:
    """R37: precision and recall on made examples; `make bench-neighbours` prints them."""
    posts = reused(7)
    right = sum(name in [one.text_id for one in supplied(text, REGISTERED)] for name, text in posts)
    too_much = sum(bool(supplied(text, REGISTERED)) for text in OWN)
    assert (len(posts), right, len(OWN), too_much) == (40, 36, 16, 0)


def test_a_label_names_the_text_and_how_many_words_are_from_it() -> None:
    """R37."""
    text = "As they say, sharing footage is always voluntary and you stay in control. I doubt it."
    assert [(one.text_id, one.words) for one in supplied(text, REGISTERED)] == [("cameras", 10)]
    assert supplied("Sharing footage is always voluntary and good.", REGISTERED) == ()
    assert supplied(TRICKS["letters that look alike"](text), REGISTERED) == supplied(text, REGISTERED)
