"""R52: moving out wipes a hub, by an owner's word or at the hub itself, and by nothing that a server does."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from tests.hub.answering import Answer, Answering, answering
from tests.hub.homes import HOUSEHOLD, HUB, OWNER, make_chain, make_page, make_pairing
from tests.hub.pages import camera, recorded, serving, write
from tests.hub.test_hub_life import ask, hub, told
from tests.ports import free_port

from fanlight.cli.hub.wipe import wipe
from fanlight.hub import systemd, wiping
from fanlight.hub.options import HubOptions, Page
from fanlight.hub.page import load_page_key
from fanlight.hub.settings import find_pairing, load_keys, read_options, save_pairing
from fanlight.hub.town import Town
from fanlight.hub.uplink import Uplink
from fanlight.model.clock import now
from fanlight.seal import farewell, sealing
from fanlight.seal.epoch import Epoch
from fanlight.seal.keys import SigningKey, new_identity

FIRST = make_chain(1)[0]
FORMER = SigningKey(b"f" * 32)  # an owner once
WITH_FORMER = make_page(FIRST, FORMER.public)[1]
NEWEST = make_page(WITH_FORMER)[1]
BOOK = [FIRST, WITH_FORMER, NEWEST]
OLD = farewell.LIFE + timedelta(days=1)
PLACE = f"GET /v1/farewells/{farewell.place_of(HOUSEHOLD)}"
EPOCHS = "GET /v1/households/mine/epochs"
GONE = Answer(401, {"code": "accounts.not_signed_in", "what": "No.", "kept": "All.", "do": "Go."})
ME = (HUB.signing.public, HUB.recipient)


def end(
    newest: Epoch = NEWEST, signer: SigningKey = OWNER, hub: bytes = ME[0], ago: timedelta = timedelta()
) -> bytes:
    return sealing.seal(farewell.word(newest, [hub], signer, now().date() - ago), [HUB.recipient])


def of_another_household() -> bytes:
    return end(make_chain(1, household="g" * 26)[0])


def hear(folder: Path, box: bytes | None) -> bool:
    """Let a hub with a book hear a server that knows it no more; tell whether all is to be destroyed."""

    async def run(server: Answering) -> None:
        async with Uplink(server.url, HUB.signing) as uplink:
            town = Town(folder, make_pairing(server.url), HUB, uplink, list)
            try:
                server.answers[EPOCHS] = Answer(body={"epochs": [one.to_wire() for one in BOOK]})
                await town.report_once()
                assert town.epochs.newest is not None
                server.answers[EPOCHS] = GONE
                if box is not None:
                    server.answers[PLACE] = Answer(body=box)
                await town.report_once()
                assert "household keys" in town.troubles
                assert server.count("GET", PLACE.removeprefix("GET ")) == 1
            finally:
                town.close()

    with answering() as server:
        server.answers["PUT /v1/hub/status"] = Answer(204)
        asyncio.run(run(server))
        return wiping.is_ordered(folder)


LIES: dict[str, Callable[[], bytes]] = {
    "a word that the server made": lambda: end(signer=SigningKey(b"s" * 32)),
    "an owner's word over an earlier list": lambda: end(FIRST),
    "a word that an owner gave up long ago, with all newer pages kept back": lambda: end(ago=OLD),
    "a removed owner's word over the list that named them": lambda: end(WITH_FORMER, FORMER),
    "a removed owner's word over the newest list": lambda: end(signer=FORMER),
    "a removed owner's word over a list that never was": lambda: end(make_page(NEWEST)[1], FORMER),
    "another household's word": of_another_household,
    "a word for another hub": lambda: end(hub=SigningKey(b"x" * 32).public),
    "a word that is not for this hub to open": lambda: sealing.seal(
        farewell.word(NEWEST, [ME[0]], OWNER, now().date()), [new_identity().recipient]
    ),
    "nothing that can be read": lambda: b"age-encryption.org/v1\nno",
    "an owner's signature over something else": lambda: sealing.seal(
        json.dumps({"statement": NEWEST.statement_bytes.decode(), "sig": NEWEST.to_wire()["sig"]}).encode(),
        [HUB.recipient],
    ),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=list(LIES))
def test_nothing_that_a_server_forges_replays_or_takes_from_elsewhere_wipes_a_hub(
    tmp_path: Path, lie: Callable[[], bytes]
) -> None:
    """R52: the positive control is the next test, with the owner's own word over the newest list."""
    assert hear(tmp_path, lie()) is False
    assert not (tmp_path / wiping.ORDER).exists()


def test_an_owners_word_over_the_newest_list_wipes_the_hub_that_it_names(tmp_path: Path) -> None:
    """R52: found under a name that does not name the household, once the server knows this hub no more."""
    assert hear(tmp_path, end()) is True
    note = json.loads((tmp_path / wiping.ORDER).read_text())
    assert note["by"] == "owner"


def test_a_hub_that_was_away_when_a_page_was_added_is_wiped_by_an_owner_whom_it_knows(tmp_path: Path) -> None:
    """R52: the server hands out no page any more, so that it cannot learn of the newest one."""
    assert hear(tmp_path, end(make_page(NEWEST)[1], ago=farewell.LIFE)) is True


def test_what_was_no_word_is_no_trouble_once_the_household_is_there_again(tmp_path: Path) -> None:
    async def run(server: Answering) -> None:
        async with Uplink(server.url, HUB.signing) as uplink:
            town = Town(tmp_path, make_pairing(server.url), HUB, uplink, list)
            try:
                server.answers[EPOCHS] = book
                await town.report_once()
                server.answers[EPOCHS] = GONE
                server.answers[PLACE] = Answer(body=end(signer=FORMER))
                await town.report_once()
                assert set(town.troubles) == {"household keys", "last word"}
                server.answers[EPOCHS] = book
                await town.report_once()
                assert town.troubles == {}
            finally:
                town.close()

    book = Answer(body={"epochs": [one.to_wire() for one in BOOK]})
    with answering() as server:
        server.answers["PUT /v1/hub/status"] = Answer(204)
        asyncio.run(run(server))


def test_a_server_that_knows_the_hub_no_more_and_has_no_word_wipes_nothing(tmp_path: Path) -> None:
    assert hear(tmp_path, None) is False


def filled(folder: Path, options: HubOptions) -> str:
    """Leave a hub with a household, keys, settings and files; return its page's key."""
    write(folder, options)
    save_pairing(folder, make_pairing())
    load_keys(folder)
    for name in ("outbox", "replies"):
        (folder / name).mkdir()
        (folder / name / "one").write_text("kept")
    return load_page_key(folder)


def left(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_wiped_hub_holds_nothing_and_its_page_keeps_its_address(tmp_path: Path) -> None:
    """R52, W1."""
    port = free_port()
    key = filled(tmp_path, HubOptions(camera=(camera(),), page=Page(port=port)))
    before = load_keys(tmp_path).recipient
    assert {"hub.json", "keys/hub.json", "outbox/one", "replies/one"} <= left(tmp_path)
    assert wiping.carry_out(tmp_path) is False
    assert "hub.json" in left(tmp_path), "nothing goes without an order"
    wiping.order(tmp_path, "page")
    assert wiping.carry_out(tmp_path) is True
    assert left(tmp_path) <= {"hub.toml", "keys/page.key", wiping.NOTE, "lock"}
    assert load_page_key(tmp_path) == key
    assert f"{port}" in (tmp_path / "hub.toml").read_text()
    assert "camera" not in (tmp_path / "hub.toml").read_text()
    note = wiping.note_of(tmp_path)
    assert note is not None
    assert note.by == "page"
    assert find_pairing(tmp_path) is None
    assert load_keys(tmp_path).recipient != before


CRASH = """
import os, sys
from pathlib import Path
from fanlight.hub import wiping

def hook(event, parts):
    if event == sys.argv[2] and str(parts[0]).endswith(sys.argv[3]):
        os._exit(9)

sys.addaudithook(hook)
wiping.carry_out(Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    ("event", "name"),
    [("shutil.rmtree", ""), ("open", ".hub.toml.new")],
    ids=["after the keys", "before the settings are written"],
)
def test_a_crash_in_the_middle_leaves_no_key_and_the_pages_address(
    tmp_path: Path, event: str, name: str
) -> None:
    """R52, W1, W2: keys went first, and the next start does the rest."""
    port = free_port()
    key = filled(tmp_path, HubOptions(camera=(camera(),), page=Page(port=port)))
    wiping.order(tmp_path, "page")
    died = subprocess.run([sys.executable, "-c", CRASH, str(tmp_path), event, name], check=False)
    assert died.returncode == 9
    assert {"outbox/one", "replies/one", wiping.ORDER} <= left(tmp_path)
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["page.key"]
    assert read_options(tmp_path).options.page.port == port
    assert wiping.carry_out(tmp_path) is True
    assert left(tmp_path) <= {"hub.toml", "keys/page.key", wiping.NOTE, "lock"}
    assert (load_page_key(tmp_path), read_options(tmp_path).options.page.port) == (key, port)


def test_systemd_hears_that_a_hub_lives_which_takes_long_to_destroy_what_it_holds(tmp_path: Path) -> None:
    """The order is a pipe that says nothing for now, so that the work is under way until it does."""
    folder = tmp_path / "hub"
    filled(folder, HubOptions(page=Page(port=free_port())))
    os.mkfifo(folder / wiping.ORDER)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        with hub(folder, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="200000") as process:
            for what in (systemd.READY, systemd.ALIVE, systemd.ALIVE, systemd.ALIVE):
                told(listening, what)
            assert wiping.is_ordered(folder)
            (folder / wiping.ORDER).write_bytes(b"{}")
            assert process.stdout is not None
            assert process.stdout.readline().startswith("hub ready")
    note = wiping.note_of(folder)
    assert note is not None
    assert note.by == "command", "whose order it was could not be read"


def test_footage_on_another_disk_goes_too_and_what_is_not_this_hubs_stays(tmp_path: Path) -> None:
    """R52, W3: rows say which files are this hub's."""
    disk, folder = tmp_path / "disk", tmp_path / "hub"
    disk.mkdir()
    options = HubOptions(camera=(camera(record="always"),))
    storage = replace(options, storage=replace(options.storage, folder=str(disk)))

    async def record() -> None:
        async with serving(folder, storage) as at_work:
            await recorded(at_work)

    asyncio.run(record())
    assert [path for path in disk.rglob("*") if path.is_file() and path.name != "holiday.jpg"]
    (disk / "holiday.jpg").write_text("mine")
    wiping.order(folder, "command")
    assert wiping.carry_out(folder) is True
    assert [path for path in disk.rglob("*") if path.is_file()] == [disk / "holiday.jpg"]


def test_a_running_hub_is_wiped_on_its_page_and_says_so_there(tmp_path: Path) -> None:
    """R52: with the page's key and the word that a person types; the process goes on as a new hub."""
    port, folder = free_port(), tmp_path / "hub"
    key = filled(folder, HubOptions(camera=(camera(record="always"),), page=Page(port=port)))

    async def scene() -> Any:
        before = (await ask(port, key, "/api/hub")).json()
        assert (before["paired"], before["wiped"], len(before["cameras"])) == (True, None, 1)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            for headers, body in (({}, {"word": "wipe"}), (bearer, {"word": "no"}), (bearer, {})):
                assert (await client.post("/api/wipe", headers=headers, json=body)).is_client_error
            assert not wiping.is_ordered(folder)
            assert (await client.post("/api/wipe", headers=bearer, json={"word": "wipe"})).is_success
        while True:  # the page begins anew; `ask` waits for it
            with contextlib.suppress(httpx.TransportError):
                now = (await ask(port, key, "/api/hub")).json()
                if now["wiped"] is not None:
                    return now
            await asyncio.sleep(0.05)

    bearer = {"Authorization": f"Bearer {key}"}
    with hub(folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("hub ready")
        now = asyncio.run(scene())
        assert (now["paired"], now["cameras"], now["wiped"]["by"]) == (False, [], "page")
        assert process.poll() is None
    assert find_pairing(folder) is None


def test_the_command_wipes_a_hub_that_does_not_run(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    filled(folder, HubOptions(camera=(camera(),)))
    assert "holds nothing" in wipe(tmp_path)
    assert find_pairing(folder) is None
    assert not (folder / "outbox").exists()
