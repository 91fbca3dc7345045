"""Tickets and receipts for the media of public posts: what town and `postmedia` sign to each other.

In:     an Ed25519 seed and what is said; or the other's public key and the text of a header.
Out:    `base64url(JCS) "." base64url(signature)`; Ticket, Receipt.
Holds:  one text is one ticket: another spelling, a further member or a wider number is refused. A ticket
        names no person, no post and no place; a receipt tells nothing that the bytes do not tell.
Raises: BadTicket, BadReceipt, and nothing else, for any text.
Why:    docs/spec/media.md
"""

import base64
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.wire import jcs

HEADER = "Fanlight-Ticket"
PHOTO_BYTES, CLIP_BYTES = 12 << 20, 48 << 20
CLIP_S = 60
PIXELS = 40_000_000
LONGEST = 1_024  # characters of a ticket or a receipt

Act = Literal["put", "see", "show", "hide", "drop"]
Kind = Literal["photo", "clip"]


class BadTicket(FanlightError):
    """A ticket that postmedia does not take: of another form, key, act or thing, or ended."""

    code = "wire.bad_ticket"


class BadReceipt(FanlightError):
    """A receipt that the town does not take."""

    code = "wire.bad_receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The town lets its bearer do one act to one thing.

    Attributes:
        act: put it, see it while it is held, show it to all, drop it for ever.
        media: a random id.
        kind: what is put; beside the other acts it only says what is meant.
        until: it counts before this moment, in whole milliseconds.
    """

    act: Act
    media: str
    kind: Kind
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What postmedia made and holds.

    Attributes:
        media: the id of the ticket.
        kind: photo or clip.
        size: bytes of what is given out; a clip's poster is not counted.
        sha256: 64 hexadecimal digits, of the same bytes.
        width: pixels.
        height: pixels.
        seconds: length of a clip; 0 of a photo.
        alike: 16 hexadecimal digits, a difference hash of the photo or the poster: near ones look alike.
    """

    media: str
    kind: Kind
    size: int
    sha256: str
    width: int
    height: int
    seconds: float
    alike: str


_Id = Annotated[str, msgspec.Meta(pattern="^[a-z2-7]{26}$")]
_Count = Annotated[int, msgspec.Meta(gt=0, lt=1 << 31)]


class _Said(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    v: Literal[1]


class _Ticket(_Said, frozen=True):
    type: Literal["media-ticket"]
    act: Act
    media: _Id
    kind: Kind
    until: str


class _Receipt(_Said, frozen=True):
    type: Literal["media-receipt"]
    media: _Id
    kind: Kind
    size: _Count
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    width: _Count
    height: _Count
    seconds: Annotated[float, msgspec.Meta(ge=0, le=CLIP_S)]
    alike: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]


def public_half(seed: bytes) -> bytes:
    """Return the 32 bytes of the public key of a 32-byte seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def write_ticket(seed: bytes, ticket: Ticket) -> str:
    """Return a ticket as the header carries it."""
    return _sign(
        seed,
        {
            "v": 1,
            "type": "media-ticket",
            "act": ticket.act,
            "media": ticket.media,
            "kind": ticket.kind,
            "until": clock.to_text(ticket.until),
        },
    )


def read_ticket(public: bytes, text: str, *, act: Act, media: str, now: datetime) -> Ticket:
    """Return the ticket in `text`; raises BadTicket unless it lets do `act` to `media` at `now`."""
    try:
        said = msgspec.convert(_open(public, text), _Ticket)
        until = clock.from_text(said.until)
    except (ValueError, FanlightError) as error:
        raise _bad_ticket() from error
    if (said.act, said.media) != (act, media):
        raise _bad_ticket()
    if now >= until:
        raise BadTicket(
            "This ticket has ended.", kept="Nothing was kept or changed.", do="Ask the town for a new one."
        )
    return Ticket(act=act, media=media, kind=said.kind, until=until)


def write_receipt(seed: bytes, receipt: Receipt) -> str:
    """Return a receipt as postmedia's answer carries it."""
    return _sign(seed, {"v": 1, "type": "media-receipt", **asdict(receipt)})


def read_receipt(public: bytes, text: str) -> Receipt:
    """Return the receipt in `text`; raises BadReceipt unless it is whole and signed by `public`."""
    try:
        said = msgspec.convert(_open(public, text), _Receipt)
    except (ValueError, FanlightError) as error:
        raise _bad_receipt() from error
    if (said.kind == "clip") != (said.seconds > 0):
        raise _bad_receipt()
    return Receipt(**{name: getattr(said, name) for name in Receipt.__slots__})


def _sign(seed: bytes, said: dict[str, Any]) -> str:
    body = jcs.dumps(said)
    return f"{_b64(body)}.{_b64(Ed25519PrivateKey.from_private_bytes(seed).sign(body))}"


def _open(public: bytes, text: str) -> dict[str, Any]:
    """Return what was signed; raises ValueError or BadJson."""
    body, dot, signature = text.partition(".")
    if not dot or len(text) > LONGEST:
        raise ValueError("not a signed text")
    data = _unb64(body)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(_unb64(signature), data)
    except InvalidSignature as error:
        raise ValueError("another signature") from error
    return jcs.loads(data)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _b64(data) != text:
        raise ValueError("not canonical base64url")
    return data


def _bad_ticket() -> BadTicket:
    return BadTicket(
        "This ticket is not one of the town's for this.",
        kept="Nothing was kept or changed.",
        do="Ask the town for a new one.",
    )


def _bad_receipt() -> BadReceipt:
    return BadReceipt(
        "This receipt is not one of the place that keeps pictures for this town.",
        kept="The picture, if there is one, stays there and nobody sees it.",
        do="Send the picture again.",
    )
