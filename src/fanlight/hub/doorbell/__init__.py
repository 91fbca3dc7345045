"""The bell: one press is one press, and a recorded answer for who pressed."""

from fanlight.hub.doorbell.errors import (
    DoorbellError,
    NoBackChannel,
    NoSuchReply,
    NotSound,
    Speaking,
    TooLong,
    TooMany,
)
from fanlight.hub.doorbell.press import Presses
from fanlight.hub.doorbell.replies import QuickReplies, Reply
from fanlight.hub.doorbell.talk import Mouths

__all__ = [
    "DoorbellError", "Mouths", "NoBackChannel", "NoSuchReply", "NotSound", "Presses", "QuickReplies", "Reply",
    "Speaking", "TooLong", "TooMany",
]  # fmt: skip
