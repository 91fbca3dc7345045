"""Who sends: the header with which a push service knows this town (RFC 8292). Pure but for the signature.

Holds:  one token serves all endpoints of one origin for half a day: it says nothing of whom a push is for.
"""

import json
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from fanlight.server.notify.keys import PushKeys, b64url

LIFE = timedelta(hours=12)
_RENEW = timedelta(hours=1)
_MOST_ORIGINS = 256
_COORDINATE = 32


class Vapid:
    """Signs for the origins of push services."""

    def __init__(self, keys: PushKeys, contact: str) -> None:
        """Sign with `keys`; `contact` (`mailto:` or `https:`) is whom a push service may write to."""
        self._keys, self._contact = keys, contact
        self._known: dict[str, tuple[datetime, str]] = {}

    def authorization(self, origin: str, now: datetime) -> str:
        """Return the header `Authorization` for an origin such as `https://push.example`."""
        known = self._known.get(origin)
        if known is not None and known[0] - now > _RENEW:
            return known[1]
        if len(self._known) >= _MOST_ORIGINS:
            self._known.clear()
        ends = now + LIFE
        claims: dict[str, object] = {"aud": origin, "exp": int(ends.timestamp()), "sub": self._contact}
        signed = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(claims)}"
        r, s = utils.decode_dss_signature(self._keys.signing.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        signature = b64url(r.to_bytes(_COORDINATE, "big") + s.to_bytes(_COORDINATE, "big"))
        header = f"vapid t={signed}.{signature}, k={self._keys.public}"
        self._known[origin] = (ends, header)
        return header


def _part(value: dict[str, object]) -> str:
    return b64url(json.dumps(value, separators=(",", ":")).encode())
