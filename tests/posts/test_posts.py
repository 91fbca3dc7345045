"""The post form asks what was done before who, and for more than an origin; its lists are public."""

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from tests.posts.examples import VECTORS
from tests.posts.measuring import AnotherFileError, check, load, measure

from fanlight.neighbors import LISTS, NEEDED, read_post
from fanlight.neighbors.lists import load as load_list

TOLD: list[dict[str, Any]] = json.loads((VECTORS / "told.json").read_text("ascii"))
MADE: list[dict[str, Any]] = json.loads((VECTORS / "made.json").read_text("ascii"))


def _as_json(text: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(json.dumps(asdict(read_post(text))))
    return value


@pytest.mark.parametrize("vector", TOLD, ids=lambda vector: vector["text"][:60])
def test_a_post_is_asked_for_what_the_vector_says(vector: dict[str, Any]) -> None:
    """R15."""
    assert _as_json(vector["text"]) == {key: vector[key] for key in vector if key != "text"}


def test_made_and_disguised_posts_are_read_as_the_page_reads_them() -> None:
    """R15: vectors/posts/made.json is read by both."""
    for vector in MADE:
        assert _as_json(vector["text"]) == {key: vector[key] for key in vector if key != "text"}


def test_the_development_half_is_asked_for_what_its_labels_say() -> None:
    """R15: exact figures; a rule that changes them changes this line."""
    posts = load("development")
    behaviour, descriptors = measure(posts)
    assert len(posts) == 145
    assert (behaviour.right, behaviour.too_much, behaviour.too_little) == (47, (), ())
    assert (descriptors.right, descriptors.too_much, descriptors.too_little) == (46, (), ())


def test_the_held_out_half_is_asked_as_it_was_when_it_was_first_opened() -> None:
    """R15: run once, when the rules were done; docs/design/posts.md has these figures."""
    behaviour, descriptors = measure(load("held-out"))
    found = [(len(one.too_much), len(one.too_little), one.right) for one in (behaviour, descriptors)]
    assert found == [(6, 12, 86), (4, 12, 68)]


def test_another_held_out_file_is_refused() -> None:
    """R15: the half that no rule was written against is known by its hash."""
    with pytest.raises(AnotherFileError, match="commits to another"):
        check(b'{"id": "h1", "text": "?", "labels": []}\n', "| `" + 64 * "0" + "` |")


@pytest.mark.parametrize(
    "text",
    [
        "City surveillance of everyone must end. The police lied about it.",
        "Fanlight is surveillance and sells fear. Delete it.",
        "The chief of police is corrupt and the sheriff should resign.",
        "Surveillance, surveillance, surveillance!",
        "Officers beat a man at the station and the department hid the tape.",
    ],
)
def test_criticism_can_be_posted(text: str) -> None:
    """R19: "surveillance", and criticism of police or of Fanlight, is asked nothing."""
    assert read_post(text).ask == ()
    assert not any("surveillance" in phrase for name in LISTS for phrase in _phrases(name))


def _phrases(name: str) -> list[str]:
    return [phrase for group in load_list(name)["groups"] for phrase in group["words"]]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_a_version_a_language_reasons_and_a_history(name: str) -> None:
    """R15, R19: words are data, public and versioned."""
    value = load_list(name)
    assert (value["list"], value["language"]) == (name, "en")
    assert value["why"].endswith(".")
    assert [row["version"] for row in value["history"]] == list(range(1, value["version"] + 1))
    for group in value["groups"]:
        assert group["why"]
        assert len(group["words"]) == len(set(group["words"])) > 0


@pytest.mark.parametrize("name", LISTS)
def test_every_phrase_of_a_list_can_be_found(name: str) -> None:
    """R15: a phrase that no text can hold would be a rule that never counts."""
    for phrase in _phrases(name):
        assert re.fullmatch(r"['a-z0-9/]+( ['a-z0-9/]+)*", phrase), phrase


def test_three_descriptors_are_enough_and_two_are_not() -> None:
    """R15: beside an origin, three others."""
    words = ["man", "about 40", "bald", "red hoodie"]
    asked = [read_post(f"White {', '.join(words[:n])}, stole a bike.").ask for n in range(1, 5)]
    assert asked == [("descriptors",), ("descriptors",), (), ()]
    assert read_post(f"White {', '.join(words[:NEEDED])}, stole a bike.").counted == {}


def test_the_reading_says_which_words_were_seen_and_which_count() -> None:
    """R15: so that the form can explain itself."""
    read = read_post("Black man in a hoodie walking around.")
    assert read.ask == ("behaviour", "descriptors")
    assert read.origins == ("black",)
    assert read.counted == {"sex": ("man",), "upper": ("hoodie",)}
    assert read.idle == ("walking",)
    assert read.deeds == ()


def test_rules_name_no_person_and_no_street_of_the_labelled_posts() -> None:
    """R15: general lists, not the words of 145 posts: no phrase of six words or more stands in both."""
    posts = [" ".join(re.findall(r"[a-z']+", post["text"].lower())) for post in load("development")]
    long = [phrase for name in LISTS for phrase in _phrases(name) if phrase.count(" ") >= 5]
    assert not [phrase for phrase in long if any(phrase in post for post in posts)]


def test_vectors_of_both_languages_are_the_files_that_are_checked() -> None:
    """R15."""
    page = Path(__file__).parents[2] / "web/core/neighbors/posts.test.ts"
    assert all(f"vectors/posts/{name}.json" in page.read_text("utf-8") for name in ("made", "told"))
