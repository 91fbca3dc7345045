"""What a clip must look like from outside before the vault takes it. Pure; nothing here can read it."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from fanlight.seal.age_format import CHUNK_SEALED, NONCE_LENGTH, TAG_LENGTH
from fanlight.seal.container import Card, open_card
from fanlight.seal.errors import SealError
from fanlight.server.errors import Malformed

MAX_PAYLOAD = 1 << 30
MAX_HEADER = 16 * 1024
MAX_MANIFEST = 8 * 1024 * 1024
AGE_FIRST_LINE = b"age-encryption.org/v1\n"
_DAYS_BACK = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """All that the server sees of a clip before its payload comes. `card` is canonical JSON."""

    card: bytes
    sig: bytes
    manifest: bytes
    hdr: bytes


def check_clip(clip: str, outside: Outside, public: bytes, today: date) -> Card:
    """Return the card of a clip that fits its parts; raises Malformed with the reason."""
    try:
        read = open_card(outside.card, outside.sig, public)
    except SealError as error:
        raise bad_clip("the card is not one this hub signed") from error
    if read.clip != clip:
        raise bad_clip("the card is another clip's")
    if hashlib.sha256(outside.manifest).digest() != read.manifest_sha256:
        raise bad_clip("the card names another manifest")
    if not all(part.startswith(AGE_FIRST_LINE) for part in (outside.manifest, outside.hdr)):
        raise bad_clip("header or manifest is no age file")
    check_length(read.length)
    if not today - timedelta(days=_DAYS_BACK) <= read.day <= today + timedelta(days=1):
        raise bad_clip("its day is too far from today")
    return read


def check_length(length: int) -> None:
    """Raise Malformed unless an age payload can have this length."""
    last = (length - NONCE_LENGTH) % CHUNK_SEALED
    if not NONCE_LENGTH + TAG_LENGTH <= length <= MAX_PAYLOAD or 0 < last < TAG_LENGTH:
        raise bad_clip("no sealed payload has this length")


def bad_clip(why: str) -> Malformed:
    """Return the error for a clip that does not fit together; `why` is half a sentence."""
    return Malformed(
        f"The clip was not taken: {why}.",
        kept="The clips before it are stored.",
        do="Keep it at the hub and look at the hub's log.",
        code="vault.bad_clip",
    )
