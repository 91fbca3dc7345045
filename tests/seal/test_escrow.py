"""Two of three auditors open an escrow; one alone, two of different ones, or a changed one, nothing."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.seal import keys
from fanlight.seal.errors import SealError
from fanlight.seal.escrow import MOST_BYTES, lock, multiply, split
from fanlight.seal.escrow_opening import combine, open_share, unlock

AUDITORS = [keys.new_identity() for _ in range(3)]
RECIPIENTS = [one.recipient for one in AUDITORS]


@given(st.binary(min_size=32, max_size=32))
def test_any_two_of_three_shares_give_the_secret(secret: bytes) -> None:
    for pair in itertools.permutations(split(secret), 2):
        assert combine(pair) == secret


def test_each_value_of_one_share_is_as_likely_whatever_the_secret_is() -> None:
    """Whoever holds one share knows nothing: each of its bytes fits every secret, with one slope each."""
    for share, secret in itertools.product((0, 1, 77, 255), (0, 1, 128, 255)):
        for x in (1, 2, 3):
            assert sum(secret ^ multiply(slope, x) == share for slope in range(256)) == 1


@pytest.mark.parametrize("pair", list(itertools.combinations(range(3), 2)))
@pytest.mark.parametrize("size", [0, 1, MOST_BYTES])
def test_any_two_of_three_auditors_open_what_was_locked(pair: tuple[int, int], size: int) -> None:
    """R49."""
    escrow = lock(b"x" * size, RECIPIENTS)
    shares = [open_share(escrow.shares[place], AUDITORS[place].secret) for place in pair]
    assert unlock(escrow.locked, shares) == b"x" * size


def test_whatever_is_locked_has_one_size() -> None:
    """R49: a dummy and an order look alike."""
    made = [lock(data, RECIPIENTS) for data in (b"", b"null", b"y" * MOST_BYTES)]
    assert len({(len(one.locked), *map(len, one.shares)) for one in made}) == 1


def test_one_auditor_alone_or_twice_or_of_another_escrow_opens_nothing() -> None:
    one, other = lock(b"one", RECIPIENTS), lock(b"other", RECIPIENTS)
    first = open_share(one.shares[0], AUDITORS[0].secret)
    for shares in ([first], [first, first], [first, open_share(other.shares[1], AUDITORS[1].secret)], []):
        with pytest.raises(SealError):
            unlock(one.locked, shares)
    with pytest.raises(SealError):
        open_share(one.shares[0], AUDITORS[1].secret)


def test_a_changed_escrow_opens_nothing() -> None:
    escrow = lock(b"words", RECIPIENTS)
    shares = [open_share(escrow.shares[place], AUDITORS[place].secret) for place in (0, 2)]
    for at in (0, 100, len(escrow.locked) - 1):
        broken = escrow.locked[:at] + bytes([escrow.locked[at] ^ 1]) + escrow.locked[at + 1 :]
        with pytest.raises(SealError):
            unlock(broken, shares)
    bent = shares[0][:5] + bytes([shares[0][5] ^ 1]) + shares[0][6:]
    with pytest.raises(SealError):
        unlock(escrow.locked, [bent, shares[1]])


@pytest.mark.parametrize(
    "auditors",
    [RECIPIENTS[:2], [RECIPIENTS[0]] * 3, [*RECIPIENTS, RECIPIENTS[0]], ["age1x", *RECIPIENTS[:2]]],
)
def test_an_escrow_is_with_three_different_auditors(auditors: list[str]) -> None:
    with pytest.raises(SealError):
        lock(b"", auditors)
    with pytest.raises(SealError):
        lock(bytes(MOST_BYTES + 1), RECIPIENTS)
