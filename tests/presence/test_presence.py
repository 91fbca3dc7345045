"""R11: a month of public posts tells no more than guessing who wrote, what is by one home, who is at home.

A small part of `make bench-presence`. That nothing public changes before a post comes out, whatever somebody
does, is tests/server/neighbors/test_presence.py. What is not covered: docs/design/presence.md.
"""

from collections.abc import Callable

import pytest
from tests.presence import attacks
from tests.presence.attacks import Ratio
from tests.presence.town import Leak, Month, month

BAR = 1.2
CAUGHT = 1.5
CELLS = 24
ATTACKS: dict[str, tuple[Callable[[Month], Ratio], Leak]] = {
    "which home wrote it": (attacks.which_home, Leak(place=True)),
    "two by one home": (attacks.same_author, Leak(name=True)),
    "somebody is at home": (attacks.at_home, Leak(delay=True, place=True)),
}


@pytest.fixture(scope="module")
def lived() -> Month:
    """A month without a leak."""
    return month(1, cells=CELLS)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_no_better_than_guessing(lived: Month, name: str) -> None:
    """R11: 1.2 times at most; told with its interval."""
    found = ATTACKS[name][0](lived)
    assert found.value <= BAR, found


@pytest.mark.parametrize("name", ATTACKS)
def test_the_same_attack_wins_where_something_leaks(name: str) -> None:
    """The control: exact moment, a place of two homes, or a name that stays."""
    attack, leak = ATTACKS[name]
    assert attack(month(1, cells=CELLS, leak=leak)).low >= CAUGHT
