"""Epochs: the household's keys by month and membership, each signed and chained to the one before.

In:     a statement's fields, or statements as the server hands them out.
Out:    the exact bytes that are signed; statements read strictly, of version 1 and 2.
Holds:  what was signed is kept as it came; a recipient that is no post-quantum key is refused.
Absent: who may sign what, and in which order (`book`); opening of an epoch's secret (`reading.open_epoch`).
Why:    docs/spec/seal.md, "The household's book"
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from fanlight.model.errors import FanlightError
from fanlight.seal import keys, sealing
from fanlight.seal.container import sha256
from fanlight.seal.errors import Altered, malformed
from fanlight.seal.roll import Roll, RollWire, public_key
from fanlight.wire import b64, jcs


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What version 2 adds: everybody of the household, who signs, the day, and the hash of the notes."""

    roll: Roll
    by: bytes
    day: date
    private_sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Somebody's signed word that `recipient` is the household's key number `n`.

    `prev` is None for n = 0. `book` is None in version 1, which names nobody.
    """

    household: str
    n: int
    prev: bytes | None
    recipient: str
    sealed_sha256: bytes
    book: Book | None = None

    def to_bytes(self) -> bytes:
        """Return the JCS bytes that are signed (context `epoch`)."""
        fields = {
            "v": 1 if self.book is None else 2,
            "type": "epoch",
            "household": self.household,
            "n": self.n,
            "prev": None if self.prev is None else self.prev.hex(),
            "recipient": self.recipient,
            "sealed_sha256": self.sealed_sha256.hex(),
        }
        if self.book is not None:
            fields |= self.book.roll.to_json() | {
                "by": b64.encode(self.book.by),
                "day": self.book.day.isoformat(),
                "private_sha256": self.book.private_sha256.hex(),
            }
        return jcs.dumps(fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """A statement as it came, its signature, the age file with its secret, and that with its notes.

    `private` is empty in version 1, and where a server left the notes of an old epoch out; `sealed` is empty
    once the epoch's secret was destroyed.
    """

    statement: Statement
    statement_bytes: bytes
    sig: bytes
    sealed: bytes
    private: bytes = b""

    def to_wire(self) -> dict[str, str]:
        """Return the JSON object of the API: `statement`, `sig`, `sealed`, and `private` if there is any."""
        wire = {
            "statement": self.statement_bytes.decode(),
            "sig": b64.encode(self.sig),
            "sealed": b64.encode(self.sealed),
        }
        return wire | ({"private": b64.encode(self.private)} if self.private else {})

    @property
    def chain_hash(self) -> bytes:
        """What the next statement carries as `prev`; of the newest one: the head of the book."""
        return hashlib.sha256(self.statement_bytes).digest()


def parse_statement(data: bytes) -> Statement:
    """Read a statement; raises Malformed unless it is exactly what `Statement.to_bytes` writes."""
    try:
        fields = jcs.loads(data)
        wire: _StatementWire | _BookWire
        if fields.get("v") == 2:  # noqa: PLR2004 - the version
            wire = msgspec.convert(fields, _BookWire, strict=True)
        else:
            wire = msgspec.convert(fields, _StatementWire, strict=True)
        sealing.check_recipient(wire.recipient)
        book = wire.book() if isinstance(wire, _BookWire) else None
    except (msgspec.ValidationError, FanlightError, ValueError) as error:
        raise malformed("it is not the statement of a household key") from error
    if (wire.prev is None) != (wire.n == 0):
        raise malformed("only the first household key has none before it")
    return Statement(
        household=wire.household,
        n=wire.n,
        prev=None if wire.prev is None else bytes.fromhex(wire.prev),
        recipient=wire.recipient,
        sealed_sha256=bytes.fromhex(wire.sealed_sha256),
        book=book,
    )


def from_wire(wire: object) -> Epoch:
    """Read the API's JSON object; the signature is not checked yet. Raises Malformed."""
    try:
        box = msgspec.convert(wire, _EpochWire, strict=True)
        sig, sealed, private = b64.decode(box.sig), b64.decode(box.sealed), b64.decode(box.private)
        statement_bytes = box.statement.encode()
    except (msgspec.ValidationError, FanlightError, UnicodeError) as error:
        raise malformed("it is not a household key as the server hands it out") from error
    return Epoch(
        statement=parse_statement(statement_bytes),
        statement_bytes=statement_bytes,
        sig=sig,
        sealed=sealed,
        private=private,
    )


def check_epoch(epoch: Epoch, *, owner: bytes, household: str) -> None:
    """Check one epoch by itself: signature, household, hashes of its sealed halves.

    Raises:
        BadSignature: not signed by `owner`. Altered: another household's, or another sealed file.
    """
    keys.verify(owner, "epoch", epoch.statement_bytes, epoch.sig)
    if epoch.statement.household != household:
        raise altered("A household key belongs to another household.")
    if epoch.sealed and sha256(epoch.sealed) != epoch.statement.sealed_sha256:
        raise altered("The sealed half of a household key is not the one its owner signed.")
    book = epoch.statement.book
    if epoch.private and (book is None or sha256(epoch.private) != book.private_sha256):
        raise altered("The notes to a household key are not those its owner signed.")


def check_place(epoch: Epoch, after: Epoch | None) -> None:
    """Check that an epoch names `after` as the one before it; raises Altered."""
    n, prev = (0, None) if after is None else (after.statement.n + 1, after.chain_hash)
    if epoch.statement.n != n or epoch.statement.prev != prev:
        raise altered("The list of household keys has a gap or a foreign link.")


def altered(what: str) -> Altered:
    """Return the refusal of a list of household keys."""
    return Altered(
        what, kept="No clip was sealed to it.", do="Compare the list with another member of the household."
    )


class _EpochWire(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    statement: str
    sig: str
    sealed: str
    private: str = ""


_Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class _StatementWire(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    v: Literal[1]
    type: Literal["epoch"]
    household: Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]
    n: Annotated[int, Meta(ge=0, lt=1 << 32)]
    prev: _Hash | None
    recipient: str
    sealed_sha256: _Hash


class _BookWire(RollWire, forbid_unknown_fields=True, frozen=True, kw_only=True):
    v: Literal[2]
    type: Literal["epoch"]
    household: Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]
    n: Annotated[int, Meta(ge=0, lt=1 << 32)]
    prev: _Hash | None
    recipient: str
    sealed_sha256: _Hash
    private_sha256: _Hash
    day: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d\Z")]
    by: str

    def book(self) -> Book:
        """Return the part that version 1 does not have; raises Malformed or ValueError."""
        return Book(
            roll=self.roll(),
            by=public_key(self.by),
            day=date.fromisoformat(self.day),
            private_sha256=bytes.fromhex(self.private_sha256),
        )
