"""An owner's word that a household is over: its hubs destroy what they hold.

In:     the newest page of the book, its hubs, an owner's key; or the word as a hub gets it.
Out:    the exact bytes that are signed; words read strictly.
Holds:  a word is for one household as a page has it that the hub's newest is not beyond, for the hubs that it
        names, and for LIFE: no other household's, no earlier one and nothing that a server makes up counts.
Absent: the wiping (`hub.wiping`). How the word gets there: the server carries it, sealed to the hubs. What a
        server can do that kept newer pages from the hub: docs/design/threats.md.
Why:    docs/spec/seal.md, "The end of a household"
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from fanlight.model.errors import FanlightError
from fanlight.seal import keys, sealing
from fanlight.seal.epoch import Epoch, altered
from fanlight.seal.errors import malformed
from fanlight.seal.keys import SigningKey
from fanlight.seal.roll import public_key
from fanlight.wire import b64, jcs

CONTEXT = "end"
LIFE = timedelta(days=30)  # a word that was given up, and that a server kept, is not for ever
_APART = timedelta(days=1)  # of a browser's clock and a hub's


def place_of(household: str) -> str:
    """Return under which name a server keeps a household's last word: it does not name the household."""
    return hashlib.sha256(f"fanlight/farewell/v1\n{household}".encode()).hexdigest()


def say(newest: Epoch, hubs: Sequence[tuple[bytes, str]], signer: SigningKey, day: date) -> bytes:
    """Return an owner's word, sealed to the household's hubs.

    Args:
        newest: the newest page of the book.
        hubs: public halves, Ed25519 key and age recipient, of at least one.
        signer: an owner's key.
        day: today, UTC.
    """
    return sealing.seal(word(newest, [key for key, _ in hubs], signer, day), [to for _, to in hubs])


def word(newest: Epoch, hubs: Iterable[bytes], signer: SigningKey, day: date) -> bytes:
    """Return the word before it is sealed."""
    statement = jcs.dumps(
        {
            "v": 1,
            "type": "end",
            "household": newest.statement.household,
            "n": newest.statement.n,
            "head": newest.chain_hash.hex(),
            "day": day.isoformat(),
            "by": b64.encode(signer.public),
            "hubs": sorted(b64.encode(sign_pub) for sign_pub in hubs),
        }
    )
    return jcs.dumps({"statement": statement.decode(), "sig": b64.encode(signer.sign(CONTEXT, statement))})


def check(  # noqa: PLR0913 - each is a different fact, all by keyword
    opened: bytes, *, newest: Epoch | None, owners: Iterable[bytes], household: str, hub: bytes, today: date
) -> None:
    """Check a word as it was opened; return if this hub is to destroy what it holds.

    A hub that was away when pages were added takes a word over one of them by an owner whom it knows.

    Args:
        opened: the plaintext.
        newest: the newest page that this hub accepted.
        owners: keys of the owners, by that page.
        household: this hub's.
        hub: this hub's Ed25519 key.
        today: by the hub's clock, UTC.

    Raises:
        Malformed: it has another form. BadSignature: who it names did not sign it. Altered: it is another
            household's or an earlier page's, of another time, names other hubs, or no owner gave it.
    """
    try:
        said = msgspec.convert(jcs.loads(opened), _Word, strict=True)
        read = msgspec.convert(jcs.loads(said.statement.encode()), _Statement, strict=True)
        by, sig, hubs = public_key(read.by), b64.decode(said.sig), [public_key(one) for one in read.hubs]
    except (msgspec.ValidationError, FanlightError, ValueError) as error:
        raise malformed("it is not the last word of a household") from error
    keys.verify(by, CONTEXT, said.statement.encode(), sig)
    if read.household != household or newest is None or not _is_of(read, newest):
        raise altered("The last word is another household's, or of an earlier list.")
    if not -_APART <= today - read.day <= LIFE:
        raise altered("The last word is of another time.")
    if by not in set(owners):
        raise altered("Somebody who is no owner gave the last word.")
    if hub not in hubs:
        raise altered("The last word names other hubs.")


def _is_of(read: "_Statement", newest: Epoch) -> bool:
    """Tell whether the word is over this page, or over one that would follow it."""
    here = newest.statement.n
    return read.n > here or (read.n == here and bytes.fromhex(read.head) == newest.chain_hash)


class _Word(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    statement: str
    sig: str


class _Statement(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    v: Literal[1]
    type: Literal["end"]
    household: Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]
    n: Annotated[int, Meta(ge=0, le=1 << 30)]
    head: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    day: date
    by: str
    hubs: Annotated[list[str], Meta(min_length=1, max_length=8)]
