"""Limits that slow down who tries, and can be used against nobody else."""

import asyncio
import contextlib
import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from tests.server import booking
from tests.server.acting import CELL, make_household, sign_in
from tests.server.authenticator import Authenticator
from tests.server.running import Running, running
from tests.server.test_links import Given
from tests.server.test_wishes import sealed_wish, send

from fanlight.model.ids import new_id
from fanlight.seal.keys import SigningKey
from fanlight.server.errors import TooMany
from fanlight.server.wishes.http import MAX_OF_CELL
from fanlight.wire import b64

ROOT = Path(__file__).resolve().parents[2]
ATTACKER, OTHER = "198.51.100.1", "203.0.113.9"

# Every call that tries something and asks for no session, and what is counted of it, by place.
NOTHING = "nothing: nothing is kept of it"
COUNTED = {
    "POST /v1/sessions/challenge": NOTHING,
    "POST /v1/sessions": "sign-ins refused",
    "POST /v1/sessions/passkey/begin": NOTHING,
    "POST /v1/sessions/passkey": "passkeys refused",
    "POST /v1/passkeys/begin": NOTHING,
    "POST /v1/accounts": "accounts",
    "POST /v1/accounts/passkey": "accounts",
    "POST /v1/accounts/device": "passkeys refused",
    "PUT /v1/pairings/{meeting:str}": "pairing",
    "POST /v1/wishes": "wishes",
    "POST /v1/links/{link:str}/open": "links",
    "POST /v1/register/agreements/{agreement:str}/comments": "comments",
    "POST /v1/push/send": "pushes",
    "PUT /v1/drops/{token:str}/{disclosure:str}/hdr": "drops",
    "PUT /v1/drops/{token:str}/{disclosure:str}/manifest": "drops",
    "PUT /v1/drops/{token:str}/{disclosure:str}/pay": "drops",
    "POST /v1/drops/{token:str}/{disclosure:str}/done": "drops",
    "POST /v1/copies/{disclosure:str}/withdraw": "withdrawals",
    "POST /v1/cad-sources/{source:str}/uploads": "uploads refused",
    "POST /v1/posts/{post:str}/removal": "removals",
    "POST /v1/posts/mine": "posts of one's own",
    "POST /v1/posts/{post:str}/own": "posts of one's own",
    "POST /v1/posts/{post:str}/correct": "posts of one's own",
    "POST /v1/posts/{post:str}/resolve": "posts of one's own",
    "POST /v1/posts/{post:str}/withdraw": "posts of one's own",
    "POST /v1/posts/{post:str}/appeal": "posts of one's own",
    "POST /v1/comments/{comment:str}/withdraw": "posts of one's own",
    "POST /v1/comments/{comment:str}/appeal": "posts of one's own",
    "POST /v1/agency/invitation": "invitations refused",
    "POST /v1/agency/invitation/answer": "invitations refused",
    "POST /v1/operations/{operation:str}/homes/leave": "operations",
    "POST /v1/copies/{disclosure:str}/answer": "answers",
    "POST /v1/copies/{disclosure:str}/name": "names",
    "POST /v1/copies/{disclosure:str}/unname": "names",
}
OF_SESSIONS = {"sheets refused", "households"}  # counted by place as well, of whoever is signed in
MOST = 20_000  # more than any limit


def test_every_open_call_that_tries_something_says_what_is_counted() -> None:
    """R05: a new route without an account comes with an answer to who can be locked out by it."""
    rows = csv.DictReader((ROOT / "docs/ref/access.csv").read_text().splitlines())
    tried = {row["route"] for row in rows if row["anonymous"] == "yes"}
    tried = {route for route in tried if route.split()[0] not in {"GET", "HEAD", "WS"}}
    assert tried == set(COUNTED)


def use_up(town: Running, place: str) -> None:
    """Have a place spend all that it has of everything, as it could with enough calls."""
    for what in {*COUNTED.values(), *OF_SESSIONS} - {NOTHING}:
        with contextlib.suppress(TooMany):
            for _ in range(MOST):
                town.services.limits.spend(place, what, MOST - 1)


async def refused(town: Running, person: booking.Person) -> set[int]:
    """Try everything once, wrongly; return the statuses."""
    wrong = booking.Person(town.http, person.keys, passkey=Authenticator())
    wrong.passkey.user = person.passkey.user
    key = SigningKey.new()
    public = b64.encode(key.public)
    asked = (await town.http.post("/v1/sessions/challenge", json={"sign_pub": public})).json()
    signature = b64.encode(key.sign("sign-in", asked["challenge"].encode()))
    return {
        (await wrong.sign_in()).status_code,
        (
            await town.http.post("/v1/sessions", json={"sign_pub": public, **asked, "signature": signature})
        ).status_code,
        (await town.http.get(f"/v1/links/{new_id()}/about")).status_code,
        (await send(town, await sealed_wish(town))).status_code,
    }


async def goes_on(town: Running, person: booking.Person, home: booking.Home, link: Given, hub: Any) -> None:
    """Do what somebody must be able to do whoever else tried what."""
    assert (await person.sign_in()).status_code == 200
    assert (await sign_in(town.http, hub.keys.signing))["kind"] == "hub"
    assert (await town.http.get(f"/v1/links/{link.id}/about")).status_code == 200
    assert (await town.http.post(f"/v1/links/{link.id}/open")).status_code == 200
    proof = await booking.shown(person, home.sheet)
    assert (await person.call("POST", "/v1/recovery/household", json=proof)).status_code == 200
    _, added = await booking.add_passkey(person, Authenticator())
    assert added.status_code == 201, added.text
    there = booking.Person(town.http, person.keys, passkey=Authenticator())
    code = await booking.ticket_of(person)
    came = await town.http.post("/v1/accounts/device", json=await booking.arrive(there, code, there.passkey))
    assert came.status_code == 201, came.text
    founded = await person.call("POST", "/v1/households", json={"cell": CELL, "another": True})
    assert founded.status_code == 201, founded.text


def test_who_used_everything_up_stops_nobody_else_not_even_at_the_same_address(
    database: str, tmp_path: Path
) -> None:
    """R05: from the attacker's own address, as behind one router, a right answer is taken all the same."""

    async def body() -> None:
        async with running(tmp_path, database, proxies=frozenset({"127.0.0.1"})) as town:
            _come_from(town.http, OTHER)
            ana = await booking.sign_up(town.http)
            home = await booking.found(ana)
            house = await make_household(town.http)
            link = Given(house)
            await house.owner.json("PUT", f"/v1/links/{link.id}", json=link.wire(town))
            await house.owner.json("PUT", f"/v1/links/{link.id}/file", content=link.file)
            await house.owner.json("POST", f"/v1/links/{link.id}/done")
            assert await refused(town, ana) == {202, 403, 404}
            use_up(town, ATTACKER)
            _come_from(town.http, ATTACKER)
            assert await refused(town, ana) == {429}, "the control: this place has nothing left"
            await goes_on(town, ana, home, link, house.hub)
            _come_from(town.http, OTHER)
            await goes_on(town, ana, home, link, house.hub)
            assert await refused(town, ana) == {202, 403, 404}
            town.clock.ahead += timedelta(hours=1)
            _come_from(town.http, ATTACKER)
            assert await refused(town, ana) == {202, 403, 404}, "an hour later everything is as before"

    asyncio.run(body())


def _come_from(http: httpx.AsyncClient, place: str) -> None:
    http.headers["X-Forwarded-For"] = place


def test_a_flood_of_wishes_shuts_no_area_and_pushes_out_none_of_an_earlier_day(
    database: str, tmp_path: Path
) -> None:
    """R09: whoever has very many addresses can spoil the day on which they use them, and no other."""

    async def body() -> None:
        async with running(tmp_path, database, proxies=frozenset({"127.0.0.1"})) as town:
            early = [await sealed_wish(town, f"Erase me, {n}.") for n in range(3)]
            for one in early:
                assert (await send(town, one)).status_code == 202
            town.clock.ahead += timedelta(days=1)
            for n in range(MAX_OF_CELL + 20):
                _come_from(town.http, f"2001:db8:{n:x}::1")
                answer = await send(town, await sealed_wish(town, str(n)))
                assert (answer.status_code, answer.text) == (202, '{"state":"sent"}')
            _come_from(town.http, OTHER)
            late = await sealed_wish(town, "Me too.")
            assert (await send(town, late)).status_code == 202
            there = [one["sealed"] for one in (await town.json(f"/v1/cells/{CELL}/wishes"))["wishes"]]
            assert len(there) == MAX_OF_CELL
            assert {b64.encode(one) for one in (*early, late)} <= set(there)

    asyncio.run(body())
