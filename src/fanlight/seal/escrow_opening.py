"""Open what was locked to two of three auditors. On an auditor's machine; no server imports it.

In:     a sealed share and the auditor's identity; two shares and the locked bytes.
Out:    the share; what was locked.
Holds:  two shares that do not belong together open nothing.
Why:    docs/spec/log.md, Sealed slots
"""

import struct
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from fanlight.seal.errors import bad_escrow
from fanlight.seal.escrow import KEY_BYTES, MOST_BYTES, NEED, NONCE, SHARES, TITLE, multiply
from fanlight.seal.opening import open_age


def open_share(sealed: bytes, identity: str) -> bytes:
    """Return an auditor's share, 33 bytes; raises what `open_age` raises."""
    return _check(open_age(sealed, [identity]))


def combine(shares: Sequence[bytes]) -> bytes:
    """Return the key that two different shares give; raises BadEscrow for anything else."""
    if len({share[:1] for share in map(_check, shares)}) != NEED or len(shares) != NEED:
        raise bad_escrow("two shares of different auditors are needed")
    (first, left), (second, right) = ((share[0], share[1:]) for share in shares)
    over = _inverse(first ^ second)
    return bytes(
        multiply(multiply(a, second) ^ multiply(b, first), over) for a, b in zip(left, right, strict=True)
    )


def unlock(locked: bytes, shares: Sequence[bytes]) -> bytes:
    """Return what was locked.

    Raises:
        BadEscrow: the shares are not two of these, or the bytes were changed.
    """
    try:
        plain = ChaCha20Poly1305(combine(shares)).decrypt(NONCE, locked, TITLE)
    except InvalidTag as error:
        raise bad_escrow("these shares do not open it, or it was changed") from error
    (length,) = struct.unpack_from(">H", plain)
    if len(plain) != MOST_BYTES + 2 or length > MOST_BYTES:
        raise bad_escrow("what was locked has another form")
    return plain[2 : 2 + length]


def _check(share: bytes) -> bytes:
    if len(share) != 1 + KEY_BYTES or not 1 <= share[0] <= SHARES:
        raise bad_escrow("a share has another form")
    return share


def _inverse(value: int) -> int:
    return next(other for other in range(1, 256) if multiply(value, other) == 1)
