"""What keeps a witness from starting.

FanlightError
`- CannotStart   its folder, key or port is not usable; the message says which
"""

from fanlight.model.errors import FanlightError


class CannotStart(FanlightError):
    """The witness cannot start safely."""

    code = "witness.cannot_start"
