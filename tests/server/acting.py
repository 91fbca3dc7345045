"""People, hubs and officers who act over the public API with real keys."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from tests.seal.old_epochs import new_epoch

from fanlight.cli.demo_town import public_half
from fanlight.cli.people import CAST, Person
from fanlight.demo import load_town
from fanlight.model.clock import to_text
from fanlight.model.geo import home_cell
from fanlight.seal import hubs, sealing
from fanlight.seal.keys import MemberKeys, SigningKey, member_keys, new_identity
from fanlight.wire import b64, jcs

SEEDS = {role: bytes([number + 1]) * 32 for number, (role, *_) in enumerate(CAST)}
PEOPLE = [
    public_half(Person(role=role, name=name, title=title, app=app, seed=SEEDS[role]))
    for role, name, title, app in CAST
]
PLACE = load_town().place
CELL = home_cell(*PLACE, load_town().homes)
SAMPLE = load_town().sample_request


async def sign_in(http: httpx.AsyncClient, key: SigningKey) -> dict[str, Any]:
    """Return a session."""
    public = b64.encode(key.public)
    asked = await http.post("/v1/sessions/challenge", json={"sign_pub": public})
    challenge = asked.json()["challenge"]
    signature = b64.encode(key.sign("sign-in", challenge.encode()))
    answer = await http.post(
        "/v1/sessions", json={"sign_pub": public, "challenge": challenge, "signature": signature}
    )
    assert answer.is_success, answer.text
    session: dict[str, Any] = answer.json()
    return session


@dataclass
class Actor:
    """Somebody with keys and, once signed in, a token."""

    http: httpx.AsyncClient
    keys: MemberKeys
    session: dict[str, Any] = field(default_factory=dict)

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        if not self.session:
            self.session = await sign_in(self.http, self.keys.signing)
        headers = {"Authorization": f"Bearer {self.session['token']}", **options.pop("headers", {})}
        return await self.http.request(method, path, headers=headers, **options)

    async def json(self, method: str, path: str, **options: Any) -> Any:
        answer = await self.call(method, path, **options)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


@dataclass
class Household:
    """An owner, a hub and one epoch."""

    owner: Actor
    hub: Actor
    id: str
    recipient: str
    secret: str


async def make_account(http: httpx.AsyncClient, seed: bytes) -> Actor:
    """Sign a member up."""
    keys = member_keys(seed)
    offer = {"sign_pub": b64.encode(keys.signing.public), "age_recipient": keys.age.recipient}
    signature = b64.encode(keys.signing.sign("account", jcs.dumps(offer)))
    answer = await http.post("/v1/accounts", json={"kind": "member", **offer, "signature": signature})
    assert answer.is_success, answer.text
    return Actor(http, keys)


async def make_household(http: httpx.AsyncClient, seed: bytes = b"m" * 32, cell: str = CELL) -> Household:
    """Sign up, found a household, admit a hub, publish an epoch."""
    owner = await make_account(http, seed)
    household = (await owner.json("POST", "/v1/households", json={"cell": cell}))["household"]
    owner.session = {}
    hub = Actor(http, member_keys(bytes(255 - byte for byte in seed)))
    offer = {"sign_pub": b64.encode(hub.keys.signing.public), "age_recipient": hub.keys.age.recipient}
    signature = hubs.sign_hub(
        owner.keys.signing,
        household=household,
        sign_pub=hub.keys.signing.public,
        age_recipient=hub.keys.age.recipient,
    )
    wire = {**offer, "signature": b64.encode(signature)}
    await owner.json("POST", "/v1/households/mine/hubs", json=wire)
    identity, made = new_epoch(
        household=household, after=None, members=[owner.keys.age.recipient], owner_key=owner.keys.signing
    )
    await owner.json("PUT", "/v1/households/mine/epochs/0", json=made.to_wire())
    return Household(owner, hub, household, identity.recipient, identity.secret)


def staff(http: httpx.AsyncClient, role: str) -> Actor:
    """Return one of the demo agency's people, or the operator."""
    return Actor(http, member_keys(SEEDS[role]))


def ask(officer: Actor, now: datetime, **change: Any) -> dict[str, Any]:
    """Return a signed request that the ordinance accepts, with `change` laid over its fields."""
    end = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    case_key = new_identity()
    fields: dict[str, Any] = {
        "case_number": SAMPLE.case_number,
        "offence": SAMPLE.offence,
        "purpose": SAMPLE.purpose,
        "words": SAMPLE.words,
        "outline": SAMPLE.area.as_json(),
        "start": to_text(end - timedelta(hours=1)),
        "end": to_text(end),
        "emergency": False,
        "case_key": case_key.recipient,
    }
    fields |= change
    beside = {
        "copies": fields.pop("copies", None) or [copy_for(officer, case_key.secret)],
        "recovery": fields.pop("recovery", []),
    }
    fields.setdefault("copies_sha256", hashlib.sha256(jcs.dumps(beside)).hexdigest())
    signature = b64.encode(officer.keys.signing.sign("request", jcs.dumps(fields)))
    return {**fields, **beside, "signature": signature}


def copy_for(person: Actor, secret: str) -> dict[str, str]:
    """Return a case key sealed to a person of the agency."""
    sealed = sealing.seal(secret.encode() + b"\n", [person.keys.age.recipient])
    return {"reader": reader_of(person), "sealed": b64.encode(sealed)}


def reader_of(person: Actor) -> str:
    """Return how a copy names the person whom it is sealed to."""
    return hashlib.sha256(person.keys.age.recipient.encode()).hexdigest()


async def open_request(http: httpx.AsyncClient, now: datetime, **change: Any) -> str:
    """Ask and co-sign; return the request's id."""
    officer, supervisor = staff(http, "officer"), staff(http, "supervisor")
    asked = await officer.json("POST", "/v1/agency/requests", json=ask(officer, now, **change))
    assert asked["state"] in {"waiting", "open"}, asked
    answer = await cosign(supervisor, asked["request"])
    assert answer.is_success, answer.text
    assert answer.json()["state"] == "open"
    request: str = asked["request"]
    return request


async def cosign(actor: Actor, request: str) -> httpx.Response:
    """Sign a request as second person."""
    signed = (await actor.json("GET", f"/v1/agency/requests/{request}"))["signed"]
    signature = b64.encode(actor.keys.signing.sign("cosign", signed.encode()))
    return await actor.call("POST", f"/v1/agency/requests/{request}/cosign", json={"signature": signature})
