"""What the place of the media refuses, each with the HTTP status it answers.

PostmediaError
|- CannotStart   its folder, key or port is not usable; the message says which
|- NotTaken      400  the file is of no form that is taken
|- Unreadable    400  it is, and cannot be read as such
|- TooManyPixels 400  its pictures are too large
|- TooLong       400  the clip is too long
|- TooMuch       400  reading it takes more work than any camera's needs
|- NoTicket      401  no ticket of the town for this
|- NotHere       404  there is no such thing, or not for this caller
|- Stopped       408  the file stopped coming
|- Taken         409  the id has been used
|- TooLarge      413  more bytes than are taken
|- BadRange      416  a range that the bytes do not have
|- Busy          503  too many at once
`- Full          507  the disk is full
"""

from typing import ClassVar

from fanlight.model.errors import FanlightError

NOTHING = "Nothing was kept."


class PostmediaError(FanlightError):
    """Base of what the place of the media refuses."""

    code = "postmedia.error"
    status: ClassVar[int] = 400

    def __init__(self, what: str, *, do: str, kept: str = NOTHING) -> None:
        """Take three sentences."""
        super().__init__(what, kept=kept, do=do)


class CannotStart(PostmediaError):
    """The place of the media cannot start safely."""

    code = "postmedia.cannot_start"


class NotTaken(PostmediaError):
    """A file of no form that is taken."""

    code = "postmedia.not_taken"


class Unreadable(PostmediaError):
    """A file that is cut off, damaged, or not what it says."""

    code = "postmedia.unreadable"


class TooManyPixels(PostmediaError):
    """A picture that is larger than any camera's."""

    code = "postmedia.too_many_pixels"


class TooLong(PostmediaError):
    """A clip that is too long."""

    code = "postmedia.too_long"


class TooMuch(PostmediaError):
    """A file that takes more work to read than any camera's."""

    code = "postmedia.too_much"


class NoTicket(PostmediaError):
    """No ticket of the town for this call."""

    code = "postmedia.no_ticket"
    status = 401


class NotHere(PostmediaError):
    """There is no such thing, or not for this caller."""

    code = "postmedia.not_here"
    status = 404


class Stopped(PostmediaError):
    """The file stopped coming before its end."""

    code = "postmedia.stopped"
    status = 408


class Taken(PostmediaError):
    """The id has been used, or is being used now."""

    code = "postmedia.taken"
    status = 409


class TooLarge(PostmediaError):
    """More bytes than are taken."""

    code = "postmedia.too_large"
    status = 413


class BadRange(PostmediaError):
    """A range of bytes that is not there."""

    code = "postmedia.bad_range"
    status = 416


class Busy(PostmediaError):
    """All places in the queue are taken."""

    code = "postmedia.busy"
    status = 503


class Full(PostmediaError):
    """The disk is full, or nearly so."""

    code = "postmedia.full"
    status = 507
