"""Epochs: the household's keys by month, each signed by an owner and chained to the one before.

In:     member recipients and an owner's key, or statements as the server hands them out.
Out:    a new epoch's identity and its wire form; a checked chain.
Holds:  a chain runs from n = 0 without a gap, each link names the hash of the statement before it,
        all by one owner for one household: a recipient that no owner signed is never sealed to.
Absent: opening of an epoch's secret (`reading.open_epoch`).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from fanlight.model.errors import FanlightError
from fanlight.seal import keys, sealing
from fanlight.seal.container import sha256
from fanlight.seal.errors import Altered, malformed
from fanlight.seal.keys import Identity, SigningKey
from fanlight.wire import b64, jcs


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """An owner's word that `recipient` is the household's key number `n`. `prev` is None for n = 0."""

    household: str
    n: int
    prev: bytes | None
    recipient: str
    sealed_sha256: bytes

    def to_bytes(self) -> bytes:
        """Return the JCS bytes that the owner signs (context `epoch`)."""
        return jcs.dumps(
            {
                "v": 1,
                "type": "epoch",
                "household": self.household,
                "n": self.n,
                "prev": None if self.prev is None else self.prev.hex(),
                "recipient": self.recipient,
                "sealed_sha256": self.sealed_sha256.hex(),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """A statement as it came, its signature, and the age file with its secret for the members."""

    statement: Statement
    statement_bytes: bytes
    sig: bytes
    sealed: bytes

    def to_wire(self) -> dict[str, str]:
        """Return the JSON object of the API: `statement`, `sig`, `sealed`."""
        return {
            "statement": self.statement_bytes.decode(),
            "sig": b64.encode(self.sig),
            "sealed": b64.encode(self.sealed),
        }

    @property
    def chain_hash(self) -> bytes:
        """What the next statement carries as `prev`."""
        return hashlib.sha256(self.statement_bytes).digest()


def new_epoch(
    *, household: str, after: Epoch | None, members: Sequence[str], owner_key: SigningKey
) -> tuple[Identity, Epoch]:
    """Make the epoch that follows `after` (None: the first) for the age recipients `members`.

    Returns:
        The new identity, to be forgotten by whoever need not read, and the signed epoch.

    Raises:
        BadKey: `members` is empty or holds a text that is no recipient.
    """
    identity = keys.new_identity()
    sealed = sealing.seal(identity.secret.encode() + b"\n", members)
    statement = Statement(
        household=household,
        n=0 if after is None else after.statement.n + 1,
        prev=None if after is None else after.chain_hash,
        recipient=identity.recipient,
        sealed_sha256=sha256(sealed),
    )
    signed = statement.to_bytes()
    sig = owner_key.sign("epoch", signed)
    return identity, Epoch(statement=statement, statement_bytes=signed, sig=sig, sealed=sealed)


def parse_statement(data: bytes) -> Statement:
    """Read a statement; raises Malformed unless it is exactly what `Statement.to_bytes` writes."""
    try:
        wire = msgspec.convert(jcs.loads(data), _StatementWire, strict=True)
        sealing.check_recipient(wire.recipient)
    except (msgspec.ValidationError, FanlightError) as error:
        raise malformed("it is not the statement of a household key") from error
    if (wire.prev is None) != (wire.n == 0):
        raise malformed("only the first household key has none before it")
    return Statement(
        household=wire.household,
        n=wire.n,
        prev=None if wire.prev is None else bytes.fromhex(wire.prev),
        recipient=wire.recipient,
        sealed_sha256=bytes.fromhex(wire.sealed_sha256),
    )


def from_wire(wire: object) -> Epoch:
    """Read the API's JSON object; the signature is not checked yet. Raises Malformed."""
    try:
        box = msgspec.convert(wire, _EpochWire, strict=True)
        sig, sealed = b64.decode(box.sig), b64.decode(box.sealed)
        statement_bytes = box.statement.encode()
    except (msgspec.ValidationError, FanlightError, UnicodeError) as error:
        raise malformed("it is not a household key as the server hands it out") from error
    return Epoch(
        statement=parse_statement(statement_bytes), statement_bytes=statement_bytes, sig=sig, sealed=sealed
    )


def check_epoch(epoch: Epoch, *, owner: bytes, household: str) -> None:
    """Check one epoch by itself: signature, household, hash of its sealed secret.

    Raises:
        BadSignature: not signed by `owner`. Altered: another household's, or another sealed file.
    """
    keys.verify(owner, "epoch", epoch.statement_bytes, epoch.sig)
    if epoch.statement.household != household:
        raise _altered("A household key belongs to another household.")
    if sha256(epoch.sealed) != epoch.statement.sealed_sha256:
        raise _altered("The sealed half of a household key is not the one its owner signed.")


def check_chain(epochs: Iterable[Epoch], *, owner: bytes, household: str) -> list[Epoch]:
    """Return the epochs from n = 0 on after checking each and its place.

    Raises:
        As `check_epoch`; Altered also for a gap, a fork or another order.
    """
    checked: list[Epoch] = []
    for epoch in epochs:
        check_epoch(epoch, owner=owner, household=household)
        prev = checked[-1].chain_hash if checked else None
        if epoch.statement.n != len(checked) or epoch.statement.prev != prev:
            raise _altered("The list of household keys has a gap or a foreign link.")
        checked.append(epoch)
    return checked


def _altered(what: str) -> Altered:
    return Altered(
        what, kept="No clip was sealed to it.", do="Compare the list with another member of the household."
    )


class _EpochWire(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    statement: str
    sig: str
    sealed: str


class _StatementWire(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    v: Literal[1]
    type: Literal["epoch"]
    household: Annotated[str, Meta(pattern=r"^[a-z2-7]{26}$")]
    n: Annotated[int, Meta(ge=0, lt=1 << 32)]
    prev: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")] | None
    recipient: str
    sealed_sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
