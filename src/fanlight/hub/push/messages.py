"""What a push says, for the service worker of the home app to put into words. Never shown by anybody else.

Holds:  a picture only takes the room that the rest leaves; the rest always fits.
"""

import base64
from datetime import datetime
from typing import Any

from fanlight.hub.push import encrypting
from fanlight.model import clock, ids

PICTURE_BYTES = 2_000
_LEAST_PICTURE = 200
_RESERVE = 40  # the member's name, quotes and commas


def message(kind: str, n: int, at: datetime, **more: Any) -> dict[str, Any]:
    """Return a push's content; `n` is its number for that browser, empty members are left out."""
    said = {"v": 1, "id": ids.new_id(), "n": n, "kind": kind, "at": clock.to_text(at)}
    return said | {name: value for name, value in more.items() if value}


def picture_room(said: dict[str, Any]) -> int:
    """Return how many bytes of a picture fit beside what is said; 0 if too few to show anything."""
    room = min((encrypting.room_for(said) - _RESERVE) // 4 * 3, PICTURE_BYTES)
    return room if room >= _LEAST_PICTURE else 0


def with_picture(said: dict[str, Any], picture: bytes) -> dict[str, Any]:
    """Return the same with a picture, if it fits."""
    if not picture or len(picture) > picture_room(said):
        return said
    return said | {"picture": base64.b64encode(picture).decode()}
