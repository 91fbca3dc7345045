"""Base64 as JSON carries it: standard alphabet, padded, canonical."""

import base64
import binascii

from fanlight.model.errors import FanlightError


class BadBase64(FanlightError):
    """A text is not canonical padded base64."""

    code = "wire.bad_base64"


def encode(data: bytes) -> str:
    """Return `data` as standard, padded base64."""
    return base64.b64encode(data).decode()


def decode(text: str) -> bytes:
    """Return the bytes of `text`; raises BadBase64 unless it is exactly what `encode` writes."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _bad() from error
    if encode(data) != text:
        raise _bad()
    return data


def _bad() -> BadBase64:
    return BadBase64("A text is not padded base64.", kept="Nothing was changed.", do="Fetch it again.")
