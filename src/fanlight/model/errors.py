"""The root of every error raised on purpose.

FanlightError
|- one subclass for each decision a caller can make, defined beside the code that raises it
"""

from typing import ClassVar


class FanlightError(Exception):
    """Base of all we raise on purpose. No key, token, address or frame enters a message.

    Args:
        what: what happened, one sentence.
        kept: what is safe, one sentence.
        do: the one next step, one sentence.
    """

    code: ClassVar[str] = "fanlight.error"

    def __init__(self, what: str, *, kept: str, do: str) -> None:
        """Join the three sentences into the message and keep each apart."""
        super().__init__(f"{what} Kept: {kept} To do: {do}")
        self.what, self.kept, self.do = what, kept, do
