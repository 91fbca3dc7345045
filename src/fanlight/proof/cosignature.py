"""Cosignatures: a witness says it saw no contradicting tree, as C2SP tlog-cosignature has it (type 04).

In:     a checkpoint's note and the witnesses' keys; for a witness, the text and the time.
Out:    who cosigned and when; a signature line.
Holds:  a witness's key signs cosignatures only, so no witness can be taken for a log.
Absent: what a witness checks before it signs (fanlight.witness).
Why:    docs/spec/log.md
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fanlight.proof.errors import BadSignature, Malformed
from fanlight.proof.note import COSIGNATURE, Note, SignerKey, VerifierKey

THE_OPERATOR = "the operator"
_TIME_BYTES = 8
_PAYLOAD_BYTES = _TIME_BYTES + 64
_MAX_TIME_S = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Witness:
    """A cosigner and who runs it.

    Attributes:
        key: of kind 04.
        run_by: a person or organisation, in words; as the list it comes from says.
    """

    key: VerifierKey
    run_by: str

    @property
    def is_operators_own(self) -> bool:
        """Whether it is run by the operator, or by nobody we are told of: it adds no second eye."""
        return not self.run_by or "operator" in self.run_by.casefold()

    @property
    def line(self) -> str:
        """The witness as a line of `witness.vkeys`, without its line feed."""
        return f"{self.key.vkey} # {self.run_by}"


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A cosignature that holds: as of `time_s` (POSIX seconds), this was the largest tree it saw."""

    witness: Witness
    time_s: int


def signed_bytes(text: str, time_s: int) -> bytes:
    """Return what a cosignature of type 04 signs: a header, the time, the whole checkpoint text."""
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()


def cosign(text: str, key: SignerKey, time_s: int) -> str:
    """Return the cosignature line over a checkpoint's text.

    Args:
        text: the note text, checked by the caller against all it saw before.
        key: of kind 04.
        time_s: POSIX seconds, above 0.

    Raises:
        Malformed: the key is of another kind, or the time is out of range.
    """
    if key.kind != COSIGNATURE or not 0 < time_s <= _MAX_TIME_S:
        raise Malformed("a witness's key or clock is not fit to sign")
    return key.line(time_s.to_bytes(_TIME_BYTES, "big") + key.raw_sign(signed_bytes(text, time_s)))


def cosigned_at(note: Note, key: VerifierKey) -> int | None:
    """Return when a witness cosigned, or None if it has not.

    Returns:
        POSIX seconds of its latest cosignature on this note.

    Raises:
        BadSignature: a line under its name and id is not its signature over this text.
    """
    times: list[int] = []
    for signature in note.by(key):
        payload = signature.payload
        time_s = int.from_bytes(payload[:_TIME_BYTES], "big")
        if (
            key.kind != COSIGNATURE
            or len(payload) != _PAYLOAD_BYTES
            or time_s > _MAX_TIME_S
            or not key.holds(signed_bytes(note.text, time_s), payload[_TIME_BYTES:])
        ):
            raise BadSignature(f"the cosignature of {key.name} is not over this checkpoint")
        times.append(time_s)
    return max(times, default=None)


def cosigners(note: Note, witnesses: Sequence[Witness]) -> list[Cosigned]:
    """Return the witnesses that cosigned a note, in the order given; raises BadSignature for a wrong one."""
    found = ((witness, cosigned_at(note, witness.key)) for witness in witnesses)
    return [Cosigned(witness, time_s) for witness, time_s in found if time_s is not None]


def parse_witnesses(text: str) -> list[Witness]:
    """Read a list of witnesses, one `<vkey> # <who runs it>` a line; empty lines are skipped.

    Raises:
        Malformed: a line holds no vkey of kind 04, or a public key stands there twice.
    """
    witnesses: list[Witness] = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        vkey, _, run_by = line.partition(" # ")
        key = VerifierKey.parse(vkey.strip())
        if key.kind != COSIGNATURE or any(w.key.public == key.public for w in witnesses):
            raise Malformed("a witness's key is of another kind, or is listed twice")
        witnesses.append(Witness(key, run_by.strip()))
    return witnesses


def format_witnesses(witnesses: Sequence[Witness]) -> str:
    """Return the list that `parse_witnesses` reads."""
    return "".join(f"{witness.line}\n" for witness in witnesses)
