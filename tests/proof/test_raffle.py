"""R35: who wins a raffle follows from its tickets and what was published, and from nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.model.check import State
from fanlight.proof.openings import make_leaf
from fanlight.proof.raffle import BadCode, BadRandomness, check_raffles, new_code, order, spelled, ticket
from fanlight.wire.gifts import Randomness

RAFFLE, GIFT = "a" * 26, "b" * 26
SIX = Randomness(
    who="Lottery", what="Draw 1", at="2026-12-05T22:59:00.000Z", form="numbers", length=6, most=49
)
HEX = Randomness(
    who="Beacon", what="Round 7", at="2026-12-05T22:59:00.000Z", form="hex", length=64, most=None
)
TICKETS = sorted(ticket(RAFFLE, code * 16) for code in "abcdefgh")
NUMBERS = "3 7 11 19 31 42"


def entries(**change: dict[str, Any]) -> list[bytes]:
    """Return a raffle's entries, with some of their fields changed; None leaves one out."""
    steps: dict[str, dict[str, Any] | None] = {
        "raffle": {
            "raffle": RAFFLE,
            "gift": GIFT,
            "day": "2026-11-20",
            "prizes": 2,
            "eligibility": "Everybody.",
            "randomness": {
                "who": SIX.who,
                "what": SIX.what,
                "at": SIX.at,
                "form": "numbers",
                "length": 6,
                "most": 49,
            },
            "side": "clerk",
        },
        "raffle-closed": {"raffle": RAFFLE, "day": "2026-12-04", "tickets": TICKETS},
        "raffle-drawn": {
            "raffle": RAFFLE,
            "day": "2026-12-06",
            "randomness": NUMBERS,
            "winners": order(RAFFLE, NUMBERS, TICKETS)[:2],
        },
    }
    for name, fields in change.items():
        kind = name.replace("_", "-")
        steps[kind] = {**(steps.get(kind) or {}), **fields} if fields else None
    return [make_leaf(kind, pub, {})[0] for kind, pub in steps.items() if pub]


def state(made: list[bytes]) -> list[State]:
    return [check.state for check in check_raffles(made)]


def test_a_raffle_is_drawn_again_with_the_same_winners() -> None:
    """R35: and each step before that is told as what it is."""
    (check,) = check_raffles(entries())
    assert check.state is State.HOLDS
    assert NUMBERS in check.detail
    assert "Draw 1" in check.detail
    assert state(entries(raffle_drawn={})) == [State.HOLDS]
    assert state(entries(raffle_drawn={}, raffle_closed={})) == [State.HOLDS]
    off = {"raffle": RAFFLE, "day": "2026-12-04", "reason": "No camera came."}
    assert state(entries(raffle_drawn={}, raffle_void=off)) == [State.HOLDS]
    assert state([]) == [State.UNKNOWN]


@pytest.mark.parametrize(
    "change",
    [
        {"raffle_drawn": {"winners": order(RAFFLE, NUMBERS, TICKETS)[1::-1]}},
        {"raffle_drawn": {"winners": order(RAFFLE, NUMBERS, TICKETS)[:1]}},
        {"raffle_drawn": {"randomness": "3 7 11 19 31 43"}},
        {"raffle_drawn": {"randomness": "42 3 7 11 19 31"}},
        {"raffle_drawn": {"day": "2026-12-04"}},
        {"raffle_closed": {"day": "2026-12-05"}},
        {"raffle_closed": {"tickets": TICKETS[1:]}},
        {"raffle_closed": {"tickets": [*TICKETS, TICKETS[0]]}},
        {"raffle_closed": {}},
        {"raffle": {}},
        {"raffle_void": {"raffle": RAFFLE, "day": "2026-12-07", "reason": "Other winners."}},
        {"raffle": {"prizes": "two"}},
    ],
)
def test_what_was_not_drawn_by_the_rule_fails(change: dict[str, dict[str, Any]]) -> None:
    """R35: other winners, tickets or numbers, a step too late or missing."""
    assert State.FAILS in state(entries(**change))


@pytest.mark.parametrize(
    ("of", "published", "is_spelled"),
    [
        (SIX, "31, 7;42 3\n19 11", NUMBERS),
        (SIX, "03 07 11 19 31 42", NUMBERS),
        (HEX, "AB" * 32, "ab" * 32),
        (SIX, "3 7 11 19 31", None),
        (SIX, "3 7 11 19 31 50", None),
        (SIX, "3 7 11 19 31 x", None),
        (SIX, "³ 7 11 19 31 42", None),
        (HEX, "ab" * 31, None),
        (HEX, "zz" * 32, None),
    ],
)
def test_what_was_published_has_one_spelling(of: Randomness, published: str, is_spelled: str | None) -> None:
    """R35: nobody draws again by writing the same numbers another way."""
    if is_spelled is None:
        with pytest.raises(BadRandomness):
            spelled(of, published)
    else:
        assert spelled(of, published) == is_spelled


def test_a_ticket_is_of_its_code_and_its_raffle() -> None:
    """R35: typed with hyphens, spaces and capitals; no other code and no other raffle gives it."""
    code = new_code()
    assert ticket(RAFFLE, f" {code[:4]}-{code[4:]} ".upper()) == ticket(RAFFLE, code)
    assert len({ticket(RAFFLE, code), ticket("c" * 26, code), ticket(RAFFLE, new_code())}) == 3
    for bad in ("", code[:-1], code + "a", code[:-1] + "1"):
        with pytest.raises(BadCode):
            ticket(RAFFLE, bad)


@given(st.lists(st.integers(0, 2**96 - 1).map(lambda one: f"{one:024x}"), max_size=30), st.randoms())
def test_the_order_does_not_depend_on_the_list(tickets: list[str], shuffling: Any) -> None:
    """R35: whoever writes the list down in another order, or a ticket twice, draws the same."""
    wins = order(RAFFLE, NUMBERS, tickets)
    shuffled = [*tickets, *tickets[:3]]
    shuffling.shuffle(shuffled)
    assert order(RAFFLE, NUMBERS, shuffled) == wins
    assert sorted(wins) == sorted(set(tickets))


def test_the_rule_is_the_documented_one() -> None:
    """R35: another program that follows docs/spec/gifts.md comes to these."""
    three = [digit * 24 for digit in "012"]
    assert ticket(RAFFLE, "abcdefghijklmnop") == "462a437ac521e11cfafce768"
    assert [one[0] for one in order(RAFFLE, "1 2 3", three)] == ["1", "0", "2"]


@given(st.binary(max_size=200))
def test_no_bytes_stop_the_check(raw: bytes) -> None:
    """Entries of any other form are passed over."""
    assert len(list(check_raffles([raw, *entries()]))) >= 1
