"""A hub finds its household by a code that the owner's app reads: R02 R03."""

import asyncio
import json
import signal
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hub.cells import CELL, PLACE
from tests.hub.homes import HOUSEHOLD, OWNER, make_epoch, make_page
from tests.hub.pages import serving
from tests.hub.test_hub_process import hub_process
from tests.hub.towns import House
from tests.journey.walking import FANLIGHT
from tests.ports import free_port

from fanlight.hub.meeting import BadServer, Meeting, PairedAlready, read_server
from fanlight.hub.page import load_page_key
from fanlight.hub.settings import Pairing, find_pairing, load_keys, load_pairing, read_options, save_pairing
from fanlight.hub.uplink import Uplink
from fanlight.seal import pairing, sealing
from fanlight.seal.keys import SigningKey
from fanlight.seal.pairing import HubHalves
from fanlight.wire import b64, jcs

ANOTHER = SigningKey(b"a" * 32)
Answer = Callable[[pairing.Code, HubHalves], bytes]


async def read(house: House, text: str, answer: Answer | None = None) -> None:
    """Do what the owner's app does once it has read a code: fetch the keys, compare them, answer."""
    code = pairing.read_code(text)
    path = f"/v1/pairings/{code.meeting}"
    async with Uplink(house.url, house.member.keys.signing) as uplink:
        while True:
            try:
                found = (await uplink.call("GET", path)).json()
                break
            except Exception:  # noqa: BLE001 - the hub has not come yet
                await asyncio.sleep(0.02)
        hub = HubHalves(b64.decode(found["sign_pub"]), found["age_recipient"])
        sealed = (answer or true_answer(house))(code, hub)
        await uplink.call("PUT", f"{path}/answer", json={"sealed": b64.encode(sealed)})


def true_answer(house: House) -> Answer:
    told = pairing.House(household=house.id, owner=house.member.keys.signing.public, cell=CELL)
    return lambda code, hub: pairing.seal_answer(code, told, hub)


def meeting(folder: Path, server: str) -> Meeting:
    return Meeting(folder, load_keys(folder), server, PLACE)


async def paired(waiting: Meeting, reading: Awaitable[None]) -> Pairing:
    async with asyncio.TaskGroup() as group:
        done = group.create_task(waiting.wait())
        await reading
    return done.result()


def test_who_reads_the_code_gives_the_hub_its_household(tmp_path: Path, house: House) -> None:
    """R03: by the code alone each side has the other's keys; the place is from who stands at the hub."""
    waiting = meeting(tmp_path, f"{house.url}/")
    kept = asyncio.run(paired(waiting, read(house, waiting.text)))
    assert kept == load_pairing(tmp_path) == house.pairing()
    keys = load_keys(tmp_path)
    assert (
        pairing.read_code(waiting.text).fingerprint
        == HubHalves(keys.signing.public, keys.recipient).fingerprint
    )
    for secret in (keys.signing.seed.hex(), b64.encode(keys.signing.seed), keys.identity, str(PLACE[0])):
        assert secret not in waiting.text


def test_a_server_that_answers_itself_is_said_and_does_not_stop_the_waiting(
    tmp_path: Path, house: House
) -> None:
    """R03: a lying server knows the hub's keys and the meeting, and puts a household of its own there."""
    waiting, heard = meeting(tmp_path, house.url), asyncio.Queue[str]()

    def forged(code: pairing.Code, hub: HubHalves) -> bytes:
        guess = pairing.Code(code.fingerprint, bytes(16))
        theirs = pairing.House(household="t" * 26, owner=ANOTHER.public, cell=CELL)
        return pairing.seal_answer(guess, theirs, hub)

    def rubbish(code: pairing.Code, hub: HubHalves) -> bytes:
        return sealing.seal(jcs.dumps({"code": code.meeting}), [hub.age_recipient])

    async def lie() -> None:
        for answer, said in ((forged, "does not stem from"), (rubbish, "no answer to a hub")):
            await read(house, waiting.text, answer)
            assert said in await heard.get()
            assert find_pairing(tmp_path) is None
        await read(house, waiting.text)

    async def body() -> None:
        async with asyncio.TaskGroup() as group:
            done = group.create_task(waiting.wait(heard.put_nowait))
            await lie()
        assert done.result() == house.pairing()

    asyncio.run(body())
    assert waiting.trouble == ""


def test_a_hub_stays_with_its_household(tmp_path: Path, house: House) -> None:
    """Clips sealed to one household and that household's keys fit no other."""
    save_pairing(tmp_path, house.pairing(household=HOUSEHOLD))
    before = (tmp_path / "hub.json").read_bytes()
    waiting = meeting(tmp_path, house.url)
    with pytest.raises(ExceptionGroup) as refused:
        asyncio.run(paired(waiting, read(house, waiting.text)))
    assert [type(one) for one in refused.value.exceptions] == [PairedAlready]
    assert (tmp_path / "hub.json").read_bytes() == before


def test_another_owner_of_the_same_household_may_pair_the_hub_again(tmp_path: Path, house: House) -> None:
    """R52: whom the hub's own book calls an owner; the server's word or a stranger's code is not enough."""
    first = make_epoch()[1]
    page = make_page(first, other=ANOTHER.public)
    before = house.pairing(household=HOUSEHOLD, owner=b64.encode(OWNER.public), server="http://localhost:9")
    save_pairing(tmp_path, before)

    def by(owner: SigningKey) -> Answer:
        told = pairing.House(household=HOUSEHOLD, owner=owner.public, cell=CELL)
        return lambda code, hub: pairing.seal_answer(code, told, hub)

    def again(owner: SigningKey) -> Pairing:
        waiting = meeting(tmp_path, house.url)
        return asyncio.run(paired(waiting, read(house, waiting.text, by(owner))))

    with pytest.raises(ExceptionGroup):
        again(ANOTHER)
    (tmp_path / "epochs.json").write_text(json.dumps([one.to_wire() for one in (first, page[1])]))
    kept = again(ANOTHER)
    assert (kept.server, kept.owner) == (house.url, before.owner)
    with pytest.raises(ExceptionGroup):
        again(SigningKey(b"s" * 32))
    assert load_pairing(tmp_path) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "localhost:8420", "file:///etc/passwd", "http://", "http://[::1", "http://a:b", "http://a:0",
        "http://a b", "https://name:word@town.example", "https://town.example/home", "https://town.example/?a",
        "https://town.example/#k", "https://" + "t" * 200, "https://tøwn.example",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_server_is_refused(tmp_path: Path, typed: str) -> None:
    with pytest.raises(BadServer):
        meeting(tmp_path, typed)


@given(st.text() | st.text(alphabet="htps:/.[]@#?%a1 ").map("https://".__add__))
def test_any_text_is_an_address_or_refused_as_none(typed: str) -> None:
    try:
        address = read_server(typed)
    except BadServer:
        return
    assert pairing.read_code(pairing.Code(bytes(32), bytes(16)).text(address)) == pairing.Code(
        bytes(32), bytes(16)
    )


def test_the_page_shows_a_code_and_says_what_hinders(tmp_path: Path) -> None:
    """R02 R05: only with the page's key; a code that is taken back is shown no more."""

    async def body() -> None:
        async with serving(tmp_path) as hub:
            none = {"paired": False, "code": "", "trouble": ""}
            assert await hub.get("/api/pairing") == none
            assert (await hub.stranger.get("/api/pairing")).status_code == 401
            asked: dict[str, Any] = {"server": "http://127.0.0.1:9", "lon": 1, "lat": 2}
            for wrong in ({"server": "town"}, {"lat": 91}, {"lon": "x"}, {"more": 1}):
                refused = await hub.client.put("/api/pairing", json=asked | wrong)
                assert 400 <= refused.status_code < 500
            assert await hub.get("/api/pairing") == none
            first = (await hub.client.put("/api/pairing", json=asked)).json()["code"]
            assert pairing.read_code(first)
            while "does not answer" not in (now := await hub.get("/api/pairing"))["trouble"]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            assert now["code"] == first
            second = (await hub.client.put("/api/pairing", json=asked)).json()["code"]
            assert second != first
            assert (await hub.client.delete("/api/pairing")).status_code == 204
            assert await hub.get("/api/pairing") == none

    asyncio.run(body())


def test_the_command_shows_the_code_waits_and_pairs_with_a_camera(tmp_path: Path, house: House) -> None:
    """R02 R03: for a hub without a screen of its own, by the terminal."""
    place = f"--place={PLACE[0]},{PLACE[1]}"
    command = [FANLIGHT, "hub", "pair", house.url, "--home", str(tmp_path), place, "--camera", "test:"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        text = next(line.strip() for line in process.stdout if "#/hub/" in line)
        asyncio.run(read(house, text))
        said = process.stdout.read()
    assert (process.returncode, "Paired." in said) == (0, True)
    assert load_pairing(tmp_path / "hub") == house.pairing()
    assert [one.url for one in read_options(tmp_path / "hub").options.camera] == ["test:"]


def test_a_running_hub_goes_on_with_the_household_that_read_its_code(tmp_path: Path, house: House) -> None:
    """R02 R03: nobody has to start anything anew."""
    port = free_port()
    (tmp_path / "hub.toml").write_text(f"[page]\nport = {port}\n")
    head = {"Authorization": f"Bearer {load_page_key(tmp_path)}"}
    lon, lat = PLACE
    with hub_process(tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "hub ready 0\n"

        async def body() -> None:
            base = f"http://127.0.0.1:{port}"
            way = httpx.AsyncHTTPTransport(retries=8)  # it says that it is ready, and then listens
            async with httpx.AsyncClient(base_url=base, headers=head, transport=way, timeout=60) as page:
                asked = {"server": house.url, "lon": lon, "lat": lat}
                code = (await page.put("/api/pairing", json=asked)).json()["code"]
                await read(house, code)

        asyncio.run(body())
        assert process.stdout.readline() == "hub ready 0\n"
        way = httpx.HTTPTransport(retries=8)
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=head, transport=way, timeout=60
        ) as page:
            assert page.get("/api/pairing").json() == {"paired": True, "code": "", "trouble": ""}
            again = page.put("/api/pairing", json={"server": house.url, "lon": lon, "lat": lat})
            assert again.json()["code"] == "hub.page.not_now"
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate()
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in err
