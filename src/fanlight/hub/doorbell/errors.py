"""What can be wrong at the bell.

DoorbellError
|- NotSound        a file has no sound in it that can be read
|- TooLong         a reply is longer than a visitor waits
|- TooMany         there is no room for another reply
|- NoSuchReply     it was erased meanwhile
|- NoBackChannel   the camera takes no sound, or in no coding that we send
`- Speaking        the camera is speaking already
"""

from fanlight.model.errors import FanlightError


class DoorbellError(FanlightError):
    """Base: a reply cannot be kept or spoken."""

    code = "doorbell.error"


class NotSound(DoorbellError):
    """Nothing to hear in it."""

    code = "doorbell.not_sound"


class TooLong(DoorbellError):
    """Longer than a reply may be."""

    code = "doorbell.too_long"


class TooMany(DoorbellError):
    """All places are taken."""

    code = "doorbell.too_many"


class NoSuchReply(DoorbellError):
    """It is not there."""

    code = "doorbell.no_such_reply"


class NoBackChannel(DoorbellError):
    """The camera cannot speak."""

    code = "doorbell.no_back_channel"


class Speaking(DoorbellError):
    """One after the other."""

    code = "doorbell.speaking"
