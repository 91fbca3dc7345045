"""Merkle trees as RFC 6962 and RFC 9162 define them: roots, proofs, and their checks.

In:     leaves or their hashes; for proofs, a source of the hashes of whole subtrees.
Out:    32-byte SHA-256 hashes; a check returns nothing or raises.
Holds:  a leaf and a node never hash alike (prefixes 00 and 01).
Absent: where hashes are kept (proof.tiles reads them from tiles).
Why:    docs/spec/log.md
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from fanlight.proof.errors import Malformed, Unproven

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
MAX_SIZE = 2**63 - 1  # so that a size fits the signed integers of every other implementation
MAX_PATH = 63

# Hash of the whole subtree over leaves [index << level, (index + 1) << level).
NodeSource = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint commits to.

    Attributes:
        size: number of leaves, at most `MAX_SIZE`.
        root: 32 bytes, the RFC 6962 root over them.
    """

    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuse a head that no tree has."""
        if not 0 <= self.size <= MAX_SIZE:
            raise Malformed("a tree's size is out of range")
        if len(self.root) != HASH_BYTES:
            raise Malformed("a root is not 32 bytes long")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise Malformed("an empty tree has another root")


def hash_leaf(leaf: bytes) -> bytes:
    """Return SHA-256(00 || leaf), 32 bytes."""
    return sha256(b"\0" + leaf).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(01 || left || right), 32 bytes."""
    return sha256(b"\1" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes of one level; at least one."""
    row = list(hashes)
    while len(row) > 1:
        row = [sha256(b"\1" + row[i] + row[i + 1]).digest() for i in range(0, len(row), 2)]
    return row[0]


def fold_edge(levels: Sequence[Sequence[bytes]]) -> bytes:
    """Return the root of a tree from its right edge.

    Args:
        levels: for each tile level, lowest first, the hashes of its last, partial tile: fewer than
            256 each (more are folded as well).
    """
    total: bytes | None = None
    for row in levels:
        end = len(row)
        while end:
            width = end & -end  # smallest whole subtree, which is the rightmost
            part = fold(row[end - width : end])
            total = part if total is None else hash_node(part, total)
            end -= width
    return EMPTY_ROOT if total is None else total


def root_of_hashes(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the RFC 6962 root over leaf hashes, 32 bytes."""
    return fold_edge([leaf_hashes])


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the RFC 6962 root over whole leaves, 32 bytes; SHA-256 of nothing for none."""
    return root_of_hashes([hash_leaf(leaf) for leaf in leaves])


def _split(size: int) -> int:
    """Return the largest power of two below `size`, which is at least 2."""
    return 1 << (size - 1).bit_length() - 1


def range_root(node: NodeSource, first: int, end: int) -> bytes:
    """Return the root over leaves [first, end), a range the RFC's recursion reaches."""
    count = end - first
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, first >> level)
    middle = first + _split(count)
    return hash_node(range_root(node, first, middle), range_root(node, middle, end))


def inclusion_path(node: NodeSource, index: int, size: int) -> list[bytes]:
    """Return the proof that leaf `index` is in the tree of `size`, nearest sibling first.

    Raises:
        Malformed: there is no such leaf in a tree of that size.

    Source: RFC 9162, section 2.1.3.1.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise Malformed("no such leaf in a tree of that size")
    path: list[bytes] = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            path.append(range_root(node, middle, end))
            end = middle
        else:
            path.append(range_root(node, first, middle))
            first = middle
    path.reverse()
    return path


def consistency_path(node: NodeSource, old_size: int, new_size: int) -> list[bytes]:
    """Return the proof that the tree of `new_size` begins with the tree of `old_size`.

    Raises:
        Malformed: `old_size` is above `new_size`.

    Source: RFC 9162, section 2.1.4.1. Empty for an old size of 0 or equal sizes.
    """
    if not 0 <= old_size <= new_size <= MAX_SIZE:
        raise Malformed("a tree cannot shrink")
    if old_size in {0, new_size}:
        return []
    path: list[bytes] = []
    first, end, whole = 0, new_size, True
    while old_size != end:
        middle = first + _split(end - first)
        if old_size <= middle:
            path.append(range_root(node, middle, end))
            end = middle
        else:
            path.append(range_root(node, first, middle))
            first, whole = middle, False
    if not whole:
        path.append(range_root(node, first, end))
    path.reverse()
    return path


def memory_nodes(leaf_hashes: Sequence[bytes]) -> NodeSource:
    """Return a source of subtree hashes over leaf hashes held in memory."""
    rows: list[list[bytes]] = [list(leaf_hashes)]
    while len(rows[-1]) > 1:
        row = rows[-1]
        rows.append([hash_node(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)])
    return lambda level, index: rows[level][index]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the proof that `leaves[index]` is in the tree over `leaves`; see `inclusion_path`."""
    return inclusion_path(memory_nodes([hash_leaf(leaf) for leaf in leaves]), index, len(leaves))


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the proof that the tree over `leaves` begins with its first `old_size`."""
    return consistency_path(memory_nodes([hash_leaf(leaf) for leaf in leaves]), old_size, len(leaves))


def _check_path(proof: Sequence[bytes]) -> None:
    if len(proof) > MAX_PATH or any(len(step) != HASH_BYTES for step in proof):
        raise Malformed("a proof is too long or holds something that is no hash")


def verify_inclusion(leaf_hash: bytes, index: int, proof: Sequence[bytes], head: TreeHead) -> None:
    """Check that a leaf is in the tree `head` commits to.

    Args:
        leaf_hash: 32 bytes, SHA-256(00 || leaf).
        index: place of the leaf, 0 <= index < head.size.
        proof: sibling hashes, nearest the leaf first; 32 bytes each, at most 63.
        head: size and root of a checkpoint whose signature is already checked.

    Raises:
        Malformed: there is no such index, or a hash has another length.
        Unproven: the path does not end at `head.root`. The leaf is unproven.

    Source: RFC 9162, section 2.1.3.2.
    """
    _check_path([leaf_hash])
    _check_path(proof)
    if not 0 <= index < head.size:
        raise Malformed("no such leaf in a tree of that size")
    at, last, total = index, head.size - 1, leaf_hash
    for step in proof:
        if last == 0:
            raise Unproven("the path to the root is too long")
        if at & 1 or at == last:
            total = hash_node(step, total)
            while at and not at & 1:
                at >>= 1
                last >>= 1
        else:
            total = hash_node(total, step)
        at >>= 1
        last >>= 1
    if last or total != head.root:
        raise Unproven(f"leaf {index} is not in the tree of {head.size}")


def verify_consistency(old: TreeHead, new: TreeHead, proof: Sequence[bytes]) -> None:
    """Check that the tree of `new` begins with the whole tree of `old`.

    Args:
        old: an earlier head.
        new: a later head, of the same size or larger.
        proof: hashes as RFC 9162 orders them; none if the sizes are equal or `old` is empty.

    Raises:
        Malformed: the sizes are in the wrong order, or a hash has another length.
        Unproven: the later tree does not begin with the earlier one: the log was rewritten.

    Source: RFC 9162, section 2.1.4.2.
    """
    _check_path(proof)
    if old.size > new.size:
        raise Malformed("a tree cannot shrink")
    if old.size in {0, new.size}:
        if proof:
            raise Unproven("a proof where none can be")
        if old.size and old.root != new.root:
            raise Unproven(f"two trees of {old.size} leaves have different roots")
        return
    if not proof:
        raise Unproven("the proof is empty")
    steps = list(proof)
    if old.size & (old.size - 1) == 0:
        steps.insert(0, old.root)
    if _both_roots(old.size, new.size, steps) != (old.root, new.root):
        raise Unproven(f"the tree of {new.size} does not begin with the tree of {old.size}")


def _both_roots(old_size: int, new_size: int, steps: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots of the old and the new tree that the steps of a consistency proof lead to."""
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at >>= 1
        last >>= 1
    old_total = new_total = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise Unproven("the path to the root is too long")
        if at & 1 or at == last:
            old_total, new_total = hash_node(step, old_total), hash_node(step, new_total)
            while at and not at & 1:
                at >>= 1
                last >>= 1
        else:
            new_total = hash_node(new_total, step)
        at >>= 1
        last >>= 1
    if last:
        raise Unproven("the path to the root is too short")
    return old_total, new_total
