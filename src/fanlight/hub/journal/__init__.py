"""Room 3 of the hub: the ring recording on its own disk."""

from fanlight.hub.journal.errors import JournalError, JournalFull, JournalUnreadable, JournalUnwritable
from fanlight.hub.journal.journal import Journal, JournalState, Repair

__all__ = [
    "Journal", "JournalError", "JournalFull", "JournalState", "JournalUnreadable", "JournalUnwritable",
    "Repair",
]  # fmt: skip
