# ruff: noqa: ARG001 - each function makes one call, and not each needs all it is given
"""Calls about clips, days, a hub's own word and links, as calling.py has them."""

import secrets
from datetime import timedelta
from typing import Any

from tests.server import sealed
from tests.server.acting import Actor
from tests.server.calling import Call, call
from tests.server.visitors import World, new_id, some_box

from fanlight.model.clock import now
from fanlight.server.vault.rules import NOTE_LENGTH
from fanlight.wire import b64


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
