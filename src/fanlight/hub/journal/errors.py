"""What can be wrong with the recording on the hub's own disk.

JournalError
|- JournalFull         no room: the segment was abandoned, recording goes on when there is room
|- JournalUnwritable   the folder cannot be written: the segment was abandoned
|- JournalUnreadable   the database or a key file cannot be read: nothing can be recorded
|- WrongDayKey         what was lent does not open that day
`- JournalNewer        a newer Fanlight wrote it: this one touches nothing
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


class JournalNewer(JournalError):
    """The database was written by a newer version of Fanlight."""

    code = "journal.newer"


class WrongDayKey(JournalError):
    """A key that was lent for a day does not open what was recorded on it."""

    code = "journal.wrong_day_key"


def full() -> JournalFull:
    """Return the error of a disk without room."""
    return JournalFull(
        "There is no room on the hub's disk for the recording.",
        kept="What was recorded before is kept; this second is not.",
        do="Free some space on that disk; recording then goes on by itself.",
    )


def unwritable() -> JournalUnwritable:
    """Return the error of a disk that refuses."""
    return JournalUnwritable(
        "The hub cannot write its recording.",
        kept="What was recorded before is kept; this second is not.",
        do="Check that the hub's folder may be written and that its disk is in order.",
    )


def unreadable() -> JournalUnreadable:
    """Return the error of a database that is not one."""
    return JournalUnreadable(
        "The hub's recording database is damaged.",
        kept="Sealed clips are not touched; the recorded segments are kept.",
        do="Stop the hub; move hub.sqlite, hub.sqlite-wal and segments/ aside together, with a copy of keys/."
        " Recording then begins anew, and what was moved is kept for whoever can repair that database."
        " No file that fanlight hub backup wrote holds it.",
    )


def wrong_day_key() -> WrongDayKey:
    """Return the error of a key that is another's."""
    return WrongDayKey(
        "This key does not open what was recorded on that day.",
        kept="Nothing was changed.",
        do="Lend the key that the hub sealed for that very day.",
    )


def newer() -> JournalNewer:
    """Return the error of a journal from the future."""
    return JournalNewer(
        "The recording on this hub was written by a newer version of Fanlight.",
        kept="Nothing was changed.",
        do="Install that version again, or a newer one.",
    )
