"""The household's book: who may write the next epoch, what a reader accepts, and when a recovery counts.

In:     epochs as the server hands them out, what this reader knew before, and its clock.
Out:    the chain that counts; the recovery that still waits; the next epoch.
Holds:  an epoch counts only if an owner of the one before it signed it, or that one's recovery key did and
        this reader saw it 24 h ago; what a reader once accepted cannot be taken back or replaced.
Absent: opening of secrets and notes (`reading`), disks, and the clock itself.
Why:    docs/spec/seal.md, "The household's book"
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from fanlight.seal import keys, sealing
from fanlight.seal.container import sha256
from fanlight.seal.epoch import Book, Epoch, Statement, altered, check_epoch, check_place
from fanlight.seal.errors import BadSignature
from fanlight.seal.keys import Identity, SigningKey
from fanlight.seal.notes import Notes
from fanlight.seal.roll import READERS, Roll

RECOVERY_WAIT = timedelta(hours=24)
Author = Literal["owner", "recovery"]


@dataclass(frozen=True, slots=True)
class Pin:
    """The newest epoch that a reader accepted: its number and the hash of its statement (the head)."""

    n: int
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a reader brings along.

    Attributes:
        trusted: signing keys that it knows from elsewhere than the server: its own, the one that the hub was
            paired with, the inviter's. Where there are some, one of them must have signed into the chain.
        pin: what it accepted last.
        seen: when it first saw each recovery that did not count yet, by the statement's hash; aware.
    """

    trusted: Collection[bytes] = ()
    pin: Pin | None = None
    seen: Mapping[bytes, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What a reader takes from the server's list.

    Attributes:
        chain: the epochs that count, oldest first.
        waiting: a recovery that follows them and does not count yet; None if there is none.
        counts_from: when it will, unless an owner signs another epoch before.
        known: what to bring along next time.
    """

    chain: tuple[Epoch, ...]
    waiting: Epoch | None
    counts_from: datetime | None
    known: Known


def next_epoch(  # noqa: PLR0913 - each is a different fact, all by keyword
    *, household: str, after: Epoch | None, roll: Roll, notes: Notes, signer: SigningKey, day: date
) -> tuple[Identity, Epoch]:
    """Make the epoch that follows `after` (None: the first) for everybody of `roll`.

    Args:
        household: its id.
        after: the newest epoch that counts, of either version.
        roll: everybody of the household from now on.
        notes: names, guests' cameras, and why there is a new epoch.
        signer: an owner's key; the sheet's for a recovery.
        day: today, UTC.

    Returns:
        The new identity, and the signed epoch.

    Raises:
        Malformed: the notes speak of somebody who is not of the roll.
        Altered: `check_next` would refuse it, for instance because the signer is no owner.
    """
    identity = keys.new_identity()
    sealed = sealing.seal(identity.secret.encode() + b"\n", roll.secret_recipients)
    private = sealing.seal(notes.to_bytes(roll), roll.notes_recipients)
    statement = Statement(
        household=household,
        n=0 if after is None else after.statement.n + 1,
        prev=None if after is None else after.chain_hash,
        recipient=identity.recipient,
        sealed_sha256=sha256(sealed),
        book=Book(roll=roll, by=signer.public, day=day, private_sha256=sha256(private)),
    )
    signed = statement.to_bytes()
    made = Epoch(
        statement=statement,
        statement_bytes=signed,
        sig=signer.sign("epoch", signed),
        sealed=sealed,
        private=private,
    )
    check_next(made, after, household=household, owner=signer.public)
    return identity, made


def check_next(made: Epoch, after: Epoch | None, *, household: str, owner: bytes | None = None) -> Author:
    """Check that an epoch may follow `after`, and return as what its author signed.

    Args:
        made: the epoch, as it came.
        after: the one before it, checked already; None for the first.
        household: whose it must be.
        owner: the signing key of the owner, for epochs of version 1, which do not name it, and for what
            follows one directly.

    Raises:
        BadSignature: the signature does not hold. Altered: its author may not write it, it hangs on another
            one, gives somebody other keys, or its sealed halves are not the signed ones.
    """
    book = made.statement.book
    before = None if after is None else after.statement.book
    by = owner if book is None else book.by
    if by is None:
        raise altered("Nobody can say whose an old household key is.")
    check_epoch(made, owner=by, household=household)
    check_place(made, after)
    if book is None:
        if before is not None:
            raise altered("A household key names nobody, though the one before it does.")
        return "owner"
    if before is None:
        return _first_word(book, after, owner)
    author = _author(book, before)
    _check_same_keys(book.roll, before.roll)
    return author


def accept(
    offered: Sequence[Epoch],
    *,
    household: str,
    known: Known,
    now: datetime,
    pending: Epoch | None = None,
) -> Accepted:
    """Decide which of the server's epochs count for this reader.

    A recovery counts 24 h after this reader first saw it, by its own clock. At once only if somebody whom the
    reader trusts signed on top of it, if it was pinned, or if the reader knows nothing at all yet.

    Args:
        offered: the server's whole list, from n = 0 on.
        household: whose it must be.
        known: what this reader brings along.
        now: the reader's clock, aware.
        pending: the recovery that the server holds back, if any.

    Raises:
        BadSignature, Altered: the list is not one that this household's people signed, or it takes back what
            this reader accepted before.
    """
    authors = _check_all(offered, household, known.trusted)
    settled = _settled(offered, known)
    chain = list(offered)
    waiting: Epoch | None = None
    for index in range(settled + 1, len(chain)):
        if authors[index] == "recovery" and not _counts(chain[index], known, now):
            waiting = chain[index]
            del chain[index:]
            break
    if waiting is None and pending is not None and chain:
        waiting = _follows(pending, chain[-1], household)
    seen: dict[bytes, datetime] = {}
    if waiting is not None:
        seen[waiting.chain_hash] = known.seen.get(waiting.chain_hash, now)
    pin = Pin(chain[-1].statement.n, chain[-1].chain_hash) if chain else known.pin
    return Accepted(
        chain=tuple(chain),
        waiting=waiting,
        counts_from=None if waiting is None else seen[waiting.chain_hash] + RECOVERY_WAIT,
        known=Known(trusted=known.trusted, pin=pin, seen=seen),
    )


def _first_word(book: Book, after: Epoch | None, owner: bytes | None) -> Author:
    """The first statement that names people: by an owner it lists, and by the pinned one after version 1."""
    if book.by not in book.roll.owners or (after is not None and book.by != owner):
        raise altered("No owner of the household signed its first list of members.")
    return "owner"


def _author(book: Book, before: Book) -> Author:
    if book.by == before.roll.recovery.sign_pub:
        return "recovery"
    if book.by not in before.roll.owners:
        raise altered("Somebody who is no owner signed a household key.")
    # Whoever makes an epoch knows its secret, and so must be among those it names.
    if not any(member.sign_pub == book.by and member.role in READERS for member in book.roll.members):
        raise altered("Whoever signed a household key is not among its readers.")
    return "owner"


def _check_same_keys(roll: Roll, before: Roll) -> None:
    known = before.keys_by_id()
    # One list of ids: who was a member does not come back as a hub with other keys, nor the other way round.
    if any(known.get(name, keys) != keys for name, keys in roll.keys_by_id().items()):
        raise altered("Somebody's keys were exchanged for others.")


def _check_all(offered: Sequence[Epoch], household: str, trusted: Collection[bytes]) -> list[Author]:
    owner = _owner_of_old(offered, trusted)
    authors: list[Author] = []
    after: Epoch | None = None
    for epoch in offered:
        authors.append(check_next(epoch, after, household=household, owner=owner))
        after = epoch
    return authors


def _owner_of_old(offered: Sequence[Epoch], trusted: Collection[bytes]) -> bytes | None:
    """Return which of the trusted keys signed the first epoch; version 1 does not name it."""
    if not offered or offered[0].statement.book is not None:
        return None
    for key in trusted:
        try:
            keys.verify(key, "epoch", offered[0].statement_bytes, offered[0].sig)
        except BadSignature:
            continue
        return key
    raise altered("Nobody whom this reader knows signed the first household key.")


def _settled(offered: Sequence[Epoch], known: Known) -> int:
    """Return up to where the list is beyond doubt for this reader, -1 for nowhere."""
    pinned = -1
    if known.pin is not None:
        pinned = known.pin.n
        if len(offered) <= pinned or offered[pinned].chain_hash != known.pin.hash:
            raise altered("The server shows another list of household keys than before.")
    if not known.trusted:
        return pinned if known.pin is not None else len(offered) - 1
    signed = [
        n
        for n, epoch in enumerate(offered)
        if epoch.statement.book is None or epoch.statement.book.by in known.trusted
    ]
    if offered and not signed:
        raise altered("Nobody whom this reader knows signed any of the household keys.")
    return max([pinned, *signed])


def _counts(epoch: Epoch, known: Known, now: datetime) -> bool:
    since = known.seen.get(epoch.chain_hash)
    return since is not None and now - since >= RECOVERY_WAIT


def _follows(pending: Epoch, after: Epoch, household: str) -> Epoch | None:
    """Return a pending recovery if it continues the chain; an owner's own epoch has voided it otherwise."""
    if pending.statement.prev != after.chain_hash:
        return None
    if check_next(pending, after, household=household) != "recovery":
        raise altered("The server holds back a household key that is no recovery.")
    return pending
