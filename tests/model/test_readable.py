"""Names and words that everybody will read."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.model.readable import BadText, check_name, check_words, skeleton


@pytest.mark.parametrize(
    "name",
    [
        "Maya Brooks",
        "Łukasz Żółć",
        "Nguyễn Thị Ánh",
        "O'Neill-Smith",
        "Иван Петров",
        "Γιώργος",
        "山田 太郎",
        "やまだ 太郎",
        "김철수",
        "محمد علي",
        "St. George Police Dept., Unit 2",
    ],
)
def test_names_of_many_alphabets_pass(name: str) -> None:
    assert check_name(name) == name
    assert check_words(f"{name}\nsays: “no” - 👍") == f"{name}\nsays: “no” - 👍"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "empty"),
        ("x" * 81, "longer"),
        ("Maya\u202eskoorB", "U+202E"),
        ("Maya\u200bBrooks", "U+200B"),
        ("Maya\u200dBrooks", "U+200D"),
        ("Maya\u2060", "U+2060"),
        ("Maya\x00", "U+0000"),
        ("Maya\nBrooks", "U+000A"),
        ("Maya\u00a0Brooks", "U+00A0"),
        ("Maya \ue000", "U+E000"),
        ("Oakland P\u043elice", "two alphabets"),
        ("\u0391lameda", "two alphabets"),
        ("\uff2d\uff41\uff59\uff41", "looks like it"),
        ("\U0001d40caya", "looks like it"),
        ("Ma" + "\u0336" * 9 + "ya", "stacks marks"),
        ("Cafe\u0301", "composed form"),
        (" Maya", "spaces"),
        ("Maya  Brooks", "spaces"),
        ("--", "no letter"),
        ("a\ud800", "composed form"),
    ],
)
def test_a_name_that_does_not_read_as_it_looks_is_refused_with_the_reason(name: str, why: str) -> None:
    """R33: with one error, whatever the trick."""
    with pytest.raises(BadText, match=why.replace("+", r"\+")):
        check_name(name)


@pytest.mark.parametrize("words", ["", " \n ", "a\x07", "a\u202eb", "a" + "\u0300" * 5, "a\r\nb", "\ufeffa"])
def test_words_that_hide_something_are_refused(words: str) -> None:
    with pytest.raises(BadText):
        check_words(words)


@given(st.text(alphabet=st.characters(), max_size=60))
def test_whatever_passes_as_a_name_can_be_seen(text: str) -> None:
    """R33: or is refused by the one error, and no other."""
    try:
        checked = check_name(text)
    except BadText:
        return
    assert checked == text
    assert {unicodedata.category(one) for one in text}.isdisjoint({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@given(st.text(alphabet=st.characters(), max_size=60))
def test_whatever_passes_as_words_is_kept_as_it_is(text: str) -> None:
    try:
        assert check_words(text) == text
    except BadText:
        return
    assert "\x00" not in text
    text.encode()


def test_names_that_look_alike_at_a_glance_have_one_skeleton() -> None:
    assert skeleton("Oakland Police Dept.") == skeleton("OAKLAND  Pólice-dept")
    assert skeleton("Oakland") != skeleton("Auckland")
