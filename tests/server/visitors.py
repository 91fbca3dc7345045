"""One of each kind of visitor to a running town, and what they could want to reach."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx
from tests.server import acting, auditors, booking, sealed
from tests.server.acting import Actor, Household
from tests.server.booking import Home, Person
from tests.server.running import Running

from fanlight.model.clock import now
from fanlight.model.ids import new_id
from fanlight.seal import hubs, sealing
from fanlight.seal.clip import SealedClip
from fanlight.seal.keys import member_keys, new_identity
from fanlight.seal.roll import Hub
from fanlight.wire import b64

AT_HOME = ("owner", "member", "guest", "installer", "landlord")
STAFF = ("officer", "supervisor", "custodian", "operator")
ROLES = (
    "anonymous",
    *AT_HOME,
    "returning",
    "removed",
    "stranger",
    "hub",
    *STAFF,
    "clerk",
    "auditor",
    "moderator",
)


@dataclass
class World:
    """A town with a household of everybody, a household beside it, and an agency with a request open."""

    town: Running
    people: dict[str, Actor]
    home: Home
    clips: Household
    request: str = ""
    spare: dict[str, Any] = field(default_factory=dict)

    @property
    def http(self) -> httpx.AsyncClient:
        return self.town.http

    @property
    def staff(self) -> list[Actor]:
        """Who acts for the agency."""
        return [self.people[role] for role in STAFF if role != "operator"]

    async def clip(self, *, whole: bool = True) -> str:
        """Have the hub send a clip; return its id."""
        made, clip = sealed.clip(self.clips, now())
        hub = self.people["hub"]
        await hub.json("PUT", f"/v1/clips/{made}", json=self.outside(clip))
        await hub.json("PUT", f"/v1/clips/{made}/pay", content=bytes(clip.pay))
        if whole:
            await hub.json("POST", f"/v1/clips/{made}/done")
        return made

    def outside(self, clip: SealedClip) -> dict[str, str]:
        """Return how a hub announces a clip."""
        return {
            "card": clip.card.decode(),
            "sig": b64.encode(clip.card_sig),
            "manifest": b64.encode(clip.manifest_age),
            "hdr": b64.encode(clip.hdr),
        }


async def everybody(town: Running) -> World:
    """Make one of each."""
    http = town.http
    people: dict[str, Any] = {role: await booking.sign_up(http) for role in ("removed", *AT_HOME)}
    owner: Person = people["owner"]
    home = await booking.found(owner)
    hub = Actor(http, member_keys(secrets.token_bytes(32)))
    signature = hubs.sign_hub(
        owner.keys.signing,
        household=home.id,
        sign_pub=hub.keys.signing.public,
        age_recipient=hub.keys.age.recipient,
    )
    offer = {"sign_pub": b64.encode(hub.keys.signing.public), "age_recipient": hub.keys.age.recipient}
    wire = {**offer, "signature": b64.encode(signature)}
    admitted = (await owner.json("POST", "/v1/households/mine/hubs", json=wire))["hub"]
    listed = (Hub(hub=admitted, sign_pub=hub.keys.signing.public, age_recipient=hub.keys.age.recipient),)
    others = [role for role in people if role not in {"owner", "removed"}]
    for role in [*others, "removed"]:
        await home.invite(people[role])
    inside = [owner.listed("owner"), *(people[role].listed(role) for role in others)]
    await home.turn(*inside, people["removed"].listed("member"), hubs=listed, why="joined")
    await home.turn(*inside, hubs=listed, why="removed")
    back = people["returning"] = await booking.sign_up(http)
    made = home.next(back.listed("owner"), signer=home.sheet, why="recovered")
    assert (await booking.begin_recovery(back, home, made)).is_success
    people["stranger"] = await booking.sign_up(http)
    await booking.found(people["stranger"])
    people["hub"] = hub
    people |= {
        role: acting.staff(http, role) for role in (*STAFF, "administrator", "clerk", "counsel", "moderator")
    }
    people["auditor"], _ = await auditors.appointed(town)
    people["anonymous"] = Actor(http, member_keys(bytes(32)), {"token": ""})
    assert home.newest is not None
    recipient = home.newest.statement.recipient
    clips = Household(owner, hub, home.id, recipient, "")
    return World(town, people, home, clips)


async def another(world: World, who: Actor) -> Actor:
    """Return the same person with a session of their own that may be ended."""
    if isinstance(who, Person):
        twin = Person(who.http, who.keys, {}, who.seed, who.passkey, who.device)
        assert (await twin.sign_in()).is_success
        return twin
    return Actor(world.http, who.keys, {} if who is not world.people["anonymous"] else {"token": ""})


def some_box() -> bytes:
    """Return an age file of no meaning."""
    return sealing.seal(secrets.token_bytes(40), [new_identity().recipient])


__all__ = ["AT_HOME", "ROLES", "STAFF", "World", "another", "everybody", "new_id", "some_box"]
