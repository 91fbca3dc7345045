"""Lock bytes so that any two of three auditors open them, and one alone learns nothing.

In:     bytes; three post-quantum age recipients.
Out:    Escrow: bytes of one size, and one sealed share an auditor.
Holds:  what is locked has one size, whatever it is; a share by itself is random bytes.
Absent: opening (seal.escrow_opening, which no server imports).
Why:    docs/spec/log.md, Sealed slots
"""

import secrets
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from fanlight.seal import sealing
from fanlight.seal.errors import bad_escrow

SHARES, NEED = 3, 2
KEY_BYTES = 32
PLAIN_BYTES = 4_096
MOST_BYTES = PLAIN_BYTES - 2
TITLE = b"fanlight/escrow/v1"
NONCE = bytes(12)  # a key locks one thing
_FIELD = 0x11B  # x^8 + x^4 + x^3 + x + 1, as AES has it


@dataclass(frozen=True, slots=True)
class Escrow:
    """What is published.

    Attributes:
        locked: ciphertext, always of the same size.
        shares: an age file for each auditor, in their order.
    """

    locked: bytes
    shares: tuple[bytes, ...]


def multiply(left: int, right: int) -> int:
    """Return the product of two elements of GF(2^8)."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 0x100:
            left ^= _FIELD
        right >>= 1
    return product


def split(secret: bytes) -> list[bytes]:
    """Return three shares of `secret`, each its number and as many bytes; any two give it back."""
    slope = secrets.token_bytes(len(secret))
    return [
        bytes([x]) + bytes(s ^ multiply(a, x) for s, a in zip(secret, slope, strict=True))
        for x in range(1, SHARES + 1)
    ]


def lock(data: bytes, auditors: Sequence[str]) -> Escrow:
    """Lock bytes to any two of three auditors.

    Args:
        data: at most 4,094 bytes.
        auditors: three different recipients (age1pq1...).

    Raises:
        BadEscrow: not three auditors, one twice, or more bytes than fit. BadKey: no such recipient.
    """
    if len(auditors) != SHARES or len(set(auditors)) != SHARES:
        raise bad_escrow("an escrow is with three different auditors")
    if len(data) > MOST_BYTES:
        raise bad_escrow(f"an escrow holds {MOST_BYTES} bytes at most")
    for auditor in auditors:
        sealing.check_recipient(auditor)
    key = secrets.token_bytes(KEY_BYTES)
    plain = struct.pack(">H", len(data)) + data.ljust(MOST_BYTES, b"\0")
    locked = ChaCha20Poly1305(key).encrypt(NONCE, plain, TITLE)
    shares = zip(split(key), auditors, strict=True)
    return Escrow(locked, tuple(sealing.seal(share, [auditor]) for share, auditor in shares))
