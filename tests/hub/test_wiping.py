"""R52: moving out wipes a hub, by an owner's word or at the hub itself, and by nothing that a server does."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from tests.hub.answering import Answer, Answering, answering
from tests.hub.homes import HOUSEHOLD, HUB, OWNER, make_chain, make_page, make_pairing
from tests.hub.pages import camera, recorded, serving, write
from tests.hub.test_hub_life import ask, free_port, hub

from fanlight.cli.hub.wipe import wipe
from fanlight.hub import wiping
from fanlight.hub.options import HubOptions, Page
from fanlight.hub.page import load_page_key
from fanlight.hub.settings import find_pairing, load_keys, save_pairing
from fanlight.hub.town import Town
from fanlight.hub.uplink import Uplink
from fanlight.seal import farewell, sealing
from fanlight.seal.epoch import Epoch
from fanlight.seal.keys import SigningKey, new_identity

FIRST = make_chain(1)[0]
NEWEST = make_page(FIRST)[1]
BOOK = [FIRST, NEWEST]
PLACE = f"GET /v1/farewells/{farewell.place_of(HOUSEHOLD)}"
EPOCHS = "GET /v1/households/mine/epochs"
GONE = Answer(401, {"code": "accounts.not_signed_in", "what": "No.", "kept": "All.", "do": "Go."})
ME = (HUB.signing.public, HUB.recipient)


def end(newest: Epoch = NEWEST, signer: SigningKey = OWNER, hub: bytes = ME[0]) -> bytes:
    return sealing.seal(farewell.word(newest, [hub], signer), [HUB.recipient])


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
    "another household's word": of_another_household,
    "a word for another hub": lambda: end(hub=SigningKey(b"x" * 32).public),
    "a word that is not for this hub to open": lambda: sealing.seal(
        farewell.word(NEWEST, [ME[0]], OWNER), [new_identity().recipient]
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
    """R52, W1, W2: also where it broke off after the keys were gone."""
    port = free_port()
    key = filled(tmp_path, HubOptions(camera=(camera(),), page=Page(port=port)))
    before = load_keys(tmp_path).recipient
    assert {"hub.json", "keys/hub.json", "outbox/one", "replies/one"} <= left(tmp_path)
    assert wiping.carry_out(tmp_path) is False
    assert "hub.json" in left(tmp_path), "nothing goes without an order"
    wiping.order(tmp_path, "page")
    (tmp_path / "keys" / "hub.json").unlink()  # as after a crash in the middle
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
