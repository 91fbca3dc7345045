"""What can be wrong with a device that speaks ONVIF.

OnvifError
|- OnvifUnreachable   nothing answers there as such a device: try again later
|- OnvifRefused       it wants another user name or password
|- OnvifFault         it understood and said no; `reason` is the standard's word for why
`- BadAnswer          what it sent makes no sense

No address, user name, password or text of a device enters a message.
"""

from fanlight.model.errors import FanlightError

_KEPT = "Recording does not depend on it."


class OnvifError(FanlightError):
    """Base: a device cannot be asked."""

    code = "onvif.error"


class OnvifUnreachable(OnvifError):
    """Nothing answers."""

    code = "onvif.unreachable"

    def __init__(self, what: str = "The camera's ONVIF service does not answer.") -> None:
        """Say what happened, in a sentence."""
        super().__init__(what, kept=_KEPT, do="Check its address, and that ONVIF is switched on there.")


class OnvifRefused(OnvifError):
    """The device does not accept the user name and password."""

    code = "onvif.refused"

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "The camera's ONVIF service does not accept this user name and password.",
            kept=_KEPT,
            do="Correct them; some cameras have a user list of their own for ONVIF.",
        )


class OnvifFault(OnvifError):
    """The device said no. `reason` is a word of the standard (`NoConfig`), or empty."""

    code = "onvif.fault"

    def __init__(self, reason: str) -> None:
        """Take the word; what is not one is left out of the message."""
        self.reason = reason if reason.isascii() and reason.isalnum() and len(reason) < 40 else ""  # noqa: PLR2004
        named = f" ({self.reason})" if self.reason else ""
        super().__init__(
            f"The camera refused what it was asked{named}.",
            kept=_KEPT,
            do="Nothing: the hub goes on without it.",
        )


class BadAnswer(OnvifError):
    """What came back is not what the standard says."""

    code = "onvif.bad_answer"

    def __init__(self, what: str) -> None:
        """Complete "The camera's answer cannot be read: ..."."""
        super().__init__(
            f"The camera's answer cannot be read: {what}.",
            kept=_KEPT,
            do="Update the camera's software, or go on without ONVIF.",
        )
