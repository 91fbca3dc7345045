"""A household with everything switched on, at a real server: what it does, what it saw, and when.

In:     a running demo town that may call push services of this machine.
Out:    Lived: the media that only the household may see, and the spans in which something happened at home.
Holds:  each thing is done as its own client does it: passkeys, the book, invites, a guest, alerts, even
        uploads, a live view and footage through the relay, a kept clip, a link, a share for support, a wish,
        and somebody who comes back with the sheet. What happened at home happened in seconds of its own.
Absent: disclosures to an agency; `fanlight tour` makes them beside this.
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from tests.hub.watching import Ends, until, watcher
from tests.server.authenticator import Authenticator
from tests.server.booking import Home, Person, begin_recovery, offer_for
from tests.server.pushing import Browser, PushService, push_service

from fanlight.cli.member import Member
from fanlight.cli.tour import resident
from fanlight.demo import load_town
from fanlight.hub.options import Camera, HubOptions, Uploads
from fanlight.hub.pipeline import Pipeline
from fanlight.hub.push import joining
from fanlight.hub.push.behests import Behest, Choices, Subscription, make_behest
from fanlight.hub.settings import HubKeys, Pairing, load_keys
from fanlight.hub.uplink import Uplink
from fanlight.model import clock, geo
from fanlight.model.clock import to_text
from fanlight.model.ids import new_id
from fanlight.seal import book, hubs, keys, sealing
from fanlight.seal.epoch import Epoch
from fanlight.seal.keys import SigningKey, member_keys
from fanlight.seal.manifest import FILLER_CAMERA
from fanlight.seal.notes import Guest, Notes
from fanlight.seal.roll import Hub, Roll
from fanlight.seal.roll import Member as Listed
from fanlight.seal.sheet import Sheet, new_sheet
from fanlight.server.notify.keys import b64url
from fanlight.wire import b64, jcs

EVEN = Uploads(mode="even", every_h=24, places_mib=(1, 2))
MINE = "/v1/households/mine"


@dataclass
class Lived:
    """What a household saw, and when something happened at it: spans of seconds since 1970."""

    household: str = ""
    media: list[bytes] = field(default_factory=list)
    secrets: dict[str, bytes] = field(default_factory=dict)
    spans: list[tuple[float, float]] = field(default_factory=list)
    pushes: int = 0

    @contextlib.contextmanager
    def happening(self) -> Iterator[None]:
        """Something happens in this block."""
        began = time.time()
        yield
        self.spans.append((began, time.time()))


@dataclass
class Named(Home):
    """A household whose book names everybody `name`, and has a guest for a day."""

    name: str = ""
    guests: tuple[str, ...] = ()
    book_sheet: Sheet = field(default_factory=new_sheet)
    mine: tuple[Hub, ...] = ()

    def next(
        self,
        *members: Listed,
        hubs: tuple[Hub, ...] = (),
        signer: SigningKey | None = None,
        why: Any = "changed",
    ) -> Epoch:
        """Return the next epoch, with names and guests in its notes."""
        until_day = datetime.now(UTC) + timedelta(days=1)
        present = {one.account for one in members}
        guests = {one: Guest(cameras=None, until=until_day) for one in self.guests if one in present}
        _, made = book.next_epoch(
            household=self.id,
            after=self.newest,
            roll=Roll(members=members, hubs=hubs or self.mine, recovery=self.book_sheet.public),
            notes=Notes(names=dict.fromkeys(present, self.name), guests=guests, why=why),
            signer=signer or self.owner.keys.signing,
            day=datetime.now(UTC).date(),
        )
        return made


async def live(url: str, folder: Path, name: str, place: tuple[float, float]) -> Lived:
    """Live through all of it at the town at `url`; the hub's things lie in `folder`."""
    lived = Lived()
    near = url.replace("localhost", "127.0.0.1")
    async with (
        httpx.AsyncClient(base_url=near, trust_env=False, timeout=60) as http,
        push_service() as pushes,
    ):
        home, hub = await _move_in(http, url, folder, name, place)
        lived.household = home.id
        device = await _ask_for_alerts(home, hub, pushes)
        pairing = _pairing(near, home, place)
        async with _hub(folder, name, hub, pairing) as pipeline:
            camera = pipeline.options.camera[0]
            await until(lambda: pipeline.town is not None and pipeline.town.alerts() is not None)
            ends = Ends(home.id, hub.recipient, hub.signing.public)
            with lived.happening():
                await pipeline.press(camera.id, clock.now(), "page")
                await pushes.next()
                lived.pushes = len(pushes.received)
            with lived.happening():
                lived.media += await _watch(near, home.owner, ends, camera.id, pipeline)
            await _let_the_moment_come(pipeline)
            pipeline.paired.send_as(Uploads())
            with lived.happening():
                await _press_again(pipeline, camera.id)
            lived.media += await _look_back(near, home, folder)
        await _share(http, home, name)
        assert name.encode() in device.read(pushes.received[0].body), "the browser alone reads which camera"
    sheet, seed = home.book_sheet, home.owner.seed
    lived.secrets = {
        "the sheet's words": sheet.words.encode(),
        "the sheet's code": sheet.code.encode(),
        "the sheet's seed": sheet.seed,
        "a member's seed": seed,
        "a member's seed, in hex": seed.hex().encode(),
        "the hub's identity": hub.identity.encode(),
    }
    return lived


async def _move_in(
    http: httpx.AsyncClient, url: str, folder: Path, name: str, place: tuple[float, float]
) -> tuple[Named, HubKeys]:
    """Sign up with passkeys, found, let a hub in, invite somebody who lives there and a guest."""
    ana, ben, cara, dora = [await _sign_up(http, url) for _ in range(4)]
    cell = geo.home_cell(*place, load_town().homes)
    household = (await ana.json("POST", "/v1/households", json={"cell": cell}))["household"]
    sheet = new_sheet()
    home = Named(household, ana, sheet.signing, sheet.age.recipient, name=name, book_sheet=sheet)
    await home.turn(ana.listed("owner"), why="founded")
    hub = load_keys(folder)
    facts: dict[str, Any] = {"sign_pub": hub.signing.public, "age_recipient": hub.recipient}
    signature = hubs.sign_hub(ana.keys.signing, household=household, **facts)
    wire = {"sign_pub": b64.encode(hub.signing.public), "age_recipient": hub.recipient}
    made = await ana.json("POST", f"{MINE}/hubs", json={**wire, "signature": b64.encode(signature)})
    home.mine = (Hub(hub=made["hub"], **facts),)
    for joiner in (ben, cara):
        await home.invite(joiner)
    home.guests = (cara.account,)
    await home.turn(ana.listed("owner"), ben.listed("member"), cara.listed("guest"), why="joined")
    back = home.next(ana.listed("owner"), dora.listed("owner"), signer=sheet.signing, why="recovered")
    answer = await begin_recovery(dora, home, back)
    assert answer.is_success, answer.text
    # An owner who is there objects: the next page.
    await home.turn(ana.listed("owner"), ben.listed("member"), cara.listed("guest"), why="changed")
    return home, hub


async def _sign_up(http: httpx.AsyncClient, url: str) -> Person:
    seed = secrets.token_bytes(32)
    person = Person(http, member_keys(seed), seed=seed, passkey=Authenticator(origin=url))
    answer = await http.post("/v1/accounts/passkey", json=await offer_for(http, person))
    assert answer.is_success, answer.text
    assert (await person.sign_in()).is_success
    return person


def _pairing(server: str, home: Home, place: tuple[float, float]) -> Pairing:
    return Pairing(
        server=server,
        household=home.id,
        owner=b64.encode(home.owner.keys.signing.public),
        cell=geo.home_cell(*place, load_town().homes),
        lon=place[0],
        lat=place[1],
        status_s=0.5,
        poll_s=1.0,
    )


async def _ask_for_alerts(home: Named, hub: HubKeys, service: PushService) -> Browser:
    """Subscribe a browser, and leave a behest for the hub."""
    ana, browser = home.owner, Browser(f"{service.url}/{new_id()}")
    ticket = (await ana.json("POST", "/v1/push/tickets", json={"endpoint": browser.endpoint}))["ticket"]
    behest = Behest(
        household=home.id,
        by=b64.encode(ana.keys.signing.public),
        device=(device := new_id()),
        at=to_text(clock.now()),
        tz="America/Los_Angeles",
        subscription=Subscription(ticket=ticket, p256dh=b64url(browser.p256dh), auth=b64url(browser.auth)),
        choices=Choices(),
    )
    body = make_behest(behest, ana.keys.signing, [hub.recipient, ana.keys.age.recipient])
    answer = await ana.call("PUT", f"/v1/push/behests/{device}", json={"body": b64.encode(body)})
    assert answer.is_success, answer.text
    return browser


@contextlib.asynccontextmanager
async def _hub(folder: Path, name: str, hub: HubKeys, pairing: Pairing) -> AsyncIterator[Pipeline]:
    """Run a hub that sends evenly, with a camera of this name and alerts, until the end of the block."""
    camera = Camera(id=new_id(), name=name, url="test:?size=320x180&rate=15", record="always")
    async with Uplink(pairing.server, hub.signing) as uplink:
        pipeline = Pipeline(folder, HubOptions(camera=(camera,), uploads=EVEN), hub, pairing, uplink)
        running = asyncio.create_task(pipeline.run())
        alerts = asyncio.create_task(joining.run(pipeline, pipeline.paired, lambda _: None))
        try:
            await until(lambda: running.done() or all(line.latest_key for line in pipeline.lines.values()))
            await until(lambda: running.done() or pipeline.paired.epochs.newest)
            await until(lambda: len((pipeline.paired.alerts() or {}).get("devices", ())))
            yield pipeline
        finally:
            for task in (alerts, running):
                task.cancel()
            await asyncio.gather(alerts, running, return_exceptions=True)
            await asyncio.get_running_loop().shutdown_default_executor()
            pipeline.close()


async def _watch(server: str, who: Person, ends: Ends, camera: str, pipeline: Pipeline) -> list[bytes]:
    """Watch live, then fetch what the hub recorded; return both as they were seen."""
    async with watcher(server, who.keys, ends) as one:
        one.say("watch", camera=camera)
        await until(lambda: len(one.pictures) > 15)
        one.say("unwatch", camera=camera)
        await until(lambda: pipeline.journal.spans(camera))
        start, end = (_text(at) for at in pipeline.journal.spans(camera)[0])
        one.say("footage", id=7, camera=camera, start=start, end=end)
        await until(lambda: one.said("footage"))
        return [*(picture.data for picture in one.pictures), bytes(one.footage[7])]


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _let_the_moment_come(pipeline: Pipeline) -> None:
    """Let the moment come at which what waits is sent, with filler, and wait until all of it was."""
    town = pipeline.paired
    await until(town.outbox.waiting)
    await until(lambda: town.outbox._ask("SELECT 1 FROM sending"))
    town.outbox._ask("UPDATE sending SET moment = '2026-01-01T00:00:00+00:00'")
    town.wake()
    await until(lambda: town.outbox._ask("SELECT 1 FROM sending WHERE moment > '2026-02'"))
    await until(lambda: not town.outbox._ask("SELECT 1 FROM parcel WHERE due"))


async def _press_again(pipeline: Pipeline, camera: str) -> None:
    """Ring, and wait until the clip of it is at the server: this time it is sent at once."""
    town, before = pipeline.paired, len(pipeline.paired.sealer.kept())
    await until(lambda: pipeline._presses.is_new(camera, clock.mono_us()))
    await pipeline.line(camera).happenings.press(clock.now(), "page")
    await until(lambda: len(town.sealer.kept()) > before and not town.outbox.waiting())


async def _look_back(server: str, home: Named, folder: Path) -> list[bytes]:
    """Open every clip as a member does, and keep one; return what is in them."""
    out = folder / "opened"
    out.mkdir()
    member = Member(home.owner.seed, server)
    async with member.uplink:
        album, _ = await resident.open_album(member, out)
        real = {clip: pair for clip, pair in album.clips.items() if pair[1].facts.camera != FILLER_CAMERA}
        assert real, "the press made a clip"
        assert len(album.clips) > len(real), "and filler went with it"
        await member.uplink.call("PUT", f"/v1/clips/{min(real)}/keep")
    return [part for plain, manifest in real.values() for part in (plain, manifest.facts.thumb)]


async def _share(http: httpx.AsyncClient, home: Named, name: str) -> None:
    """Give out a copy and a report by links, open the copy without an account, and wish something."""
    report = jcs.dumps({"v": 1, "type": "report", "home": name})
    for kind, plain in (("clip", report * 2_000), ("support", report)):
        link, to = new_id(), keys.new_identity()
        file = sealing.seal(plain, [to.recipient])
        wire = {
            "kind": kind,
            "until": (datetime.now(UTC).date() + timedelta(days=0 if kind == "support" else 7)).isoformat(),
            "most": 3,
            "length": len(file),
            "about": b64.encode(sealing.seal(report, [to.recipient])),
            "own": b64.encode(sealing.seal(to.secret.encode(), [home.owner.keys.age.recipient])),
        }
        await home.owner.json("PUT", f"/v1/links/{link}", json=wire)
        await home.owner.json("PUT", f"/v1/links/{link}/file", content=file)
        await home.owner.json("POST", f"/v1/links/{link}/done")
        assert (await http.post(f"/v1/links/{link}/open")).content == file
    cell = load_town().place
    near = geo.home_cell(*cell, load_town().homes)
    recipient = (await http.get(f"/v1/cells/{near}/recipient")).json()["recipient"]
    wish = jcs.dumps({"v": 1, "type": "wish", "words": "Please blur me.", "pad": ""}).ljust(2_048)
    sent = await http.post(
        "/v1/wishes", json={"cell": near, "sealed": b64.encode(sealing.seal(wish, [recipient]))}
    )
    assert sent.json() == {"state": "sent"}
