"""A whole log is checked from its files, and what is wrong is named."""

from collections.abc import Sequence

import pytest
from tests.proof.logs import LOG, OUR_WITNESS, OURS, THEIR_WITNESS, cosigned, entries, flip, make_log

from fanlight.model.check import Check, State
from fanlight.proof.checkpoint import sign_checkpoint
from fanlight.proof.cosignature import Witness, format_witnesses
from fanlight.proof.errors import MissingFile
from fanlight.proof.merkle import TreeHead, root
from fanlight.proof.trust import Trust
from fanlight.proof.verify_log import verify_log

HOLDS, FAILS, UNKNOWN = State.HOLDS, State.FAILS, State.UNKNOWN


def states(files: dict[str, bytes], witnesses: Sequence[Witness] | None = None) -> dict[str, State]:
    return {check.name: check.state for check in verify_log(files.get, Trust(witnesses=witnesses))}


def check(files: dict[str, bytes], name: str) -> Check:
    return next(c for c in verify_log(files.get) if c.name == name)


@pytest.mark.parametrize(("old", "new"), [(100, 300), (0, 1), (256, 256), (200, 256), (511, 515)])
def test_every_check_of_a_sound_log_holds(old: int, new: int) -> None:
    """R42: anyone can verify the whole record."""
    found = states(make_log(old, new))
    assert set(found.values()) == {HOLDS}
    assert list(found) == [
        "log key",
        "log signature",
        f"witness {OURS.name}",
        f"witness {THEIR_WITNESS.key.name}",
        "witnesses",
        "entries",
        "tiles",
        "root",
        "earlier checkpoint",
    ]


def test_each_witness_is_named_with_who_runs_it() -> None:
    files = make_log(10, 20)
    assert "the operator" in check(files, f"witness {OURS.name}").detail
    assert "the city library" in check(files, "witnesses").detail


def test_a_log_seen_only_by_the_operators_witness_says_so() -> None:
    files = make_log(10, 20)
    files["witness.vkeys"] = format_witnesses([OUR_WITNESS]).encode()
    assert check(files, "witnesses").detail == "Checked, but by the operator's own witness."


def test_a_log_nobody_cosigned_is_not_said_to_be_witnessed() -> None:
    files = make_log(10, 20)
    files["checkpoint"] = sign_checkpoint(TreeHead(20, root(entries(20))), LOG)
    found = states(files)
    assert found["witnesses"] is UNKNOWN
    assert found[f"witness {OURS.name}"] is UNKNOWN


def test_a_wrong_cosignature_fails_and_names_its_witness() -> None:
    files = make_log(10, 20)
    good = cosigned(sign_checkpoint(TreeHead(20, root(entries(20))), LOG))
    files["checkpoint"] = good + OURS.line(bytes(7) + b"\1" + bytes(64)).encode()
    assert states(files)[f"witness {OURS.name}"] is FAILS


@pytest.mark.parametrize(
    ("path", "fails"),
    [
        ("tile/0/000", {"entries"}),
        ("tile/0/001.p/44", {"entries"}),
        ("tile/1/000.p/1", {"tiles"}),
        ("tile/entries/000", {"entries", "root"}),
        ("tile/entries/001.p/44", {"entries", "root"}),
    ],
)
def test_one_flipped_byte_in_any_file_fails(path: str, fails: set[str]) -> None:
    files = make_log(100, 300)
    files[path] = flip(files[path], 5)
    found = states(files)
    assert {name for name, state in found.items() if state is FAILS} >= fails
    where = path.replace("entries", "0")  # an entry is compared with its hash, which is in that tile
    assert where in " ".join(c.detail for c in verify_log(files.get) if c.state is FAILS)


@pytest.mark.parametrize(
    "path", sorted(p for p in make_log(100, 300) if p.startswith("tile/") or p == "vkey")
)
def test_a_file_the_log_must_serve_and_does_not_fails(path: str) -> None:
    files = make_log(100, 300)
    if path.startswith("tile/") and path.endswith(".p/100"):
        del files[path]  # of an earlier size: the full one stands for it
        assert FAILS not in states(files).values()
    else:
        del files[path]
        assert FAILS in states(files).values()


def test_a_file_that_cannot_be_fetched_is_unknown_and_never_holds() -> None:
    files = make_log(100, 300)

    def read(path: str) -> bytes | None:
        if path == "tile/entries/000":
            raise MissingFile(path)
        return files.get(path)

    found = {c.name: c.state for c in verify_log(read)}
    assert found["entries"] is UNKNOWN
    assert found["tiles"] is HOLDS


def test_a_failure_is_not_hidden_by_something_unknown() -> None:
    files = make_log(100, 300)
    files["tile/0/001.p/44"] = flip(files["tile/0/001.p/44"], 1)

    def read(path: str) -> bytes | None:
        if path == "tile/entries/000":
            raise MissingFile(path)
        return files.get(path)

    assert {c.name: c.state for c in verify_log(read)}["entries"] is FAILS


def test_a_rewritten_log_fails_against_its_earlier_checkpoint() -> None:
    """R42: an entry cannot be changed after it was published."""
    forked = make_log(100, 300, leaves=[b"changed", *entries(300)[1:]])
    forked["checkpoint.old"] = make_log(100, 300)["checkpoint.old"]
    found = states(forked)
    assert found["root"] is HOLDS
    assert found["earlier checkpoint"] is FAILS


def test_a_log_that_shrank_fails() -> None:
    files = make_log(100, 200)
    files["checkpoint.old"] = make_log(100, 300)["checkpoint"]
    assert states(files)["earlier checkpoint"] is FAILS


def test_a_log_without_an_earlier_checkpoint_says_it_does_not_know() -> None:
    files = make_log(100, 300)
    del files["checkpoint.old"]
    assert states(files)["earlier checkpoint"] is UNKNOWN


def test_a_log_that_only_claims_a_size_does_not_keep_us_busy() -> None:
    files = make_log(100, 300)
    files["checkpoint"] = sign_checkpoint(TreeHead(2**60, bytes(32)), LOG)
    found = states(files)
    assert (found["entries"], found["root"]) == (FAILS, UNKNOWN)


def test_the_key_a_verifier_trusts_comes_before_the_one_the_log_names() -> None:
    checks = list(verify_log(make_log(1, 2).get, Trust(OURS.verifier)))
    assert [c.state for c in checks] == [HOLDS, FAILS]


def test_witnesses_a_verifier_trusts_come_before_those_the_log_names() -> None:
    stranger = Witness(LOG.verifier, "somebody")
    found = states(make_log(1, 2), [stranger])
    assert f"witness {OURS.name}" not in found


def test_fewer_witnesses_than_a_verifier_asks_for_never_hold() -> None:
    """R42: two of three, or it was not checked."""
    files = make_log(1, 2)
    for need, state in ((1, HOLDS), (2, HOLDS), (3, UNKNOWN)):
        trust = Trust(witnesses=[OUR_WITNESS, THEIR_WITNESS], need=need)
        found = {one.name: one for one in verify_log(files.get, trust)}["witnesses"]
        assert found.state is state
    assert found.detail.startswith("Only 2 of the 3 needed: ")
