"""Attack a month of public posts: who wrote, which are by one home, who is at home. `make bench-presence`.

Prints each attack's success over that of guessing, with the interval that 95 % of bootstrapped ones lie in,
and the same with a leak on purpose. Exits with 1 where an attack passes the bar or a control does not.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.presence.attacks import Ratio
from tests.presence.test_presence import ATTACKS, BAR, CAUGHT
from tests.presence.town import month

CELLS = 1_000  # of 50 homes each
SEED = 7


def told(found: Ratio) -> str:
    """Return a ratio in words."""
    return f"{found.value:6.3f}  ({found.low:.3f} to {found.high:.3f}, {found.cases} cases)"


def main() -> int:
    """Run all attacks; return an exit status."""
    begun = time.monotonic()
    lived = month(SEED, cells=CELLS)
    print(f"{CELLS * 50} homes, {len(lived.author)} posts in a month; the bar is {BAR}")
    good = True
    for name, (attack, leak) in ATTACKS.items():
        found, control = attack(lived), attack(month(SEED, cells=CELLS, leak=leak))
        print(f"{name:20} {told(found)}\n{'  with a leak':20} {told(control)}")
        good = good and found.value <= BAR and control.low >= CAUGHT
    print(f"{time.monotonic() - begun:.0f} s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
