"""Random identifiers. Never ordered by time: an id must not tell when something happened."""

import base64
import re
import secrets

ID_PATTERN = re.compile(r"^[a-z2-7]{26}$")


def new_id() -> str:
    """Return 26 characters of lower-case base32: 16 random bytes, no padding."""
    return id_of(secrets.token_bytes(16))


def id_of(data: bytes) -> str:
    """Return 16 bytes in the form of an id."""
    return base64.b32encode(data).decode().rstrip("=").lower()


def is_id(text: str) -> bool:
    """Tell whether `text` has the form that `new_id` gives."""
    return ID_PATTERN.match(text) is not None
