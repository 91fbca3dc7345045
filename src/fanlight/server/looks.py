"""What the vault found when it last compared rows and payloads; in memory, for the operator's page."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One comparison.

    Attributes:
        day: when.
        rows: whole clips by their rows.
        payloads: stored payloads.
        rows_without_payload: clips that are listed and cannot be played: blobs were lost.
        payloads_without_row: payloads that nobody can reach; swept at the second look.
        swept: payloads removed because they had no row.
        overdue: households that have a clip beyond their days.
        doomed: payloads still to be removed.
    """

    day: date
    rows: int
    payloads: int
    rows_without_payload: int
    payloads_without_row: int
    swept: int
    overdue: int
    doomed: int


@dataclass(slots=True)
class Looks:
    """The last look, and which payloads had no row then."""

    last: Look | None = None
    suspects: set[str] = field(default_factory=set)
