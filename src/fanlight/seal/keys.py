"""Key texts, derivations and signatures: what each person, hub and case holds.

In:     a person's 32-byte seed, or nothing (random keys).
Out:    age identities and recipients as text; Ed25519 keys; signatures over a context line and bytes.
Holds:  the same seed gives the same keys for ever; a signature made for one context fits no other.
Absent: opening of files (`opening`).
Why:    docs/spec/seal.md, "Keys"
"""

import hashlib
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fanlight.seal import bech32
from fanlight.seal.age_format import hkdf
from fanlight.seal.errors import bad_key, bad_signature

SEED_LENGTH = 32
HYBRID_IDENTITY = "age-secret-key-pq-"
X25519_IDENTITY = "age-secret-key-"
HYBRID_RECIPIENT = "age1pq"
X25519_RECIPIENT = "age"
PUBLIC_LENGTH = 32
_SIGNATURE_LENGTH = 64


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key. `seed` is the 32-byte secret; it never enters a repr, a log or a message."""

    seed: bytes

    def __post_init__(self) -> None:
        """Refuse a seed of another length."""
        if len(self.seed) != SEED_LENGTH:
            raise bad_key("a signing key has another length than 32 bytes")

    def __repr__(self) -> str:
        """Show the public half only."""
        return f"SigningKey(public={self.public.hex()})"

    @classmethod
    def new(cls) -> Self:
        """Return a random key."""
        return cls(secrets.token_bytes(SEED_LENGTH))

    @cached_property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, context: str, data: bytes) -> bytes:
        """Return the 64-byte signature over `fanlight/<context>/v1`, LF and `data`."""
        return self._key.sign(signed_bytes(context, data))

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def signed_bytes(context: str, data: bytes) -> bytes:
    """Return what is really signed: the context line, then the bytes."""
    return b"fanlight/" + context.encode("ascii") + b"/v1\n" + data


def verify(public: bytes, context: str, data: bytes, signature: bytes) -> None:
    """Check a signature made by `SigningKey.sign`.

    Raises:
        BadSignature: it does not hold, or key or signature have a wrong length.
    """
    if len(public) == PUBLIC_LENGTH and len(signature) == _SIGNATURE_LENGTH:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, signed_bytes(context, data))
        except (InvalidSignature, ValueError) as error:
            raise bad_signature(context) from error
        return
    raise bad_signature(context)


@dataclass(frozen=True, slots=True)
class Identity:
    """An age identity: `secret` its text (AGE-SECRET-KEY-PQ-1...), `recipient` the public half."""

    secret: str
    recipient: str

    def __repr__(self) -> str:
        """Show the public half only."""
        return f"Identity(recipient={self.recipient[:20]}...)"


@dataclass(frozen=True, slots=True)
class MemberKeys:
    """What one person's seed gives: an age identity to open with and a key to sign with."""

    age: Identity
    signing: SigningKey


def new_identity() -> Identity:
    """Return a random post-quantum age identity."""
    return identity_of(secrets.token_bytes(SEED_LENGTH))


def member_keys(seed: bytes) -> MemberKeys:
    """Derive a person's keys from their 32-byte seed; raises BadKey for another length."""
    _check_seed(seed)
    return MemberKeys(
        identity_of(hkdf(seed, salt=b"", info=b"fanlight/member/age/v1")),
        SigningKey(hkdf(seed, salt=b"", info=b"fanlight/member/sign/v1")),
    )


def case_signing_key(seed: bytes, case_recipient: str) -> SigningKey:
    """Derive the key a resident signs one case's disclosures with.

    Two cases cannot be linked through it, nor it to the person, without the seed.
    """
    _check_seed(seed)
    info = b"fanlight/case-sign/v1" + hashlib.sha256(case_recipient.encode()).digest()
    return SigningKey(hkdf(seed, salt=b"", info=info))


def identity_recipient(secret: str) -> str:
    """Return the recipient text that belongs to an identity text.

    Raises:
        BadKey: not an X25519 or mlkem768x25519 age identity.
    """
    kind, data = identity_bytes(secret)
    if kind == HYBRID_IDENTITY:
        return identity_of(data).recipient
    public = x25519.X25519PrivateKey.from_private_bytes(data).public_key().public_bytes_raw()
    return bech32.encode(X25519_RECIPIENT, public)


def identity_bytes(secret: str) -> tuple[str, bytes]:
    """Return kind (`HYBRID_IDENTITY` or `X25519_IDENTITY`) and the 32 secret bytes of an identity text."""
    kind, data = bech32.decode(secret)
    if not secret.isupper() or kind not in {HYBRID_IDENTITY, X25519_IDENTITY} or len(data) != SEED_LENGTH:
        raise bad_key("it is not an age identity (AGE-SECRET-KEY-PQ-1... or AGE-SECRET-KEY-1...)")
    return kind, data


def identity_of(seed: bytes) -> Identity:
    """Return the post-quantum age identity of 32 secret bytes."""
    lattice, curve = hybrid_parts(seed)
    public = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
    return Identity(bech32.encode(HYBRID_IDENTITY, seed).upper(), bech32.encode(HYBRID_RECIPIENT, public))


def hybrid_parts(seed: bytes) -> tuple[mlkem.MLKEM768PrivateKey, x25519.X25519PrivateKey]:
    """Expand an identity's 32 bytes into its two private keys, as X-Wing does (SHAKE-256, 96 bytes)."""
    expanded = hashlib.shake_256(seed).digest(96)
    return (
        mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        x25519.X25519PrivateKey.from_private_bytes(expanded[64:]),
    )


def _check_seed(seed: bytes) -> None:
    if len(seed) != SEED_LENGTH:
        raise bad_key("a seed has another length than 32 bytes")
