"""Check a whole log from its files, as an outsider would: signatures, witnesses, every entry, every tile.

In:     `read(path) -> bytes | None`; None says that there is no such file. It raises MissingFile when
        it could not find out (a timeout, a refused connection).
Out:    one Check after another, as each is finished.
Holds:  `holds` is said only of what was computed here from bytes; `unknown` never hides a `fails`.
Absent: disks and sockets (cli.verify_log reads for it).
Why:    docs/spec/log.md
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from fanlight.model.check import Check, State
from fanlight.proof import merkle, tiles
from fanlight.proof.checkpoint import SignedCheckpoint
from fanlight.proof.cosignature import Witness, cosigned_at, parse_witnesses
from fanlight.proof.errors import Malformed, MissingFile, ProofError, Unproven
from fanlight.proof.handover import NO_HANDOVERS, Handover, Handovers, handed_over_in, open_by_any
from fanlight.proof.note import VerifierKey
from fanlight.proof.tiles import ReadFile
from fanlight.proof.trust import NAMED_BY_LOG, Trust, check_witnesses


class _Absent(ProofError):
    """A file that a log must serve is not there. Found here, so never seen outside."""

    code = "proof.absent"

    def __init__(self, path: str) -> None:
        super().__init__(f"There is no file {path}.", kept="Nothing was changed.", do="Ask the operator.")


def _failed(name: str, error: ProofError) -> Check:
    return Check(name, State.UNKNOWN if isinstance(error, MissingFile) else State.FAILS, error.what)


def _must(read: ReadFile, path: str) -> bytes:
    data = read(path)
    if data is None:
        raise _Absent(path)
    return data


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Malformed("a list of keys is not text") from error


def verify_log(read: ReadFile, trust: Trust = NAMED_BY_LOG) -> Iterator[Check]:
    """Check everything a log folder claims.

    Args:
        read: path below the log -> its bytes, or None if there is no such file; raises MissingFile
            if that could not be found out.
        trust: whom to trust; by default whom the log itself names.

    Yields:
        Checks in this order: log key, log signature, one a witness, witnesses, entries, tiles, root,
        key changes (if there are any), earlier checkpoint. After a check that leaves nothing to go on, the
        rest is left out.
    """
    try:
        key = trust.log or VerifierKey.parse(_text(_must(read, "vkey")).strip())
        named = "the key you trust" if trust.log else "the key that the log itself names"
    except ProofError as error:
        yield _failed("log key", error)
        return
    handovers, wrong = _handovers(read)
    if wrong is not None:
        yield wrong
    steps = len(handovers.follow(key)) - 1
    changed = f", through {steps} {'changes' if steps > 1 else 'change'} of key" if steps else ""
    yield Check("log key", State.HOLDS, f"{key.name}, {named}{changed}.")
    try:
        signed = open_by_any(_must(read, "checkpoint"), handovers.follow(key))
    except ProofError as error:
        yield _failed("log signature", error)
        return
    yield Check("log signature", State.HOLDS, f"Signed for {signed.head.size} entries.")
    yield from _check_witnesses(read, key, signed, trust, handovers)
    wanted = handovers.used(key)
    tree = _Recomputed(read, signed.head.size, wanted)
    yield from _check_tree(tree, signed.head)
    if wanted:
        yield _check_changes(tree, wanted)
    yield _check_earlier(read, handovers.line(key), signed.head)


def _handovers(read: ReadFile) -> tuple[Handovers, Check | None]:
    try:
        return Handovers.read(read), None
    except ProofError as error:
        return NO_HANDOVERS, _failed("key changes", error)


def _check_changes(tree: "_Recomputed", wanted: Sequence[Handover]) -> Check:
    name = "key changes"
    if all(change.note in tree.handed for change in wanted):
        return Check(name, State.HOLDS, "Both keys of each change signed it, and it is an entry.")
    if not tree.complete:
        return Check(name, State.UNKNOWN, "Parts are missing in which a change of key may be entered.")
    return Check(name, State.FAILS, "A key was handed over without an entry in this record.")


def _check_witnesses(
    read: ReadFile, log: VerifierKey, signed: SignedCheckpoint, trust: Trust, handovers: Handovers
) -> Iterator[Check]:
    witnesses = trust.witnesses
    try:
        if witnesses is None:
            witnesses = parse_witnesses(_text(read("witness.vkeys") or b""))
    except ProofError as error:
        yield _failed("witnesses", error)
        return
    seen: list[Witness] = []
    for witness in witnesses:
        check = _check_witness(handovers.witnesses(witness), signed)
        if check.state is State.HOLDS:
            seen.append(witness)
        yield check
    yield check_witnesses(seen, log, trust.need, "this checkpoint")


def _check_witness(keys: Sequence[Witness], signed: SignedCheckpoint) -> Check:
    """Check a witness under each of its keys, the one that is trusted last."""
    trusted = keys[-1]
    name, run_by = f"witness {trusted.key.name}", trusted.run_by or "nobody it names"
    for one in keys:
        try:
            time_s = cosigned_at(signed.note, one.key)
        except ProofError as error:
            return Check(name, State.FAILS, f"Run by {run_by}. {error.what}")
        if time_s is not None:
            newer = "" if one is trusted else " by a newer key, which its old one handed over to"
            return Check(name, State.HOLDS, f"Run by {run_by}. Co-signed {_when(time_s)}{newer}.")
    return Check(name, State.UNKNOWN, f"Run by {run_by}. It has not co-signed this checkpoint.")


def _when(time_s: int) -> str:
    try:
        return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        return f"at POSIX second {time_s}"


class _Problems:
    """The first failure and the first unknown of a check that looks at many things."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.failed: Check | None = None
        self.unknown: Check | None = None

    def add(self, error: ProofError, where: str) -> None:
        check = _failed(self.name, error)
        check = Check(check.name, check.state, f"{check.detail} ({where})")
        if check.state is State.FAILS:
            self.failed = self.failed or check
        else:
            self.unknown = self.unknown or check

    def verdict(self, detail: str) -> Check:
        return self.failed or self.unknown or Check(self.name, State.HOLDS, detail)


def _whole(read: ReadFile) -> ReadFile:
    """Make an absent file a failure, but only once its full form was looked for as well."""

    def required(path: str) -> bytes | None:
        data = read(path)
        if data is None and ".p/" not in path:
            raise _Absent(path)
        return data

    return required


class _Recomputed:
    """Every hash of a tree, from the entries up. Keeps one hash a tile, never the log."""

    def __init__(self, read: ReadFile, size: int, changes: Sequence[Handover] = ()) -> None:
        self.read = _whole(read)
        self.size = size
        self._looks = bool(changes)
        self.handed: set[bytes] = set()  # the hand-overs that stand in entries
        self.entries, self.tiles = _Problems("entries"), _Problems("tiles")
        self.edge: list[list[bytes]] = []
        self.complete = True

    def run(self) -> None:
        below: list[bytes | None] = []  # what each full tile of the level below hashes to
        for level in range(tiles.levels_of(self.size)):
            above: list[bytes | None] = []
            self.edge.append([])
            for index in range(((self.size >> (8 * level)) + tiles.WIDTH - 1) // tiles.WIDTH):
                row = self._row(level, index, below)
                if not any(row):  # nothing is there: a log that only claims a size must not keep us busy
                    self.complete = False
                    return
                known = [digest for digest in row if digest is not None]
                self.complete = self.complete and len(known) == len(row)
                if len(row) < tiles.WIDTH:
                    self.edge[level] = known
                else:
                    above.append(merkle.fold(known) if len(known) == len(row) else None)
            below = above

    def _row(self, level: int, index: int, below: list[bytes | None]) -> list[bytes | None]:
        """Return a tile's hashes, our own where they can be computed; compare them with the file's."""
        width = tiles.tile_width(self.size, level, index)
        path = tiles.tile_path(level, index, width)
        ours: list[bytes | None] = [None] * width
        if level:
            ours = below[index * tiles.WIDTH : index * tiles.WIDTH + width]
        else:
            try:
                bundle = tiles.fetch_bundle(self.read, index, width)
                ours = [merkle.hash_leaf(entry) for entry in bundle]
                if self._looks:
                    self.handed.update(filter(None, map(handed_over_in, bundle)))
            except ProofError as error:
                self.entries.add(error, tiles.bundle_path(index, width))
        try:
            theirs = tiles.fetch_tile(self.read, level, index, width)
        except ProofError as error:
            self.tiles.add(error, path)
            return ours
        wrong = [i for i, digest in enumerate(theirs) if ours[i] not in {None, digest}]
        if wrong:
            at = index * tiles.WIDTH + wrong[0]
            below_it = "the tile below it" if level else f"entry {at}"
            what = f"hash {at} of level {level} is not that of {below_it}"
            (self.tiles if level else self.entries).add(Unproven(what), path)
        return [ours[i] or digest for i, digest in enumerate(theirs)]


def _check_tree(found: _Recomputed, head: merkle.TreeHead) -> Iterator[Check]:
    found.run()
    yield found.entries.verdict(f"Each of {head.size} entries is the one its hash stands for.")
    yield found.tiles.verdict("Each tile is there and holds the hashes of the tiles below it.")
    if not found.complete:
        yield Check("root", State.UNKNOWN, "Parts are missing, so the root could not be computed.")
    elif merkle.fold_edge(found.edge) == head.root:
        yield Check("root", State.HOLDS, "The signed root is that of these entries.")
    else:
        yield Check("root", State.FAILS, "The signed root is not that of these entries.")


def _check_earlier(read: ReadFile, log: Sequence[VerifierKey], head: merkle.TreeHead) -> Check:
    name = "earlier checkpoint"
    try:
        raw = read("checkpoint.old")
        if raw is None:
            return Check(name, State.UNKNOWN, "The log shows no earlier checkpoint to compare with.")
        old = open_by_any(raw, log).head
        proof = tiles.TileReader(head.size, _whole(read)).consistency_proof(old.size)
        merkle.verify_consistency(old, head, proof)
    except ProofError as error:
        return _failed(name, error)
    return Check(name, State.HOLDS, f"The log of {head.size} begins with the log of {old.size}.")
