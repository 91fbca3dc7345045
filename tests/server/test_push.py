"""Pushes at the server: who may send where, what it keeps, what a push service is told."""

import asyncio
import base64
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from hypothesis import given
from hypothesis import strategies as st
from tests.server.acting import make_account, make_household
from tests.server.pushing import PushService, certificate, push_service
from tests.server.running import Running, running

from fanlight.model.clock import now
from fanlight.model.errors import FanlightError
from fanlight.model.ids import new_id
from fanlight.seal import sealing
from fanlight.server.notify import tickets
from fanlight.server.notify.keys import FILE, PushKeysUnreadable, load_keys
from fanlight.server.notify.rules import BEHESTS_A_HOUSEHOLD, BODY_BYTES, is_public, read_endpoint
from fanlight.server.notify.sending import Reach, Sender
from fanlight.wire import b64

BODY = bytes(range(256)) * (BODY_BYTES // 256)
OUTSIDE = "https://push.example/send/abc"


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


async def send(town: Running, ticket: str) -> Any:
    answer = await town.http.post("/v1/push/send", json={"ticket": ticket, "body": b64.encode(BODY)})
    assert answer.is_success, answer.text
    return answer.json()


def test_a_body_reaches_the_endpoint_unchanged_signed_as_this_town(database: str, tmp_path: Path) -> None:
    """R03 R05: the server posts what it cannot read, and every push looks alike to the service."""

    async def body() -> None:
        shown, believed = certificate(tmp_path)
        reach = Reach(private=True, trust=believed, contact="mailto:town@example.org")
        async with push_service(shown) as service, running(tmp_path, database, push=reach) as town:
            home = await make_household(town.http)
            key = (await town.json("/v1/push/key"))["key"]
            endpoint = f"{service.url}/send/1?x=y"
            ticket = (await home.owner.json("POST", "/v1/push/tickets", json={"endpoint": endpoint}))[
                "ticket"
            ]
            for _ in range(2):
                assert await send(town, ticket) == {"state": "sent", "again_s": None}
            got = service.received[0]
            assert (got.path, got.body) == ("/send/1?x=y", BODY)
            assert {name: got.headers[name] for name in ("ttl", "urgency", "content-encoding")} == {
                "ttl": "3600",
                "urgency": "high",
                "content-encoding": "aes128gcm",
            }
            assert service.received[1].headers == got.headers
            assert service.connections == 1
            token, named = got.headers["authorization"].removeprefix("vapid t=").split(", k=")
            assert named == key
            head, claims, signature = token.split(".")
            assert decoded(head) == {"typ": "JWT", "alg": "ES256"}
            said = decoded(claims)
            assert said["aud"] == service.url
            assert said["sub"] == "mailto:town@example.org"
            assert 0 < said["exp"] - now().timestamp() <= 24 * 3600
            raw = base64.urlsafe_b64decode(signature + "==")
            point = base64.urlsafe_b64decode(key + "=")
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point).verify(
                utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])),
                f"{head}.{claims}".encode(),
                ec.ECDSA(hashes.SHA256()),
            )

    asyncio.run(body())


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", ("sent", None)),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", ("gone", None)),
        (b"HTTP/1.1 410 Gone\r\nContent-Length: 3\r\n\r\nbye", ("gone", None)),
        (b"HTTP/1.1 429 Slow\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n", ("later", 17)),
        (b"HTTP/1.1 503 Away\r\nRetry-After: never\r\nContent-Length: 0\r\n\r\n", ("later", None)),
        (b"HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n", ("refused", None)),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
            ("refused", None),
        ),
        (b"not HTTP at all\r\n\r\n", ("refused", None)),
    ],
)
def test_what_a_push_service_answers_has_one_of_four_meanings(
    database: str, tmp_path: Path, answer: bytes, state: tuple[str, int | None]
) -> None:
    """R11: a redirect is not followed; what is gone is not called again."""

    async def body() -> None:
        async with push_service() as service, running(tmp_path, database, push=Reach(private=True)) as town:
            home = await make_household(town.http)
            service.answer = answer
            wire = {"endpoint": f"{service.url}/1"}
            ticket = (await home.owner.json("POST", "/v1/push/tickets", json=wire))["ticket"]
            said = await send(town, ticket)
            assert (said["state"], said["again_s"]) == state
            assert len(service.received) == 1
            again = await send(town, ticket)
            assert again["state"] == state[0]
            assert len(service.received) == (1 if state[0] == "gone" else 2)

    asyncio.run(body())


def test_an_answer_without_end_is_cut_off(tmp_path: Path) -> None:
    async def body() -> None:
        async with push_service() as service:
            service.answer = b"HTTP/1.1 201 Created\r\n\r\n" + b"x" * 1_000_000
            assert (await posted(service, tmp_path)).state == "sent"

    asyncio.run(body())


async def posted(service: PushService, home: Path) -> Any:
    sender = Sender(home, Reach(private=True), now)
    try:
        return await sender.send(sender.issue(f"{service.url}/1"), BODY)
    finally:
        await sender.close()


INSIDE = [
    "https://localhost/1",
    "https://127.0.0.1/1",
    "https://[::1]/1",
    "https://[::ffff:127.0.0.1]/1",
    "https://[::ffff:a00:1]/1",
    "https://[64:ff9b::7f00:1]/1",
    "https://[2002:7f00:1::]/1",
    "https://10.1.2.3/1",
    "https://192.168.1.1/1",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/1",
    "https://[fe80::1]/1",
    "https://[fd00::1]/1",
    "https://224.0.0.1/1",
    "https://0.0.0.0/1",
    "https://2130706433/1",
    "https://0x7f.1/1",
]


@pytest.mark.parametrize("endpoint", INSIDE)
def test_no_address_inside_a_network_is_called(tmp_path: Path, endpoint: str) -> None:
    """R05: whoever names an endpoint cannot make the server call its own neighbours."""

    async def body() -> str:
        sender = Sender(tmp_path, Reach(), now)
        # As if its form had passed: what the name leads to is looked at when it is called.
        ticket = tickets.seal_ticket(load_keys(tmp_path).tickets, endpoint)
        try:
            answer = await sender.send(ticket, BODY)
        except FanlightError as error:
            return error.code
        finally:
            await sender.close()
        return answer.state

    assert asyncio.run(body()) in {"refused", "notify.bad_endpoint"}


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/1",
        "https://push.example:8443/1",
        "https://user@push.example/1",
        "https://push.example/1#x",
        "ftp://push.example/1",
        "https:///1",
        "https://push.example/ü",
        "https://push.example/a\r\nX: y",
        "https://" + "a" * 2_000,
        "https://127.0.0.1/1",
    ],
)
def test_an_endpoint_of_another_form_gets_no_ticket(endpoint: str) -> None:
    with pytest.raises(FanlightError, match="Alerts cannot be sent"):
        read_endpoint(endpoint)


@given(st.text(max_size=80) | st.from_regex(r"https?://[!-~]{1,60}", fullmatch=True))
def test_any_text_is_an_endpoint_or_refused(text: str) -> None:
    try:
        found = read_endpoint(text)
    except FanlightError:
        return
    assert found.url == text
    assert found.origin.startswith("https://")


@given(st.ip_addresses())
def test_an_address_is_public_only_if_the_standard_says_so(address: Any) -> None:
    assert not is_public(address) or (address.is_global and not address.is_multicast)


@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{20,60}", fullmatch=True))
def test_a_ticket_of_another_make_is_refused(text: str) -> None:
    with pytest.raises(FanlightError, match="no ticket of this server"):
        tickets.open_ticket(bytes(32), text)


def test_a_ticket_gives_its_endpoint_to_its_server_only(tmp_path: Path) -> None:
    key = load_keys(tmp_path).tickets
    ticket = tickets.seal_ticket(key, OUTSIDE)
    assert tickets.open_ticket(key, ticket) == OUTSIDE
    assert len(ticket) == len(tickets.seal_ticket(key, "https://p.example/"))
    with pytest.raises(FanlightError, match="no ticket of this server"):
        tickets.open_ticket(bytes(32), ticket)
    with pytest.raises(FanlightError, match="no ticket of this server"):
        tickets.open_ticket(key, ticket[:-2] + ("AA" if ticket[-2:] != "AA" else "BB"))


def test_the_keys_are_private_stay_the_same_and_are_named_when_damaged(tmp_path: Path) -> None:
    first = load_keys(tmp_path).public
    assert load_keys(tmp_path).public == first
    path = tmp_path / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for damaged in (b"", b"{}", b'{"signing":"AAAA","tickets":"AAAA"}', path.read_bytes()[:-9]):
        path.write_bytes(damaged)
        with pytest.raises(PushKeysUnreadable, match=r"push\.key"):
            load_keys(tmp_path)


def test_a_push_is_sent_without_account_and_in_one_size(database: str, tmp_path: Path) -> None:
    """R05 R11: no call ties a household to a push, and none is larger than another."""

    async def body() -> None:
        async with push_service() as service, running(tmp_path, database, push=Reach(private=True)) as town:
            home = await make_household(town.http)
            wire = {"endpoint": f"{service.url}/1"}
            ticket = (await home.owner.json("POST", "/v1/push/tickets", json=wire))["ticket"]
            push = {"ticket": ticket, "body": b64.encode(BODY)}
            named = await home.hub.call("POST", "/v1/push/send", json=push)
            assert (named.status_code, named.json()["code"]) == (400, "notify.not_anonymous")
            for size in (BODY_BYTES - 3, BODY_BYTES + 3):
                other = {"ticket": ticket, "body": b64.encode(bytes(size))}
                assert (await town.http.post("/v1/push/send", json=other)).status_code == 400
            foreign = {"ticket": "AAAA" * 20, "body": b64.encode(BODY)}
            answer = await town.http.post("/v1/push/send", json=foreign)
            assert (answer.status_code, answer.json()["code"]) == (400, "notify.bad_ticket")
            assert service.received == []
            for call in (home.hub.call, (await make_account(town.http, b"n" * 32)).call):
                assert (await call("POST", "/v1/push/tickets", json=wire)).status_code == 403
            assert (await town.http.post("/v1/push/tickets", json=wire)).status_code == 401

    asyncio.run(body())


def test_an_endpoint_is_kept_nowhere(database: str, tmp_path: Path) -> None:
    """R05: neither rows nor files name where a browser is called; the ticket alone does, to the server."""

    async def body() -> None:
        async with push_service() as service, running(tmp_path, database, push=Reach(private=True)) as town:
            home = await make_household(town.http)
            wire = {"endpoint": f"{service.url}/findable-endpoint"}
            ticket = (await home.owner.json("POST", "/v1/push/tickets", json=wire))["ticket"]
            await send(town, ticket)
            assert service.received[0].path == "/findable-endpoint"

    asyncio.run(body())
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert b"findable-endpoint" not in path.read_bytes(), path
    with psycopg.connect(database) as owner:
        for (table,) in owner.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall():
            rows = owner.execute(b"TABLE " + table.encode()).fetchall()
            assert "findable-endpoint" not in repr(rows), table


def behest_for(recipients: list[str], text: bytes = b"behest") -> dict[str, str]:
    return {"body": b64.encode(sealing.seal(text, recipients))}


def test_behests_reach_the_hubs_of_their_household_and_nobody_else(database: str, tmp_path: Path) -> None:
    """R03: a member sees their own, a hub all of its home; another household's is not to be had."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)
            other = await make_household(town.http, b"o" * 32)
            behest = new_id()
            path = f"/v1/push/behests/{behest}"
            first, second = (behest_for([home.hub.keys.age.recipient], text) for text in (b"1", b"2"))
            for left in (first, second):
                assert (await home.owner.call("PUT", path, json=left)).status_code == 204
            kept = {"behest": behest, **second}
            for actor in (home.owner, home.hub):
                assert (await actor.json("GET", "/v1/push/behests"))["behests"] == [kept]
            answer = await home.hub.call("GET", "/v1/push/behests")
            tag = {"If-None-Match": answer.headers["etag"]}
            assert (await home.hub.call("GET", "/v1/push/behests", headers=tag)).status_code == 304
            for actor in (other.owner, other.hub):
                assert (await actor.json("GET", "/v1/push/behests"))["behests"] == []
            assert (await other.owner.call("PUT", path, json=first)).status_code == 204
            assert (await other.owner.call("DELETE", path)).status_code == 204
            assert (await home.hub.json("GET", "/v1/push/behests"))["behests"] == [
                {"behest": behest, **second}
            ]
            assert (await home.owner.call("DELETE", path)).status_code == 204
            assert (await home.hub.json("GET", "/v1/push/behests"))["behests"] == []
            assert (await home.hub.call("PUT", path, json=first)).status_code == 403
            assert (await town.http.get("/v1/push/behests")).status_code == 401

    asyncio.run(body())


def test_a_behest_is_an_age_file_under_an_id_and_a_household_has_so_many(
    database: str, tmp_path: Path
) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)
            good = behest_for([home.hub.keys.age.recipient])
            bad = {"body": b64.encode(b"plain")}
            for name, left in (("short", good), (new_id(), bad), (new_id(), {"body": "?"})):
                answer = await home.owner.call("PUT", f"/v1/push/behests/{name}", json=left)
                assert answer.status_code == 400, answer.text
            names = [new_id() for _ in range(BEHESTS_A_HOUSEHOLD + 1)]
            codes = [
                (await home.owner.call("PUT", f"/v1/push/behests/{name}", json=good)).status_code
                for name in names
            ]
            assert codes == [204] * BEHESTS_A_HOUSEHOLD + [429]
            again = await home.owner.call("PUT", f"/v1/push/behests/{names[0]}", json=good)
            assert again.status_code == 204

    asyncio.run(body())


def test_one_ticket_cannot_flood_a_browser(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with push_service() as service, running(tmp_path, database, push=Reach(private=True)) as town:
            home = await make_household(town.http)
            issue: Callable[[], Any] = lambda: home.owner.json(  # noqa: E731
                "POST", "/v1/push/tickets", json={"endpoint": f"{service.url}/1"}
            )
            first, second = (await issue())["ticket"], (await issue())["ticket"]
            push = {"ticket": first, "body": b64.encode(BODY)}
            codes = [(await town.http.post("/v1/push/send", json=push)).status_code for _ in range(241)]
            assert codes == [200] * 240 + [429]
            assert (await send(town, second))["state"] == "sent"
            respelt = {**push, "ticket": _respelt(first)}
            assert (await town.http.post("/v1/push/send", json=respelt)).status_code == 429
            made_up = "A" * 100
            for _ in range(240):
                town.services.limits.spend(made_up, "push", 240)
            refused = await town.http.post("/v1/push/send", json={**push, "ticket": made_up})
            assert refused.json()["code"] == "notify.bad_ticket", "what was made up is not even counted"

    asyncio.run(body())


def _respelt(ticket: str) -> str:
    """Return another text of the same bytes: base64's last letter has bits to spare."""
    assert len(ticket) % 4, "it has none to spare"
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return ticket[:-1] + letters[letters.index(ticket[-1]) ^ 1]
