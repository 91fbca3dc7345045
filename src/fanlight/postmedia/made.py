"""What a child says to the process that started it: what it made, or why it did not."""

from dataclasses import dataclass
from typing import Literal

Why = Literal["not_taken", "unreadable", "too_many_pixels", "too_long", "too_much"]


class Refused(Exception):
    """A file is not made anew."""

    def __init__(self, why: Why) -> None:
        """Take the last part of an error's code."""
        super().__init__(why)
        self.why: Why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A picture that was made anew.

    Attributes:
        width: pixels.
        height: pixels.
        seconds: length of a clip; 0 of a photo.
        alike: 16 hexadecimal digits.
    """

    width: int
    height: int
    seconds: float
    alike: str
