"""Another device of one's own comes in by a code, on the server's pages or on those of `fanlight app`."""

import asyncio
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from tests.server.authenticator import Authenticator
from tests.server.booking import WRAPPED, Person, arrive, found, offer_for, sign_up, ticket_of
from tests.server.running import Running, running

from fanlight.seal.keys import member_keys
from fanlight.server.accounts.passkeys import NewPasskey, Party
from fanlight.server.errors import NotAllowed

APP = "http://localhost:8425"
SERVER = "https://town.example"


def on(page: str) -> Authenticator:
    """A passkey that a browser makes on a page."""
    return Authenticator(origin=page, rp_id="localhost" if page.startswith("http://localhost") else page[8:])


async def owner(town: Running) -> Person:
    person = Person(town.http, member_keys(b"a" * 32), passkey=on(SERVER))
    made = await town.http.post("/v1/accounts/passkey", json=await offer_for(town.http, person))
    assert made.status_code == 201, made.text
    person.session = made.json()
    return person


def test_a_device_comes_in_by_a_code_and_again_by_the_passkey_it_made(database: str, tmp_path: Path) -> None:
    """R05: the app on one's own machine has a passkey of its own; everybody in the home is told."""

    async def body() -> None:
        async with running(tmp_path, database, origin=SERVER) as town:
            ana = await owner(town)
            home = await found(ana)
            await ana.sign_in()
            there = Person(town.http, ana.keys, passkey=on(APP))
            arrived = await arrive(there, await ticket_of(ana), there.passkey)
            came = await town.http.post("/v1/accounts/device", json=arrived)
            assert came.status_code == 201, came.text
            there.session = came.json()
            assert (there.account, there.session["wrapped"]) == (ana.account, WRAPPED)
            assert there.session["households"] == [{"household": home.id, "role": "owner"}]
            assert (await there.sign_in()).status_code == 200
            assert (await ana.sign_in()).status_code == 200
            assert {"new-device", "passkey-added"} <= set(await ana.codes())

    asyncio.run(body())


def test_somebody_who_trusts_no_page_of_the_server_begins_in_the_app(database: str, tmp_path: Path) -> None:
    """R05: an account whose only passkey counts on one's own machine."""

    async def body() -> None:
        async with running(tmp_path, database, origin=SERVER) as town:
            ben = Person(town.http, member_keys(b"b" * 32), passkey=on(APP))
            made = await town.http.post("/v1/accounts/passkey", json=await offer_for(town.http, ben))
            assert made.status_code == 201, made.text
            assert (await ben.sign_in()).status_code == 200

    asyncio.run(body())


def test_a_passkey_counts_on_no_page_but_the_one_it_was_made_on(database: str, tmp_path: Path) -> None:
    """R05: another program on the same machine, or the server's own pages, get nowhere with it."""

    async def body() -> None:
        async with running(tmp_path, database, origin=SERVER) as town:
            ben = Person(town.http, member_keys(b"b" * 32), passkey=on(APP))
            made = await town.http.post("/v1/accounts/passkey", json=await offer_for(town.http, ben))
            assert made.status_code == 201, made.text
            ben.session = made.json()
            ben.passkey.origin = "http://localhost:8426"
            assert (await ben.sign_in()).status_code == 403
            ben.passkey.origin, ben.passkey.rp_id = SERVER, SERVER[8:]
            assert (await ben.sign_in()).status_code == 403
            ana = await owner(town)
            ana.passkey.origin, ana.passkey.rp_id = APP, "localhost"
            assert (await ana.sign_in()).status_code == 403

    asyncio.run(body())


@pytest.mark.parametrize(
    "page",
    [
        *(
            "https://localhost:8425",
            "http://localhost",
            "http://localhost:0",
            "http://localhost:8425.evil.example",
        ),
        *(
            "http://127.0.0.1:8425",
            "http://town.localhost:8425",
            "http://evil.example",
            "http://LOCALHOST:8425",
        ),
    ],
)
def test_a_passkey_of_any_other_page_is_refused(page: str) -> None:
    """R05: the list is short: the server's own origin, and the app's."""
    party = Party(SERVER)
    made = Authenticator(origin=page).create(party.creation_options("c", "a" * 26, []))
    with pytest.raises(NotAllowed):
        party.check_new_anywhere(msgspec.convert(made, NewPasskey), "c")


def test_a_code_is_good_once_for_ten_minutes_for_its_person_with_their_key(
    database: str, tmp_path: Path
) -> None:
    """R05: a code that was used, is old, is another's, or comes without the account's key, lets nobody in."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, eve = await sign_up(town.http), await sign_up(town.http)
            code = await ticket_of(ana)
            thief = Person(town.http, eve.keys, session=ana.session)
            stolen = await arrive(thief, code, Authenticator())
            refused = await town.http.post("/v1/accounts/device", json=stolen)
            assert (refused.status_code, refused.json()["code"]) == (403, "accounts.bad_signature")
            swapped = await town.http.post(
                "/v1/passkeys/begin", json={"purpose": "device", **code, "account": eve.account}
            )
            assert swapped.status_code == 403
            arrived = await arrive(ana, code, Authenticator())
            assert (await town.http.post("/v1/accounts/device", json=arrived)).status_code == 201
            assert (await town.http.post("/v1/accounts/device", json=arrived)).status_code == 403
            again = await town.http.post("/v1/passkeys/begin", json={"purpose": "device", **code})
            assert again.status_code == 403
            old = await ticket_of(ana)
            town.clock.ahead = timedelta(minutes=11)
            late = await town.http.post("/v1/passkeys/begin", json={"purpose": "device", **old})
            assert late.status_code == 403
            assert len((await ana.json("GET", "/v1/passkeys"))["passkeys"]) == 2

    asyncio.run(body())
