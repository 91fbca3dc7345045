"""A log and a witness change their keys: entered, shown, followed, over restarts and a crash."""

import asyncio
import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.running import Running, prepare, running, witness_process

from fanlight.cli.verify_log import verify_log_target
from fanlight.model.check import Check, State
from fanlight.proof.checkpoint import open_checkpoint
from fanlight.proof.cosignature import Witness
from fanlight.proof.errors import BadSignature
from fanlight.proof.note import SignerKey, VerifierKey
from fanlight.proof.trust import Trust
from fanlight.proof.witness_list import Listed, WitnessList
from fanlight.server import setup
from fanlight.server.setup import BadSetup

TIME_S = 1_795_284_000
W = "w.example"


async def enter(town: Running) -> None:
    async with town.services.db.transaction() as tx:
        leaf = await town.services.log.queue_leaf(tx, "case", {"number": 1})
    await town.services.log.receipt(leaf)
    await town.settled()


async def shown(town: Running, count: int) -> None:
    async def there() -> bool:
        return (await town.http.get(f"/log/handover/{count}")).is_success

    await town.until(there)


def verified(home: Path, trust: Trust) -> dict[str, Check]:
    return {check.name: check for check in verify_log_target(str(home / "log"), trust)}


@contextlib.contextmanager
def witness(home: Path, vkey: str, *more: str) -> Iterator[Listed]:
    """Run the witness; yields it as a list names it now."""
    with witness_process(home, vkey, name=W, more=more) as url:
        key = SignerKey.parse((home / "witness.key").read_text().strip()).verifier
        yield Listed(Witness(key, "the city library"), url)


def test_a_log_changes_its_key_and_who_trusts_the_old_one_follows(database: str, tmp_path: Path) -> None:
    """R42: the change is an entry; both keys sign for a while; then the new one alone."""
    home, follower = tmp_path / "home", tmp_path / "w"
    home.mkdir()
    old = prepare(home)

    async def live(listed: Listed, changes: int) -> None:
        watched = WitnessList(1, (listed,))
        async with running(home, database, witnesses=watched) as town:
            await enter(town)
            if changes:
                await shown(town, changes)
            assert len(await town.leaves("key")) == changes
            assert (await town.http.get(f"/log/handover/{changes + 1}")).status_code == 404

    with witness(follower, old) as listed:
        asyncio.run(live(listed, 0))
    new = setup.new_log_key(home, TIME_S)
    assert new != old
    change = next((home / "server" / "handovers").iterdir())
    trust = Trust(VerifierKey.parse(old), [listed.witness], 1)
    with witness(follower, old, "--handover", str(change)) as listed:
        for _ in range(2):
            asyncio.run(live(listed, 1))
        note = (home / "log" / "checkpoint").read_bytes()
        for key in (old, new):
            open_checkpoint(note, VerifierKey.parse(key))
        found = verified(home, trust)
        assert {check.state for check in found.values()} == {State.HOLDS}, found
        (home / "server" / "log.old.key").unlink()
        asyncio.run(live(listed, 1))
    with pytest.raises(BadSignature):
        open_checkpoint((home / "log" / "checkpoint").read_bytes(), VerifierKey.parse(old))
    for trusted in (old, new):
        found = verified(home, Trust(VerifierKey.parse(trusted), [listed.witness], 1))
        assert {check.state for check in found.values()} == {State.HOLDS}, found
    assert "key changes" in found


def test_a_witness_changes_its_key_and_still_counts_for_who_lists_the_old_one(
    database: str, tmp_path: Path
) -> None:
    """R42: with both lines for a while, then with the new one alone."""
    home, folder = tmp_path / "home", tmp_path / "w"
    home.mkdir()
    vkey = prepare(home)

    async def live(listed: Listed) -> None:
        async with running(home, database, witnesses=WitnessList(1, (listed,))) as town:
            await enter(town)

    with witness(folder, vkey) as first:
        asyncio.run(live(first))
    command = [sys.executable, "-m", "fanlight.witness", "--home", str(folder), "--name", W, "--log", vkey]
    note = subprocess.run([*command, "--new-key"], capture_output=True, check=True).stdout
    (home / "server" / "handovers").mkdir()
    (home / "server" / "handovers" / W).write_bytes(note)
    trust = Trust(VerifierKey.parse(vkey), [first.witness], 1)
    with witness(folder, vkey) as second:
        assert second.witness.key != first.witness.key
        for one in (first, second):  # the server's own list may be changed before or after
            asyncio.run(live(Listed(one.witness, second.url)))
            found = verified(home, trust)
            assert {check.state for check in found.values()} == {State.HOLDS}, found
    (folder / "witness.old.key").unlink()
    with witness(folder, vkey) as last:
        asyncio.run(live(last))
    found = verified(home, trust)
    assert {check.state for check in found.values()} == {State.HOLDS}, found
    assert "by a newer key" in found[f"witness {W}"].detail


def test_a_change_of_key_that_a_crash_cut_short_is_finished_by_the_next_one(tmp_path: Path) -> None:
    old = VerifierKey.parse(prepare(tmp_path))
    server = tmp_path / "server"
    before = (server / "log.key").read_text()
    new = setup.new_log_key(tmp_path, TIME_S)
    made = (server / "log.key").read_text()
    # As it was just before the last step, and before the first note was written:
    for lost in ([], ["log.old.key"], ["log.old.key", "handovers"]):
        (server / "log.key").write_text(before)
        (server / "log.next.key").write_text(made)
        for name in lost:
            shutil.rmtree(server / name) if name == "handovers" else (server / name).unlink()
        assert setup.new_log_key(tmp_path, TIME_S) == new
        (change,) = setup.handovers(tmp_path)
        assert (change.old, change.new) == (old, VerifierKey.parse(new))
        former = setup.old_log_key(tmp_path)
        assert former is not None
        assert former.verifier == old
        assert not (server / "log.next.key").exists()


def test_a_change_of_key_that_does_not_hold_keeps_the_server_from_starting(tmp_path: Path) -> None:
    prepare(tmp_path)
    (tmp_path / "server" / "handovers").mkdir()
    (tmp_path / "server" / "handovers" / "w").write_bytes(b"no note")
    with pytest.raises(BadSetup, match="The change of key in w does not hold"):
        setup.handovers(tmp_path)
