"""Earlier keys: an epoch's secret that an owner's device seals to somebody who came after it.

In:     a checked epoch and its secret, the member, the owner's key; or a gift as the server hands it out.
Out:    the exact bytes that are signed; gifts read strictly.
Holds:  a gift is for one member and one page of one book: the server can neither make one nor put one in
        another's place.
Absent: opening (`reading.open_earlier`); who may see from when on: that is the owner's choice.
Why:    docs/spec/seal.md, "Earlier keys"
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from fanlight.model.errors import FanlightError
from fanlight.seal import keys, sealing
from fanlight.seal.container import sha256
from fanlight.seal.epoch import Epoch, altered
from fanlight.seal.errors import malformed
from fanlight.seal.keys import SigningKey
from fanlight.seal.roll import public_key
from fanlight.wire import b64, jcs

CONTEXT = "earlier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """An owner's signed word that `account` may have the secret of the epoch `n`, and that secret, sealed."""

    household: str
    account: str
    n: int
    epoch_sha256: bytes
    by: bytes
    sealed_sha256: bytes
    statement_bytes: bytes
    sig: bytes
    sealed: bytes

    def to_wire(self) -> dict[str, str]:
        """Return the JSON object of the API."""
        return {
            "statement": self.statement_bytes.decode(),
            "sig": b64.encode(self.sig),
            "sealed": b64.encode(self.sealed),
        }


def give(epoch: Epoch, secret: str, *, account: str, recipient: str, signer: SigningKey) -> Gift:
    """Seal an epoch's secret to a member who came later.

    Args:
        epoch: the epoch, checked.
        secret: its identity text.
        account: whose it is to be.
        recipient: their age recipient, from the newest page of the book.
        signer: an owner's key.
    """
    if keys.identity_recipient(secret) != epoch.statement.recipient:
        raise altered("The secret of a household key does not belong to the key its owner signed.")
    return _signed(epoch, sealing.seal(secret.encode() + b"\n", [recipient]), account, signer)


def word(epoch: Epoch, *, account: str, signer: SigningKey) -> Gift:
    """Give an owner's word alone, where the secret was destroyed: clips of that time may be kept."""
    return _signed(epoch, b"", account, signer)


def _signed(epoch: Epoch, sealed: bytes, account: str, signer: SigningKey) -> Gift:
    signed = jcs.dumps(
        {
            "v": 1,
            "type": "earlier",
            "household": epoch.statement.household,
            "account": account,
            "n": epoch.statement.n,
            "epoch_sha256": epoch.chain_hash.hex(),
            "by": b64.encode(signer.public),
            "sealed_sha256": sha256(sealed).hex(),
        }
    )
    wire = {"statement": signed.decode(), "sig": b64.encode(signer.sign(CONTEXT, signed))}
    return from_wire(wire | {"sealed": b64.encode(sealed)})


def from_wire(wire: object) -> Gift:
    """Read the API's JSON object; the signature is not checked yet. Raises Malformed."""
    try:
        box = msgspec.convert(wire, _GiftWire, strict=True)
        sig, sealed, statement_bytes = b64.decode(box.sig), b64.decode(box.sealed), box.statement.encode()
        read = msgspec.convert(jcs.loads(statement_bytes), _StatementWire, strict=True)
        by = public_key(read.by)
    except (msgspec.ValidationError, FanlightError, ValueError) as error:
        raise malformed("it is not an earlier key as the server hands it out") from error
    return Gift(
        household=read.household,
        account=read.account,
        n=read.n,
        epoch_sha256=bytes.fromhex(read.epoch_sha256),
        by=by,
        sealed_sha256=bytes.fromhex(read.sealed_sha256),
        statement_bytes=statement_bytes,
        sig=sig,
        sealed=sealed,
    )


def check_gift(gift: Gift, *, household: str, account: str, chain: Sequence[Epoch]) -> Epoch:
    """Return the epoch whose secret a gift holds.

    Args:
        gift: as it came.
        household: whose it must be.
        account: for whom.
        chain: the household's book, checked, from 0 on.

    Raises:
        BadSignature: who it names did not sign it. Altered: it is another's, or of another book,
            its signer was no owner then or since, or its sealed half is not the signed one.
    """
    page = check_page(
        gift, household=household, account=account, page=chain[gift.n] if gift.n < len(chain) else None
    )
    # Then or since: who was removed before that page has no say about it.
    books = [epoch.statement.book for epoch in chain[gift.n :]]
    if not any(book is not None and gift.by in book.roll.owners for book in books):
        raise altered("Somebody who was no owner then or since gave an earlier key.")
    return page


def check_page(gift: Gift, *, household: str, account: str, page: Epoch | None) -> Epoch:
    """Return the epoch of that number if it is the gift's; whether its signer is an owner is left open.

    Raises:
        BadSignature: who it names did not sign it. Altered: it is another's, or of another book, or its
            sealed half is not the signed one.
    """
    keys.verify(gift.by, CONTEXT, gift.statement_bytes, gift.sig)
    if (gift.household, gift.account) != (household, account):
        raise altered("An earlier key was given to somebody else.")
    if page is None or page.chain_hash != gift.epoch_sha256:
        raise altered("An earlier key is of no page of the household's list.")
    if sha256(gift.sealed) != gift.sealed_sha256:
        raise altered("The sealed half of an earlier key is not the one its owner signed.")
    return page


class _GiftWire(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    statement: str
    sig: str
    sealed: str


_Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Id = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]


class _StatementWire(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    v: Literal[1]
    type: Literal["earlier"]
    household: _Id
    account: _Id
    n: Annotated[int, Meta(ge=0, lt=1 << 32)]
    epoch_sha256: _Hash
    by: str
    sealed_sha256: _Hash
