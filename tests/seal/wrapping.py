"""A person's seed under a passkey's PRF output, as the browser wraps it (web/core/seal/wrap.ts)."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fanlight.seal.age_format import hkdf

IV_LENGTH = 12
LENGTH = IV_LENGTH + 32 + 16


def wrap_seed(prf: bytes, account: str, seed: bytes) -> bytes:
    """Return 12 random bytes and AES-256-GCM of the seed, bound to the account."""
    iv = secrets.token_bytes(IV_LENGTH)
    return iv + AESGCM(_key(prf)).encrypt(iv, seed, account.encode())


def unwrap_seed(prf: bytes, account: str, wrapped: bytes) -> bytes | None:
    """Return the seed, None if this passkey does not open this account's."""
    if len(wrapped) != LENGTH:
        return None
    try:
        return AESGCM(_key(prf)).decrypt(wrapped[:IV_LENGTH], wrapped[IV_LENGTH:], account.encode())
    except InvalidTag:
        return None


def _key(prf: bytes) -> bytes:
    return hkdf(prf, salt=b"", info=b"fanlight/wrap/v1")
