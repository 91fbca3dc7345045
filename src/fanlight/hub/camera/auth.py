"""User name and password for a camera: Basic and Digest.

In:     the `WWW-Authenticate` headers of a 401, never trusted.
Out:    the `Authorization` header of the next try.
Holds:  a password leaves only inside that header, and by Basic only if the camera offers nothing better.
Source: RFC 7616 (MD5, SHA-256, qop auth), RFC 7617, RFC 2617 as RTSP/1.0 uses it.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_PAIR = re.compile(r'([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
_ALGORITHMS: dict[str, tuple[int, Callable[[bytes], str]]] = {
    "md5": (1, lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest()),
    "sha-256": (2, lambda data: hashlib.sha256(data).hexdigest()),
}


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a camera asks for. `strength` orders offers: Basic 0, MD5 1, SHA-256 2."""

    strength: int
    realm: str
    nonce: str = ""
    opaque: str | None = None
    algorithm: str = ""
    qop: bool = False


def best_challenge(headers: Sequence[str]) -> Challenge | None:
    """Return the strongest offer that we can answer, or None."""
    offers = [offer for header in headers if (offer := _read(header)) is not None]
    return max(offers, key=lambda offer: offer.strength, default=None)


def _read(header: str) -> Challenge | None:
    scheme, _, rest = header.strip().partition(" ")
    fields = {name.lower(): quoted or plain for name, quoted, plain in _PAIR.findall(rest)}
    realm = fields.get("realm", "")
    if scheme.lower() == "basic":
        return Challenge(0, realm)
    algorithm = fields.get("algorithm", "MD5")
    if scheme.lower() != "digest" or algorithm.lower() not in _ALGORITHMS or "nonce" not in fields:
        return None
    offered = [word.strip().lower() for word in fields.get("qop", "").split(",")]
    return Challenge(
        strength=_ALGORITHMS[algorithm.lower()][0],
        realm=realm,
        nonce=fields["nonce"],
        opaque=fields.get("opaque"),
        algorithm=algorithm if "algorithm" in fields else "",
        qop="auth" in offered,
    )


def answer(challenge: Challenge, asks: tuple[str, str], user: str, password: str, *, count: int = 1) -> str:
    """Return the value of the `Authorization` header for one request.

    Args:
        challenge: what the camera asked for.
        asks: method and URI of the request, exactly as they are sent.
        user: user name.
        password: password.
        count: how often this nonce was used, this time included.
    """
    method, uri = asks
    if challenge.strength == 0:
        return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    digest = _ALGORITHMS[(challenge.algorithm or "md5").lower()][1]
    secret = digest(f"{user}:{challenge.realm}:{password}".encode())
    asked = digest(f"{method}:{uri}".encode())
    fields = [
        ("username", user), ("realm", challenge.realm), ("nonce", challenge.nonce), ("uri", uri),
    ]  # fmt: skip
    tail = ""
    if challenge.qop:
        cnonce = secrets.token_hex(8)
        response = digest(f"{secret}:{challenge.nonce}:{count:08x}:{cnonce}:auth:{asked}".encode())
        tail = f', qop=auth, nc={count:08x}, cnonce="{cnonce}"'
    else:
        response = digest(f"{secret}:{challenge.nonce}:{asked}".encode())
    fields.append(("response", response))
    if challenge.opaque is not None:
        fields.append(("opaque", challenge.opaque))
    text = ", ".join(f'{name}="{value}"' for name, value in fields)
    algorithm = f", algorithm={challenge.algorithm}" if challenge.algorithm else ""
    return f"Digest {text}{algorithm}{tail}"


def expected(challenge: Challenge, method: str, user: str, password: str, header: str) -> bool:
    """Tell whether an `Authorization` header answers `challenge`: the camera's side of it."""
    scheme, _, rest = header.strip().partition(" ")
    fields = {name.lower(): quoted or plain for name, quoted, plain in _PAIR.findall(rest)}
    if scheme.lower() != "digest" or fields.get("nonce") != challenge.nonce or fields.get("username") != user:
        return False
    digest = _ALGORITHMS[(challenge.algorithm or "md5").lower()][1]
    secret = digest(f"{user}:{challenge.realm}:{password}".encode())
    asked = digest(f"{method}:{fields.get('uri', '')}".encode())
    middle = f"{fields.get('nc', '')}:{fields.get('cnonce', '')}:auth:" if "qop" in fields else ""
    response = digest(f"{secret}:{challenge.nonce}:{middle}{asked}".encode())
    return secrets.compare_digest(response.encode(), fields.get("response", "").encode())
