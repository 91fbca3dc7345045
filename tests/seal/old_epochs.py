"""Epochs of version 1, as earlier versions of Fanlight made them: they name nobody; old chains begin so."""

from collections.abc import Sequence

from fanlight.seal import keys, sealing
from fanlight.seal.container import sha256
from fanlight.seal.epoch import Epoch, Statement
from fanlight.seal.keys import Identity, SigningKey


def new_epoch(
    *, household: str, after: Epoch | None, members: Sequence[str], owner_key: SigningKey
) -> tuple[Identity, Epoch]:
    """Make the epoch of version 1 that follows `after` (None: the first) for the age recipients `members`.

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
