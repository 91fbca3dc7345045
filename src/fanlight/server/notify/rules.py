"""Which endpoints this server may call. Pure.

Holds:  https on port 443, a name or address of the open internet, no user, no fragment. What a name leads to
        is looked at again, address by address, when it is called (`calling`).
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from fanlight.server.errors import Malformed

BODY_BYTES = 3_072
MAX_ENDPOINT = 1_024
BEHEST_BYTES = 32 * 1024
BEHESTS_A_HOUSEHOLD = 32
_PORT = 443
_URL = re.compile(r"https?://[\x21\x23-\x5b\x5d\x5f\x61-\x7a\x7e]+")
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a push goes. `origin` is scheme, host and a port that is not the scheme's own."""

    url: str
    origin: str
    host: str


def read_endpoint(text: str, *, private: bool = False) -> Endpoint:
    """Return an endpoint after checking its form.

    Args:
        text: as a browser gave it.
        private: also take `http:`, other ports and addresses inside a network: a push service of one's own.

    Raises:
        Malformed: this server does not call such an address.
    """
    if len(text) > MAX_ENDPOINT or not _URL.fullmatch(text):
        raise _bad()
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise _bad() from error
    if not host or "@" in parts.netloc or parts.fragment or "%" in host:
        raise _bad()
    if not private:
        if parts.scheme != "https" or port not in {None, _PORT}:
            raise _bad()
        literal = as_address(host)
        if literal is not None and not is_public(literal):
            raise _bad()
    own = {"https": _PORT, "http": 80}[parts.scheme]
    named = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{named}" + ("" if port in {None, own} else f":{port}")
    return Endpoint(text, origin, host)


def as_address(host: str) -> Address | None:
    """Return the address that a host is, None if it is a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the open internet, whatever it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.sixtofour is not None or address.teredo is not None:
            return False
        if any(address in net for net in _NAT64) or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _bad() -> Malformed:
    return Malformed(
        "Alerts cannot be sent to the address that this browser named.",
        do="Use a browser whose alerts go over the open internet by https.",
        code="notify.bad_endpoint",
    )
