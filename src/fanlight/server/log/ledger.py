"""What a sequencer stands on: leaves that wait, their places, and what was signed.

In:     leaves, from whoever queues them; then, from the sequencer, places and checkpoints.
Out:    leaves in order; the largest checkpoint that was signed.
Holds:  a leaf that was acknowledged is there after a crash, and a leaf keeps its place; places and the
        checkpoint over them count together or not at all; one size has one root, and sizes only grow; one
        sequencer has its turn at a time, whatever process it runs in.
Absent: tiles and published checkpoints (server.log.sequencer puts them where everybody reads).
Why:    docs/design/record.md. Kept in rows (server.log.row_ledger) or files (server.log.file_ledger), which
        pass one suite: tests/server/test_ledgers.py
"""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from fanlight.model.errors import FanlightError


class SignedOtherwise(FanlightError):
    """A checkpoint that would contradict one that was signed, or step behind it."""

    code = "log.signed_otherwise"

    def __init__(self, size: int) -> None:
        """Name the `size` of the checkpoint that is not kept."""
        super().__init__(
            f"A checkpoint of {size} entries is not above all that this log signed.",
            kept="What was signed before stands, and the new one was shown to nobody.",
            do="Start again; if this comes back, two servers with different entries use one log key.",
        )


class LogBroken(FanlightError):
    """What is kept is not what this log signed for; it will not sign again."""

    code = "log.broken"


class Signed(msgspec.Struct, frozen=True):
    """A checkpoint that this log signed."""

    size: int
    root: bytes
    note: str


class Turn(Protocol):
    """The right to place leaves and to keep a checkpoint over them; nobody else has it meanwhile."""

    @property
    def signed(self) -> Signed | None:
        """The largest checkpoint that was signed, as of this turn."""
        ...

    async def place(self, size: int, most: int) -> list[bytes]:
        """Give at most `most` waiting leaves their places from `size` on; return them in order."""
        ...

    async def keep(self, signed: Signed) -> None:
        """Keep a checkpoint; raises SignedOtherwise unless it is larger than all before."""
        ...


class Ledger(Protocol):
    """Where leaves and signed checkpoints are kept."""

    async def last_signed(self) -> Signed | None:
        """Return the largest checkpoint that was signed."""
        ...

    async def bodies(self, first: int, end: int) -> list[bytes]:
        """Return the leaves at places [first, end), in order; fewer where there are no more."""
        ...

    def turn(self, *, wait: bool = False) -> AbstractAsyncContextManager[Turn | None]:
        """Have one's turn for a block.

        What was placed and kept counts, durably, when the block ends; nothing of it if the block raises.

        Args:
            wait: until the turn is free; else the block is given None while it is another's.
        """
        ...
