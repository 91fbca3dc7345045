"""What programs of a version say to a server and are told: one story, written down call by call."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import httpx
from tests.server import booking
from tests.server.acting import CELL, make_household
from tests.server.authenticator import Authenticator
from tests.server.running import Running
from tests.server.sealed import clip
from tests.server.test_links import Given
from tests.server.test_vault import send

from fanlight.model.clock import now

_ID = re.compile(r"(?<=/)(?:[a-z2-7]{26}|[0-9a-f]{15}|\d+)(?=/|$)")


@dataclass
class Told:
    """One call and its answer. `route` has `*` where an address names something."""

    route: str
    path: str
    who: str
    body: Any
    status: int
    answer: Any


@dataclass
class Ear:
    """Hears what a client says and is told; `hubs` are the headers by which hubs say who they are."""

    heard: list[Told] = field(default_factory=list)
    hubs: set[str] = field(default_factory=set)

    async def hear(self, answer: httpx.Response) -> None:
        await answer.aread()
        request = answer.request
        token = request.headers.get("authorization", "")
        who = "hub" if token in self.hubs else "member" if token else "nobody"
        path = request.url.raw_path.decode()
        route = f"{request.method} {_ID.sub('*', path.partition('?')[0])}"
        self.heard.append(
            Told(route, path, who, _json(request.content), answer.status_code, _json(answer.content))
        )


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None


async def story(town: Running, ear: Ear) -> list[booking.Person]:
    """Have people and a hub make the calls that their programs make; return the people."""
    town.http.event_hooks["response"].append(ear.hear)
    ana, ben = await booking.sign_up(town.http), await booking.sign_up(town.http)
    await ana.sign_in()
    await booking.add_passkey(ana, Authenticator())
    home = await booking.found(ana)
    invite = await home.invite(ben)
    await ben.json("GET", f"/v1/invites/{invite}")
    await ana.json("GET", f"/v1/invites/{invite}/answer")
    await ana.json("GET", "/v1/households/mine")
    await home.turn(ana.listed("owner"), ben.listed("member"))
    spare = await home.invite(await booking.sign_up(town.http))
    await ana.json("DELETE", f"/v1/invites/{spare}")
    for path in ("passkeys", "sessions/mine", "account", "account/notices", "households"):
        await ana.json("GET", f"/v1/{path}")
    await ana.json("POST", "/v1/account/notices", json={"seen": []})
    for path in ("households/mine", "households/mine/epochs", "vault/keeping"):
        await ben.json("GET", f"/v1/{path}")
    await ana.json("PUT", "/v1/vault/keeping", json={"keep_days": 30})
    back = await booking.sign_up(town.http)
    found = await back.json("POST", "/v1/recovery/household", json=await booking.shown(back, home.sheet))
    assert found["household"] == home.id
    await booking.begin_recovery(
        back, home, home.next(back.listed("owner"), signer=home.sheet, why="recovered")
    )
    await _of_the_vault(town, ear)
    for path in (
        f"cells/{CELL}/requests",
        f"cells/{CELL}/wishes",
        f"cells/{CELL}/recipient",
        "push/key",
        "town",
    ):
        await town.json(f"/v1/{path}")
    return [ana, ben]


async def _of_the_vault(town: Running, ear: Ear) -> None:
    house = await make_household(town.http)
    await house.hub.json("GET", "/v1/households/mine/epochs")
    ear.hubs.add(f"Bearer {house.hub.session['token']}")
    name, sealed = clip(house, now())
    await send(house, name, sealed)
    day = town.clock().date().isoformat()
    for path in (f"clips?day={day}", f"clips?brief=true&day={day}", "clips/days", "links"):
        await house.owner.json("GET", f"/v1/{path}")
    await house.owner.json("PUT", f"/v1/clips/{name}/keep")
    await house.owner.json("DELETE", f"/v1/clips/{name}/keep")
    given = Given(house)
    await house.owner.json("PUT", f"/v1/links/{given.id}", json=given.wire(town))
    await house.owner.json("PUT", f"/v1/links/{given.id}/file", content=given.file)
    await house.owner.json("POST", f"/v1/links/{given.id}/done")
    await house.owner.json("GET", "/v1/links")
    await town.json(f"/v1/links/{given.id}/about")


def shape(value: Any) -> Any:
    """Return what a reader can rely on: members and kinds of value; of a list, what its members have."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]]
    return None if value is None else type(value).__name__


def lacks(old: Any, new: Any, where: str = "") -> list[str]:
    """Return what a reader of `old` would miss in `new`, both shapes."""
    if isinstance(old, dict) and isinstance(new, dict):
        gone = [f"{where}.{key}" for key in old if key not in new]
        return gone + [
            miss for key in old if key in new for miss in lacks(old[key], new[key], f"{where}.{key}")
        ]
    if isinstance(old, list) and isinstance(new, list):
        return lacks(old[0], new[0], f"{where}[]") if old and new else []
    return [] if old is None or new is None or old == new else [where]
