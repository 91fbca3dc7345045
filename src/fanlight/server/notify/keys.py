"""The town's keys for pushes: `server/push.key` (0600), made once.

Holds:  the P-256 key that signs as this town, and the key under which tickets are encrypted. Neither reads
        a push. Without the file, browsers must subscribe anew.
"""

import base64
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from fanlight.model.errors import FanlightError
from fanlight.store.files import write_private
from fanlight.wire import b64

FILE = "server/push.key"


class PushKeysUnreadable(FanlightError):
    """The town's keys for pushes are not what it wrote, or cannot be written."""

    code = "notify.keys_unreadable"


class _Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    signing: str
    tickets: str


@dataclass(frozen=True)
class PushKeys:
    """`signing` is the VAPID key; `tickets` 32 bytes."""

    signing: ec.EllipticCurvePrivateKey = field(repr=False)
    tickets: bytes = field(repr=False)

    @cached_property
    def public(self) -> str:
        """The public half as browsers take it: 65 bytes, base64url without padding."""
        point = self.signing.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return b64url(point)


def b64url(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def load_keys(home: Path) -> PushKeys:
    """Return the town's keys for pushes, making them on the first call.

    Raises:
        PushKeysUnreadable: they cannot be written, or what is there is not what a server wrote.
    """
    path = home / FILE
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
                Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
            )
            stored = _Stored(b64.encode(made), b64.encode(secrets.token_bytes(32)))
            write_private(path, msgspec.json.encode(stored))
        stored = msgspec.json.decode(path.read_bytes(), type=_Stored)
        signing = load_der_private_key(b64.decode(stored.signing), None)
        tickets = b64.decode(stored.tickets)
    except (OSError, ValueError, TypeError, FanlightError) as error:
        raise _unreadable(path) from error
    if not isinstance(signing, ec.EllipticCurvePrivateKey) or len(tickets) != 32:  # noqa: PLR2004 - AES-256
        raise _unreadable(path)
    return PushKeys(signing, tickets)


def _unreadable(path: Path) -> PushKeysUnreadable:
    return PushKeysUnreadable(
        f"The town's keys for alerts cannot be read or written: {path}.",
        kept="Everything else is still there.",
        do="Restore that file from a backup, or move it away; then each browser switches alerts on anew.",
    )
