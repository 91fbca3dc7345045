"""The code that pairs a hub: the vectors that browsers read too, and what nobody in between can exchange."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fanlight.seal import opening, pairing
from fanlight.seal.errors import Altered, BadKey, Malformed, SealError
from fanlight.seal.keys import SigningKey, new_identity
from fanlight.seal.pairing import Code, House, HubHalves
from fanlight.wire import b64, jcs

KNOWN = json.loads((Path(__file__).parents[2] / "vectors" / "seal" / "pairing.json").read_text())
CODE = Code(bytes.fromhex(KNOWN["fingerprint"]), bytes.fromhex(KNOWN["secret"]))
HOUSE = House(
    household=KNOWN["house"]["household"],
    owner=b64.decode(KNOWN["house"]["owner"]),
    cell=KNOWN["house"]["cell"],
)
LONGEST = 300  # of a code that a phone reads off a screen at arm's length


def halves(wire: dict[str, str]) -> HubHalves:
    return HubHalves(b64.decode(wire["sign_pub"]), wire["age_recipient"])


HUB, OTHER = halves(KNOWN["hub"]), halves(KNOWN["other"])


@pytest.mark.parametrize("text", KNOWN["texts"])
def test_a_code_is_read_scanned_or_pasted_and_gives_the_same_everywhere(text: str) -> None:
    """R03: the home app reads the same vectors."""
    assert pairing.read_code(text) == CODE
    assert (CODE.text(KNOWN["server"]), CODE.meeting) == (KNOWN["texts"][0], KNOWN["meeting"])
    assert HUB.fingerprint == CODE.fingerprint
    assert pairing.tag(CODE, HOUSE).hex() == KNOWN["tag"]
    assert (
        pairing.read_answer(CODE, opening.open_age(b64.decode(KNOWN["sealed"]), [KNOWN["identity"]])) == HOUSE
    )


@pytest.mark.parametrize("case", KNOWN["bad"], ids=lambda case: case["why"])
def test_a_text_that_is_no_code_is_refused(case: dict[str, str]) -> None:
    with pytest.raises(BadKey):
        pairing.read_code(case["text"])


@given(st.text() | st.text(alphabet="ABab01-_.#/hub").map("#/hub/".__add__))
@example("http://" + "[" * 9 + "/home#/hub/" + "A" * 43 + "." + "A" * 21)
def test_any_other_text_is_refused_as_no_code(text: str) -> None:
    with pytest.raises(BadKey):
        pairing.read_code(text)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=16))
def test_every_code_is_read_as_it_was_written_and_stays_short(fingerprint: bytes, secret: bytes) -> None:
    """R03: what a phone's camera reads; a code of another spelling is none."""
    text = Code(fingerprint, secret).text("https://" + "t" * (pairing.LONGEST_SERVER - 8) + "/")
    assert pairing.read_code(text) == Code(fingerprint, secret)
    assert len(text) <= LONGEST
    with pytest.raises(BadKey):
        Code(fingerprint, secret).text("https://" + "t" * pairing.LONGEST_SERVER)


def test_a_code_shows_no_secret_and_each_is_another() -> None:
    one, other = pairing.new_code(HUB), pairing.new_code(HUB)
    assert one.secret != other.secret
    assert one.meeting != other.meeting
    assert one.fingerprint == other.fingerprint
    assert repr(one.secret) not in repr(one)


def test_keys_that_a_server_exchanged_are_told_nothing() -> None:
    """R03: the household's side. Both halves are pinned, each by itself."""
    stranger = new_identity().recipient
    for hub in (OTHER, replace(HUB, age_recipient=stranger), replace(HUB, sign_pub=OTHER.sign_pub)):
        with pytest.raises(Altered):
            pairing.seal_answer(CODE, HOUSE, hub)


def answer(**change: object) -> bytes:
    told = {"v": 1, "type": "pair", **HOUSE.to_json(), "tag": b64.encode(bytes.fromhex(KNOWN["tag"]))}
    return jcs.dumps({name: value for name, value in (told | change).items() if value is not None})


def test_an_answer_that_a_server_made_or_exchanged_is_refused() -> None:
    """R03: the hub's side. Without the code's secret nobody makes an answer, or another one of a true one."""
    assert pairing.read_answer(CODE, answer()) == HOUSE
    thief = b64.encode(SigningKey(b"t" * 32).public)
    cell = "85283087fffffff"
    guess = b64.encode(pairing.tag(replace(CODE, secret=bytes(16)), replace(HOUSE, owner=b64.decode(thief))))
    for change in (
        {"owner": thief},
        {"household": "b" * 26},
        {"cell": cell},
        {"owner": thief, "tag": guess},
        {"tag": b64.encode(bytes(32))},
        {"tag": ""},
    ):
        with pytest.raises(Altered):
            pairing.read_answer(CODE, answer(**change))
    with pytest.raises(Altered):  # a true answer, to another hub or to a code that was shown before
        pairing.read_answer(replace(CODE, fingerprint=OTHER.fingerprint), answer())


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"type": "hub"},
        {"more": 1},
        {"owner": None},
        {"owner": "AAAA"},
        {"owner": "no base64"},
        {"household": "h"},
        {"household": 7},
        {"cell": "85283083ffffff0"},
        {"cell": "../key"},
        {"tag": None},
        {"tag": "?"},
    ],
    ids=str,
)
def test_an_answer_of_another_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        pairing.read_answer(CODE, answer(**change))


@given(
    st.binary()
    | st.dictionaries(
        st.sampled_from(["v", "type", "household", "owner", "cell", "tag"]), st.text() | st.integers()
    ).map(lambda told: json.dumps(told, sort_keys=True, separators=(",", ":")).encode())
)
def test_any_bytes_are_refused_as_no_answer(plain: bytes) -> None:
    with pytest.raises(SealError):
        pairing.read_answer(CODE, plain)
