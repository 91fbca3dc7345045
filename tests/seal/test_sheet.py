"""The recovery sheet, what people compare, and a seed under a passkey: the vectors that browsers read too."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.seal.wrapping import unwrap_seed

from fanlight.seal import safety
from fanlight.seal.errors import BadKey
from fanlight.seal.safety import PublicHalves
from fanlight.seal.sheet import Sheet, new_sheet, read_sheet
from fanlight.wire import b64

FOLDER = Path(__file__).parents[2] / "vectors" / "seal"
SHEETS, COMPARE, WRAP = (
    json.loads((FOLDER / f"{name}.json").read_text()) for name in ("sheet", "compare", "wrap")
)


@pytest.mark.parametrize("case", SHEETS["sheets"], ids=lambda case: case["seed"][:8])
def test_words_and_code_are_the_same_32_bytes_and_give_the_same_keys_everywhere(case: dict[str, str]) -> None:
    """R03: the page alone gives the key that opens and the key that signs."""
    for text in (case["words"], case["code"]):
        sheet = read_sheet(text)
        assert sheet == Sheet(bytes.fromhex(case["seed"]))
        assert (sheet.words, sheet.code) == (case["words"], case["code"])
        assert (sheet.age.secret, sheet.age.recipient) == (case["identity"], case["recipient"])
        assert b64.encode(sheet.signing.public) == case["sign_pub"]


def test_a_sheet_is_read_as_people_type_it() -> None:
    assert {read_sheet(text).seed.hex() for text in SHEETS["typed"]} == {SHEETS["sheets"][-1]["seed"]}


@pytest.mark.parametrize("case", SHEETS["bad"], ids=lambda case: case["why"])
def test_a_text_that_is_no_sheet_is_refused_without_being_repeated(case: dict[str, str]) -> None:
    with pytest.raises(BadKey) as refused:
        read_sheet(case["text"])
    words = [word for word in case["text"].split() if len(word) > 4]
    assert not any(word in str(refused.value) for word in words)


@given(st.text())
def test_any_text_is_refused_as_no_sheet(text: str) -> None:
    with pytest.raises(BadKey):
        read_sheet(text)


def test_a_new_sheet_is_another_each_time_and_shows_nothing() -> None:
    one, other = new_sheet(), new_sheet()
    assert one != other
    assert repr(one) == repr(other) == "Sheet(...)"
    assert read_sheet(one.words) == read_sheet(one.code) == one


def halves(wire: dict[str, str]) -> PublicHalves:
    return PublicHalves(b64.decode(wire["sign_pub"]), wire["age_recipient"])


def test_a_pairs_safety_number_is_the_same_on_both_sides_and_another_for_other_keys() -> None:
    alice, bob = halves(COMPARE["alice"]), halves(COMPARE["bob"])
    number = safety.safety_number(alice, bob)
    assert number == safety.safety_number(bob, alice) == COMPARE["safety"]
    assert [len(group) for group in number.split()] == [5] * 12
    with_alice, with_bob = (halves(case["with"]) for case in COMPARE["others"])
    others = [safety.safety_number(alice, with_alice), safety.safety_number(bob, with_bob)]
    assert others == [case["safety"] for case in COMPARE["others"]]
    assert number not in others


def test_an_invitations_code_and_tag_hang_on_the_secret_and_on_both_sides_keys() -> None:
    alice, bob = halves(COMPARE["alice"]), halves(COMPARE["bob"])
    secret, invite = bytes.fromhex(COMPARE["secret"]), COMPARE["invite"]
    tag, code = safety.invite_tag(secret, invite, bob), safety.invite_code(secret, invite, alice, bob)
    assert (tag.hex(), code) == (COMPARE["tag"], COMPARE["code"])
    other = bytes(16)
    assert len({tag, safety.invite_tag(other, invite, bob), safety.invite_tag(secret, invite, alice)}) == 3
    codes = [
        safety.invite_code(secret, invite, bob, alice),
        safety.invite_code(other, invite, alice, bob),
        safety.invite_code(secret, "j" * 26, alice, bob),
        safety.invite_code(secret, invite, alice, halves(COMPARE["others"][1]["with"])),
    ]
    assert code not in codes


@pytest.mark.parametrize("case", WRAP["bad"], ids=lambda case: case["why"])
def test_a_wrapped_seed_opens_with_its_passkey_for_its_account_only(case: dict[str, Any]) -> None:
    """R03: what the server keeps of a person's key opens in their browser and nowhere else."""
    changed = WRAP | case
    args = (bytes.fromhex(WRAP["prf"]), WRAP["account"], bytes.fromhex(WRAP["wrapped"]))
    assert unwrap_seed(*args) == bytes.fromhex(WRAP["seed"])
    args = (bytes.fromhex(changed["prf"]), changed["account"], bytes.fromhex(changed["wrapped"]))
    assert unwrap_seed(*args) is None
