"""Merkle trees and tiles: what a log claims of itself is what it can prove."""

import hashlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.proof import merkle, tiles
from fanlight.proof.errors import EntryRefused, Malformed, MissingFile, ProofError, Unproven
from fanlight.proof.merkle import TreeHead

LEAVES = st.lists(st.binary(max_size=24), min_size=1, max_size=200)


def plain_root(leaves: list[bytes]) -> bytes:
    """Compute RFC 6962's definition as it is written, for comparison."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + plain_root(leaves[:k]) + plain_root(leaves[k:])).digest()


def numbered(count: int) -> list[bytes]:
    return [b"entry %d" % i for i in range(count)]


@given(st.lists(st.binary(max_size=24), max_size=200))
def test_the_root_is_the_one_rfc_6962_defines(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == plain_root(leaves)


@given(LEAVES, st.data())
def test_every_leaf_proves_into_every_later_head(leaves: list[bytes], data: st.DataObject) -> None:
    """R42: anyone holding a checkpoint can check that an entry is in it."""
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(leaves[:size], index)
    head = TreeHead(size, merkle.root(leaves[:size]))
    merkle.verify_inclusion(merkle.hash_leaf(leaves[index]), index, proof, head)


@given(LEAVES, st.data())
def test_no_other_leaf_place_or_path_proves(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = merkle.inclusion_proof(leaves, index)
    head = TreeHead(len(leaves), merkle.root(leaves))
    leaf = merkle.hash_leaf(leaves[index])
    with pytest.raises(Unproven):
        merkle.verify_inclusion(merkle.hash_leaf(leaves[index] + b"!"), index, proof, head)
    with pytest.raises(Unproven):
        merkle.verify_inclusion(leaf, index, [*proof, leaf], head)
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        bent = [*proof[:at], bytes([proof[at][0] ^ 1]) + proof[at][1:], *proof[at + 1 :]]
        with pytest.raises(Unproven):
            merkle.verify_inclusion(leaf, index, bent, head)
        with pytest.raises(Unproven):
            merkle.verify_inclusion(leaf, index, proof[:-1], head)


@given(LEAVES, st.data())
def test_every_head_is_consistent_with_every_later_one(leaves: list[bytes], data: st.DataObject) -> None:
    old = data.draw(st.integers(0, len(leaves)))
    proof = merkle.consistency_proof(leaves, old)
    merkle.verify_consistency(
        TreeHead(old, merkle.root(leaves[:old])), TreeHead(len(leaves), merkle.root(leaves)), proof
    )


@given(LEAVES, st.data())
def test_a_rewritten_log_is_never_consistent(leaves: list[bytes], data: st.DataObject) -> None:
    """R42: nothing can be taken out of the record afterwards."""
    old = data.draw(st.integers(1, len(leaves)))
    at = data.draw(st.integers(0, old - 1))
    forked = [*leaves[:at], leaves[at] + b"!", *leaves[at + 1 :]]
    with pytest.raises(Unproven):
        merkle.verify_consistency(
            TreeHead(old, merkle.root(leaves[:old])),
            TreeHead(len(forked), merkle.root(forked)),
            merkle.consistency_proof(forked, old),
        )


@given(
    st.binary(max_size=33),
    st.integers(-1, 70),
    st.lists(st.binary(max_size=33) | st.just(bytes(32)), max_size=70),
    st.integers(0, 70),
    st.integers(0, 70),
)
def test_checks_of_any_bytes_raise_only_proof_errors(
    leaf: bytes, index: int, proof: list[bytes], old: int, new: int
) -> None:
    heads = [TreeHead(n, bytes(32)) if n else TreeHead(0, merkle.EMPTY_ROOT) for n in (old, new)]
    with suppress(ProofError):
        merkle.verify_inclusion(leaf, index, proof, heads[1])
    with suppress(ProofError):
        merkle.verify_consistency(heads[0], heads[1], proof)


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        (70_000, {"tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"}),
        (256, {"tile/0/000", "tile/1/000.p/1"}),
        (0, set[str]()),
    ],
)
def test_tiles_of_a_size_are_those_the_specification_names(size: int, wanted: set[str]) -> None:
    paths = {path for *_, path in tiles.tile_paths(size)}
    assert wanted <= paths
    assert len(paths) == (273 + 1 + 1 + 1 + 1 if size == 70_000 else len(wanted))


def test_a_tile_path_groups_digits_by_three() -> None:
    assert tiles.tile_path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert tiles.tile_path(3, 1000, 8) == "tile/3/x001/000.p/8"
    assert tiles.bundle_path(7) == "tile/entries/007"


def append_in_steps(steps: list[int], *, resume: bool) -> tuple[tiles.TileTree, dict[str, bytes], int]:
    disk: dict[str, bytes] = {}
    tree = tiles.TileTree()
    total = 0
    for step in steps:
        if resume:
            tree = tiles.TileTree.resume(total, disk.get)
        entries = numbered(total + step)[total:]
        done = tree.append(entries)
        total += step
        for path, data in done.files:
            assert disk.get(path, data) == data  # a file never changes
            disk[path] = data
        assert (done.size, done.root) == (total, merkle.root(numbered(total)))
    return tree, disk, total


@pytest.mark.parametrize("resume", [False, True], ids=["in-memory", "resumed-each-time"])
@pytest.mark.parametrize("steps", [[1, 254, 1, 1, 300], [600], [256, 256, 0, 5], [513, 1, 1, 1]])
def test_a_log_grown_in_any_steps_has_all_its_tiles_and_every_proof(steps: list[int], resume: bool) -> None:  # noqa: FBT001 - a parameter of the test
    _, disk, size = append_in_steps(steps, resume=resume)
    for *_, path in tiles.tile_paths(size):
        assert path in disk
    reader = tiles.TileReader(size, disk.get)
    entries = numbered(size)
    assert reader.root() == merkle.root(entries)
    assert reader.entries(0, size + 9) == entries
    assert reader.entries(250, 260) == entries[250:260]
    head = TreeHead(size, reader.root())
    for index in range(0, size, 37):
        merkle.verify_inclusion(merkle.hash_leaf(entries[index]), index, reader.inclusion_proof(index), head)
    for old in (0, 1, 255, 256, 257, size):
        merkle.verify_consistency(
            TreeHead(old, merkle.root(entries[:old])), head, reader.consistency_proof(old)
        )


def test_a_log_of_three_levels_resumes_and_proves() -> None:
    tree = tiles.TileTree()
    disk: dict[str, bytes] = {}
    disk.update(tree.append([b"%d" % i for i in range(65_600)]).files)
    assert {"tile/1/000", "tile/2/000.p/1"} <= set(disk)
    again = tiles.TileTree.resume(65_600, disk.get)
    assert again.head == tree.head
    reader = tiles.TileReader(65_600, disk.get)
    for index in (0, 255, 256, 65_535, 65_536, 65_599):
        proof = reader.inclusion_proof(index)
        merkle.verify_inclusion(merkle.hash_leaf(b"%d" % index), index, proof, tree.head)


def test_a_partial_tile_that_was_dropped_is_read_from_the_full_one() -> None:
    disk = dict(tiles.TileTree().append(numbered(300)).files)
    reader = tiles.TileReader(200, disk.get)
    assert reader.root() == merkle.root(numbered(200))
    assert tiles.TileTree.resume(200, disk.get).root == reader.root()


def test_a_missing_tile_is_named_and_no_proof_comes_of_it() -> None:
    disk = dict(tiles.TileTree().append(numbered(300)).files)
    del disk["tile/0/000"]
    with pytest.raises(MissingFile, match="tile/0/000"):
        tiles.TileReader(300, disk.get).inclusion_proof(5)


def test_an_entry_too_long_leaves_the_tree_as_it_was() -> None:
    tree = tiles.TileTree()
    with pytest.raises(EntryRefused):
        tree.append([b"short", bytes(65_536)])
    assert tree.size == 0
    assert tree.append([bytes(65_535)]).size == 1


@given(st.binary(max_size=600), st.integers(1, 256))
def test_bundles_of_any_bytes_are_read_or_refused(data: bytes, width: int) -> None:
    try:
        entries = tiles.read_bundle(data, width)
    except Malformed:
        return
    assert len(entries) == width
    assert b"".join(tiles.pack_entry(entry) for entry in entries) == data
