# ruff: noqa: ARG001 - each function makes one call, and not each needs all it is given
"""Calls of legal process, and by which counsel and moderators end, as calling.py has them."""

from tests.server.acting import Actor
from tests.server.calling import Call, call
from tests.server.visitors import World, new_id

from fanlight.wire import b64


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


@call("POST /v1/operator/counsel/{counsel:str}/end", "POST /v1/operator/moderators/{account:str}/end")
async def _end_office(world: World, who: Actor) -> Call:
    return Call(new_id(), ("accounts.bad_signature",), {"json": {"signature": _SIGNED["signature"]}})


@call("POST /v1/process/{process:str}/objection")
async def _process_objection(world: World, who: Actor) -> Call:
    return Call(new_id(), ("process.none",), {"json": {"words": "no"}})


@call("POST /v1/counsel/process/{process:str}/renewal")
async def _renewal(world: World, who: Actor) -> Call:
    body = {"until": "2099-01-01", "court": "Superior Court", "docket": "1", "ordered": "2026-11-22"}
    body["signature"] = _SIGNED["signature"]
    return Call(new_id(), ("process.none",), {"json": body})
