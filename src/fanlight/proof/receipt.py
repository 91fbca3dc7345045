"""Receipts: one leaf's proof and its checkpoint in one text, as C2SP tlog-proof v1 has it.

In:     a leaf's index, its inclusion path and a cosigned checkpoint; or the text of a receipt.
Out:    the text; or the head and cosigners, once leaf, path and signatures all hold.
Holds:  a receipt needs no network and no log to be checked, today or in ten years.
Absent: what the leaf says (proof.leaf).
Why:    docs/spec/log.md
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from fanlight.proof import merkle
from fanlight.proof.checkpoint import SignedCheckpoint, open_checkpoint, parse_decimal, parse_hash
from fanlight.proof.cosignature import Cosigned, Witness, cosigners
from fanlight.proof.errors import Malformed, Unproven
from fanlight.proof.note import MAX_NOTE_BYTES, Note, VerifierKey
from fanlight.wire import b64

HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it came, not checked.

    Attributes:
        index: the leaf's place in the log.
        path: inclusion path, nearest sibling first, 32 bytes each, at most 63.
        checkpoint: the cosigned checkpoint, its note's exact bytes.
        extra: bytes of the application that nothing authenticates, or None.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def format(self) -> str:
        """Return the text; `parse` of it gives this receipt again."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {b64.encode(self.extra)}")
        lines += [f"index {self.index}", *(b64.encode(step) for step in self.path), ""]
        return "".join(f"{line}\n" for line in lines) + self.checkpoint.decode()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a receipt.

        Raises:
            Malformed: another first line, a line of another form, more than 63 hashes, or no note
                under the blank line.
        """
        if len(text) > 2 * MAX_NOTE_BYTES:
            raise Malformed("a receipt is too long")
        head, mark, note = text.partition("\n\n")
        lines = head.split("\n")
        if not mark or lines.pop(0) != HEADER:
            raise Malformed("a receipt has another first line or no checkpoint")
        extra: bytes | None = None
        if lines and lines[0].startswith("extra "):
            extra = _parse_extra(lines.pop(0))
        if not lines or not lines[0].startswith("index "):
            raise Malformed("a receipt names no index")
        index = parse_decimal(lines.pop(0).removeprefix("index "))
        if len(lines) > merkle.MAX_PATH:
            raise Malformed("a receipt's path is too long")
        try:
            raw = note.encode()
        except UnicodeEncodeError as error:
            raise Malformed("a receipt is not Unicode text") from error
        Note.parse(raw)
        return cls(index, tuple(parse_hash(line) for line in lines), raw, extra)


def _parse_extra(line: str) -> bytes:
    try:
        return b64.decode(line.removeprefix("extra "))
    except b64.BadBase64 as error:
        raise Malformed("a receipt's extra line is not base64") from error


@dataclass(frozen=True, slots=True)
class Proven:
    """What a receipt showed: the log's checkpoint and the witnesses that saw it."""

    checkpoint: SignedCheckpoint
    cosigned: list[Cosigned]


def verify_receipt(
    leaf: bytes,
    receipt: Receipt,
    log: VerifierKey,
    witnesses: Sequence[Witness] = (),
    *,
    need: int = 0,
) -> Proven:
    """Check that a leaf is in a log, from its receipt alone.

    Args:
        leaf: the entry's exact bytes.
        receipt: as parsed.
        log: the key trusted for the log.
        witnesses: the witnesses trusted, none of them the log.
        need: how many of them must have cosigned.

    Raises:
        Malformed: the checkpoint is none, or the index is outside it.
        BadSignature: the log did not sign, or a witness's line is wrong.
        Unproven: too few cosigned, or the path does not end at the root.
    """
    signed = open_checkpoint(receipt.checkpoint, log)
    cosigned = cosigners(signed.note, witnesses)
    if len(cosigned) < need:
        raise Unproven(f"{len(cosigned)} of {need} witnesses needed have cosigned the checkpoint")
    merkle.verify_inclusion(merkle.hash_leaf(leaf), receipt.index, receipt.path, signed.head)
    return Proven(signed, cosigned)
