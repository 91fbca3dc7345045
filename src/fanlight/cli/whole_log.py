"""Read every entry of a log, and believe them once the signed root came out of them.

In:     `read(path)` of a log, whom to trust for its key.
Out:    the checkpoint; the entries in bundles.
Holds:  the root is computed from the entries. Who reads them says nothing of them before the last came.
Absent: whether witnesses saw the checkpoint (`fanlight verify`), what entries say.
Why:    docs/spec/log.md
"""

from collections.abc import Iterator

from fanlight.model.errors import FanlightError
from fanlight.proof import tiles
from fanlight.proof.checkpoint import SignedCheckpoint, open_checkpoint
from fanlight.proof.errors import MissingFile, ProofError
from fanlight.proof.merkle import TreeHead
from fanlight.proof.note import VerifierKey
from fanlight.proof.tiles import ReadFile
from fanlight.proof.trust import Trust


class NotThatLog(FanlightError):
    """The entries are not those that the checkpoint signs, or cannot be read."""

    code = "cli.not_that_log"

    @classmethod
    def because(cls, what: str) -> "NotThatLog":
        """Return it with what is wrong."""
        return cls(what, kept="Nothing was written.", do="Run fanlight verify on it, or read it elsewhere.")


def checkpoint(read: ReadFile, trust: Trust) -> SignedCheckpoint:
    """Return the checkpoint of a log; raises NotThatLog."""
    try:
        key = trust.log or VerifierKey.parse(_must(read, "vkey").decode("utf-8", "replace").strip())
        return open_checkpoint(_must(read, "checkpoint"), key)
    except ProofError as error:
        raise NotThatLog.because(error.what) from error


def bundles(read: ReadFile, head: TreeHead) -> Iterator[tuple[int, list[bytes]]]:
    """Yield each bundle's entries with the place of the first; raise NotThatLog if the root is another."""
    tree = tiles.TileTree()
    try:
        while tree.size < head.size:
            index = tree.size // tiles.WIDTH
            bundle = tiles.fetch_bundle(read, index, tiles.tile_width(head.size, 0, index))
            yield tree.size, bundle
            tree.append(bundle)
    except ProofError as error:
        raise NotThatLog.because(error.what) from error
    if tree.root != head.root:
        raise NotThatLog.because("Its entries are not those that its checkpoint signs.")


def _must(read: ReadFile, path: str) -> bytes:
    data = read(path)
    if data is None:
        raise MissingFile(path)
    return data
