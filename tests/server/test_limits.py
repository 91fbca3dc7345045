"""Whose calls are counted together, and whom that can hurt."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.server.errors import TooMany
from fanlight.server.limits import RateLimits, place_of

PROXIES = frozenset({"127.0.0.1"})


@pytest.mark.parametrize(
    ("peer", "forwarded", "place"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "192.0.2.99, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "not an address", "127.0.0.1"),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
        ("2001:db8:1:2:3::4", "", "2001:db8:1:2::/64"),
        ("", "", ""),
    ],
)
def test_a_place_is_an_address_that_its_caller_cannot_make_up(peer: str, forwarded: str, place: str) -> None:
    """R05: nobody hides behind another's address, or fills another's count by naming it."""
    assert place_of(peer, forwarded, PROXIES) == place


@given(st.text(max_size=60), st.text(max_size=200))
def test_any_header_gives_some_place(peer: str, forwarded: str) -> None:
    assert isinstance(place_of(peer, forwarded, PROXIES | {peer}), str)


def test_one_place_does_not_use_up_anothers_calls() -> None:
    limits = RateLimits(lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))
    for _ in range(50):
        with contextlib.suppress(TooMany):
            limits.spend("203.0.113.7", "x", 10)
    with pytest.raises(TooMany):
        limits.spend("203.0.113.7", "x", 10)
    limits.spend("203.0.113.8", "x", 10)


def test_who_fills_the_memory_does_not_give_everybody_their_calls_back() -> None:
    """R05: whoever comes from very many places pushes out the longest silent, one by one."""
    limits = RateLimits(lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))
    places = 100_000
    for place in range(places):
        limits.spend(str(place), "x", 1)
    for place in range(1_000):
        limits.spend(f"another {place}", "x", 1)
    for place in range(1_000, places, 9_000):
        with pytest.raises(TooMany):
            limits.spend(str(place), "x", 1)
    limits.spend("0", "x", 1)  # the control: this one made room
