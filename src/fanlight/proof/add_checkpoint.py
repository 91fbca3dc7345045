"""What a log asks of a witness, as C2SP tlog-witness v1.0.0 has it.

In:     for a log: a size, a consistency proof, its checkpoint; for a witness: a request's body.
Out:    the body of `add-checkpoint`; or its parts, nothing in them checked but their form.
Absent: HTTP (server.log asks, fanlight.witness answers).
Why:    docs/spec/log.md
"""

from dataclasses import dataclass
from typing import Self

from fanlight.proof.checkpoint import parse_decimal, parse_hash
from fanlight.proof.errors import Malformed
from fanlight.proof.merkle import MAX_PATH
from fanlight.wire import b64


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request to cosign.

    Attributes:
        old_size: size of the checkpoint this witness is thought to have cosigned last; 0 for none.
        proof: consistency proof from `old_size`, 32 bytes each, at most 63.
        checkpoint: the signed checkpoint, its note's bytes.
    """

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    def format(self) -> bytes:
        """Return the request's body."""
        lines = [f"old {self.old_size}", *(b64.encode(step) for step in self.proof), ""]
        return "".join(f"{line}\n" for line in lines).encode() + self.checkpoint

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a request's body; raises Malformed for another form."""
        head, mark, checkpoint = body.partition(b"\n\n")
        try:
            first, *rest = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise Malformed("a request is not text") from error
        if not mark or not first.startswith("old ") or len(rest) > MAX_PATH:
            raise Malformed("a request has another form")
        return cls(
            parse_decimal(first.removeprefix("old ")), tuple(parse_hash(line) for line in rest), checkpoint
        )
