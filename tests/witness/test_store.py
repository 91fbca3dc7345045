"""What a witness remembers holds through crashes, races and clocks."""

import sqlite3
import threading
from pathlib import Path

import pytest
from tests.proof.logs import LOG, TIME_S, entries, key

from fanlight.proof import merkle
from fanlight.proof.add_checkpoint import AddCheckpoint
from fanlight.proof.checkpoint import Checkpoint, sign_checkpoint
from fanlight.proof.cosignature import cosigned_at
from fanlight.proof.merkle import TreeHead
from fanlight.proof.note import ED25519, Note
from fanlight.witness.errors import CannotStart
from fanlight.witness.rules import Refused
from fanlight.witness.store import Store

LOGS = {LOG.name: LOG.verifier}


def head(size: int, leaves: list[bytes] | None = None) -> TreeHead:
    return TreeHead(size, merkle.root((leaves or entries(size))[:size]))


def ask(old: int, new: int, leaves: list[bytes] | None = None) -> bytes:
    """Return the body that asks to cosign the log of `new` after the one of `old`."""
    leaves = entries(new) if leaves is None else leaves
    proof = merkle.consistency_proof(leaves[:new], old)
    return AddCheckpoint(old, tuple(proof), sign_checkpoint(head(new, leaves), LOG)).format()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "w", "w.example", LOGS, lambda: TIME_S)


def refused(store: Store, body: bytes) -> int:
    outcome = store.add(body)
    assert isinstance(outcome, Refused)
    return outcome.status


def test_checkpoints_that_follow_each_other_are_cosigned(store: Store) -> None:
    """R42: a witness follows the log as it grows."""
    for old, new in ((0, 5), (5, 5), (5, 9), (9, 300)):
        line = store.add(ask(old, new))
        assert isinstance(line, str)
        note = Note.parse(sign_checkpoint(head(new), LOG) + line.encode())
        assert cosigned_at(note, store.verifier) == TIME_S
    shown = store.checkpoint(LOG.name)
    assert shown is not None
    note = Note.parse(shown)
    note.verify(LOG.verifier)
    assert cosigned_at(note, store.verifier) == TIME_S
    assert Checkpoint.parse(note.text).head == head(300)


def test_an_empty_log_is_cosigned_and_may_grow(store: Store) -> None:
    assert isinstance(store.add(ask(0, 0)), str)
    assert isinstance(store.add(ask(0, 3)), str)


FORK = [b"other", *entries(20)[1:]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"old 5\n\n", 400),
        (b"old 05\n\n" + sign_checkpoint(head(9), LOG), 400),
        (b"old 5\nnothash\n\n" + sign_checkpoint(head(9), LOG), 400),
        (b"old 5\n" + b"A" * 43 + b"=\n" * 1 + b"\n" + b"\xff", 400),
        (b"old 5\n" + (b"A" * 43 + b"=\n") * 64 + b"\n" + sign_checkpoint(head(9), LOG), 400),
        (b"old 5\n\n" + sign_checkpoint(head(9), key("log.other.example", ED25519)), 404),
        (b"old 5\n\n" + sign_checkpoint(head(9), LOG).replace(b"\n9\n", b"\n8\n"), 403),
        (
            b"old 5\n\n" + f"{LOG.name}\n9\n{'A' * 43}=\n\n{key('x', ED25519).sign(chr(10))}".encode(),
            403,
        ),
        (b"old 5\n\n" + sign_checkpoint(head(4), LOG), 400),
        (ask(3, 9), 409),
        (ask(0, 9), 409),
        (b"old 5\n\n" + sign_checkpoint(head(9), LOG), 422),
        (ask(5, 9, FORK), 422),
        (ask(5, 5, FORK), 422),
    ],
)
def test_each_bad_request_gets_the_answer_the_specification_gives_it(
    store: Store, body: bytes, status: int
) -> None:
    assert isinstance(store.add(ask(0, 5)), str)
    assert refused(store, body) == status
    assert isinstance(store.add(ask(5, 9)), str)  # and nothing moved


def test_an_empty_tree_with_another_root_and_a_proof_from_nothing_are_refused(store: Store) -> None:
    text = f"{LOG.name}\n0\n{'A' * 43}=\n"
    note = (text + "\n" + LOG.sign(text)).encode()
    assert refused(store, b"old 0\n\n" + note) == 422
    body = AddCheckpoint(0, (bytes(32),), sign_checkpoint(head(3), LOG)).format()
    assert refused(store, body) == 422


def test_a_conflict_names_the_size_cosigned_last(store: Store) -> None:
    store.add(ask(0, 5))
    outcome = store.add(ask(0, 9))
    assert isinstance(outcome, Refused)
    assert outcome.size == 5


def test_a_fork_is_kept_as_evidence_and_only_once(store: Store) -> None:
    """R42: a log that rewrites its past leaves a signed proof of it."""
    store.add(ask(0, 5))
    for _ in range(3):
        refused(store, ask(5, 9, FORK))
    ((cosigned, contradiction),) = store.contradictions()
    assert cosigned is not None
    for raw in (cosigned, contradiction):
        Note.parse(raw).verify(LOG.verifier)
    assert Checkpoint.parse(Note.parse(contradiction).text).head == head(9, FORK)


def test_the_state_is_there_after_a_restart_and_the_key_is_the_same(tmp_path: Path) -> None:
    first = Store(tmp_path, "w.example", LOGS, lambda: TIME_S)
    first.add(ask(0, 5))
    vkey = first.verifier
    first.close()
    again = Store(tmp_path, "w.example", LOGS, lambda: TIME_S)
    assert again.verifier == vkey
    assert refused(again, ask(0, 9)) == 409
    assert isinstance(again.add(ask(5, 9)), str)


def test_what_was_answered_is_on_disk_without_closing(store: Store, tmp_path: Path) -> None:
    store.add(ask(0, 5))
    other = sqlite3.connect(tmp_path / "w" / "state.sqlite")
    assert other.execute("SELECT size FROM latest").fetchone() == (5,)
    other.close()


def test_when_the_state_cannot_be_stored_nothing_is_signed(store: Store) -> None:
    store.add(ask(0, 5))
    store._db.execute("PRAGMA query_only = ON")
    with pytest.raises(sqlite3.Error):
        store.add(ask(5, 9))
    store._db.execute("PRAGMA query_only = OFF")
    assert isinstance(store.add(ask(5, 9)), str)


def test_of_two_branches_asked_for_at_once_only_one_is_cosigned(tmp_path: Path) -> None:
    # Two processes on one folder is a mistake that must cost nothing: the transaction is in the file.
    stores = [Store(tmp_path, "w.example", LOGS, lambda: TIME_S) for _ in range(2)]
    stores[0].add(ask(0, 1))
    branches = [[b'{"entry":0}', b"branch %d" % i] for i in range(8)]
    bodies = [ask(1, 2, branch) for branch in branches]
    outcomes: list[str | Refused] = []
    threads = [
        threading.Thread(target=lambda i=i, b=b: outcomes.append(stores[i % 2].add(b)))
        for i, b in enumerate(bodies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(o, str) for o in outcomes) == 1
    assert {o.status for o in outcomes if isinstance(o, Refused)} == {409}


def test_its_times_never_go_back(tmp_path: Path) -> None:
    times = iter([TIME_S, TIME_S - 500, TIME_S + 1])
    store = Store(tmp_path, "w.example", LOGS, lambda: next(times))
    seen: list[int | None] = []
    for old, new in ((0, 1), (1, 2), (2, 3)):
        line = store.add(ask(old, new))
        assert isinstance(line, str)
        note = Note.parse(sign_checkpoint(head(new), LOG) + line.encode())
        seen.append(cosigned_at(note, store.verifier))
    assert seen == [TIME_S, TIME_S, TIME_S + 1]


def test_its_key_is_readable_by_its_owner_only(store: Store, tmp_path: Path) -> None:
    assert (tmp_path / "w" / "witness.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "w").stat().st_mode & 0o777 == 0o700
    assert store.verifier.name == "w.example"


def test_a_key_whose_memory_is_lost_is_not_used(tmp_path: Path) -> None:
    Store(tmp_path, "w.example", LOGS, lambda: TIME_S).close()
    for file in tmp_path.glob("state.sqlite*"):
        file.unlink()
    with pytest.raises(CannotStart, match="not what it signed"):
        Store(tmp_path, "w.example", LOGS, lambda: TIME_S)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff"])
def test_a_damaged_or_foreign_key_is_not_replaced(tmp_path: Path, content: bytes) -> None:
    Store(tmp_path, "w.example", LOGS, lambda: TIME_S).close()
    with pytest.raises(CannotStart, match=r"--name w\.example"):
        Store(tmp_path, "v.example", LOGS, lambda: TIME_S)
    (tmp_path / "witness.key").write_bytes(content)
    with pytest.raises(CannotStart):
        Store(tmp_path, "w.example", LOGS, lambda: TIME_S)
    assert (tmp_path / "witness.key").read_bytes() == content
