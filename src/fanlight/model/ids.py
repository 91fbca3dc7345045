"""Random identifiers. Never ordered by time: an id must not tell when something happened."""

import base64
import re
import secrets

ID_PATTERN = re.compile(r"^[a-z2-7]{26}$")


def new_id() -> str:
    """Return 26 characters of lower-case base32: 16 random bytes, no padding."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def is_id(text: str) -> bool:
    """Tell whether `text` has the form that `new_id` gives."""
    return ID_PATTERN.match(text) is not None
