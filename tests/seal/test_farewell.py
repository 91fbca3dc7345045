"""R52: an owner's last word holds for one household, one list and the hubs that it names."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.seal.books import PEOPLE
from tests.seal.make_book_vectors import FOLDER

from fanlight.seal import farewell
from fanlight.seal.epoch import from_wire
from fanlight.seal.errors import SealError
from fanlight.seal.opening import open_age
from fanlight.wire import jcs

VECTOR: dict[str, Any] = json.loads((FOLDER / "farewell.json").read_text())
NEWEST = from_wire(VECTOR["newest"])
WORD = VECTOR["word"].encode()
DAY = date.fromisoformat(VECTOR["day"])
ALICE, CAROL, THIEF = (PEOPLE[name] for name in ("alice", "carol", "thief"))
HUB = CAROL.signing.public
HERE: dict[str, Any] = {
    "newest": NEWEST,
    "owners": [ALICE.signing.public],
    "household": NEWEST.statement.household,
    "hub": HUB,
    "today": DAY,
}
CHAIN = [from_wire(wire) for wire in json.loads((FOLDER / "earlier.json").read_text())["chain"]]


def test_an_owners_word_is_the_vectors_and_holds_for_each_hub_that_it_names() -> None:
    hubs = [bytes.fromhex(key) for key in VECTOR["hubs"]]
    assert farewell.word(NEWEST, hubs, ALICE.signing, DAY) == WORD
    for hub in hubs:
        farewell.check(WORD, **HERE | {"hub": hub})
    sealed = farewell.say(NEWEST, [(HUB, CAROL.age.recipient)], ALICE.signing, DAY)
    farewell.check(bytes(open_age(sealed, [CAROL.age.secret])), **HERE)


@pytest.mark.parametrize(
    "change",
    [
        {"newest": CHAIN[2]},
        {"newest": None},
        {"owners": [THIEF.signing.public]},
        {"household": "z" * 26},
        {"hub": PEOPLE["bob"].signing.public},
        {"today": DAY + farewell.LIFE + timedelta(days=1)},
        {"today": DAY - timedelta(days=2)},
    ],
    ids=[
        *("of an earlier list", "before any list", "of no owner", "of another household", "for other hubs"),
        *("given up long ago", "of a day to come"),
    ],
)
def test_a_word_for_anything_else_is_refused(change: dict[str, Any]) -> None:
    farewell.check(WORD, **HERE)
    with pytest.raises(SealError):
        farewell.check(WORD, **HERE | change)


def test_a_hub_that_was_away_when_a_page_was_added_takes_an_owners_word_over_it() -> None:
    """R52: an owner whom it knows; of the same page it knows the head."""
    farewell.check(WORD, **HERE | {"newest": CHAIN[0]})
    farewell.check(WORD, **HERE | {"today": DAY + farewell.LIFE})
    farewell.check(WORD, **HERE | {"today": DAY - timedelta(days=1)})
    other = jcs.dumps({"statement": "{}", "sig": ""})
    for change in ({"owners": [THIEF.signing.public]}, {"household": "z" * 26}):
        with pytest.raises(SealError):
            farewell.check(WORD, **HERE | {"newest": CHAIN[0]} | change)
    with pytest.raises(SealError):
        farewell.check(other, **HERE | {"newest": CHAIN[0]})


@pytest.mark.parametrize("part", ["household", "n", "head", "day", "by", "hubs", "type", "v"])
def test_no_part_of_it_can_be_another(part: str) -> None:
    said = json.loads(WORD)
    fields = json.loads(said["statement"])
    fields[part] = {"hubs": fields["hubs"][:1], "v": 2, "household": "z" * 26}.get(
        part, f"{fields[part]}"[::-1]
    )
    changed = jcs.dumps(said | {"statement": jcs.dumps(fields).decode()})
    with pytest.raises(SealError):
        farewell.check(changed, **HERE)


@given(st.one_of(st.binary(max_size=300), st.builds(lambda cut: WORD[:cut], st.integers(0, len(WORD) - 1))))
def test_whatever_a_server_puts_in_its_place_is_refused_and_nothing_else(data: bytes) -> None:
    with pytest.raises(SealError):
        farewell.check(data, **HERE)
