# ruff: noqa: ARG001 - each function makes one call, and not each needs all it is given
"""Calls by which an agency's people come, write templates, ask and sign, as calling.py has them."""

import secrets
from datetime import timedelta
from typing import Any

from tests.server import acting, booking
from tests.server.acting import Actor
from tests.server.calling import SIGNATURE, Call, call, plain
from tests.server.visitors import World, new_id

from fanlight.model.clock import now
from fanlight.seal.keys import member_keys
from fanlight.wire import b64


def asked_anew(world: World, who: Actor, **change: Any) -> dict[str, Any]:
    """Return a request of its own day: of one place and time two are taken at most."""
    days = world.spare["asked"] = world.spare.get("asked", 0) + 1
    return acting.ask(who, now() - timedelta(days=days), case_number=f"26-{days:06}", **change)


plain(
    "POST /v1/agency/people/{person:str}/role",
    f"/v1/agency/people/{new_id()}/role",
    "agencies.no_person",
    json={"role": "officer", "signature": SIGNATURE},
)
plain(
    "POST /v1/agency/people/{person:str}/deactivate",
    f"/v1/agency/people/{new_id()}/deactivate",
    "agencies.no_person",
    json={"signature": SIGNATURE},
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
        "signature": SIGNATURE,
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
        "signature": SIGNATURE,
    },
)
plain(
    "POST /v1/agency/invitations/{invitation:str}/confirm",
    f"/v1/agency/invitations/{new_id()}/confirm",
    "agencies.no_invitation",
    json={"signature": SIGNATURE},
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
    return Call("/v1/agency/requests", (), {"json": asked_anew(world, who)})


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
        asked = await officer.json("POST", "/v1/agency/requests", json=asked_anew(world, officer))
        assert asked["state"] == "waiting"
        world.spare["waiting"] = asked["request"]
    waiting = world.spare["waiting"]
    signed = (await officer.json("GET", f"/v1/agency/requests/{waiting}"))["signed"]
    signature = b64.encode(who.keys.signing.sign("cosign", signed.encode()))
    return Call(waiting, (), {"json": {"signature": signature}}, never=("requests.same_person",))
