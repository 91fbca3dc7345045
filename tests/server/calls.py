# ruff: noqa: ARG001 - each function makes one call, and not each needs all it is given
"""For each route, a call that who may make it may make: what the table of access is checked with."""

import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.seal.old_epochs import new_epoch
from tests.server import acting, booking, sealed
from tests.server.acting import CELL, Actor
from tests.server.authenticator import Authenticator
from tests.server.incidents.incident_calls import INCIDENTS
from tests.server.register_calls import REGISTER
from tests.server.visitors import World, another, new_id, some_box

from fanlight.model.clock import now
from fanlight.seal.keys import member_keys, new_identity
from fanlight.server.notify.rules import BODY_BYTES
from fanlight.server.vault.rules import NOTE_LENGTH
from fanlight.wire import b64, jcs

_SIGNATURE = b64.encode(bytes(64))
_GIFT = {"statement": "{}", "sig": _SIGNATURE, "sealed": "AAAA"}
_SEED = b64.encode(bytes(60))


@dataclass
class Call:
    """A call. `also` are codes of answers that only who may make it gets, `never` such that refuse it."""

    path: str
    also: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    who: Actor | None = None
    never: tuple[str, ...] = ()


Make = Callable[[World, Actor], Awaitable[Call]]
CALLS: dict[str, Make] = {}


def call(*routes: str) -> Callable[[Make], Make]:
    """Let a function make the call of these routes."""

    def note(make: Make) -> Make:
        CALLS.update(dict.fromkeys(routes, make))
        return make

    return note


def plain(route: str, path: str = "", *also: str, **options: Any) -> None:
    """Let a route be called at `path`, always alike."""

    async def make(world: World, who: Actor) -> Call:
        return Call(path or route.split()[1], also, options)

    CALLS[route] = make


for page in (
    "/healthz",
    "/v1/speaks",
    "/",
    "/home",
    "/agency",
    "/operator",
    "/register",
    "/record/ordinances/edit",
    "/clerk",
    "/auditor",
    "/counsel",
    "/s",
    "/ask",
    "/neighbors",
    "/app.json",
    "/record",
    "/schema",
    "/v1/town",
):
    plain(f"GET {page}")
for page, part in {"home": "clip", "agency": "people", "operator": "health"}.items():
    plain(f"GET /{page}/{{path:path}}", f"/{page}/{part}")
plain("GET /schema/openapi.json")
plain("GET /schema/{path:str}", "/schema/openapi.yaml", "server.not_found")
plain("GET /assets/{path:path}", "/assets/none.js", "server.not_found")
plain("GET /static/{path:path}", "/static/none.css", "server.not_found")
plain("GET /record/{path:path}", "/record/agencies")
plain("GET /log/{path:path}", "/log/checkpoint")
plain("GET /v1/log/leaves", "/v1/log/leaves?type=agreement")
plain("GET /v1/log/proof/{index:int}", "/v1/log/proof/0")
plain("GET /v1/log/state")
plain("GET /v1/days/{day:str}/{digest:str}", "/v1/days/2026-11-22/" + "0" * 64, "days.no_digest")
plain("GET /v1/packs/{sha256:str}", "/v1/packs/" + "0" * 64, "programme.no_pack")
plain("GET /v1/map/{layer:str}", "/v1/map/streets", "server.not_found")
plain("GET /v1/cells/{cell:str}/requests", f"/v1/cells/{CELL}/requests")
plain("GET /v1/cells/{cell:str}/key", f"/v1/cells/{CELL}/key")
plain("GET /v1/push/key")
plain("GET /v1/texts")
plain("POST /v1/texts", json={"name": "terms", "body": "Be kind.", "effective": "2999-01-01", "after": 0})
plain(
    "POST /v1/register/listings",
    "",
    "register.bad_list",
    json={"source": "a list", "credit": "its maker", "as_of": "2020-10-07", "sha256": "0" * 64},
)
plain("GET /v1/cells/{cell:str}/wishes", f"/v1/cells/{CELL}/wishes")
plain("GET /v1/cells/{cell:str}/recipient", f"/v1/cells/{CELL}/recipient")
plain("POST /v1/wishes", "", "wishes.not_sealed", "wishes.named", json={"cell": CELL, "sealed": "AAAA"})
plain(
    "POST /v1/push/send",
    "",
    "notify.bad_ticket",
    "notify.not_anonymous",
    json={"ticket": "x", "body": b64.encode(bytes(BODY_BYTES))},
)
for about in ("account", "account/notices", "households", "households/mine", "households/mine/epochs"):
    plain(f"GET /v1/{about}")
for about in (
    "passkeys",
    "clips",
    "clips/days",
    "links",
    "push/behests",
    "vault/keeping",
    "operator/health",
    "operator/vault",
):
    plain(f"GET /v1/{about}")
for about in ("process", "agency/process", "counsel/process", "operator/counsel"):
    plain(f"GET /v1/{about}")
for about in ("agency", "agency/people", "agency/requests", "sessions/mine"):
    plain(f"GET /v1/{about}")
plain("POST /v1/account/leave", "", "accounts.last_owner")
plain("POST /v1/account/notices", json={"seen": [new_id()]})
plain("POST /v1/passkeys/begin", json={"purpose": "new"})
plain("POST /v1/sessions/passkey/begin")
plain("POST /v1/passkeys/ticket")
plain(
    "PUT /v1/passkeys/{passkey:str}/wrapped",
    f"/v1/passkeys/{new_id()}/wrapped",
    "accounts.no_passkey",
    "accounts.bad_signature",
    json={"wrapped": _SEED, "signature": _SIGNATURE},
)
plain(
    "DELETE /v1/passkeys/{passkey:str}",
    f"/v1/passkeys/{new_id()}",
    "accounts.no_passkey",
    "accounts.bad_signature",
    headers={"Fanlight-Signature": _SIGNATURE},
)
plain("DELETE /v1/account", "", "accounts.bad_signature", headers={"Fanlight-Signature": _SIGNATURE})
plain("DELETE /v1/households/mine", "", "accounts.bad_signature", headers={"Fanlight-Signature": _SIGNATURE})
plain(
    "POST /v1/households/mine/end",
    "",
    "accounts.bad_signature",
    json={"signature": _SIGNATURE, "farewell": None},
)
plain("GET /v1/farewells/{place:str}", f"/v1/farewells/{'0' * 64}", "accounts.no_farewell")
plain("DELETE /v1/sessions/others")
plain("DELETE /v1/sessions/{ended:str}", f"/v1/sessions/{new_id()}", "accounts.no_session")
plain("POST /v1/households", "", "geo.bad_cell", json={"cell": "nowhere", "another": True})
plain("PUT /v1/vault/keeping", json={"keep_days": 14})
plain("DELETE /v1/push/behests/{behest:str}", f"/v1/push/behests/{new_id()}")
plain("POST /v1/push/tickets", "", json={"endpoint": "https://push.example/send/abc"})


for route_, (path_, also_, body_) in (REGISTER | INCIDENTS).items():
    made_ = path_ or re.sub(r"\{[a-z]+:str\}", new_id(), route_.split()[1])
    plain(route_, made_, *also_, **({} if body_ is None else {"json": body_}))


@call("PUT /v1/push/behests/{behest:str}")
async def _wish(world: World, who: Actor) -> Call:
    return Call(new_id(), (), {"json": {"body": b64.encode(some_box())}})


@call("POST /v1/sessions/challenge")
async def _challenge(world: World, who: Actor) -> Call:
    return Call("/v1/sessions/challenge", (), {"json": {"sign_pub": b64.encode(secrets.token_bytes(32))}})


@call("POST /v1/sessions")
async def _sign_in(world: World, who: Actor) -> Call:
    body = {"sign_pub": b64.encode(who.keys.signing.public), "challenge": "x", "signature": _SIGNATURE}
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
    return Call("/v1/passkeys", also, {"json": {"credential": credential, "signature": _SIGNATURE}})


@call("DELETE /v1/sessions")
async def _end_session(world: World, who: Actor) -> Call:
    return Call("/v1/sessions", who=await another(world, who))


@call("POST /v1/households/mine/hubs")
async def _admit_hub(world: World, who: Actor) -> Call:
    keys = member_keys(secrets.token_bytes(32))
    offer = {"sign_pub": b64.encode(keys.signing.public), "age_recipient": keys.age.recipient}
    body = {**offer, "signature": _SIGNATURE}
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
    return Call(path, also, {"headers": {"Fanlight-Signature": _SIGNATURE}})


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
    body: dict[str, Any] = {"sign_pub": b64.encode(bytes(32)), "challenge": "x", "signature": _SIGNATURE}
    also = ("accounts.bad_signature", "accounts.stale_challenge")
    return Call("/v1/recovery/household", also, {"json": body})


@call("POST /v1/households/mine/recovery")
async def _begin_recovery(world: World, who: Actor) -> Call:
    asked = await _recover(world, who)
    assert world.home.newest is not None
    body = asked.options["json"] | {"epoch": world.home.newest.to_wire()}
    return Call("/v1/households/mine/recovery", asked.also, {"json": body})


async def _of_clip(world: World, *, whole: bool = True) -> str:
    key = f"clip {whole}"
    if key not in world.spare:
        world.spare[key] = await world.clip(whole=whole)
    return str(world.spare[key])


@call(
    "GET /v1/clips/{clip:str}/pay",
    "HEAD /v1/clips/{clip:str}/pay",
    "GET /v1/clips/{clip:str}/manifest",
    "GET /v1/clips/{clip:str}/hdr",
    "PUT /v1/clips/{clip:str}/keep",
    "DELETE /v1/clips/{clip:str}/keep",
)
async def _clip(world: World, who: Actor) -> Call:
    return Call(await _of_clip(world))


@call("GET /v1/clips/{clip:str}/note", "PUT /v1/clips/{clip:str}/note", "DELETE /v1/clips/{clip:str}/note")
async def _note(world: World, who: Actor) -> Call:
    return Call(await _of_clip(world), ("vault.no_note",), {"content": bytes(NOTE_LENGTH)})


@call("POST /v1/clips/{clip:str}/done", "PUT /v1/clips/{clip:str}/pay")
async def _unfinished(world: World, who: Actor) -> Call:
    return Call(await _of_clip(world, whole=False), (), {"content": b""})


@call("DELETE /v1/clips/{clip:str}")
async def _erase(world: World, who: Actor) -> Call:
    return Call(await world.clip())


@call("PUT /v1/clips/{clip:str}")
async def _announce(world: World, who: Actor) -> Call:
    made, clip = sealed.clip(world.clips, now())
    return Call(made, (), {"json": world.outside(clip)})


@call("PUT /v1/clips/{clip:str}/anew")
async def _seal_anew(world: World, who: Actor) -> Call:
    clip = await _of_clip(world)
    await world.people["owner"].call("PUT", f"/v1/clips/{clip}/keep")
    box = b64.encode(some_box())
    return Call(clip, (), {"json": {"hdr": box, "manifest": box, "epoch": 0, "readers": "0" * 64}})


@call("PUT /v1/days/{day:str}")
async def _day(world: World, who: Actor) -> Call:
    yesterday = world.town.clock().date() - timedelta(days=1)
    return Call(f"/v1/days/{yesterday}", (), {"json": {"digest": secrets.token_hex(32)}})


@call("GET /v1/hub/status", "PUT /v1/hub/status")
async def _status(world: World, who: Actor) -> Call:
    if "status" not in world.spare:
        world.spare["status"] = some_box()
        await world.people["hub"].call("PUT", "/v1/hub/status", content=world.spare["status"])
    return Call("/v1/hub/status", (), {"content": world.spare["status"]})


def _link_wire() -> dict[str, Any]:
    until = (now().date() + timedelta(days=3)).isoformat()
    about = b64.encode(some_box())
    return {"kind": "clip", "until": until, "most": 9, "length": 240, "about": about, "own": about}


@call("PUT /v1/links/{link:str}")
async def _make_link(world: World, who: Actor) -> Call:
    return Call(new_id(), (), {"json": _link_wire()})


async def _link(world: World) -> str:
    made = new_id()
    await world.people["owner"].json("PUT", f"/v1/links/{made}", json=_link_wire())
    return made


@call("DELETE /v1/links/{link:str}", "PUT /v1/links/{link:str}/file", "POST /v1/links/{link:str}/done")
async def _own_link(world: World, who: Actor) -> Call:
    return Call(await _link(world), ("links.incomplete",), {"content": b"x"})


@call("GET /v1/links/{link:str}/about", "POST /v1/links/{link:str}/open")
async def _opened_link(world: World, who: Actor) -> Call:
    return Call(await _link(world), ("links.gone",))


def _asked(world: World, who: Actor, **change: Any) -> dict[str, Any]:
    """Return a request of its own day: of one place and time two are taken at most."""
    days = world.spare["asked"] = world.spare.get("asked", 0) + 1
    return acting.ask(who, now() - timedelta(days=days), case_number=f"26-{days:06}", **change)


plain(
    "POST /v1/agency/people/{person:str}/role",
    f"/v1/agency/people/{new_id()}/role",
    "agencies.no_person",
    json={"role": "officer", "signature": _SIGNATURE},
)
plain(
    "POST /v1/agency/people/{person:str}/deactivate",
    f"/v1/agency/people/{new_id()}/deactivate",
    "agencies.no_person",
    json={"signature": _SIGNATURE},
)
plain(
    "POST /v1/agency/templates",
    "",
    "accounts.bad_signature",
    json={
        "template": new_id(),
        "version": 1,
        "name": "Parcels",
        "purpose": "find_property",
        "words": "A parcel was taken.",
        "ended": False,
        "signature": _SIGNATURE,
    },
)
plain("GET /v1/agencies/{agency:str}/templates", "/v1/agencies/CA0389900/templates")
plain(
    "POST /v1/agency/invitations",
    "",
    "accounts.bad_signature",
    "agencies.somebody_in_office",
    json={
        "invitation": new_id(),
        "agency": "CA0389900",
        "name": "K. Osei",
        "role": "officer",
        "secret_hash": b64.encode(bytes(32)),
        "signature": _SIGNATURE,
    },
)
plain(
    "POST /v1/agency/invitations/{invitation:str}/confirm",
    f"/v1/agency/invitations/{new_id()}/confirm",
    "agencies.no_invitation",
    json={"signature": _SIGNATURE},
)
plain(
    "POST /v1/agency/invitations/{invitation:str}/take-back",
    f"/v1/agency/invitations/{new_id()}/take-back",
    "agencies.no_invitation",
)
plain("GET /v1/agency/invitations")
plain(
    "POST /v1/agency/invitation",
    "",
    "agencies.no_invitation",
    json={"secret": b64.encode(bytes(32))},
)


@call("POST /v1/agency/invitation/answer")
async def _answer_invitation(world: World, who: Actor) -> Call:
    secret = b64.encode(bytes(32))
    body = await booking.offer_for(
        world.http, booking.Person(world.http, member_keys(secrets.token_bytes(32)))
    )
    body.pop("device")
    return Call(
        "/v1/agency/invitation/answer", ("agencies.no_invitation",), {"json": {**body, "secret": secret}}
    )


@call("POST /v1/agency/requests")
async def _ask(world: World, who: Actor) -> Call:
    return Call("/v1/agency/requests", (), {"json": _asked(world, who)})


@call(
    "GET /v1/agency/requests/{request_id:str}",
    "POST /v1/agency/requests/{request_id:str}/close",
    "POST /v1/agency/requests/{request_id:str}/reminder",
)
async def _request(world: World, who: Actor) -> Call:
    if not world.request:
        world.request = await acting.open_request(world.http, now())
    return Call(world.request, ("requests.not_open", "requests.no_reminder"))


@call("POST /v1/agency/requests/{request_id:str}/cosign")
async def _cosign(world: World, who: Actor) -> Call:
    officer = world.people["officer"]
    if "waiting" not in world.spare or who in world.staff:  # a supervisor's signature changes it
        asked = await officer.json("POST", "/v1/agency/requests", json=_asked(world, officer))
        assert asked["state"] == "waiting"
        world.spare["waiting"] = asked["request"]
    waiting = world.spare["waiting"]
    signed = (await officer.json("GET", f"/v1/agency/requests/{waiting}"))["signed"]
    signature = b64.encode(who.keys.signing.sign("cosign", signed.encode()))
    return Call(waiting, (), {"json": {"signature": signature}}, never=("requests.same_person",))


@call(
    "GET /v1/agency/disclosures/{disclosure:str}/hdr",
    "GET /v1/agency/disclosures/{disclosure:str}/pay",
    "POST /v1/agency/disclosures/{disclosure:str}/exports",
)
async def _disclosure(world: World, who: Actor) -> Call:
    body = {
        "recipient": "District attorney",
        "ground": "Discovery",
        "return_by": "2099-01-01",
        "signature": _SIGNATURE,
    }
    return Call(new_id(), ("evidence.no_disclosure",), {"json": body})


plain("GET /v1/retention")
plain("GET /v1/agency/ends")


@call("GET /v1/agency/requests/{request_id:str}/end")
async def _end(world: World, who: Actor) -> Call:
    return Call(world.request)


def _ending(who: Actor, context: str, fields: dict[str, str], **about: str) -> dict[str, Any]:
    signature = b64.encode(who.keys.signing.sign(context, jcs.dumps({**about, **fields})))
    return {"json": {**fields, "signature": signature}}


@call("POST /v1/agency/requests/{request_id:str}/holds")
async def _hold(world: World, who: Actor) -> Call:
    fields = {"kind": "own", "until": (now() + timedelta(days=30)).date().isoformat(), "document": "Letter"}
    return Call(world.request, ("evidence.held_once",), _ending(who, "hold", fields, request=world.request))


@call("POST /v1/agency/requests/{request_id:str}/parties")
async def _party(world: World, who: Actor) -> Call:
    return Call(world.request, (), {"json": {"name": "Public defender"}})


@call("POST /v1/agency/holds/{hold:str}/end")
async def _hold_end(world: World, who: Actor) -> Call:
    made = new_id()
    return Call(made, ("server.not_found",), _ending(who, "hold-end", {"document": "Order"}, hold=made))


@call("POST /v1/agency/parties/{party:str}/told")
async def _party_told(world: World, who: Actor) -> Call:
    return Call(new_id(), ("server.not_found",))


@call("POST /v1/agency/disclosures/{disclosure:str}/uses")
async def _use(world: World, who: Actor) -> Call:
    made, fields = new_id(), {"kind": "exhibit", "document": "People's 4"}
    return Call(made, ("evidence.no_disclosure",), _ending(who, "copy-use", fields, disclosure=made))


@call(
    "PUT /v1/agency/disclosures/{disclosure:str}/redactions/{redaction:str}/pay",
    "GET /v1/agency/redactions/{redaction:str}/hdr",
    "GET /v1/agency/redactions/{redaction:str}/pay",
    "DELETE /v1/agency/redactions/{redaction:str}",
)
async def _redaction(world: World, who: Actor) -> Call:
    return Call(new_id(), ("evidence.no_disclosure", "evidence.no_redaction"), {"content": b"x"})


@call("POST /v1/agency/disclosures/{disclosure:str}/redactions/{redaction:str}")
async def _redacted(world: World, who: Actor) -> Call:
    made, box = new_id(), some_box()
    said = {"disclosure": made, "redaction": made, "length": 10, "root": "0" * 64}
    signed = jcs.dumps({**said, "record_sha256": hashlib.sha256(box).hexdigest()})
    wire = {
        "hdr": b64.encode(box),
        "record": b64.encode(box),
        "length": 10,
        "root": "0" * 64,
        "signature": b64.encode(who.keys.signing.sign("redaction", signed)),
    }
    return Call(made, ("evidence.no_disclosure",), {"json": wire})


plain("GET /v1/agency/onward")


@call("POST /v1/agency/disclosures/{disclosure:str}/onward")
async def _offer_onward(world: World, who: Actor) -> Call:
    made, fields = new_id(), {"to": "CA0380100", "ground": "The same van", "until": "2099-01-01"}
    options = _ending(who, "onward-offer", fields, disclosure=made)
    options["json"]["salt"] = "0" * 64
    return Call(made, ("evidence.no_disclosure",), options)


@call("POST /v1/agency/onward/{onward:str}/accept")
async def _accept_onward(world: World, who: Actor) -> Call:
    made, key, sealed = new_id(), new_identity().recipient, b64.encode(some_box())
    copies = [{"account": made, "sealed": sealed}]
    digest = hashlib.sha256(jcs.dumps({"copies": copies})).hexdigest()
    signed = jcs.dumps({"onward": made, "key": key, "copies_sha256": digest})
    signature = b64.encode(who.keys.signing.sign("onward-accept", signed))
    wire = {"key": key, "copies": copies, "signature": signature}
    return Call(made, ("evidence.no_onward",), {"json": wire})


@call("POST /v1/agency/onward/{onward:str}/hand")
async def _hand_onward(world: World, who: Actor) -> Call:
    box = b64.encode(some_box())
    return Call(
        new_id(), ("evidence.no_onward",), {"json": {"hdr": box, "manifest": box, "signature": _SIGNATURE}}
    )


@call(
    "DELETE /v1/agency/onward/{onward:str}",
    "POST /v1/agency/onward/{onward:str}/decline",
    "GET /v1/agency/onward/{onward:str}/copy",
    "GET /v1/agency/onward/{onward:str}/pay",
)
async def _onward(world: World, who: Actor) -> Call:
    return Call(new_id(), ("evidence.no_onward",))


@call("POST /v1/agency/exports/{export:str}/over")
async def _over(world: World, who: Actor) -> Call:
    made, fields = new_id(), {"kind": "returned", "document": "Receipt"}
    return Call(made, ("server.not_found",), _ending(who, "export-over", fields, export=made))


async def _opened_case(world: World) -> str:
    """Return a case that is open, of which the officer, the supervisor and the custodian hold copies."""
    if "case" not in world.spare:
        officer = world.people["officer"]
        secret = new_identity()
        copies = [acting.copy_for(one, secret.secret) for one in world.staff]
        wire = _asked(world, officer, case_key=secret.recipient, copies=copies)
        asked = await officer.json("POST", "/v1/agency/requests", json=wire)
        assert (await acting.cosign(world.people["supervisor"], asked["request"])).is_success
        world.spare["case"] = asked["request"]
    case: str = world.spare["case"]
    return case


@call("POST /v1/agency/requests/{request_id:str}/copies")
async def _give(world: World, who: Actor) -> Call:
    body = {"account": new_id(), "sealed": b64.encode(some_box())}
    case = await _opened_case(world)
    signature = who.keys.signing.sign("case-copy", jcs.dumps({"request": case, **body}))
    wire = {**body, "signature": b64.encode(signature)}
    return Call(case, ("evidence.not_a_holder",), {"json": wire})


@call("DELETE /v1/agency/requests/{request_id:str}/copies/{account:str}")
async def _take_back(world: World, who: Actor) -> Call:
    path = f"/v1/agency/requests/{await _opened_case(world)}/copies/{new_id()}"
    return Call(path, ("evidence.no_copy",))


@call("POST /v1/agency/requests/{request_id:str}/papers")
async def _write(world: World, who: Actor) -> Call:
    case, sealed = await _opened_case(world), some_box()
    about = {"kind": "note", "disclosure": None, "number": None, "earlier": None}
    signed = {"request": case, **about, "sha256": hashlib.sha256(sealed).hexdigest()}
    signature = b64.encode(who.keys.signing.sign("case-paper", jcs.dumps(signed)))
    return Call(case, (), {"json": {**about, "sealed": b64.encode(sealed), "signature": signature}})


@call(
    "GET /v1/agency/requests/{request_id:str}/recovery",
    "GET /v1/agency/requests/{request_id:str}/custody",
    "GET /v1/agency/requests/{request_id:str}/papers",
)
async def _recovery(world: World, who: Actor) -> Call:
    return Call(await _opened_case(world))


@call("POST /v1/agency/requests/{request_id:str}/recovery/{second:str}")
async def _hand_on(world: World, who: Actor) -> Call:
    case, second, inner = await _opened_case(world), new_id(), b64.encode(some_box())
    signed = {"request": case, "second": second, "inner": inner}
    signature = b64.encode(who.keys.signing.sign("case-recovery", jcs.dumps(signed)))
    wire = {"inner": inner, "signature": signature}
    path = f"/v1/agency/requests/{case}/recovery/{second}"
    return Call(path, ("evidence.no_recovery",), {"json": wire})


@call(
    "PUT /v1/drops/{token:str}/{disclosure:str}/hdr",
    "PUT /v1/drops/{token:str}/{disclosure:str}/manifest",
    "PUT /v1/drops/{token:str}/{disclosure:str}/pay",
    "POST /v1/drops/{token:str}/{disclosure:str}/done",
)
async def _drop(world: World, who: Actor) -> Call:
    digest = hashlib.sha256(b"").hexdigest()
    body = jcs.dumps({"length": 10, "root": digest, "manifest_sha256": digest})
    headers = {"Content-Type": "application/json"}
    return Call(
        new_id(), ("evidence.no_drop", "evidence.not_anonymous"), {"content": body, "headers": headers}
    )


@call("POST /v1/agency/disclosures/{disclosure:str}/answer")
async def _answer(world: World, who: Actor) -> Call:
    made, words = new_id(), "Thank you. We read it."
    signature = who.keys.signing.sign("copy-answer", jcs.dumps({"disclosure": made, "words": words}))
    wire = {"words": words, "answer_to": new_identity().recipient, "signature": b64.encode(signature)}
    return Call(made, ("evidence.no_disclosure",), {"json": wire})


@call("POST /v1/copies/{disclosure:str}/name")
async def _name(world: World, who: Actor) -> Call:
    wire = {"secret": "0" * 64, "sealed": b64.encode(bytes(10))}
    return Call(new_id(), ("evidence.no_copy", "evidence.not_anonymous"), {"json": wire})


@call(
    "POST /v1/copies/{disclosure:str}/withdraw",
    "POST /v1/copies/{disclosure:str}/answer",
    "POST /v1/copies/{disclosure:str}/unname",
)
async def _withdraw(world: World, who: Actor) -> Call:
    return Call(new_id(), ("evidence.no_copy", "evidence.not_anonymous"), {"json": {"secret": "0" * 64}})


@call("HEAD /v1/drops/{token:str}/{disclosure:str}/pay")
async def _drop_offset(world: World, who: Actor) -> Call:
    return Call(new_id(), ("bare 400", "bare 404"))  # answers to HEAD have no code


@call("POST /v1/agency/process", "POST /v1/counsel/process")
async def _legal_process(world: World, who: Actor) -> Call:
    body = {
        "document": b64.encode(b"no document"),
        "kind": "warrant",
        "court": "",
        "court_level": "none",
        "docket": "",
        "signed_by": "",
        "issued": "2026-11-22",
        "return_by": "2026-11-22",
        "gag": "none",
        "scope": {"accounts": [], "what": ["contents"], "start": "2026-11-22", "end": "2026-11-22"},
        "came": "by post",
    }
    return Call("", ("process.bad_document",), {"json": body})


@call(
    "GET /v1/counsel/process/{process:str}/document",
    "GET /v1/counsel/process/{process:str}/packet",
    "GET /v1/counsel/process/{process:str}/clips/{clip:str}",
    "GET /v1/process/{process:str}/document",
)
async def _one_process(world: World, who: Actor) -> Call:
    return Call(new_id(), ("process.none",))


_SIGNED = {"day": "2026-11-22", "signature": b64.encode(bytes(64)), "signed": b64.encode(bytes(64))}


@call("POST /v1/counsel/process/{process:str}/decision")
async def _process_decision(world: World, who: Actor) -> Call:
    body = {"decision": "rejected", "reason": "none", **_SIGNED}
    return Call(new_id(), ("process.none",), {"json": body})


@call("POST /v1/counsel/process/{process:str}/packet")
async def _release(world: World, who: Actor) -> Call:
    return Call(new_id(), ("process.none",), {"json": {"sha256": "0" * 64, **_SIGNED}})


@call("POST /v1/operator/counsel/{counsel:str}/end")
async def _end_counsel(world: World, who: Actor) -> Call:
    return Call(new_id(), ("accounts.bad_signature",), {"json": {"signature": _SIGNED["signature"]}})


@call("POST /v1/process/{process:str}/objection")
async def _process_objection(world: World, who: Actor) -> Call:
    return Call(new_id(), ("process.none",), {"json": {"words": "no"}})


@call("POST /v1/counsel/process/{process:str}/renewal")
async def _renewal(world: World, who: Actor) -> Call:
    body = {"until": "2099-01-01", "court": "Superior Court", "docket": "1", "ordered": "2026-11-22"}
    body["signature"] = _SIGNED["signature"]
    return Call(new_id(), ("process.none",), {"json": body})
