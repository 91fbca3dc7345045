"""A copy of a log: whole, checked as it is taken, of use with the server switched off."""

import shutil
from pathlib import Path

import pytest
from tests.proof.handing import NEXT_LOG, handed, rotated
from tests.proof.logs import LOG, OUR_WITNESS, OURS, THEIR_WITNESS, cosigned, entries, make_log, write_log

from fanlight.cli.mirror import mirror
from fanlight.cli.verify_log import verify_log_target
from fanlight.model.check import Check, State
from fanlight.proof.checkpoint import open_checkpoint, sign_checkpoint
from fanlight.proof.trust import NAMED_BY_LOG, Trust

BOTH = Trust(LOG.verifier, [OUR_WITNESS, THEIR_WITNESS], 2)


def take(source: Path | str, copy: Path, trust: Trust = NAMED_BY_LOG) -> dict[str, Check]:
    return {check.name: check for check in mirror(str(source), copy, trust)}


def all_holds(copy: Path) -> bool:
    checks = list(verify_log_target(str(copy)))
    return all(check.state is State.HOLDS for check in checks if check.name != "earlier checkpoint")


@pytest.mark.parametrize("sizes", [(1, 2), (255, 256), (256, 257), (3, 700), (600, 66_000)])
def test_a_copy_grows_with_its_log_and_verifies_without_it(sizes: tuple[int, int], tmp_path: Path) -> None:
    """R42: a mirror verifies with the server switched off."""
    for size in sizes:
        shutil.rmtree(tmp_path / "log", ignore_errors=True)
        write_log(tmp_path / "log", make_log(size, size))
        made = take(tmp_path / "log", tmp_path / "copy", BOTH)
        assert {check.state for check in made.values()} == {State.HOLDS}, made
    shutil.rmtree(tmp_path / "log")
    assert all_holds(tmp_path / "copy")
    found = {check.name: check.state for check in verify_log_target(str(tmp_path / "copy"))}
    assert found["earlier checkpoint"] is State.HOLDS
    assert made["copy"].detail == f"All {sizes[1]} entries are here, {sizes[1] - sizes[0]} of them new."


def test_a_copy_that_is_up_to_date_stays_as_it_is(tmp_path: Path) -> None:
    write_log(tmp_path / "log", make_log(1, 9))
    take(tmp_path / "log", tmp_path / "copy")
    before = {path: path.read_bytes() for path in (tmp_path / "copy").rglob("*") if path.is_file()}
    assert take(tmp_path / "log", tmp_path / "copy")["copy"].detail.endswith("0 of them new.")
    assert {path: path.read_bytes() for path in (tmp_path / "copy").rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("then", [5, 9, 300])
def test_another_history_under_the_same_key_is_refused_and_both_are_kept(then: int, tmp_path: Path) -> None:
    """R42: a fork, a rollback and a rewriting are proved by what lies in the copy."""
    write_log(tmp_path / "log", make_log(1, 9))
    take(tmp_path / "log", tmp_path / "copy")
    shutil.rmtree(tmp_path / "log")
    leaves = entries(then) if then < 9 else [b"other", *entries(then)[1:]]
    write_log(tmp_path / "log", make_log(1, then, leaves=leaves))
    refused = take(tmp_path / "log", tmp_path / "copy")
    assert refused["continuation"].state is State.FAILS
    assert "copy" not in refused
    assert all_holds(tmp_path / "copy")
    kept = sorted((tmp_path / "copy" / "contradiction").iterdir())
    assert [path.suffix for path in kept] == [".here", ".there"]
    assert kept[0].read_bytes() == (tmp_path / "copy" / "checkpoint").read_bytes()
    assert kept[1].read_bytes() == (tmp_path / "log" / "checkpoint").read_bytes()


def test_an_entry_that_is_not_the_signed_one_is_not_taken(tmp_path: Path) -> None:
    files = make_log(1, 9)
    files["tile/entries/000.p/9"] = files["tile/entries/000.p/9"][:-2] + b"!}"
    write_log(tmp_path / "log", files)
    assert take(tmp_path / "log", tmp_path / "copy")["continuation"].state is State.FAILS
    assert not (tmp_path / "copy" / "checkpoint").exists()


def test_a_tile_that_is_withheld_leaves_the_copy_as_it_was_and_goes_on_later(tmp_path: Path) -> None:
    write_log(tmp_path / "log", make_log(1, 300))
    take(tmp_path / "log", tmp_path / "copy")
    write_log(tmp_path / "log", make_log(300, 900))
    withheld = tmp_path / "log" / "tile" / "entries" / "002"
    data = withheld.read_bytes()
    withheld.unlink()
    stopped = take(tmp_path / "log", tmp_path / "copy")["copy"]
    assert (stopped.state, "tile/entries/002" in stopped.detail) == (State.UNKNOWN, True)
    assert all_holds(tmp_path / "copy")
    withheld.write_bytes(data)
    assert take(tmp_path / "log", tmp_path / "copy")["copy"].state is State.HOLDS
    assert all_holds(tmp_path / "copy")


def test_what_too_few_witnesses_signed_is_not_taken(tmp_path: Path) -> None:
    """R42: two of three, or the copy stays where it was."""
    write_log(tmp_path / "log", make_log(1, 9))
    take(tmp_path / "log", tmp_path / "copy", BOTH)
    more = make_log(9, 12)
    signed = open_checkpoint(more["checkpoint"], LOG.verifier)
    more["checkpoint"] = cosigned(sign_checkpoint(signed.head, LOG), OURS)
    write_log(tmp_path / "log", more)
    stopped = take(tmp_path / "log", tmp_path / "copy", BOTH)
    assert (stopped["witnesses"].state, stopped["copy"].state) == (State.UNKNOWN, State.UNKNOWN)
    assert "copy of 9 entries still counts" in stopped["copy"].detail


def test_a_copy_belongs_to_one_key(tmp_path: Path) -> None:
    write_log(tmp_path / "log", make_log(1, 9))
    take(tmp_path / "log", tmp_path / "copy")
    refused = take(tmp_path / "log", tmp_path / "copy", Trust(OURS.verifier))
    assert refused["copy"].state is State.FAILS


def test_where_there_is_no_log_nothing_is_said_to_hold(tmp_path: Path) -> None:
    for target in (tmp_path / "nowhere", "http://127.0.0.1:9", "http://[", tmp_path):
        (check,) = take(target, tmp_path / "copy").values()
        assert check.state is State.UNKNOWN
    (tmp_path / "file").write_bytes(b"")
    write_log(tmp_path / "log", make_log(1, 9))
    assert take(tmp_path / "log", tmp_path / "file")["copy"].state is State.UNKNOWN


def test_a_copy_that_somebody_altered_says_so_and_takes_nothing_more(tmp_path: Path) -> None:
    write_log(tmp_path / "log", make_log(1, 9))
    take(tmp_path / "log", tmp_path / "copy")
    edge = tmp_path / "copy" / "tile" / "0" / "000.p" / "9"
    edge.write_bytes(bytes(32) + edge.read_bytes()[32:])
    write_log(tmp_path / "log", make_log(9, 20))
    refused = take(tmp_path / "log", tmp_path / "copy")["copy"]
    assert refused.state is State.FAILS
    assert "not those that its checkpoint signs" in refused.detail


def test_a_copy_follows_its_log_to_a_new_key_and_verifies_without_it(tmp_path: Path) -> None:
    """R42: also where the old key signs no more."""
    write_log(tmp_path / "log", make_log(1, 9))
    take(tmp_path / "log", tmp_path / "copy", BOTH)
    shutil.rmtree(tmp_path / "log")
    write_log(tmp_path / "log", rotated(handed((LOG, NEXT_LOG)), (NEXT_LOG,), old=9))
    made = take(tmp_path / "log", tmp_path / "copy", BOTH)
    assert {check.state for check in made.values()} == {State.HOLDS}, made
    shutil.rmtree(tmp_path / "log")
    assert all_holds(tmp_path / "copy")
    found = {check.name: check.state for check in verify_log_target(str(tmp_path / "copy"), BOTH)}
    assert set(found.values()) == {State.HOLDS}


def test_a_copy_takes_no_key_that_was_handed_over_outside_the_record(tmp_path: Path) -> None:
    write_log(tmp_path / "log", make_log(1, 9))
    take(tmp_path / "log", tmp_path / "copy", BOTH)
    shutil.rmtree(tmp_path / "log")
    write_log(tmp_path / "log", rotated(handed((LOG, NEXT_LOG)), (NEXT_LOG,), old=9, entered=False))
    assert take(tmp_path / "log", tmp_path / "copy", BOTH)["key changes"].state is State.FAILS
    assert (tmp_path / "copy" / "vkey").read_text().strip() == LOG.verifier.vkey
