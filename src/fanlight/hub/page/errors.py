"""What the hub's page refuses, each with an HTTP status.

PageError
|- KeyNeeded, WrongHost          who asks, and under which name
|- NotFound, Malformed           what is asked for
|- Unreachable, Refused, NotAVideo, Codec     a camera that is tried
|- TryFirst, NotNow              what must happen before
"""

from typing import ClassVar

from fanlight.model.errors import FanlightError

NOTHING = "Nothing was changed."


class PageError(FanlightError):
    """A call that the page does not answer as asked."""

    code = "hub.page"
    status: ClassVar[int] = 400


class KeyNeeded(PageError):
    """The call has not this hub's key."""

    code, status = "hub.page.key_needed", 401


class WrongHost(PageError):
    """The call names the hub by a name that is not its own."""

    code, status = "hub.page.wrong_host", 421


class NotFound(PageError):
    """There is no such camera, event, file or address."""

    code, status = "hub.page.not_found", 404


class Malformed(PageError):
    """The call has not the form it should have."""

    code, status = "hub.page.malformed", 400


class NotNow(PageError):
    """It cannot be had at present: no picture came yet, or a part is switched off."""

    code, status = "hub.page.not_now", 409


class Unreachable(PageError):
    """Nobody answers at a camera's address."""

    code, status = "hub.try.unreachable", 422


class Refused(PageError):
    """A camera does not take the user and password."""

    code, status = "hub.try.refused", 422


class Codec(PageError):
    """A camera's coding is none that the hub records."""

    code, status = "hub.try.codec", 422


class NotAVideo(PageError):
    """What answers is no camera, or what is read no video."""

    code, status = "hub.try.not_a_video", 422


def no_such(what: str) -> NotFound:
    """Return the refusal of something that is not there."""
    return NotFound(f"There is no such {what}.", kept=NOTHING, do="Load the page anew.")
