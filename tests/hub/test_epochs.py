"""Household keys: only what the owner signed, in one chain, and kept while the server is away."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.hub.answering import Answer, Answering, answering
from tests.hub.homes import HUB, make_chain, make_epoch, make_pairing

from fanlight.hub.epochs import Epochs, EpochsRefused
from fanlight.hub.uplink import ServerAway, Uplink
from fanlight.model.errors import FanlightError
from fanlight.seal.epoch import Epoch
from fanlight.seal.keys import SigningKey

PATH = "GET /v1/households/mine/epochs"


def refresh(folder: Path, server: Answering) -> Epochs:
    async def run() -> Epochs:
        epochs = Epochs(folder, make_pairing(server.url))
        async with Uplink(server.url, HUB.signing) as uplink:
            await epochs.refresh(uplink)
        return epochs

    return asyncio.run(run())


def show(server: Answering, chain: list[Epoch]) -> None:
    server.answers[PATH] = Answer(body={"epochs": [epoch.to_wire() for epoch in chain]})


def known(folder: Path) -> bytes | None:
    """Return the statement that a hub would seal to after a restart without a server."""
    newest = Epochs(folder, make_pairing()).newest
    return newest.statement_bytes if newest else None


def test_the_newest_epoch_is_kept_for_when_the_server_is_away(tmp_path: Path) -> None:
    chain = make_chain(3)
    assert known(tmp_path) is None
    with answering() as server:
        show(server, chain[:1])
        newest = refresh(tmp_path, server).newest
        assert newest is not None
        assert newest.statement_bytes == chain[0].statement_bytes
        show(server, chain)
        refresh(tmp_path, server)
    assert known(tmp_path) == chain[-1].statement_bytes
    assert (tmp_path / "epochs.json").stat().st_mode & 0o777 == 0o600


def test_a_household_without_epochs_is_no_error(tmp_path: Path) -> None:
    with answering() as server:
        show(server, [])
        assert refresh(tmp_path, server).newest is None


OURS = make_chain(3)
FORK = make_epoch(OURS[0])[1]
FORKED = [OURS[0], FORK, make_epoch(FORK)[1]]
SWAPPED = [replace(OURS[0], sealed=OURS[1].sealed), replace(OURS[1], sealed=OURS[0].sealed), OURS[2]]
LIES = {
    "of a foreign owner": make_chain(3, owner=SigningKey(b"f" * 32)),
    "of another household": make_chain(3, household="g" * 26),
    "forked after the first": FORKED,
    "another chain of the owner's": make_chain(4),
    "shorter": OURS[:1],
    "empty": [],
    "with a gap": [OURS[0], OURS[2]],
    "in another order": [OURS[1], OURS[0], OURS[2]],
    "with a made-up key at its end": [*OURS, make_chain(4, owner=SigningKey(b"f" * 32))[3]],
    "with halves exchanged": SWAPPED,
}


@pytest.mark.parametrize("lie", LIES)
def test_a_list_of_keys_that_lies_changes_nothing(tmp_path: Path, lie: str) -> None:
    """R05: nobody but the owner can make a hub seal to another key."""
    with answering() as server:
        show(server, OURS[:2])
        refresh(tmp_path, server)
        show(server, LIES[lie])
        with pytest.raises(FanlightError) as refused:
            refresh(tmp_path, server)
    assert refused.value.kept
    assert known(tmp_path) == OURS[1].statement_bytes


@pytest.mark.parametrize("body", [{"epochs": 7}, {"epochs": [7]}, {"epochs": [{"statement": "{}"}]}])
def test_an_answer_that_is_no_list_of_keys_is_refused(tmp_path: Path, body: object) -> None:
    with answering(**{PATH: Answer(body=body)}) as server, pytest.raises(FanlightError):
        refresh(tmp_path, server)


def test_an_answer_of_a_stranger_means_that_the_server_is_away(tmp_path: Path) -> None:
    with answering(**{PATH: Answer(body=b"<html>")}) as server, pytest.raises(ServerAway):
        refresh(tmp_path, server)


@pytest.mark.parametrize("content", ["", "{", "7", '[{"statement":"{}"}]'])
def test_a_kept_file_that_is_damaged_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "epochs.json").write_text(content)
    with pytest.raises(EpochsRefused, match=r"epochs\.json"):
        Epochs(tmp_path, make_pairing())


def test_a_kept_file_of_another_owner_is_not_used(tmp_path: Path) -> None:
    with answering() as server:
        show(server, OURS)
        refresh(tmp_path, server)
    with pytest.raises(EpochsRefused):
        Epochs(tmp_path, make_pairing(household="g" * 26))
