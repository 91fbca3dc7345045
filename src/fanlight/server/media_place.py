"""Where the media of public posts are, and the keys by which town and place know each other.

In:     the state folder; the place's address and public half, from who starts the server.
Out:    Place; `server/media-ticket.key` (0600), made once.
Holds:  the town has the key of tickets and only the public half of receipts: it can make no receipt.
Absent: the place itself (fanlight.postmedia).
Why:    docs/spec/media.md, docs/design/media.md
"""

import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from fanlight.model.errors import FanlightError
from fanlight.server.errors import Unavailable
from fanlight.store.files import write_private
from fanlight.wire import b64
from fanlight.wire.b64 import BadBase64
from fanlight.wire.media import public_half

KEY = "server/media-ticket.key"
_ORIGIN = re.compile(r"^https?://[a-z0-9.-]+(:\d{1,5})?$|^https?://\[[0-9a-f:]+\](:\d{1,5})?$")
_KEY_BYTES = 32


class BadMediaPlace(FanlightError):
    """The place of the media, or the town's key for it, is not usable."""

    code = "media.bad_place"


class NoMediaPlace(Unavailable):
    """This town keeps no media of posts."""

    code = "media.no_place"


@dataclass(frozen=True, slots=True)
class Place:
    """Where `fanlight postmedia` answers browsers, and the keys.

    Attributes:
        url: scheme, host and port; browsers and this server use the same.
        tickets: seed of the town's Ed25519 key for tickets.
        receipts: public half of the place's key for receipts.
    """

    url: str
    tickets: bytes = field(repr=False)
    receipts: bytes


def ticket_key(home: Path) -> bytes:
    """Return the seed of the town's key for tickets, making it on the first call; raises BadMediaPlace."""
    path = home / KEY
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(path, b64.encode(secrets.token_bytes(_KEY_BYTES)).encode() + b"\n")
        return _key(path.read_text("ascii").strip())
    except (OSError, ValueError, BadBase64) as error:
        raise BadMediaPlace(
            f"The town's key for pictures of posts cannot be read or written: {path}.",
            kept="Everything else is still there.",
            do="Restore that file from a backup, or move it away and tell the pictures' place the new key.",
        ) from error


def ticket_public(home: Path) -> str:
    """Return the base64 public half that the place is started with; raises BadMediaPlace."""
    return b64.encode(public_half(ticket_key(home)))


def read_place(home: Path, url: str, receipts: str) -> Place:
    """Return the place that a server is started with.

    Args:
        home: the state folder.
        url: scheme, host and port.
        receipts: base64 of the public half of the place's key.

    Raises:
        BadMediaPlace: an address with more to it, or no key.
    """
    if not _ORIGIN.match(url):
        raise _not_given()
    try:
        return Place(url, ticket_key(home), _key(receipts))
    except (ValueError, BadBase64) as error:
        raise _not_given() from error


def _not_given() -> BadMediaPlace:
    return BadMediaPlace(
        "The place of the pictures is not given as it should be.",
        kept="Nothing was started.",
        do="Give --media http(s)://HOST[:PORT], and --media-key with the key that `fanlight postmedia` says.",
    )


def needed(place: Place | None) -> Place:
    """Return the place; raises NoMediaPlace without one."""
    if place is None:
        raise NoMediaPlace(
            "This town keeps no pictures of posts.", do="Post without one, or ask who runs the town."
        )
    return place


def _key(text: str) -> bytes:
    key = b64.decode(text)
    if len(key) != _KEY_BYTES:
        raise ValueError("another length")
    return key
