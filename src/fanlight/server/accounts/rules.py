"""What a household's server copy of its keys must look like before it is stored."""

from collections.abc import Sequence

from fanlight.seal import epoch
from fanlight.seal.epoch import Epoch
from fanlight.seal.errors import SealError
from fanlight.server.errors import Conflict, Malformed

MAX_SEALED = 64 * 1024


def check_next_epoch(
    wire: object, number: int, known: Sequence[Epoch], *, owner: bytes, household: str
) -> Epoch | None:
    """Return the epoch to add, or None if this very one is stored already.

    Members and hub check the chain themselves; the server only refuses what they would refuse.

    Raises:
        Malformed: not an epoch, not signed by the owner, or not chained to the last.
        Conflict: another epoch of that number is stored.
    """
    try:
        made = epoch.from_wire(wire)
        if made.statement.n != number or len(made.sealed) > MAX_SEALED:
            raise _bad()
        for earlier in known:
            if earlier.statement.n == number:
                if earlier.statement_bytes == made.statement_bytes:
                    return None
                raise Conflict(
                    "Another household key of this number is stored already.",
                    do="Load the household again and make the next one.",
                    code="accounts.epoch_taken",
                )
        epoch.check_chain([*known, made], owner=owner, household=household)
    except SealError as error:
        raise _bad() from error
    return made


def _bad() -> Malformed:
    return Malformed(
        "This is not the household's next key, signed by its owner.",
        do="Load the household again and make the next key from the last one there.",
        code="accounts.bad_epoch",
    )
