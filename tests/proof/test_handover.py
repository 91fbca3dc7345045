"""A key hands over to the next: both sign, verifiers follow, and what only one signed is nobody's key."""

import json
from collections.abc import Callable

import pytest
from tests.proof.handing import LAST_LOG, NEXT_LOG, NEXT_WITNESS, handed, rotated
from tests.proof.logs import (
    LOG,
    OUR_WITNESS,
    OURS,
    THEIR_WITNESS,
    THEIRS,
    TIME_S,
    key,
)

from fanlight.model.check import Check, State
from fanlight.proof.checkpoint import open_checkpoint, sign_checkpoint
from fanlight.proof.cosignature import cosign
from fanlight.proof.errors import BadSignature, Malformed, ProofError
from fanlight.proof.handover import Handover, Handovers
from fanlight.proof.merkle import EMPTY_ROOT, TreeHead
from fanlight.proof.note import COSIGNATURE, ED25519, Note, SignerKey
from fanlight.proof.openings import make_leaf
from fanlight.proof.trust import Trust
from fanlight.proof.verify_log import verify_log


def checks(files: dict[str, bytes], trust: Trust) -> dict[str, Check]:
    return {check.name: check for check in verify_log(files.get, trust)}


def states(files: dict[str, bytes], trust: Trust) -> dict[str, State]:
    return {name: check.state for name, check in checks(files, trust).items()}


TRUST = Trust(LOG.verifier, [OUR_WITNESS, THEIR_WITNESS], 2)


def test_who_trusts_the_first_key_follows_every_hand_over_to_the_last() -> None:
    """R42: a log changes its key, and whoever knew the old one still checks it."""
    files = rotated(handed((LOG, NEXT_LOG), (NEXT_LOG, LAST_LOG)), (LAST_LOG,))
    found = checks(files, TRUST)
    assert {check.state for check in found.values()} == {State.HOLDS}, found
    assert "2 changes of key" in found["log key"].detail
    assert found["key changes"].detail == "Both keys of each change signed it, and it is an entry."


def test_while_both_keys_sign_who_knows_only_one_of_them_needs_nothing_else() -> None:
    files = rotated(handed((LOG, NEXT_LOG)), (LOG, NEXT_LOG))
    for trusted in (LOG, NEXT_LOG):
        assert open_checkpoint(files["checkpoint"], trusted.verifier).head.size == 14
        assert set(states(files, Trust(trusted.verifier)).values()) == {State.HOLDS}


def test_who_comes_later_trusts_the_new_key_and_reads_what_the_old_one_signed() -> None:
    files = rotated(handed((LOG, NEXT_LOG)), (NEXT_LOG,))
    for trust in (Trust(), Trust(NEXT_LOG.verifier)):
        assert states(files, trust)["earlier checkpoint"] is State.HOLDS


def test_a_new_key_without_a_hand_over_is_another_log() -> None:
    """A stolen server's new key, or a lost key replaced in silence."""
    files = rotated([], (NEXT_LOG,))
    assert states(files, TRUST)["log signature"] is State.FAILS


def test_a_hand_over_that_is_no_entry_of_the_record_fails() -> None:
    """Who has the old key cannot change it for one reader only."""
    files = rotated(handed((LOG, NEXT_LOG)), (NEXT_LOG,), entered=False)
    assert states(files, TRUST)["key changes"] is State.FAILS


def test_two_keys_that_follow_one_are_refused_both() -> None:
    files = rotated(handed((LOG, NEXT_LOG), (LOG, LAST_LOG)), (NEXT_LOG,))
    assert states(files, TRUST)["key changes"] is State.FAILS
    with pytest.raises(Malformed, match="follow one"):
        Handovers.read(files.get)


def test_keys_that_go_in_a_circle_are_refused() -> None:
    notes = handed((LOG, NEXT_LOG), (NEXT_LOG, LOG))
    with pytest.raises(Malformed, match="follow itself"):
        Handovers(Handover.parse(note) for note in notes)


def test_a_witness_hands_over_and_its_new_signature_counts_for_who_lists_the_old_key() -> None:
    """R42: two of three stay two of three."""
    notes = handed((THEIRS, NEXT_WITNESS))
    files = rotated(notes, (LOG,), (OURS, NEXT_WITNESS))
    found = checks(files, TRUST)
    assert {check.state for check in found.values()} == {State.HOLDS}, found
    assert "the city library" in found["witnesses"].detail
    assert "by a newer key" in found[f"witness {THEIRS.name}"].detail


def test_a_witness_that_lost_its_key_does_not_count_until_the_list_names_its_new_one() -> None:
    files = rotated([], (LOG,), (OURS, NEXT_WITNESS))
    found = states(files, TRUST)
    assert found["witnesses"] is State.UNKNOWN
    listed = Trust(
        LOG.verifier, [OUR_WITNESS, type(THEIR_WITNESS)(NEXT_WITNESS.verifier, "the city library")], 2
    )
    assert set(states(files, listed).values()) == {State.HOLDS}


def _of(text: str, *lines: str) -> bytes:
    return (text + "\n" + "".join(lines)).encode()


def _only_old() -> bytes:
    text = Note.parse(handed((LOG, NEXT_LOG))[0]).text
    return _of(text, LOG.sign(text))


def _only_new() -> bytes:
    text = Note.parse(handed((LOG, NEXT_LOG))[0]).text
    return _of(text, NEXT_LOG.sign(text))


def _witness_by_new_alone() -> bytes:
    text = Note.parse(handed((THEIRS, NEXT_WITNESS))[0]).text
    return _of(text, cosign(text, NEXT_WITNESS, TIME_S))


def _two_names() -> bytes:
    other = key("another.example/log", ED25519)
    text = f"fanlight/key-change/v1\n{LOG.name}\n{LOG.verifier.vkey}\n{other.verifier.vkey}\n"
    return _of(text, LOG.sign(text), other.sign(text))


def _two_kinds() -> bytes:
    other = SignerKey(LOG.name, COSIGNATURE, NEXT_LOG.seed)
    text = f"fanlight/key-change/v1\n{LOG.name}\n{LOG.verifier.vkey}\n{other.verifier.vkey}\n"
    return _of(text, LOG.sign(text), cosign(text, other, TIME_S))


def _one_more_line() -> bytes:
    text = Note.parse(handed((LOG, NEXT_LOG))[0]).text + "and more\n"
    return _of(text, LOG.sign(text), NEXT_LOG.sign(text))


def _to_itself() -> bytes:
    text = f"fanlight/key-change/v1\n{LOG.name}\n{LOG.verifier.vkey}\n{LOG.verifier.vkey}\n"
    return _of(text, LOG.sign(text))


@pytest.mark.parametrize(
    "make", [_only_old, _only_new, _witness_by_new_alone, _two_names, _two_kinds, _one_more_line, _to_itself]
)
def test_a_hand_over_that_not_both_keys_signed_as_one_name_is_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises((BadSignature, Malformed)):
        Handover.parse(make())


@pytest.mark.parametrize("at", range(0, 400, 7))
def test_one_flipped_byte_makes_a_hand_over_none(at: int) -> None:
    note = handed((LOG, NEXT_LOG))[0]
    broken = note[: at % len(note)] + bytes([note[at % len(note)] ^ 1]) + note[at % len(note) + 1 :]
    with pytest.raises(ProofError):
        Handover.parse(broken)


def test_a_hand_over_is_no_checkpoint_and_a_checkpoint_is_no_hand_over() -> None:
    with pytest.raises(ProofError):
        open_checkpoint(handed((LOG, NEXT_LOG))[0], LOG.verifier)
    with pytest.raises(Malformed, match="another form"):
        Handover.parse(sign_checkpoint(TreeHead(0, EMPTY_ROOT), LOG))


def test_the_entry_of_a_change_says_whose_keys_and_holds_the_note() -> None:
    change = Handover.parse(handed((THEIRS, NEXT_WITNESS))[0])
    leaf = json.loads(make_leaf("key", change.pub)[0])
    assert (leaf["pub"]["kind"], leaf["pub"]["name"]) == ("witness", THEIRS.name)
    assert Handover.parse(leaf["pub"]["handover"].encode()) == change
