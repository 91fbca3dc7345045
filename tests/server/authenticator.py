"""A passkey in software, as an authenticator and a browser make it together: real bytes, real signatures."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


def url64(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_url64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One passkey, made when `create` is called. What it says can be bent for a test.

    Attributes:
        origin: the page's, as the browser writes it.
        flags: what is said of the person: present, verified, and that the passkey is copied to a cloud.
        kind: ES256 or EdDSA.
    """

    origin: str = "http://localhost:8420"
    rp_id: str = "localhost"
    flags: int = PRESENT | VERIFIED | ELIGIBLE | BACKED_UP
    kind: str = "ES256"
    count: int = 0
    cross_origin: bool = False
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(20))
    user: bytes = b""

    def __post_init__(self) -> None:
        """Make its keys."""
        self._ec = ec.generate_private_key(ec.SECP256R1())
        self._ed = Ed25519PrivateKey.generate()

    def create(self, options: dict[str, Any], **change: Any) -> dict[str, Any]:
        """Return RegistrationResponseJSON for creation options."""
        self.user = from_url64(options["user"]["id"])
        client = self._client("webauthn.create", options["challenge"])
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + self._cose()
        data = self._data(self.flags | ATTESTED) + attested
        statement = {"fmt": "none", "attStmt": {}, "authData": data}
        response = {"clientDataJSON": url64(client), "attestationObject": url64(cbor2.dumps(statement))}
        return self._answer({**response, "transports": ["internal"]}, change)

    def get(self, options: dict[str, Any], **change: Any) -> dict[str, Any]:
        """Return AuthenticationResponseJSON for request options."""
        client = self._client("webauthn.get", options["challenge"])
        if self.count:
            self.count += 1
        data = self._data(self.flags)
        signature = self._sign(data + hashlib.sha256(client).digest())
        response = {
            "clientDataJSON": url64(client),
            "authenticatorData": url64(data),
            "signature": url64(signature),
            "userHandle": url64(self.user),
        }
        return self._answer(response, change)

    def _answer(self, response: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": url64(self.credential),
            "rawId": url64(self.credential),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
            **change,
        }

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin}
        return json.dumps(said).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _cose(self) -> bytes:
        if self.kind == "EdDSA":
            return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: self._ed.public_key().public_bytes_raw()})
        point = self._ec.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _sign(self, data: bytes) -> bytes:
        if self.kind == "EdDSA":
            return self._ed.sign(data)
        return self._ec.sign(data, ec.ECDSA(hashes.SHA256()))
