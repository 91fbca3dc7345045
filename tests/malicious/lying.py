"""A real server behind a layer that lies, and a household that lives with it: real hub parts, real members.

The layer passes every call on to the server and every answer back, but for what a test told it to change.
"""

import asyncio
import contextlib
import json
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
from litestar import Litestar
from tests.journey.walking import DEMO_CLIP
from tests.seal.books import SHEET
from tests.server.acting import CELL, PLACE
from tests.server.running import Running, running, serving

from fanlight.cli.member import Member
from fanlight.hub.camera import FileCamera
from fanlight.hub.options import Camera
from fanlight.hub.packet import Packet
from fanlight.hub.sealer import Occasion
from fanlight.hub.segmenter import Segment, Segmenter
from fanlight.hub.settings import HubKeys, Pairing
from fanlight.hub.town import Town
from fanlight.hub.uplink import Uplink
from fanlight.model import clock
from fanlight.model.ids import new_id
from fanlight.seal import container, keys, opening
from fanlight.seal.book import next_epoch
from fanlight.seal.epoch import Epoch, from_wire
from fanlight.seal.keys import SigningKey, member_keys
from fanlight.seal.notes import Notes
from fanlight.seal.reading import ClipReader, Order, check_card, open_clip_manifest
from fanlight.seal.roll import Hub, Roll
from fanlight.seal.roll import Member as Listed
from fanlight.wire import b64, jcs

MINE, EPOCHS = "/v1/households/mine", "/v1/households/mine/epochs"
CAMERA = "c" * 26


@dataclass
class Told:
    """An answer on its way, and the path (with its query) that it answers."""

    status: int
    body: bytes
    path: str
    range: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def say(self, value: Any) -> None:
        self.body = json.dumps(value).encode()


Lie = Callable[[Told], Told | None]


@dataclass
class Liar:
    """The layer. `lies` are by method and pattern of the path."""

    server: str
    url: str = ""
    lies: dict[tuple[str, str], Lie] = field(default_factory=dict)
    swallows: dict[tuple[str, str], bytes] = field(default_factory=dict)  # answered here, never passed on

    def tells(self, method: str, path: str, lie: Lie) -> None:
        self.lies[method, path] = lie

    def honest(self) -> None:
        self.lies.clear()
        self.swallows.clear()

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer one call (ASGI)."""
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            event = await receive()
            body += event.get("body", b"")
            more = event.get("more_body", False)
        path, query = scope["path"], scope["query_string"].decode()
        whole = f"{path}?{query}" if query else path
        told = self._swallowed(scope["method"], path) or await self._asked(scope, whole, body)
        headers = [(b"content-type", b"application/json"), *told[1]]
        await send({"type": "http.response.start", "status": told[0].status, "headers": headers})
        await send({"type": "http.response.body", "body": told[0].body})

    def _swallowed(self, method: str, path: str) -> tuple[Told, list[tuple[bytes, bytes]]] | None:
        for (said, pattern), answer in self.swallows.items():
            if said == method and re.fullmatch(pattern, path):
                return Told(200, answer, path, ""), [(b"upload-offset", b"0")]
        return None

    async def _asked(
        self, scope: dict[str, Any], whole: str, body: bytes
    ) -> tuple[Told, list[tuple[bytes, bytes]]]:
        passed = {b"authorization", b"content-type", b"range", b"fanlight-household", b"if-none-match"}
        headers = [(name, value) for name, value in scope["headers"] if name in passed]
        async with httpx.AsyncClient(base_url=self.server, trust_env=False, timeout=30) as http:
            answer = await http.request(scope["method"], whole, headers=headers, content=body)
        span = dict(headers).get(b"range", b"").decode()
        told = Told(answer.status_code, answer.content, whole, span)
        for (method, pattern), lie in self.lies.items():
            if method == scope["method"] and re.fullmatch(pattern, whole.partition("?")[0]):
                told = lie(told) or told
        kept = {"upload-offset", "etag"}
        return told, [(k.encode(), v.encode()) for k, v in answer.headers.items() if k in kept]


@dataclass
class House:
    """A household of two with a hub, all of whom meet the layer; `direct` is alice past it."""

    town: Running
    liar: Liar
    alice: Member
    bob: Member
    direct: Member
    hub: Town
    keys: HubKeys
    id: str
    accounts: dict[str, str]

    async def turn(self, *people: str, signer: SigningKey | None = None) -> Epoch:
        """Publish the page that lists these people, as alice, past the layer."""
        made = self.page(await self.book(), *people, signer=signer)
        path = f"{EPOCHS}/{made.statement.n}"
        await self.direct.uplink.call("PUT", path, json=made.to_wire())
        return made

    async def book(self) -> list[Epoch]:
        """Return the book as the server really has it."""
        answer = (await self.direct.uplink.call("GET", EPOCHS)).json()
        return [from_wire(wire) for wire in answer["epochs"]]

    def page(
        self,
        book: list[Epoch],
        *people: str,
        signer: SigningKey | None = None,
        hubs: tuple[Hub, ...] | None = None,
    ) -> Epoch:
        """Return the page after `book` for these people."""
        return next_epoch(
            household=self.id,
            after=book[-1] if book else None,
            roll=self.roll(*people, hubs=hubs),
            notes=Notes(why="changed", names={self.accounts[name]: name for name in people}),
            signer=signer or self.alice.keys.signing,
            day=clock.now().date(),
        )[1]

    def roll(self, *people: str, hubs: tuple[Hub, ...] | None = None) -> Roll:
        who = {"alice": (self.alice, "owner"), "bob": (self.bob, "member")}
        return Roll(
            members=tuple(
                Listed(
                    account=self.accounts[name],
                    sign_pub=who[name][0].keys.signing.public,
                    age_recipient=who[name][0].keys.age.recipient,
                    role=cast("Any", who[name][1]),
                )
                for name in people
            ),
            hubs=(self.listed_hub,) if hubs is None else hubs,
            recovery=SHEET.public,
        )

    @property
    def listed_hub(self) -> Hub:
        return Hub(
            hub=self.accounts["hub"], sign_pub=self.keys.signing.public, age_recipient=self.keys.recipient
        )

    async def record(self, count: int = 1) -> list[str]:
        """Have the hub seal clips of its camera and send them, through the layer; return their ids."""
        made, epoch = [], await self.hub.epoch()
        for _ in range(count):
            segments = await film()
            first, last = segments[0].wall, segments[-1].wall_end
            occasion = Occasion(label="person", start=first, end=last, score=87, thumb=b"\xff\xd8jpeg")
            parcel, kept = self.hub.sealer.seal(DOOR, occasion, segments, epoch, "hub")
            self.hub.outbox.put(parcel)
            made.append(kept.clip)
        await self.hub.outbox.push(self.hub.uplink)
        return made

    async def hub_reads_book(self) -> int:
        """Have the hub fetch its household's keys; return the number of the newest. Raises as it does."""
        await self.hub.epochs.refresh(self.hub.uplink)
        assert self.hub.epochs.newest is not None
        return self.hub.epochs.newest.statement.n

    async def status(self) -> dict[str, Any]:
        """Have the hub put its word at the server; return it as alice opens it, through the layer."""
        await self.hub.report_once()
        box = (await self.alice.uplink.call("GET", "/v1/hub/status")).content
        mine = await self.direct.household()
        plain = opening.open_age(box, list(self.direct.open_epochs(mine).values()))
        told = jcs.loads(plain)
        keys.verify(
            self.keys.signing.public, "hub-status", told["manifest"].encode(), b64.decode(told["sig"])
        )
        said: dict[str, Any] = jcs.loads(told["manifest"].encode())
        return said


async def watch(house: House, order: Order | None = None) -> list[str]:
    """Open all that alice is shown, as `fanlight tour` does; return the clips. Raises SealError."""
    mine = await house.alice.household()
    identities = house.alice.open_epochs(mine)
    (hub,) = house.alice.hub_keys(mine)
    order, seen = order or Order(), []
    for row in (await house.alice.uplink.call("GET", "/v1/clips")).json()["clips"]:
        path = f"/v1/clips/{row['clip']}"
        card = container.open_card(row["card"].encode(), b64.decode(row["sig"]), hub)
        manifest = (await house.alice.uplink.call("GET", f"{path}/manifest")).content
        opened = open_clip_manifest(manifest, [identities[card.epoch]], hub)
        check_card(opened, card, manifest)
        order.add(opened)
        hdr = (await house.alice.uplink.call("GET", f"{path}/hdr")).content
        reader = ClipReader(opened.manifest.seal, hdr, [identities[card.epoch]])
        assert reader.whole((await house.alice.uplink.call("GET", f"{path}/pay")).content)
        assert row["clip"] == opened.manifest.facts.clip
        seen.append(row["clip"])
    return seen


async def film() -> list[Segment]:
    """Return what a camera saw some minutes ago, as the hub cuts it."""
    camera, segmenter = FileCamera(DEMO_CLIP, start=clock.now() - timedelta(minutes=10)), Segmenter()
    segments: list[Segment] = []
    try:
        async for packet in camera.packets():
            if isinstance(packet, Packet):
                segments += segmenter.feed(packet)
            if len(segments) > 1:
                break
    finally:
        await camera.close()
    return segments[:2]


async def _invited(alice: Member, bob: Member) -> None:
    invite = new_id()
    await alice.uplink.call("POST", "/v1/invites", json={"invite": invite})
    mac = b64.encode(secrets.token_bytes(32))
    await bob.uplink.call("PUT", f"/v1/invites/{invite}/answer", json={"mac": mac})


@contextlib.asynccontextmanager
async def household(home: Path, database: str) -> AsyncIterator[House]:
    """Run a town, the layer before it, and a household of alice, bob and their hub."""
    async with running(home / "town", database) as town:
        liar = Liar(str(town.http.base_url).rstrip("/"))
        async with serving(cast("Litestar", liar)) as url:
            liar.url = url
            alice, direct = Member(b"a" * 32, url), Member(b"a" * 32, liar.server)
            bob = Member(b"b" * 32, url)
            hub_keys = HubKeys(SigningKey(b"h" * 32), keys.new_identity().secret)
            accounts = {"alice": await direct.sign_up(), "bob": await bob.sign_up()}
            household = await direct.found_household(CELL)
            direct.uplink.forget()
            hub = await direct.admit_hub(household, hub_keys.signing.public, hub_keys.recipient)
            accounts["hub"] = hub.hub
            lon, lat = PLACE
            pairing = Pairing(
                server=url,
                household=household,
                owner=b64.encode(alice.keys.signing.public),
                cell=CELL,
                lon=lon,
                lat=lat,
            )
            folder = home / "hub"
            folder.mkdir()
            uplink = Uplink(url, hub_keys.signing)
            parts = Town(folder, pairing, hub_keys, uplink, list)
            house = House(town, liar, alice, bob, direct, parts, hub_keys, household, accounts)
            try:
                await house.turn("alice")
                await _invited(direct, bob)
                await house.turn("alice", "bob")
                yield house
            finally:
                parts.close()
                for one in (alice.uplink, bob.uplink, direct.uplink, uplink):
                    await one.__aexit__(None, None, None)


def living(home: Path, database: str, body: Callable[[House], Awaitable[None]]) -> None:
    """Run `body` with a household."""

    async def run() -> None:
        async with household(home, database) as house:
            await body(house)

    asyncio.run(run())


THIEF = member_keys(b"t" * 32)
DOOR = Camera(id=CAMERA, name="Front door", url="/nowhere.mp4")
