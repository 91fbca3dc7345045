# ruff: noqa: ARG001 - each function makes one call, and not each needs all it is given
"""Calls about accounts, devices, passkeys, households and hubs, as calling.py has them."""

import secrets
from typing import Any

from tests.seal.old_epochs import new_epoch
from tests.server import booking
from tests.server.acting import Actor
from tests.server.authenticator import Authenticator
from tests.server.calling import SIGNATURE, Call, call
from tests.server.visitors import World, another, new_id, some_box

from fanlight.seal.keys import member_keys, new_identity
from fanlight.wire import b64, jcs

_GIFT = {"statement": "{}", "sig": SIGNATURE, "sealed": "AAAA"}


@call("PUT /v1/push/behests/{behest:str}")
async def _wish(world: World, who: Actor) -> Call:
    return Call(new_id(), (), {"json": {"body": b64.encode(some_box())}})


@call("POST /v1/sessions/challenge")
async def _challenge(world: World, who: Actor) -> Call:
    return Call("/v1/sessions/challenge", (), {"json": {"sign_pub": b64.encode(secrets.token_bytes(32))}})


@call("POST /v1/sessions")
async def _sign_in(world: World, who: Actor) -> Call:
    body = {"sign_pub": b64.encode(who.keys.signing.public), "challenge": "x", "signature": SIGNATURE}
    return Call("/v1/sessions", ("accounts.bad_signature",), {"json": body})


@call("POST /v1/accounts")
async def _make_account(world: World, who: Actor) -> Call:
    keys = member_keys(secrets.token_bytes(32))
    offer = {"sign_pub": b64.encode(keys.signing.public), "age_recipient": keys.age.recipient}
    signature = b64.encode(keys.signing.sign("account", jcs.dumps(offer)))
    return Call("/v1/accounts", (), {"json": {"kind": "member", **offer, "signature": signature}})


@call("POST /v1/accounts/passkey")
async def _make_account_by_passkey(world: World, who: Actor) -> Call:
    seed = secrets.token_bytes(32)
    person = booking.Person(world.http, member_keys(seed), seed=seed)
    return Call("/v1/accounts/passkey", (), {"json": await booking.offer_for(world.http, person)})


@call("POST /v1/sessions/passkey")
async def _sign_in_by_passkey(world: World, who: Actor) -> Call:
    owner = world.people["owner"]
    assert isinstance(owner, booking.Person)
    begun = await world.http.post("/v1/sessions/passkey/begin")
    body = {"credential": owner.passkey.get(begun.json()["options"]), "device": owner.device}
    return Call("/v1/sessions/passkey", (), {"json": body})


@call("POST /v1/accounts/device")
async def _add_device(world: World, who: Actor) -> Call:
    seed = secrets.token_bytes(32)
    person = await booking.sign_up(world.http, seed)
    body = await booking.arrive(person, await booking.ticket_of(person), Authenticator())
    return Call("/v1/accounts/device", (), {"json": body})


@call("POST /v1/passkeys")
async def _add_passkey(world: World, who: Actor) -> Call:
    seed = secrets.token_bytes(32)
    person = booking.Person(world.http, member_keys(seed), seed=seed)
    credential = (await booking.offer_for(world.http, person))["credential"]
    also = ("accounts.stale_challenge", "accounts.passkey_refused", "accounts.bad_signature")
    return Call("/v1/passkeys", also, {"json": {"credential": credential, "signature": SIGNATURE}})


@call("DELETE /v1/sessions")
async def _end_session(world: World, who: Actor) -> Call:
    return Call("/v1/sessions", who=await another(world, who))


@call("POST /v1/households/mine/hubs")
async def _admit_hub(world: World, who: Actor) -> Call:
    keys = member_keys(secrets.token_bytes(32))
    offer = {"sign_pub": b64.encode(keys.signing.public), "age_recipient": keys.age.recipient}
    body = {**offer, "signature": SIGNATURE}
    return Call("/v1/households/mine/hubs", ("accounts.bad_signature",), {"json": body})


@call("PUT /v1/pairings/{meeting:str}")
async def _await_pairing(world: World, who: Actor) -> Call:
    if "pairing" not in world.spare:
        keys = member_keys(secrets.token_bytes(32))
        body = {"sign_pub": b64.encode(keys.signing.public), "age_recipient": keys.age.recipient}
        world.spare["pairing"] = Call(new_id(), (), {"json": body})
    waiting: Call = world.spare["pairing"]
    return waiting


@call("GET /v1/pairings/{meeting:str}", "PUT /v1/pairings/{meeting:str}/answer")
async def _answer_pairing(world: World, who: Actor) -> Call:
    waiting = await _await_pairing(world, who)
    (await world.http.put(f"/v1/pairings/{waiting.path}", **waiting.options)).raise_for_status()
    return Call(waiting.path, (), {"json": {"sealed": "AAAA"}})


@call("PUT /v1/households/mine/epochs/{number:int}")
async def _put_epoch(world: World, who: Actor) -> Call:
    _, made = new_epoch(
        household=world.home.id, after=None, members=[new_identity().recipient], owner_key=who.keys.signing
    )
    also = ("accounts.bad_epoch", "accounts.epoch_taken")
    return Call("/v1/households/mine/epochs/0", also, {"json": made.to_wire()})


@call("PUT /v1/households/mine/earlier/{account:str}")
async def _give_earlier(world: World, who: Actor) -> Call:
    account = str(who.session.get("account", new_id()))
    if not isinstance(who, booking.Person):
        return Call(f"/v1/households/mine/earlier/{account}", options={"json": {"keys": [_GIFT]}})
    assert world.home.newest is not None
    gift = world.home.earlier(world.home.newest, to=who, by=who).to_wire()
    also = ("accounts.bad_earlier",)  # of who has another household
    return Call(f"/v1/households/mine/earlier/{account}", also, {"json": {"keys": [gift]}})


@call("DELETE /v1/households/mine/epochs/{number:int}/secret")
async def _destroy_secret(world: World, who: Actor) -> Call:
    path, also = "/v1/households/mine/epochs/0/secret", ("accounts.bad_signature", "vault.epoch_in_use")
    return Call(path, also, {"headers": {"Fanlight-Signature": SIGNATURE}})


@call("POST /v1/invites")
async def _invite(world: World, who: Actor) -> Call:
    return Call("/v1/invites", ("accounts.many_invites",), {"json": {"invite": new_id()}})


@call(
    "GET /v1/invites/{invite:str}", "GET /v1/invites/{invite:str}/answer", "DELETE /v1/invites/{invite:str}"
)
async def _read_invite(world: World, who: Actor) -> Call:
    known = world.spare.get("invite")
    if known is None:
        joiner = await booking.sign_up(world.http)
        known = world.spare["invite"] = await world.home.invite(joiner)
    return Call(str(known))


@call("PUT /v1/invites/{invite:str}/answer")
async def _answer_invite(world: World, who: Actor) -> Call:
    await _read_invite(world, who)
    also = ("accounts.inside", "accounts.invite_answered")
    body = {"mac": b64.encode(bytes(32))}
    return Call(f"/v1/invites/{world.spare['invite']}/answer", also, {"json": body})


@call("POST /v1/recovery/household")
async def _recover(world: World, who: Actor) -> Call:
    body: dict[str, Any] = {"sign_pub": b64.encode(bytes(32)), "challenge": "x", "signature": SIGNATURE}
    also = ("accounts.bad_signature", "accounts.stale_challenge")
    return Call("/v1/recovery/household", also, {"json": body})


@call("POST /v1/households/mine/recovery")
async def _begin_recovery(world: World, who: Actor) -> Call:
    asked = await _recover(world, who)
    assert world.home.newest is not None
    body = asked.options["json"] | {"epoch": world.home.newest.to_wire()}
    return Call("/v1/households/mine/recovery", asked.also, {"json": body})
