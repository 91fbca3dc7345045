"""Members sign in with passkeys and nothing else, and see who else could."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.acting import make_account, staff
from tests.server.authenticator import PRESENT, VERIFIED, Authenticator, from_url64, url64
from tests.server.booking import WRAPPED, Home, Person, add_passkey, found, offer_for, sign_up
from tests.server.running import Running, running

from fanlight.seal.keys import member_keys
from fanlight.server.accounts.passkeys import (
    NewPasskey,
    Party,
    UsedPasskey,
    challenge_of,
    check_no_prf,
    credential_of,
    user_of,
)
from fanlight.server.errors import Malformed, NotAllowed
from fanlight.wire import b64, jcs


@pytest.mark.parametrize("kind", ["ES256", "EdDSA"])
def test_a_member_signs_up_and_in_with_a_passkey_and_gets_the_wrapped_seed_back(
    database: str, tmp_path: Path, kind: str
) -> None:
    """R05: no password, no address; the server keeps a seed that it cannot open."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana = Person(town.http, member_keys(b"a" * 32), passkey=Authenticator(kind=kind))
            made = await town.http.post("/v1/accounts/passkey", json=await offer_for(town.http, ana))
            assert made.status_code == 201, made.text
            ana.session = made.json()
            first = ana.session["token"]
            assert (await ana.sign_in()).status_code == 200
            assert ana.session["token"] != first
            assert ana.session["wrapped"] == WRAPPED
            assert (ana.session["kind"], ana.session["household"], ana.session["households"]) == (
                "member",
                None,
                [],
            )
            assert (await ana.json("GET", "/v1/account"))["passkeys"] == 1
            home = await found(ana)
            await ana.sign_in()
            assert ana.session["households"] == [{"household": home.id, "role": "owner"}]
            assert ana.session["household"] == home.id

    asyncio.run(body())


def test_what_a_browser_is_asked_for_tells_nothing_of_who_has_an_account(
    database: str, tmp_path: Path
) -> None:
    """R05: no enumeration: the options differ in the challenge only, and every refusal is the same."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            before = (await town.http.post("/v1/sessions/passkey/begin")).json()["options"]
            ana = await sign_up(town.http)
            after = (await town.http.post("/v1/sessions/passkey/begin")).json()["options"]
            assert before.pop("challenge") != after.pop("challenge")
            assert before == after
            assert before["rpId"] == "localhost"
            assert before["userVerification"] == "required"
            assert not before.get("allowCredentials")
            stranger = Person(town.http, ana.keys, passkey=Authenticator(user=b"x" * 26))
            forged = Person(town.http, ana.keys, passkey=Authenticator(credential=ana.passkey.credential))
            forged.passkey.user = ana.passkey.user
            said = [(await one.sign_in()) for one in (stranger, forged)]
            assert {(one.status_code, one.text) for one in said} == {(403, said[0].text)}
            assert said[0].json()["code"] == "accounts.passkey_refused"

    asyncio.run(body())


@pytest.mark.parametrize(
    "bend",
    [
        {"origin": "https://localhost:8420"},
        {"origin": "http://localhost.example:8420"},
        {"rp_id": "example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"cross_origin": True},
        {"user": b"y" * 26},
    ],
    ids=["scheme", "host", "rp", "not verified", "not present", "framed", "another account"],
)
def test_a_passkey_counts_only_on_our_own_pages_by_a_person_made_sure_of(
    database: str, tmp_path: Path, bend: dict[str, Any]
) -> None:
    """R05: another site's page, or a device left open, signs nobody in."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana = await sign_up(town.http)
            for name, bent in bend.items():
                setattr(ana.passkey, name, bent)
            assert (await ana.sign_in()).json()["code"] == "accounts.passkey_refused"
            if "user" not in bend:
                other = Person(town.http, member_keys(b"o" * 32), passkey=Authenticator(**bend))
                offer = await offer_for(town.http, other)
                made = await town.http.post("/v1/accounts/passkey", json=offer)
                assert made.json()["code"] == "accounts.passkey_refused"

    asyncio.run(body())


def test_an_answer_is_good_once_soon_and_for_what_was_asked(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana = await sign_up(town.http)
            begin = (await town.http.post("/v1/sessions/passkey/begin")).json()["options"]
            answer = {"credential": ana.passkey.get(begin), "device": ana.device}
            post = "/v1/sessions/passkey"
            assert (await town.http.post(post, json=answer)).status_code == 200
            assert (await town.http.post(post, json=answer)).json()["code"] == "accounts.passkey_refused"
            begin = (await town.http.post("/v1/sessions/passkey/begin")).json()["options"]
            late = {"credential": ana.passkey.get(begin), "device": ana.device}
            town.clock.ahead += timedelta(minutes=3)
            assert (await town.http.post(post, json=late)).json()["code"] == "accounts.passkey_refused"
            making = (await town.http.post("/v1/passkeys/begin", json={"purpose": "new"})).json()["options"]
            crossed = {"credential": ana.passkey.get(making), "device": ana.device}
            assert (await town.http.post(post, json=crossed)).json()["code"] == "accounts.passkey_refused"
            # A challenge for a new account makes no passkey of an old one, and none for another new account.
            offer = await offer_for(town.http, ana)
            stolen = {**offer, "account": "z" * 26}
            keys = {k: stolen[k] for k in ("account", "sign_pub", "age_recipient")}
            stolen["signature"] = b64.encode(ana.keys.signing.sign("account", jcs.dumps(keys)))
            got = await town.http.post("/v1/accounts/passkey", json=stolen)
            assert got.json()["code"] == "accounts.passkey_refused"

    asyncio.run(body())


def test_an_account_needs_its_own_keys_word_and_a_key_of_its_own(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana = await sign_up(town.http, b"a" * 32)
            post = "/v1/accounts/passkey"
            twice = Person(town.http, ana.keys, passkey=Authenticator())
            got = await town.http.post(post, json=await offer_for(town.http, twice))
            assert (got.status_code, got.json()["code"]) == (409, "accounts.key_taken")
            other = Person(town.http, member_keys(b"o" * 32))
            forged = await offer_for(town.http, other)
            forged["signature"] = b64.encode(ana.keys.signing.sign("account", b"{}"))
            assert (await town.http.post(post, json=forged)).json()["code"] == "accounts.bad_signature"
            same = Person(town.http, member_keys(b"s" * 32))
            same.passkey = Authenticator(credential=ana.passkey.credential)
            got = await town.http.post(post, json=await offer_for(town.http, same))
            assert (got.status_code, got.json()["code"]) == (403, "accounts.passkey_refused")
            assert await town.count("SELECT count(*) FROM account WHERE kind = 'member'") == 1

    asyncio.run(body())


def test_a_secret_that_a_page_sends_by_mistake_is_refused(database: str, tmp_path: Path) -> None:
    """R03: results of the passkey's PRF never come to the server unnoticed."""
    leak = {"clientExtensionResults": {"prf": {"results": {"first": "AAAA"}}}}

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana = await sign_up(town.http)
            begin = (await town.http.post("/v1/sessions/passkey/begin")).json()["options"]
            answer = ana.passkey.get(begin, **leak)
            got = await town.http.post("/v1/sessions/passkey", json={"credential": answer})
            assert (got.status_code, got.json()["code"]) == (400, "accounts.prf_result")
            other = Person(town.http, member_keys(b"o" * 32))
            offer = await offer_for(town.http, other)
            offer["credential"] |= leak
            got = await town.http.post("/v1/accounts/passkey", json=offer)
            assert got.json()["code"] == "accounts.prf_result"
            enabled = {"clientExtensionResults": {"prf": {"enabled": True}}}
            begin = (await town.http.post("/v1/sessions/passkey/begin")).json()["options"]
            fine = {"credential": ana.passkey.get(begin, **enabled)}
            assert (await town.http.post("/v1/sessions/passkey", json=fine)).status_code == 200

    asyncio.run(body())


def test_a_person_has_several_passkeys_each_with_its_own_wrapped_seed(database: str, tmp_path: Path) -> None:
    """R05: a lost phone is one passkey less; taking it away ends what it signed in and deletes its copy."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana = await sign_up(town.http)
            phone = Authenticator()
            other = b64.encode(bytes(60))
            label = b64.encode(b"sealed by the page")
            begun, added = await add_passkey(ana, phone, wrapped=other, label=label)
            assert begun["options"]["excludeCredentials"][0]["id"] == url64(ana.passkey.credential)
            assert added.status_code == 201, added.text
            again = Person(town.http, ana.keys, passkey=phone)
            await again.sign_in()
            assert (again.account, again.session["wrapped"]) == (ana.account, other)
            listed = (await ana.json("GET", "/v1/passkeys"))["passkeys"]
            assert sorted((one["current"], one["label"]) for one in listed) == [(False, label), (True, None)]
            bare = Authenticator()
            assert (await add_passkey(ana, bare, wrapped=None))[1].status_code == 201
            here = Person(town.http, ana.keys, passkey=bare)
            await here.sign_in()
            assert here.session["wrapped"] is None
            path = f"/v1/passkeys/{added.json()['passkey']}"
            unsigned = await ana.call("DELETE", path)
            assert unsigned.status_code == 400
            wrong = await ana.call("DELETE", path, headers=ana.signed("remove-passkey", "a" * 26))
            assert wrong.json()["code"] == "accounts.bad_signature"
            signed = ana.signed("remove-passkey", added.json()["passkey"])
            assert (await ana.call("DELETE", path, headers=signed)).status_code == 204
            assert (await again.call("GET", "/v1/account")).status_code == 401
            assert (await again.sign_in()).json()["code"] == "accounts.passkey_refused"
            assert {"passkey-added", "passkey-removed"} <= set(await ana.codes())
            await _keeps_one(ana)

    asyncio.run(body())


async def _keeps_one(person: Person) -> None:
    passkeys = [one["passkey"] for one in (await person.json("GET", "/v1/passkeys"))["passkeys"]]
    ends = []
    for one in sorted(passkeys):
        signed = person.signed("remove-passkey", one)
        ends.append((await person.call("DELETE", f"/v1/passkeys/{one}", headers=signed)).status_code)
    assert ends[-1] in {401, 409}
    assert 204 in ends


def test_a_token_alone_neither_adds_a_passkey_nor_spoils_a_wrapped_seed(
    database: str, tmp_path: Path
) -> None:
    """R05: who steals a token can neither come back after it ends nor lock its person out."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana = await sign_up(town.http)
            thief = Person(town.http, member_keys(b"t" * 32), session=ana.session)
            assert (await add_passkey(thief, Authenticator()))[1].json()["code"] == "accounts.bad_signature"
            mine = (await ana.json("GET", "/v1/passkeys"))["passkeys"][0]["passkey"]
            wire = {"wrapped": b64.encode(bytes(60))}
            word = {"account": ana.account, "credential": url64(ana.passkey.credential)}
            digest = "5dcc1b5872dd9ff1c234501f1fefda01f664164e1583c3e1bb3dbea47588ab31"
            data = jcs.dumps({**word, "wrapped_sha256": digest})
            path = f"/v1/passkeys/{mine}/wrapped"
            wire["signature"] = b64.encode(thief.keys.signing.sign("passkey", data))
            got = await thief.call("PUT", path, json=wire)
            assert got.json()["code"] == "accounts.bad_signature"
            wire["signature"] = b64.encode(ana.keys.signing.sign("passkey", data))
            assert (await ana.call("PUT", path, json=wire)).status_code == 204
            await ana.sign_in()
            assert ana.session["wrapped"] == wire["wrapped"]
            stranger = await sign_up(town.http)
            assert (await stranger.call("PUT", path, json=wire)).json()["code"] == "accounts.no_passkey"

    asyncio.run(body())


def test_sessions_are_listed_by_day_and_ended_one_by_one(database: str, tmp_path: Path) -> None:
    """R05: whoever finds a session that is not theirs ends it; a row tells the day and nothing finer."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana = await sign_up(town.http)
            lost = Person(town.http, ana.keys, passkey=ana.passkey, device=ana.device)
            await lost.sign_in()
            listed = (await ana.json("GET", "/v1/sessions/mine"))["sessions"]
            assert len(listed) == 2
            assert all(len(one["session"]) == 26 and len(one["day"]) == 10 for one in listed)
            theirs = next(one["session"] for one in listed if not one["current"])
            stranger = await sign_up(town.http)
            got = await stranger.call("DELETE", f"/v1/sessions/{theirs}")
            assert (got.status_code, got.json()["code"]) == (404, "accounts.no_session")
            assert (await ana.call("DELETE", f"/v1/sessions/{theirs}")).status_code == 204
            assert (await lost.call("GET", "/v1/account")).status_code == 401
            await lost.sign_in()
            assert (await ana.call("DELETE", "/v1/sessions/others")).status_code == 204
            assert (await lost.call("GET", "/v1/account")).status_code == 401
            assert (await ana.call("GET", "/v1/account")).status_code == 200
            assert not await town.count(
                "SELECT count(*) FROM session WHERE expires <> date_trunc('day', expires, 'UTC')"
            )

    asyncio.run(body())


async def _pair(town: Running) -> tuple[Person, Person, Home]:
    ana, ben = await sign_up(town.http), await sign_up(town.http)
    home = await found(ana)
    await home.invite(ben)
    await home.turn(ana.listed("owner"), ben.listed("member"))
    return ana, ben, home


def test_every_member_is_told_of_a_new_browser_and_not_of_a_known_one(database: str, tmp_path: Path) -> None:
    """R05: a passkey copied to another machine is seen by everybody in the home."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben, home = await _pair(town)
            stranger = await sign_up(town.http)
            for person in (ana, ben):
                told = (await person.json("GET", "/v1/account/notices"))["notices"]
                seen = [one["notice"] for one in told]
                await person.json("POST", "/v1/account/notices", json={"seen": seen})
            await ben.sign_in()
            assert (await ana.codes(), await ben.codes()) == ([], [])
            ben.device = url64(b"another browser!")
            await ben.sign_in()
            notices = (await ana.json("GET", "/v1/account/notices"))["notices"]
            assert [(one["code"], one["about"], one["household"]) for one in notices] == [
                ("new-device", ben.account, home.id)
            ]
            assert len(notices[0]["day"]) == 10
            assert (await ben.codes(), await stranger.codes()) == (["new-device"], [])
            taken = {"seen": [notices[0]["notice"]]}
            await stranger.json("POST", "/v1/account/notices", json=taken)
            assert await ana.codes() == ["new-device"]
            await ana.json("POST", "/v1/account/notices", json=taken)
            await ben.sign_in()
            assert await ana.codes() == []
            await ben.sign_in(device=None)
            assert await ana.codes() == ["new-device"]
            town.clock.ahead += timedelta(days=100)
            await ana.sign_in()
            assert await ana.codes() == []

    asyncio.run(body())


def test_wrong_tries_lock_nobody_out(database: str, tmp_path: Path) -> None:
    """R05: a thousand refused passkeys slow their sender down, and never the person they aim at."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana = await sign_up(town.http)
            wrong = Person(town.http, ana.keys, passkey=Authenticator(credential=ana.passkey.credential))
            wrong.passkey.user = ana.passkey.user
            seen = set()
            for _ in range(205):
                answer = await wrong.sign_in()
                seen.add(answer.json()["code"])
            assert seen == {"accounts.passkey_refused", "server.too_many"}
            assert (await ana.sign_in()).status_code == 200  # from the very same address

    asyncio.run(body())


def test_outside_a_demo_a_members_key_signs_nobody_in(database: str, tmp_path: Path) -> None:
    """R05: passkeys are the only sign-in of members; hubs and agencies keep their keys."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana = await make_account(town.http, b"k" * 32)
            await ana.json("GET", "/v1/account")
        async with running(tmp_path, database, demo=False) as town:
            ana.http = town.http
            public = {"sign_pub": b64.encode(ana.keys.signing.public)}
            challenge = (await town.http.post("/v1/sessions/challenge", json=public)).json()["challenge"]
            signature = b64.encode(ana.keys.signing.sign("sign-in", challenge.encode()))
            wire = {**public, "challenge": challenge, "signature": signature}
            refused = await town.http.post("/v1/sessions", json=wire)
            assert (refused.status_code, refused.json()["code"]) == (403, "accounts.passkey_only")
            offer = {**public, "age_recipient": ana.keys.age.recipient}
            word = b64.encode(ana.keys.signing.sign("account", jcs.dumps(offer)))
            made = {"kind": "member", **offer, "signature": word}
            refused = await town.http.post("/v1/accounts", json=made)
            assert refused.json()["code"] == "accounts.passkey_only"
            await staff(town.http, "officer").json("GET", "/v1/agency")
            home = await found(await sign_up(town.http))
            assert home.newest is not None

    asyncio.run(body())


def test_an_agencys_person_has_no_passkey_and_no_notices(database: str, tmp_path: Path) -> None:
    """R28: passkeys, notices and invites are members'; the table itself refuses an officer."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            officer = staff(town.http, "officer")
            for method, path in [
                ("GET", "/v1/passkeys"),
                ("GET", "/v1/account"),
                ("GET", "/v1/account/notices"),
                ("GET", "/v1/households"),
                ("GET", f"/v1/invites/{'a' * 26}"),
            ]:
                assert (await officer.call(method, path)).status_code == 403, path
            add = await officer.call("POST", "/v1/passkeys/begin", json={"purpose": "add"})
            assert add.status_code == 403
            assert len((await officer.json("GET", "/v1/sessions/mine"))["sessions"]) == 1
            member = await make_account(town.http, b"k" * 32)
            assert len((await member.json("GET", "/v1/sessions/mine"))["sessions"]) == 1

    asyncio.run(body())


PARTY = Party("http://localhost:8420")


def test_a_party_is_bound_to_the_host_of_its_pages() -> None:
    assert Party("https://fanlight.example.org:8443").id == "fanlight.example.org"
    asked = PARTY.creation_options("c", "a" * 26, [])
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["attestation"] == "none"
    assert from_url64(asked["user"]["id"]) == b"a" * 26


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


@given(said=_JSON, outside=st.binary(max_size=300), name=st.text(max_size=40))
def test_whatever_a_browser_answers_is_accepted_or_refused_and_nothing_else(
    said: Any, outside: bytes, name: str
) -> None:
    """R05: bytes of an attacker end in one refusal, never in a fault of ours."""
    client = url64(json.dumps(said).encode())
    shapes = [
        {"clientDataJSON": client, "attestationObject": url64(outside) or "A"},
        {"clientDataJSON": url64(outside) or "A", "attestationObject": client},
    ]
    for shape in shapes:
        new = _convert(
            NewPasskey, {"id": name or "x", "rawId": name, "type": "public-key", "response": shape}
        )
        with pytest.raises(NotAllowed):
            PARTY.check_new(new, "c")
        for read in (challenge_of, credential_of):
            _only_refuses(read, new)
    data = url64(outside) or "A"
    used = {"clientDataJSON": client, "authenticatorData": data, "signature": data, "userHandle": name}
    answer = _convert(UsedPasskey, {"id": name or "x", "rawId": name, "type": name, "response": used})
    with pytest.raises(NotAllowed):
        PARTY.check_used(answer, "c", outside)
    for ask in (challenge_of, credential_of, user_of):
        _only_refuses(ask, answer)


@given(at=st.integers(0, 400), to=st.binary(max_size=3), cut=st.integers(0, 3))
def test_an_attestation_with_changed_bytes_never_passes_as_another(at: int, to: bytes, cut: int) -> None:
    """R05: what comes out of the library's parsers is a refusal, or the very passkey that was made."""
    passkey = Authenticator()
    made = passkey.create(PARTY.creation_options("c", "a" * 26, []))
    whole = from_url64(made["response"]["attestationObject"])
    bent = whole[: at % len(whole)] + to + whole[at % len(whole) + cut :]
    made["response"]["attestationObject"] = url64(bent)
    try:
        found = PARTY.check_new(_convert(NewPasskey, made), "c")
    except NotAllowed:
        return
    assert found.credential == passkey.credential


@given(results=_JSON)
def test_only_prf_results_are_taken_for_a_secret(results: Any) -> None:
    passkey = Authenticator()
    made = passkey.create(PARTY.creation_options("c", "a" * 26, []))
    made["clientExtensionResults"] = {"prf": {"results": results}}
    with pytest.raises(Malformed):
        check_no_prf(_convert(NewPasskey, made))
    made["clientExtensionResults"] = {"credProps": results}
    check_no_prf(_convert(NewPasskey, made))


def _convert(kind: Any, wire: Any) -> Any:
    return msgspec.convert(wire, kind)


def _only_refuses(read: Any, answer: Any) -> None:
    try:
        read(answer)
    except NotAllowed:
        return
