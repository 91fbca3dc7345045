"""What the vault takes, how long it keeps it, and how much of it. Pure; nothing here can read a clip."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from fanlight.model.errors import FanlightError
from fanlight.model.ids import is_id
from fanlight.seal.age_format import CHUNK_SEALED, NONCE_LENGTH, TAG_LENGTH
from fanlight.seal.container import Card, open_card
from fanlight.seal.errors import SealError
from fanlight.server.errors import Conflict, Malformed, NotFound, ServerError
from fanlight.store.blobs import key_of
from fanlight.wire import b64

MAX_PAYLOAD = 1 << 30
MAX_HEADER = 16 * 1024
MAX_MANIFEST = 8 * 1024 * 1024
MAX_ANEW = 64 * 1024  # a header sealed to each member of a full household takes half of it
NOTE_LENGTH = 12 + 2048 + 16  # bytes; docs/spec/seal.md
AGE_FIRST_LINE = b"age-encryption.org/v1\n"
KEEP_DAYS, MOST_KEEP_DAYS = 14, 365
SHELF = "clips"
_DAYS_BACK = 60
_GIB = 1 << 30


class QuotaFull(ServerError):
    """The household's space is used up. The hub keeps its clips and sends them when there is room."""

    code = "vault.quota_full"
    status = 507


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """All that the server sees of a clip before its payload comes. `card` is canonical JSON."""

    card: bytes
    sig: bytes
    manifest: bytes
    hdr: bytes


def age_part(text: str) -> bytes:
    """Return what begins an age file, from base64; raises Malformed."""
    try:
        part = b64.decode(text)
    except FanlightError as error:
        raise bad_clip("a part is not base64") from error
    if not part.startswith(AGE_FIRST_LINE):
        raise bad_clip("header or manifest is no age file")
    return part


def check_clip(clip: str, outside: Outside, public: bytes, today: date) -> Card:
    """Return the card of a clip that fits its parts; raises Malformed with the reason, or Conflict."""
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
    if read.day > today + timedelta(days=1):  # a hub's day may be ahead of ours
        raise day_ahead()
    if read.day < today - timedelta(days=_DAYS_BACK):
        raise bad_clip("its day is too far from today")
    return read


def check_length(length: int) -> None:
    """Raise Malformed unless an age payload can have this length."""
    last = (length - NONCE_LENGTH) % CHUNK_SEALED
    if not NONCE_LENGTH + TAG_LENGTH <= length <= MAX_PAYLOAD or 0 < last < TAG_LENGTH:
        raise bad_clip("no sealed payload has this length")


def last_expired(today: date, keep_days: int) -> date:
    """Return the latest day whose clips are gone today, where a household keeps `keep_days` whole days.

    >>> last_expired(date(2026, 11, 22), 14)
    datetime.date(2026, 11, 7)

    With 0 nothing is kept at all, also nothing of a hub whose clock is a day ahead.
    """
    return today + timedelta(days=1) if keep_days == 0 else today - timedelta(days=keep_days + 1)


def check_kept(day: date, today: date, keep_days: int) -> None:
    """Raise Conflict if a household keeps nothing of `day` any more."""
    if day <= last_expired(today, keep_days):
        raise past_days()


def past_days() -> Conflict:
    """Return the error for a clip of a day of which a household keeps nothing."""
    return Conflict(
        "Your household keeps no clips of that day at the server.",
        kept="The recording at home is as it was.",
        do="Drop it. An owner may choose for how many days clips stay.",
        code="vault.past_days",
    )


def day_ahead() -> Conflict:
    """Return the error for a clip of a day that is still to come: hub or server has its clock wrong."""
    return Conflict(
        "The clip is of a day that is still to come.",
        kept="The clips before it are stored; this one is still at the hub.",
        do="Look at the clocks of hub and server, and send it again later.",
        code="vault.day_ahead",
    )


def check_room(used: int, more: int, quota: int) -> None:
    """Raise QuotaFull if `more` bytes do not fit into a household's space."""
    if used + more > quota:
        raise QuotaFull(
            f"Your household's space at the server is full ({quota / _GIB:.3g} GiB).",
            kept="All stored clips are there. New ones wait at your hub; none is lost.",
            do="Erase clips, keep fewer of them for good, or keep the others for fewer days.",
        )


def blob_of(clip: str, *, old_place: bool = False) -> str:
    """Return the key of a clip's payload; `old_place` as an earlier Fanlight stored it."""
    return key_of(clip) if old_place else key_of(clip, SHELF)


def checked_id(clip: str) -> str:
    """Return a clip's id as an address gave it; raises NotFound for what cannot be one."""
    if not is_id(clip):
        raise no_clip()
    return clip


def no_clip() -> NotFound:
    """Return the error for a clip that is not there, or not this household's."""
    return NotFound("There is no such clip.", do="Load the list again.", code="vault.no_clip")


def bad_clip(why: str) -> Malformed:
    """Return the error for a clip that does not fit together; `why` is half a sentence."""
    return Malformed(
        f"The clip was not taken: {why}.",
        kept="The clips before it are stored.",
        do="Keep it at the hub and look at the hub's log.",
        code="vault.bad_clip",
    )
