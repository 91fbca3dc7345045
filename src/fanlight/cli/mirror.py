"""`fanlight mirror`: a whole copy of a log, checked as it is taken, that needs its server no more.

In:     an address or folder of a log, and this machine's own folder.
Out:    checks, one after another; the log's folder, which `fanlight verify` reads.
Holds:  only a state that is signed, that enough witnesses signed and that goes on from what is here
        takes its place; hashes are computed here and never copied. Two signed states that contradict
        each other are both kept, under `contradiction/`. What breaks off goes on the next time.
Absent: what the entries say (cli.monitor).
Why:    docs/spec/log.md
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fanlight.cli.verify_log import NoLog, reading
from fanlight.model.check import Check, State
from fanlight.model.errors import FanlightError
from fanlight.proof import tiles
from fanlight.proof.checkpoint import SignedCheckpoint
from fanlight.proof.cosignature import cosigners, format_witnesses, parse_witnesses
from fanlight.proof.errors import Malformed, MissingFile
from fanlight.proof.handover import Handover, Handovers, handed_over_in, handover_path, open_by_any
from fanlight.proof.merkle import EMPTY_ROOT, TreeHead
from fanlight.proof.note import VerifierKey
from fanlight.proof.tiles import ReadFile
from fanlight.proof.trust import Trust, check_witnesses
from fanlight.store.log_files import LogFiles

_BATCH = 64  # bundles between two writes: some MB at most


@dataclass(frozen=True, slots=True)
class _Here:
    """What the copy holds so far: nothing yet, or a checkpoint that was believed."""

    head: TreeHead
    note: bytes


class _NotOurs(FanlightError):
    """What lies in the folder is no copy that this program made."""

    code = "cli.mirror_folder"


def mirror(target: str, folder: Path, trust: Trust) -> Iterator[Check]:
    """Bring a copy up to date.

    Args:
        target: address or folder of the log.
        folder: where the copy lies; made at the first call.
        trust: whom to trust; what it leaves open is taken from the log at the first call and kept.

    Yields:
        Checks named log key, log signature, witnesses, continuation and copy; a failed one is the last.
    """
    try:
        files = LogFiles(folder)
        with reading(target) as read:
            yield from _update(read, files, trust)
    except FanlightError as error:
        unknown = isinstance(error, MissingFile | NoLog)
        yield Check("copy", State.UNKNOWN if unknown else State.FAILS, f"{error.what} {error.kept}")
    except OSError as error:
        why = f"{folder} cannot be written: {error.strerror or error}. What was here before still counts."
        yield Check("copy", State.UNKNOWN, why)


def _update(read: ReadFile, files: LogFiles, trust: Trust) -> Iterator[Check]:
    changes = Handovers.read(read)
    key, named = _key(read, files, trust, changes)
    yield Check("log key", State.HOLDS, f"{key.name}, {named}.")
    here = _here(files, changes.line(key))
    signed = open_by_any(_must(read, "checkpoint"), changes.follow(key))
    yield Check("log signature", State.HOLDS, f"Signed for {signed.head.size} entries.")
    witnesses = trust.witnesses
    if witnesses is None:
        witnesses = parse_witnesses(_text(files.read("witness.vkeys") or read("witness.vkeys") or b""))
    seen = [who for who in witnesses if cosigners(signed.note, changes.witnesses(who))]
    watched = check_witnesses(seen, key, trust.need, "this checkpoint")
    yield watched
    if trust.need and watched.state is not State.HOLDS:
        yield Check("copy", State.UNKNOWN, f"Not taken. The copy of {here.head.size} entries still counts.")
        return
    if signed.head.size < here.head.size or (
        signed.head.size == here.head.size and signed.head.root != here.head.root
    ):
        yield _contradicts(files, here, signed)
        return
    if signed.head.size > here.head.size:
        tree = _copy(read, files, here.head, signed.head.size)
        if tree.root != signed.head.root:
            yield _contradicts(files, here, signed)
            return
    if here.head.size:
        yield Check("continuation", State.HOLDS, f"It begins with the {here.head.size} entries held here.")
    lacking = _lacking(files, signed.head.size, changes.used(key))
    if lacking:
        yield Check("key changes", State.FAILS, "A key was handed over without an entry in this record.")
        return
    newest = changes.follow(key)[0]
    fresh = [("vkey", f"{newest.vkey}\n".encode()), ("witness.vkeys", format_witnesses(witnesses).encode())]
    fresh += [(handover_path(number), change.note) for number, change in enumerate(changes.changes, 1)]
    if here.note and signed.head.size > here.head.size:
        fresh.append(("checkpoint.old", here.note))
    files.write([*fresh, ("checkpoint", signed.note.format())])
    added = signed.head.size - here.head.size
    yield Check("copy", State.HOLDS, f"All {signed.head.size} entries are here, {added} of them new.")


def _lacking(files: LogFiles, size: int, wanted: Sequence[Handover]) -> set[bytes]:
    """Return those hand-overs that no entry here holds; entries are looked through when one is new."""
    known = {change.note for change in Handovers.read(files.read).changes}
    lacking = {change.note for change in wanted} - known
    if lacking:
        reader = tiles.TileReader(size, files.read)
        for start in range(0, size, _BATCH * tiles.WIDTH):
            for entry in reader.entries(start, start + _BATCH * tiles.WIDTH):
                lacking.discard(handed_over_in(entry) or b"")
    return lacking


def _key(read: ReadFile, files: LogFiles, trust: Trust, changes: Handovers) -> tuple[VerifierKey, str]:
    kept = files.read("vkey")
    if kept is None:
        if trust.log is not None:
            return trust.log, "the key you trust"
        return VerifierKey.parse(_text(_must(read, "vkey")).strip()), "the key that the log itself names"
    key = VerifierKey.parse(_text(kept).strip())
    if trust.log is not None and trust.log not in changes.line(key):
        raise _NotOurs(
            "This folder is the copy of another log, or of one with another key.",
            kept="Nothing was copied or changed.",
            do="Give another folder.",
        )
    return key, "the key known here since the first copy"


def _here(files: LogFiles, keys: Sequence[VerifierKey]) -> _Here:
    note = files.read("checkpoint")
    if note is None:
        return _Here(TreeHead(0, EMPTY_ROOT), b"")
    head = open_by_any(note, keys).head
    return _Here(head, note)


def _copy(read: ReadFile, files: LogFiles, head: TreeHead, size: int) -> tiles.TileTree:
    """Fetch the entries that are new, and compute every tile from them."""
    tree = tiles.TileTree.resume(head.size, files.read)
    if tree.root != head.root:
        raise _NotOurs(
            "The files of this copy are not those that its checkpoint signs.",
            kept="Nothing was copied or changed.",
            do="Take a new copy into another folder, and look what happened to this one.",
        )
    reader = tiles.TileReader(size, read)
    at = tree.size
    while at < size:
        end = min(size, (at // tiles.WIDTH + _BATCH) * tiles.WIDTH)
        files.write(tree.append(reader.entries(at, end)).files)
        at = end
    return tree


def _contradicts(files: LogFiles, here: _Here, signed: SignedCheckpoint) -> Check:
    theirs = signed.note.format()
    name = f"contradiction/{sha256(theirs).hexdigest()[:16]}"
    files.write([(f"{name}.here", here.note), (f"{name}.there", theirs)])
    said = (
        f"The log signed {signed.head.size} entries that do not go on from the {here.head.size} held here. "
        f"Both signed states are kept in {name}.here and .there: together they prove it."
    )
    return Check("continuation", State.FAILS, said)


def _must(read: ReadFile, path: str) -> bytes:
    data = read(path)
    if data is None:
        raise MissingFile(path)
    return data


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Malformed("a list of keys is not text") from error
