"""Whether a witness may cosign: the checks of tlog-witness, in its order. Pure.

In:     a request's body, the logs it trusts, and what it cosigned last.
Out:    Cosign, or Refused with the HTTP answer that the specification gives it.
Holds:  Cosign is returned only for a checkpoint that begins with all it cosigned before.
Absent: the clock, the key and the disk (witness.store signs and stores in one transaction).
Why:    docs/spec/log.md
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fanlight.proof.add_checkpoint import AddCheckpoint
from fanlight.proof.checkpoint import parse_decimal, parse_hash
from fanlight.proof.errors import ProofError
from fanlight.proof.merkle import EMPTY_ROOT, MAX_SIZE, TreeHead, verify_consistency
from fanlight.proof.note import Note, VerifierKey

EMPTY = TreeHead(0, EMPTY_ROOT)
_MIN_LINES = 3


@dataclass(frozen=True, slots=True)
class Refused:
    """No cosignature.

    Attributes:
        status: 400, 403, 404, 409 or 422.
        why: one sentence.
        size: with 409, the size cosigned last.
        signed: with 422, the log signed something that contradicts itself: keep it as evidence.
    """

    status: int
    why: str
    size: int | None = None
    signed: Note | None = None


@dataclass(frozen=True, slots=True)
class Cosign:
    """The checkpoint may be cosigned: its head, and the note with the log's own signatures only."""

    origin: str
    head: TreeHead
    note: Note


def judge(
    body: bytes, logs: Mapping[str, Sequence[VerifierKey]], latest: Callable[[str], TreeHead | None]
) -> Cosign | Refused:
    """Decide on a request.

    Args:
        body: of `POST /add-checkpoint`.
        logs: origin -> keys of each log this witness follows; a checkpoint needs one of them, and every
            signature under them has to hold.
        latest: origin -> the head cosigned last, read in the transaction that will store the next.
    """
    try:
        request = AddCheckpoint.parse(body)
        note = Note.parse(request.checkpoint)
    except ProofError as error:
        return Refused(400, error.what)
    origin = note.text.partition("\n")[0]
    keys = logs.get(origin)
    if keys is None:
        return Refused(404, "This witness does not follow that log.")
    signers = [key for key in keys if note.by(key)] or keys[:1]
    try:
        for key in signers:
            note.verify(key)
    except ProofError as error:
        return Refused(403, error.what)
    own = Note(note.text, tuple(line for key in signers for line in note.by(key)))
    return _judge_signed(request, origin, own, latest(origin) or EMPTY)


def _judge_signed(request: AddCheckpoint, origin: str, note: Note, last: TreeHead) -> Cosign | Refused:
    lines = note.text[:-1].split("\n")
    try:
        size, root = parse_decimal(lines[1]), parse_hash(lines[2])
    except (ProofError, IndexError):
        return Refused(400, "The note is no checkpoint.")
    if size > MAX_SIZE or not all(lines) or request.old_size > size:
        return Refused(400, "The checkpoint's lines or sizes make no sense.")
    if request.old_size != last.size:
        return Refused(409, "This witness cosigned another size last.", size=last.size)
    if size == 0 and root != EMPTY_ROOT:
        return Refused(422, "An empty log has another root.", signed=note)
    head = TreeHead(size, root)
    try:
        verify_consistency(last, head, request.proof)
    except ProofError as error:
        return Refused(422, error.what, signed=note)
    return Cosign(origin, head, note)
