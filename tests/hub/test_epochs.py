"""Household keys: only what the owner signed, in one chain, and kept while the server is away."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.hub.answering import Answer, Answering, Asked, answering
from tests.hub.homes import CAMERA, HOUSEHOLD, HUB, make_chain, make_epoch, make_pairing
from tests.seal.books import PEOPLE, SHEET, roll_of

from fanlight.hub.epochs import Epochs, EpochsRefused
from fanlight.hub.uplink import ServerAway, Uplink
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.seal.book import Pin, next_epoch
from fanlight.seal.epoch import Epoch
from fanlight.seal.keys import SigningKey
from fanlight.seal.notes import Guest, Notes
from fanlight.seal.roll import Hub, Role
from fanlight.wire import b64

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


ALICE, BOB, GINA = PEOPLE["alice"], PEOPLE["bob"], PEOPLE["gina"]
THIS_HUB = Hub(hub="u" * 26, sign_pub=HUB.signing.public, age_recipient=HUB.recipient)
TODAY = datetime(2026, 11, 22, tzinfo=UTC).date()


def turn(
    after: Epoch | None, members: dict[str, Role], signer: SigningKey, notes: Notes | None = None
) -> Epoch:
    """Write the next page of a book that lists this hub."""
    return next_epoch(
        household=HOUSEHOLD,
        after=after,
        roll=roll_of(members, hubs=[THIS_HUB]),
        notes=notes or Notes(why="changed"),
        signer=signer,
        day=TODAY,
    )[1]


FIRST = turn(None, {"alice": "owner"}, ALICE.signing)
SECOND = turn(FIRST, {"alice": "owner", "bob": "owner"}, ALICE.signing)
THIRD = turn(SECOND, {"bob": "owner"}, BOB.signing)
COMES_BACK = turn(SECOND, {"carol": "owner", "bob": "owner"}, SHEET.signing)
AFTER_IT = turn(COMES_BACK, {"carol": "owner", "bob": "owner"}, PEOPLE["carol"].signing)
OBJECTS = turn(SECOND, {"alice": "owner", "bob": "owner"}, BOB.signing)


def of_alice(folder: Path, server: Answering) -> Epochs:
    """Refresh the epochs of a hub that was paired with alice's key."""

    async def run() -> Epochs:
        epochs = Epochs(
            folder, make_pairing(server.url, owner=b64.encode(ALICE.signing.public)), HUB.identity
        )
        async with Uplink(server.url, HUB.signing) as uplink:
            await epochs.refresh(uplink)
        return epochs

    return asyncio.run(run())


def seen_ago(folder: Path, epoch: Epoch, ago: timedelta) -> None:
    """Let a hub have seen a recovery a while ago."""
    path = folder / "recoveries.json"
    assert set(json.loads(path.read_text())) == {epoch.chain_hash.hex()}
    path.write_text(json.dumps({epoch.chain_hash.hex(): clock.to_text(clock.now() - ago)}))


def test_the_book_goes_on_under_another_owner_than_the_one_the_hub_was_paired_with(tmp_path: Path) -> None:
    """R52: an owner who was removed by another cannot lead the hub back."""
    with answering() as server:
        show(server, [FIRST, SECOND, THIRD])
        head = of_alice(tmp_path, server).head
        assert head == Pin(2, THIRD.chain_hash)
        show(server, [FIRST, SECOND, turn(SECOND, {"alice": "owner"}, ALICE.signing)])
        with pytest.raises(EpochsRefused):
            of_alice(tmp_path, server)
        show(server, [FIRST, SECOND])
        with pytest.raises(EpochsRefused):
            of_alice(tmp_path, server)
    kept = Epochs(tmp_path, make_pairing(owner=b64.encode(ALICE.signing.public)))
    assert kept.head == head


def test_a_recovery_counts_a_day_after_this_hub_saw_it_over_restarts(tmp_path: Path) -> None:
    """R03: who finds a sheet does not have the hub at once; the hub's own clock and disk say since when."""
    with answering() as server:
        show(server, [FIRST, SECOND, COMES_BACK, AFTER_IT])
        for _ in range(2):
            epochs = of_alice(tmp_path, server)
            assert epochs.head == Pin(1, SECOND.chain_hash)
            assert epochs.waiting == COMES_BACK
        seen_ago(tmp_path, COMES_BACK, timedelta(hours=23, minutes=50))
        assert of_alice(tmp_path, server).head == Pin(1, SECOND.chain_hash)
        seen_ago(tmp_path, COMES_BACK, timedelta(hours=24))
        assert of_alice(tmp_path, server).head == Pin(3, AFTER_IT.chain_hash)
        show(server, [FIRST, SECOND, OBJECTS])
        with pytest.raises(EpochsRefused):
            of_alice(tmp_path, server)
    kept = Epochs(tmp_path, make_pairing(owner=b64.encode(ALICE.signing.public)))
    assert kept.head == Pin(3, AFTER_IT.chain_hash)


def test_an_owners_word_voids_a_recovery_that_the_server_holds_back(tmp_path: Path) -> None:
    """R03: an owner objects within the day, and the recovery never counts, however long ago it was seen."""
    with answering() as server:
        pending = {"epoch": COMES_BACK.to_wire(), "day": "2026-11-22", "due": "2026-11-24"}
        chain = [epoch.to_wire() for epoch in (FIRST, SECOND)]
        server.answers[PATH] = Answer(body={"epochs": chain, "pending": pending})
        assert of_alice(tmp_path, server).waiting == COMES_BACK
        seen_ago(tmp_path, COMES_BACK, timedelta(hours=30))
        assert of_alice(tmp_path, server).head == Pin(1, SECOND.chain_hash)
        server.answers[PATH] = Answer(body={"epochs": [*chain, OBJECTS.to_wire()], "pending": pending})
        epochs = of_alice(tmp_path, server)
        assert (epochs.head, epochs.waiting) == (Pin(2, OBJECTS.chain_hash), None)
        assert json.loads((tmp_path / "recoveries.json").read_text()) == {}
        show(server, [FIRST, SECOND, COMES_BACK])
        with pytest.raises(EpochsRefused):
            of_alice(tmp_path, server)


@pytest.mark.parametrize("pending", [7, {}, {"epoch": None}, {"epoch": {"statement": "{}"}}])
def test_a_pending_recovery_that_is_none_is_refused(tmp_path: Path, pending: object) -> None:
    with answering() as server:
        server.answers[PATH] = Answer(body={"epochs": [FIRST.to_wire()], "pending": pending})
        with pytest.raises(FanlightError):
            of_alice(tmp_path, server)


@pytest.mark.parametrize("content", ["", "7", '{"zz": "2026"}', '{"00": 7}'])
def test_a_damaged_note_of_when_a_recovery_was_seen_lets_it_wait_anew(tmp_path: Path, content: str) -> None:
    with answering() as server:
        show(server, [FIRST, SECOND, COMES_BACK])
        of_alice(tmp_path, server)
        (tmp_path / "recoveries.json").write_text(content)
        assert of_alice(tmp_path, server).waiting == COMES_BACK
        seen_ago(tmp_path, COMES_BACK, timedelta(hours=24))
        assert of_alice(tmp_path, server).waiting is None


def test_a_guest_has_a_camera_until_their_time_is_over_and_nobody_can_count_whose_it_is(
    tmp_path: Path,
) -> None:
    """R52: what a guest may see ends by itself; a clip has as many stanzas whoever may see it."""
    end = datetime(2026, 12, 1, tzinfo=UTC)
    notes = Notes(why="joined", guests={GINA.account: Guest(cameras=frozenset({CAMERA.id}), until=end)})
    page = turn(FIRST, {"alice": "owner", "gina": "guest"}, ALICE.signing, notes)
    before, other = end - timedelta(minutes=1), "z" * 26
    with answering() as server:
        show(server, [FIRST, page])
        epochs = of_alice(tmp_path, server)
        assert epochs.guests(CAMERA.id, before) == [GINA.age.recipient]
        for camera, at in ((CAMERA.id, end), (other, before)):
            [nobodys] = epochs.guests(camera, at)
            assert nobodys.startswith("age1pq1")
            assert nobodys != GINA.age.recipient
        show(server, [FIRST, replace(page, private=b"")])  # the server hides the notes it showed before
        assert of_alice(tmp_path, server).guests(CAMERA.id, before) == [GINA.age.recipient]
    hidden = Epochs(tmp_path, make_pairing(owner=b64.encode(ALICE.signing.public)))
    assert hidden.guests(CAMERA.id, before) != [GINA.age.recipient]
    assert len(hidden.guests(CAMERA.id, before)) == 1


def test_a_hub_asks_from_its_newest_key_on_and_takes_no_other_end_of_the_list(tmp_path: Path) -> None:
    """R03 R05: years of keys are not fetched each minute, and what is left out can be no fork's."""
    with answering() as server:
        fork = [FIRST, OBJECTS, turn(OBJECTS, {"bob": "owner"}, BOB.signing)]
        lists = {"ours": [FIRST, SECOND, THIRD], "fork": fork}
        told = "ours"

        def tell(asked: Asked) -> Answer:
            first = int(asked.path.rpartition("from=")[2])
            return Answer(body={"epochs": [epoch.to_wire() for epoch in lists[told][first:]]})

        server.answers[PATH] = tell
        assert of_alice(tmp_path, server).head == Pin(2, THIRD.chain_hash)
        assert of_alice(tmp_path, server).head == Pin(2, THIRD.chain_hash)
        assert [one.path[-1] for one in server.asked if one.method == "GET"] == ["0", "2"]
        lists["ours"].append(turn(THIRD, {"bob": "owner", "carol": "member"}, BOB.signing))
        assert of_alice(tmp_path, server).head == Pin(3, lists["ours"][3].chain_hash)
        told = "fork"
        for end in (fork, [*fork, turn(fork[2], {"bob": "owner"}, BOB.signing)], []):
            lists["fork"] = end
            with pytest.raises(EpochsRefused):
                of_alice(tmp_path, server)
