"""What an agency sees of a request, and whether it can tell a home that declined from one without Fanlight.

In:     homes that lived a month: those that shared, and those that declined.
Out:    figures of a request's answers as they come to the agency, with one home more, or without it.
Holds:  of a home's calls the agency sees what reaches a drop, and nothing else does.
"""

import random
from collections.abc import Sequence

from tests.unseen.features import Figures, spread
from tests.unseen.homes import Lived

MOST_NEIGHBOURS = 6  # that shared under one request


def answers(chance: random.Random, shared: Sequence[Lived], home: Lived | None = None) -> Figures:
    """Return what came under one request: from some neighbours, and from `home` where there is one."""
    case = chance.randrange(min(len(one.opened) for one in shared))
    some = chance.sample(shared, min(chance.randrange(MOST_NEIGHBOURS + 1), len(shared)))
    came = [drop for one in [*some, *([home] if home else [])] for drop in _drops(one, case)]
    found: Figures = {"copies": len(came)}
    for place, name in enumerate(("hours after it opened", "bytes")):
        found |= {f"{name}, {what}": value for what, value in spread([drop[place] for drop in came]).items()}
    return found


def _drops(lived: Lived, case: int) -> list[tuple[float, float]]:
    """Return hour and length of the copies that a home sent while a request was the newest one."""
    opens = lived.opened[case]
    until = lived.opened[case + 1] if case + 1 < len(lived.opened) else float("inf")
    ours = [one for one in lived.calls if "/drops/" in one.kind and opens <= one.at < until]
    return [((one.at - opens) / 3_600, one.sent) for one in ours if one.kind.endswith("/pay")]
