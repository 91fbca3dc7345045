"""Encrypt a push for one browser (RFC 8291, aes128gcm), in one size.

In:     what to say, a browser's public point and secret.
Out:    BODY_BYTES bytes, whatever was said.
Holds:  a fresh key pair and salt for each push; one record; padded within the encryption.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fanlight.model.errors import FanlightError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

BODY_BYTES = 3_072
_OVERHEAD = 103  # header 86, delimiter 1, tag 16
PLAIN_BYTES = BODY_BYTES - _OVERHEAD
_RECORD = 4_096


class PushTooLong(FanlightError):
    """More to say than one push holds."""

    code = "hub.push_too_long"


def room_for(said: dict[str, Any]) -> int:
    """Return how many more bytes of JSON fit beside what is said; negative if it is too long already."""
    return PLAIN_BYTES - len(_bytes(said))


def encrypt(said: dict[str, Any], point: bytes, auth: bytes) -> bytes:
    """Return the body of a push for the browser of `point` (65 bytes) and `auth` (16 bytes).

    Raises:
        PushTooLong: it does not fit.
    """
    plain = _bytes(said)
    if len(plain) > PLAIN_BYTES:
        raise PushTooLong(
            "An alert says more than fits.", kept="Nothing was sent.", do="Give the camera a shorter name."
        )
    return encrypt_bytes(plain.ljust(PLAIN_BYTES), point, auth)  # spaces after JSON mean nothing


def encrypt_bytes(
    plain: bytes,
    point: bytes,
    auth: bytes,
    *,
    sender: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """Return `plain` as one encrypted record; `sender` and `salt` are fresh unless a vector names them."""
    # Loaded with the first push: a hub without alerts needs neither.
    import http_ece  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - the same

    body: bytes = http_ece.encrypt(
        plain,
        salt=salt,
        private_key=sender or ec.generate_private_key(ec.SECP256R1()),
        dh=point,
        auth_secret=auth,
        rs=_RECORD,
        version="aes128gcm",
    )
    return body


def _bytes(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
