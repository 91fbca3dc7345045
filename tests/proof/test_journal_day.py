"""A hub's day and a town's day as trees: every hash proves to the one entry, and nothing else does."""

import json
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.proof.logs import LOG, OUR_WITNESS, OURS, THEIR_WITNESS, THEIRS, cosigned, entries

from fanlight.proof import merkle
from fanlight.proof.checkpoint import sign_checkpoint
from fanlight.proof.errors import Malformed, ProofError, Unproven
from fanlight.proof.journal_day import DayProof, Place, day_root, filled, path_to, salted, town_root
from fanlight.proof.merkle import TreeHead
from fanlight.proof.openings import make_leaf
from fanlight.proof.receipt import Receipt

DAY = date(2026, 11, 22)
WITNESSES = [OUR_WITNESS, THEIR_WITNESS]


def made(count: int) -> list[bytes]:
    return [sha256(b"clip %d" % number).digest() for number in range(count)]


def proof(hashes: list[bytes], index: int, others: int = 3, day: date = DAY) -> DayProof:
    """Return the proof of a hub's hash in a town of `others` more hubs."""
    salt = sha256(b"salt").digest()
    digest = salted(salt, day_root(hashes))
    leaves = filled([digest, *(sha256(b"hub %d" % number).digest() for number in range(others))])
    place = leaves.index(digest)
    pub = {"day": day.isoformat(), "size": len(leaves), "root": town_root(leaves).hex()}
    leaf = make_leaf("journal", pub)[0]
    log = [*entries(5), leaf]
    note = cosigned(sign_checkpoint(TreeHead(6, merkle.root(log)), LOG), OURS, THEIRS)
    receipt = Receipt(5, tuple(merkle.inclusion_proof(log, 5)), note).format()
    return DayProof(
        day,
        salt,
        Place(index, len(hashes), tuple(path_to(hashes, index))),
        Place(place, len(leaves), tuple(path_to(leaves, place))),
        leaf,
        receipt,
    )


def verify(one: DayProof, hashed: bytes) -> None:
    one.verify(hashed, LOG.verifier, WITNESSES, need=2)


@given(st.integers(1, 40), st.data(), st.sampled_from([0, 3, 63, 64, 200]))
def test_every_clip_of_a_day_is_dated_by_one_entry(count: int, data: st.DataObject, others: int) -> None:
    """R42 R30: a clip existed by then, unaltered; the proof needs no network."""
    index = data.draw(st.integers(0, count - 1))
    one = proof(made(count), index, others)
    verify(one, made(count)[index])
    verify(DayProof.parse(json.dumps(one.as_json()).encode()), made(count)[index])
    with pytest.raises(Unproven):
        verify(one, sha256(b"another clip").digest())


def test_a_town_is_filled_up_so_that_its_size_tells_no_number_of_hubs() -> None:
    for hubs, size in ((0, 64), (1, 64), (64, 64), (65, 128), (128, 128), (300, 512)):
        digests = [sha256(b"%d" % number).digest() for number in range(hubs)]
        leaves = filled(digests)
        assert len(leaves) == size
        assert set(digests) <= set(leaves)
        assert leaves == sorted(leaves)


def test_a_hubs_root_tells_nothing_without_its_salt() -> None:
    """A day without clips looks as any other, and two days without any look different."""
    assert salted(b"\1" * 32, day_root([])) != salted(b"\2" * 32, day_root([]))


def test_any_other_salt_place_day_entry_or_witness_proves_nothing() -> None:
    hashes = made(5)
    good = proof(hashes, 2)
    other = proof(made(4), 2)
    wrong = [
        replace(good, salt=bytes(32)),
        replace(good, day=date(2026, 11, 23)),
        replace(good, hub=replace(good.hub, index=3)),
        replace(good, hub=replace(good.hub, path=good.hub.path[:-1])),
        replace(good, hub=replace(good.hub, path=(*good.hub.path, bytes(32)))),
        replace(good, hub=replace(good.hub, index=9)),
        replace(good, town=replace(good.town, index=(good.town.index + 1) % 64)),
        replace(good, town=replace(good.town, size=128)),
        replace(good, town=replace(good.town, path=good.town.path[1:])),
        replace(good, leaf=other.leaf),
        replace(good, leaf=other.leaf, receipt=other.receipt),
        replace(good, leaf=make_leaf("case", {"day": DAY.isoformat(), "size": 64, "root": "0" * 64})[0]),
        replace(good, leaf=make_leaf("journal", {"day": DAY.isoformat(), "size": True, "root": "0"})[0]),
        replace(good, receipt=other.receipt),
    ]
    verify(good, hashes[2])
    for one in wrong:
        with pytest.raises(ProofError):
            verify(one, hashes[2])
    with pytest.raises(ProofError):
        good.verify(hashes[2], LOG.verifier, [OUR_WITNESS], need=2)


@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_any_bytes_are_refused_as_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        DayProof.parse(raw)


@pytest.mark.parametrize("field", ["day", "salt", "hub", "town", "leaf", "receipt"])
def test_a_proof_that_lacks_something_or_has_it_in_another_form_is_refused(field: str) -> None:
    good = proof(made(2), 1).as_json()
    for change in ({field: 3}, {field: "x"}, {f"{field}s": 1}):
        if field in {"leaf", "receipt"} and change == {field: "x"}:
            continue  # text, whose form is looked at when it is checked
        with pytest.raises(Malformed):
            DayProof.parse(json.dumps({**good, **change}).encode())
    lacking = {name: value for name, value in good.items() if name != field}
    with pytest.raises(Malformed):
        DayProof.parse(json.dumps(lacking).encode())
