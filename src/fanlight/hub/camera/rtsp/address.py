"""The address of a camera, taken apart once.

In:     `rtsp://user:password@host:port/path`, or `rtsps://` for TLS.
Out:    where to connect, and the same address without its credentials.
Holds:  user and password are in `Address` only, and not in its text form.
Why:    cameras sign their own certificates, so nobody can vouch for one. `#sha256=HEX` after the address
        names the one certificate that is right; without it TLS keeps listeners out but not a liar, and
        the password is then answered by Digest only, never sent (`pinned`).
"""

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from fanlight.hub.camera.errors import CameraUnreachable

_PORTS = {"rtsp": 554, "rtsps": 322}
_PIN = re.compile(r"sha256=([0-9a-fA-F]{64})")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a camera is. `uri` carries no credentials; `pin` is the SHA-256 of its certificate, or empty."""

    host: str
    port: int
    tls: bool
    uri: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    pin: bytes = b""

    def redirected(self, url: str) -> "Address":
        """Return the address that an answer points to.

        Credentials go along to the same host only, and not from TLS to none.

        Raises:
            CameraUnreachable: it makes no sense.
        """
        other = read_address(url)
        trusted = other.host == self.host and other.tls >= self.tls
        user, password = (self.user, self.password) if trusted else ("", "")
        pin = self.pin if trusted and other.tls else b""
        return Address(other.host, other.port, other.tls, other.uri, user, password, pin)


def read_address(url: str) -> Address:
    """Take an address apart.

    Raises:
        CameraUnreachable: it is none. The message repeats no part of it.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        parts, host, port = SplitResult("", "", "", "", ""), "", 0
    pin = _PIN.fullmatch(parts.fragment)
    if not host or not port or set(url) & set("\r\n\t ") or (parts.fragment and not pin):
        raise CameraUnreachable(
            "The camera's address cannot be read.",
            kept="What was recorded before is kept.",
            do="Write it as rtsp://name:password@host/path, special characters percent-encoded.",
        )
    shown = f"[{host}]" if ":" in host else host
    query = f"?{parts.query}" if parts.query else ""
    return Address(
        host=host,
        port=port,
        tls=parts.scheme == "rtsps",
        uri=f"{parts.scheme}://{shown}:{port}{parts.path}{query}",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        pin=bytes.fromhex(pin[1]) if pin else b"",
    )
