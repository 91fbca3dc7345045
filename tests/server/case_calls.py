# ruff: noqa: ARG001 - each function makes one call, and not each needs all it is given
"""Calls about copies given to agencies and their cases, as calling.py has them."""

import hashlib
from datetime import timedelta
from typing import Any

from tests.server import acting
from tests.server.acting import Actor
from tests.server.agency_calls import asked_anew
from tests.server.calling import SIGNATURE, Call, call, plain
from tests.server.visitors import World, new_id, some_box

from fanlight.model.clock import now
from fanlight.seal.keys import new_identity
from fanlight.wire import b64, jcs


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
        "signature": SIGNATURE,
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
        new_id(), ("evidence.no_onward",), {"json": {"hdr": box, "manifest": box, "signature": SIGNATURE}}
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
        wire = asked_anew(world, officer, case_key=secret.recipient, copies=copies)
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
