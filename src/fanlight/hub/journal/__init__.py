"""Room 3 of the hub: the recording on its own disk."""

from fanlight.hub.journal.errors import (
    JournalError,
    JournalFull,
    JournalNewer,
    JournalUnreadable,
    JournalUnwritable,
    WrongDayKey,
)
from fanlight.hub.journal.gaps import Why
from fanlight.hub.journal.journal import Journal
from fanlight.hub.journal.limits import CameraLimits, Limits
from fanlight.hub.journal.repair import Repair
from fanlight.hub.journal.spans import Day
from fanlight.hub.journal.state import JournalState

__all__ = [
    "CameraLimits", "Day", "Journal", "JournalError", "JournalFull", "JournalNewer", "JournalState",
    "JournalUnreadable", "JournalUnwritable", "Limits", "Repair", "Why", "WrongDayKey",
]  # fmt: skip
