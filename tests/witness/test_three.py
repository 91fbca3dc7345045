"""Three witnesses, each a process with its own key and folder: none signs a fork, a rollback or a forgery."""

import contextlib
import signal
from collections.abc import Iterator

import pytest
from tests.proof.logs import LOG, entries, key
from tests.witness.test_process import Running, start, stop
from tests.witness.test_store import FORK, ask, head

from fanlight.proof.add_checkpoint import AddCheckpoint
from fanlight.proof.checkpoint import sign_checkpoint
from fanlight.proof.cosignature import cosigned_at
from fanlight.proof.merkle import consistency_proof
from fanlight.proof.note import ED25519, Note, SignerKey


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Running]]:
    """Run three that have all seen the log at 9 entries."""
    homes = [tmp_path_factory.mktemp(name) for name in ("one", "two", "three")]
    with contextlib.ExitStack() as stack:
        running = []
        for home in homes:
            running.append(start(home))
            stack.callback(stop, running[-1], signal.SIGTERM)
        for one in running:
            assert one.ask("POST", "/add-checkpoint", ask(0, 5))[0] == 200
            assert one.ask("POST", "/add-checkpoint", ask(5, 9))[0] == 200
        assert len({one.key.public for one in running}) == 3
        yield running


def answers(three: list[Running], body: bytes) -> list[int]:
    return [one.ask("POST", "/add-checkpoint", body)[0] for one in three]


def _signed_by(signer: SignerKey, size: int) -> bytes:
    note = sign_checkpoint(head(size), signer)
    return AddCheckpoint(9, tuple(consistency_proof(entries(size), 9)), note).format()


STRANGER = SignerKey(LOG.name, ED25519, key("stranger", ED25519).seed)
ATTACKS = {
    "a fork": (ask(9, 12, FORK), 422),
    "a second checkpoint of one size": (ask(9, 9, FORK), 422),
    "a rollback": (ask(5, 7), 409),
    "a rollback to nothing": (ask(0, 0), 409),
    "a rollback that says it goes on": (b"old 9\n\n" + sign_checkpoint(head(5), LOG), 400),
    "another key in the log's name": (_signed_by(STRANGER, 12), 403),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_all_three_refuse_what_contradicts_what_they_saw(three: list[Running], name: str) -> None:
    """R42."""
    body, status = ATTACKS[name]
    assert answers(three, body) == [status] * 3


def test_all_three_refuse_a_bad_signature(three: list[Running]) -> None:
    """R42: one bit of the log's signature is turned."""
    note = bytearray(sign_checkpoint(head(12), LOG))
    note[-20] = ord("A") if note[-20] != ord("A") else ord("B")
    body = AddCheckpoint(9, tuple(consistency_proof(entries(12), 9)), bytes(note)).format()
    assert answers(three, body) == [403] * 3


def test_after_all_that_the_honest_log_goes_on_with_all_three(three: list[Running]) -> None:
    """R42: an attack costs the honest log nothing."""
    note = sign_checkpoint(head(12), LOG)
    for one in three:
        status, _, line = one.ask("POST", "/add-checkpoint", ask(9, 12))
        assert status == 200
        assert cosigned_at(Note.parse(note + line), one.key) is not None
        assert one.ask("POST", "/add-checkpoint", ask(9, 13, FORK))[0] == 409
