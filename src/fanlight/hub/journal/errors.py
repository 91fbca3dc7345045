"""What can be wrong with the recording on the hub's own disk.

JournalError
|- JournalFull         no room: the segment was abandoned, recording goes on when there is room
|- JournalUnwritable   the folder cannot be written: the segment was abandoned
`- JournalUnreadable   the database or a key file cannot be read: nothing can be recorded
"""

from fanlight.model.errors import FanlightError


class JournalError(FanlightError):
    """Base: the journal could not do what was asked."""

    code = "journal.error"


class JournalFull(JournalError):
    """The disk or its reserve is used up, and there is nothing older to give way."""

    code = "journal.full"


class JournalUnwritable(JournalError):
    """The folder, a file or the disk refuses to be written."""

    code = "journal.unwritable"


class JournalUnreadable(JournalError):
    """The database or a key is not what we wrote."""

    code = "journal.unreadable"
