"""Checkpoints: a log's name, size and root in three lines, as C2SP tlog-checkpoint v1.0.0 has them.

In:     a note's bytes and the log's key; or a head to write down.
Out:    the checkpoint, once the log's signature over it holds.
Holds:  the origin is the name of the key that signed: one key, one log.
Absent: who else saw it (proof.cosignature).
Why:    docs/spec/log.md
"""

import re
from dataclasses import dataclass
from typing import Self

from fanlight.proof.errors import BadSignature, Malformed
from fanlight.proof.merkle import TreeHead
from fanlight.proof.note import Note, SignerKey, VerifierKey, check_text
from fanlight.wire import b64

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_MIN_LINES = 3


def parse_decimal(text: str) -> int:
    """Read a size or index in ASCII digits without leading zeros; raises Malformed."""
    if not _DECIMAL.fullmatch(text):
        raise Malformed("a number is not written in plain decimal")
    return int(text)


def parse_hash(text: str) -> bytes:
    """Read 32 bytes in base64; raises Malformed."""
    try:
        raw = b64.decode(text)
    except b64.BadBase64 as error:
        raise Malformed("a hash is not base64") from error
    if len(raw) != 32:  # noqa: PLR2004 - SHA-256
        raise Malformed("a hash is not 32 bytes long")
    return raw


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself at one moment.

    Attributes:
        origin: the log's name.
        head: its size and root.
        extensions: further lines, none of them empty. Ours are never written with any.
    """

    origin: str
    head: TreeHead
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The note text, as signed."""
        lines = (self.origin, str(self.head.size), b64.encode(self.head.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note's text.

        Raises:
            Malformed: fewer than three lines, an empty one, or a size or root of another form.
        """
        check_text(text)
        lines = text[:-1].split("\n")
        if len(lines) < _MIN_LINES or not all(lines):
            raise Malformed("a checkpoint has a missing or empty line")
        head = TreeHead(parse_decimal(lines[1]), parse_hash(lines[2]))
        return cls(lines[0], head, tuple(lines[3:]))


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint whose log's signature was checked, and the note it came in."""

    checkpoint: Checkpoint
    note: Note

    @property
    def head(self) -> TreeHead:
        """Size and root."""
        return self.checkpoint.head


def sign_checkpoint(head: TreeHead, key: SignerKey, *also: SignerKey) -> bytes:
    """Return the note in which the log of `key` (kind 01) states `head`.

    The caller MUST have stored `head` durably first: a log never signs two that disagree.

    Args:
        head: size and root.
        key: the log's key; its name is the log's.
        also: keys that the log had before, for those who know no newer one.
    """
    text = Checkpoint(key.name, head).text
    return (text + "\n" + "".join(one.sign(text) for one in (key, *also))).encode()


def open_checkpoint(raw: bytes, log: VerifierKey) -> SignedCheckpoint:
    """Read a checkpoint and check the log's signature.

    Args:
        raw: the note, with any number of other signatures.
        log: the key trusted for this log.

    Raises:
        Malformed: no note, or its text is no checkpoint.
        BadSignature: not signed by `log`, or it speaks of another log.
    """
    note = Note.parse(raw)
    note.verify(log)
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != log.name:
        raise BadSignature(f"{log.name} signed a checkpoint of another log")
    return SignedCheckpoint(checkpoint, note)
