"""From one key to the next: a note that the old key and the new one both signed, and who follows it.

In:     a log's or witness's old and new key; files `handover/1`, `handover/2`, … of a log.
Out:    Handover; the keys that come of a key somebody trusts.
Holds:  a key is followed only where the old one and the new one signed under one name and kind; where two
        keys follow one, none does. A hand-over can be taken for no checkpoint, and no checkpoint for one.
Absent: that a hand-over stands in the record (proof.verify_log looks); a lost key, which hands nothing over.
Why:    docs/spec/log.md
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from fanlight.proof.checkpoint import SignedCheckpoint, open_checkpoint
from fanlight.proof.cosignature import Witness, cosign, cosigned_at
from fanlight.proof.errors import BadSignature, Malformed
from fanlight.proof.note import COSIGNATURE, Note, SignerKey, VerifierKey
from fanlight.proof.openings import parse_leaf
from fanlight.proof.tiles import ReadFile

TITLE = "fanlight/key-change/v1"
LEAF = "key"
MAX_HANDOVERS = 1_000
_LINES = 4


def handover_path(number: int) -> str:
    """Return the path of the `number`-th hand-over of a log, from 1."""
    return f"handover/{number}"


@dataclass(frozen=True, slots=True)
class Handover:
    """A change of keys whose signatures were checked.

    Attributes:
        old: the key until then.
        new: the key from then on; of the same name and kind.
        note: the exact bytes.
    """

    old: VerifierKey
    new: VerifierKey
    note: bytes

    @property
    def kind(self) -> str:
        """Whose keys these are, as the leaf says."""
        return "witness" if self.old.kind == COSIGNATURE else "log"

    @property
    def pub(self) -> dict[str, str]:
        """What everybody reads in the leaf of this change."""
        return {"kind": self.kind, "name": self.old.name, "handover": self.note.decode()}

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a hand-over and check both signatures.

        Raises:
            Malformed: another form, or keys of different names or kinds, or one key twice.
            BadSignature: one of the two has not signed it.
        """
        note = Note.parse(raw)
        lines = note.text[:-1].split("\n")
        if len(lines) != _LINES or lines[0] != TITLE:
            raise Malformed("a hand-over has another form")
        old, new = VerifierKey.parse(lines[2]), VerifierKey.parse(lines[3])
        if not old.name == new.name == lines[1] or old.kind != new.kind or old.public == new.public:
            raise Malformed("a hand-over is not between two keys of one name and kind")
        for key in (old, new):
            if key.kind != COSIGNATURE:
                note.verify(key)
            elif cosigned_at(note, key) is None:
                raise BadSignature(f"{key.name} has not signed the hand-over with both keys")
        return cls(old, new, raw)


def sign_handover(old: SignerKey, new: SignerKey, time_s: int) -> bytes:
    """Return the note by which `old` hands over to `new`.

    Args:
        old: the key so far.
        new: of the same name and kind.
        time_s: POSIX seconds, for a witness's signatures, which bear a time.
    """
    text = f"{TITLE}\n{old.name}\n{old.verifier.vkey}\n{new.verifier.vkey}\n"
    lines = (cosign(text, key, time_s) if key.kind == COSIGNATURE else key.sign(text) for key in (old, new))
    raw = (text + "\n" + "".join(lines)).encode()
    Handover.parse(raw)
    return raw


class Handovers:
    """The hand-overs of a log and its witnesses.

    Raises:
        Malformed: two keys follow one, or a key follows itself.
    """

    def __init__(self, changes: Iterable[Handover] = ()) -> None:
        """Take them in any order."""
        self.changes = tuple(changes)
        self._next = {change.old: change.new for change in self.changes}
        if len(self._next) != len(self.changes):
            raise Malformed("two keys are said to follow one")
        for key in self._next:
            if key in self._after(key):
                raise Malformed("a key is said to follow itself")

    @classmethod
    def read(cls, read: ReadFile) -> Self:
        """Read `handover/1` and so on, up to the first that a log does not have.

        Raises:
            Malformed, BadSignature: one of them does not hold.
            MissingFile: it could not be found out, as `read` says.
        """
        changes: list[Handover] = []
        while (raw := read(handover_path(len(changes) + 1))) is not None:
            if len(changes) == MAX_HANDOVERS:
                raise Malformed("a log has more hand-overs than anybody makes")
            changes.append(Handover.parse(raw))
        return cls(changes)

    def _after(self, key: VerifierKey) -> list[VerifierKey]:
        found: list[VerifierKey] = []
        while key in self._next and len(found) <= len(self.changes):
            key = self._next[key]
            found.append(key)
        return found

    def follow(self, key: VerifierKey) -> list[VerifierKey]:
        """Return the keys that a trusted key vouches for, the newest first and itself last."""
        return [*reversed(self._after(key)), key]

    def line(self, key: VerifierKey) -> list[VerifierKey]:
        """Return `follow(key)` and behind it the keys before it, to read what was signed earlier."""
        before = {new: old for old, new in self._next.items()}
        found = self.follow(key)
        while found[-1] in before:
            found.append(before[found[-1]])
        return found

    def used(self, key: VerifierKey) -> list[Handover]:
        """Return the hand-overs on the line of a key."""
        on = set(self.line(key))
        return [change for change in self.changes if change.old in on]

    def witnesses(self, witness: Witness) -> Sequence[Witness]:
        """Return a trusted witness under each key that it has handed over to, the newest first."""
        return [Witness(key, witness.run_by) for key in self.follow(witness.key)]


NO_HANDOVERS = Handovers()


def handed_over_in(entry: bytes) -> bytes | None:
    """Return the hand-over that an entry holds, not checked; only these few entries are read as JSON."""
    if b'"handover"' not in entry:
        return None
    try:
        leaf = parse_leaf(entry)
    except Malformed:
        return None
    note = leaf.pub.get("handover")
    return note.encode() if leaf.type == LEAF and isinstance(note, str) else None


def open_by_any(raw: bytes, keys: Iterable[VerifierKey]) -> SignedCheckpoint:
    """Open a checkpoint by the first of some keys that signed it; raises as `open_checkpoint`."""
    refused = BadSignature("no key is known")
    for key in keys:
        try:
            return open_checkpoint(raw, key)
        except BadSignature as error:
            refused = error
    raise refused
