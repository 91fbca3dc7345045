"""Tickets: an endpoint, encrypted under a key of the server, held by hubs and by nobody else.

Holds:  the server keeps no endpoint; who holds a ticket can have a body posted, and learns nothing from it.
"""

import base64
import binascii
import re
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fanlight.server.errors import Malformed
from fanlight.server.notify.keys import b64url
from fanlight.server.notify.rules import MAX_ENDPOINT

MAX_TICKET = 1_500
_NONCE = 12
_CONTEXT = b"fanlight/ticket/v1"
_FORM = re.compile(r"[A-Za-z0-9_-]+")
_STEP = 256


def seal_ticket(key: bytes, endpoint: str) -> str:
    """Return the ticket of an endpoint; its length tells the endpoint's to 256 bytes only."""
    data = endpoint.encode()
    padded = data.ljust(min(-(-len(data) // _STEP) * _STEP, MAX_ENDPOINT), b" ")
    nonce = secrets.token_bytes(_NONCE)
    return b64url(nonce + AESGCM(key).encrypt(nonce, padded, _CONTEXT))


def plain(key: bytes, ticket: str) -> str:
    """Return a ticket in the one spelling that it was given in; raises as `open_ticket`.

    The last letter of base64 has bits to spare: what is counted by the text could be counted anew.
    """
    open_ticket(key, ticket)
    return b64url(_data(ticket))


def open_ticket(key: bytes, ticket: str) -> str:
    """Return the endpoint of a ticket; raises Malformed for one that this server did not make."""
    try:
        if not _FORM.fullmatch(ticket):
            raise _bad()
        data = _data(ticket)
        return AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], _CONTEXT).decode().rstrip(" ")
    except (binascii.Error, ValueError, InvalidTag) as error:
        raise _bad() from error


def _data(ticket: str) -> bytes:
    return base64.urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))


def _bad() -> Malformed:
    return Malformed(
        "This is no ticket of this server.",
        do="Switch alerts on anew in the browser they are for.",
        code="notify.bad_ticket",
    )
