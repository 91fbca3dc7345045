"""Which cells a home may name as its own. The town knows them, in a room above this one; `app` joins both."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Areas:
    """The town's areas.

    Attributes:
        check: raises NotFound unless a cell is one of the town's partition.
    """

    check: Callable[[str], Awaitable[None]]
