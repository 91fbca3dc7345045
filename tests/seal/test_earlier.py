"""R05: keys from before a member came: an owner gives them, to one person, for one page of one book."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.seal.books import PEOPLE, Someone
from tests.seal.make_book_vectors import FOLDER

from fanlight.seal import earlier, epoch, reading
from fanlight.seal.earlier import Gift
from fanlight.seal.errors import SealError

VECTORS: dict[str, Any] = json.loads((FOLDER / "earlier.json").read_text())
CHAIN = [epoch.from_wire(wire) for wire in VECTORS["chain"]]
CASES: list[dict[str, Any]] = VECTORS["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_an_earlier_key_opens_for_whom_an_owner_gave_it_and_else_is_refused(case: dict[str, Any]) -> None:
    """R05: whatever a server puts in a gift's place is refused."""
    who = PEOPLE[case["reader"]]

    def take() -> str:
        gift = earlier.from_wire(case["gift"])
        return reading.open_earlier(
            gift, [who.age.secret], household=case["household"], account=who.account, chain=CHAIN
        )

    if case["error"]:
        with pytest.raises(SealError) as refused:
            take()
        assert refused.value.code.removeprefix("seal.") == case["error"]
        return
    assert take() == VECTORS["secrets"][str(earlier.from_wire(case["gift"]).n)]


@pytest.mark.parametrize("part", ["household", "account", "n", "epoch_sha256", "by", "sealed_sha256"])
def test_no_part_of_an_owners_word_can_be_another(part: str) -> None:
    """R05: the signature holds each part; a word that another signed is not the owner's."""
    wire: dict[str, str] = CASES[0]["gift"]
    fields = json.loads(wire["statement"])
    was = fields[part]
    fields[part] = was + 1 if part == "n" else ("b" if was[0] == "c" else "c") + was[1:]
    text = json.dumps(fields, separators=(",", ":"), sort_keys=True)
    with pytest.raises(SealError):
        open_as(PEOPLE["bob"], lambda: earlier.from_wire(wire | {"statement": text}))


def open_as(who: Someone, made: Callable[[], Gift]) -> str:
    return reading.open_earlier(
        made(), [who.age.secret], household=VECTORS["household"], account=who.account, chain=CHAIN
    )


def test_a_secret_that_is_not_the_pages_is_not_given() -> None:
    """R05: an owner's device that mixes up two keys notices before it signs."""
    bob = PEOPLE["bob"]
    with pytest.raises(SealError):
        earlier.give(
            CHAIN[0],
            VECTORS["secrets"]["1"],
            account=bob.account,
            recipient=bob.age.recipient,
            signer=PEOPLE["alice"].signing,
        )
    honest = earlier.from_wire(CASES[0]["gift"])
    assert open_as(bob, lambda: honest)
    with pytest.raises(SealError):
        open_as(bob, lambda: replace(honest, sealed=honest.sealed + b"x"))


@given(st.one_of(st.binary(max_size=300).map(lambda b: b.decode("latin-1")), st.text(max_size=300)))
def test_whatever_stands_in_a_gift_it_is_read_or_refused(text: str) -> None:
    """R05: no bytes of a server's end in anything but one refusal."""
    with pytest.raises(SealError):
        earlier.from_wire(CASES[0]["gift"] | {"statement": text})
    with pytest.raises(SealError):
        earlier.from_wire({"statement": text})
