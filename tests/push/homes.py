"""A paired hub with a real way to a real server, but no cameras; and browsers that asked it for alerts."""

import contextlib
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.server.acting import CELL, Actor, Household, make_account, make_household
from tests.server.pushing import Browser, PushService, push_service
from tests.server.running import Running, running

from fanlight.hub.at_home import AtHome
from fanlight.hub.notices import Board, EventBegan, Pressed
from fanlight.hub.options import Camera, HubOptions
from fanlight.hub.push.behests import Behest, Choices, ModeBehest, Subscription, Turn, make_behest
from fanlight.hub.push.joining import means
from fanlight.hub.push.room import Alerts
from fanlight.hub.settings import HubKeys, Pairing
from fanlight.hub.town import Town
from fanlight.hub.uplink import Uplink
from fanlight.model.clock import to_text
from fanlight.model.ids import new_id
from fanlight.seal.book import next_epoch
from fanlight.seal.epoch import from_wire
from fanlight.seal.notes import Guest, Notes
from fanlight.seal.roll import Hub, Member, Role, Roll
from fanlight.seal.sheet import new_sheet
from fanlight.server.notify.keys import b64url
from fanlight.server.notify.sending import Reach
from fanlight.wire import b64

DOOR = "d" * 26
ZONE = "America/Los_Angeles"


@dataclass
class QuietHub:
    """A hub without cameras: a board, a switch, names."""

    folder: Path
    at_home: AtHome
    board: Board = field(default_factory=Board)
    options: HubOptions = field(
        default_factory=lambda: HubOptions(camera=(Camera(id=DOOR, name="Front door", url="test:"),))
    )
    lines: dict[str, Any] = field(default_factory=dict)

    @property
    def home(self) -> bool:
        return self.at_home.is_home

    async def set_home(self, home: bool, /) -> None:  # noqa: FBT001 - as the pipeline's
        self.at_home.say(is_home=home)


@dataclass
class Home:
    """Everything about one household's alerts."""

    town: Running
    service: PushService
    household: Household
    hub: QuietHub
    paired: Town
    alerts: Alerts

    async def browser(self, *, actor: Actor | None = None, **asked: Any) -> "Asking":
        """Return a browser that subscribed."""
        actor = actor or self.household.owner
        made = Browser(f"{self.service.url}/{new_id()}")
        answer = await actor.json("POST", "/v1/push/tickets", json={"endpoint": made.endpoint})
        asking = Asking(self, actor, made, answer["ticket"])
        await asking.ask(**asked)
        return asking

    async def guest(self, cameras: frozenset[str] | None, until: datetime) -> Actor:
        """Let a guest in, as the owner's device does; the hub looks at the book."""
        owner, invite = self.household.owner, new_id()
        guest = await make_account(self.town.http, secrets.token_bytes(32))
        await owner.json("POST", "/v1/invites", json={"invite": invite})
        await guest.json("PUT", f"/v1/invites/{invite}/answer", json={"mac": b64.encode(bytes(32))})
        mine = await owner.json("GET", "/v1/households/mine")
        hubs = tuple(
            Hub(hub=one["hub"], sign_pub=b64.decode(one["sign_pub"]), age_recipient=one["age_recipient"])
            for one in mine["hubs"]
        )
        roles: tuple[tuple[Actor, Role], ...] = ((owner, "owner"), (guest, "guest"))
        members = tuple(
            Member(
                account=one.session["account"],
                sign_pub=one.keys.signing.public,
                age_recipient=one.keys.age.recipient,
                role=role,
            )
            for one, role in roles
        )
        account = guest.session["account"]
        _, made = next_epoch(
            household=self.household.id,
            after=from_wire(mine["epochs"][-1]),
            roll=Roll(members=members, hubs=hubs, recovery=new_sheet().public),
            notes=Notes(why="joined", guests={account: Guest(cameras=cameras, until=until)}),
            signer=owner.keys.signing,
            day=self.town.clock().date(),
        )
        await owner.json("PUT", f"/v1/households/mine/epochs/{made.statement.n}", json=made.to_wire())
        guest.session = {}
        await self.paired.epochs.refresh(self.paired.uplink)
        return guest

    async def said(self, browser: "Asking") -> list[dict[str, Any]]:
        """Return all that this browser was told so far, read as it reads."""
        await self.alerts.settle()
        path = browser.browser.endpoint.removeprefix(self.service.url)
        return [
            json.loads(browser.browser.read(one.body)) for one in self.service.received if one.path == path
        ]

    async def happens(self, label: str = "person", **more: Any) -> None:
        """Tell of something as the board would."""
        at = self.town.clock()
        if label == "doorbell":
            notice: Any = Pressed(event=new_id(), camera=DOOR, at=at, by="page", clip=new_id())
        else:
            facts: dict[str, Any] = {"score": 0.9, "thumb": b"", "clip": new_id(), "camera": DOOR} | more
            notice = EventBegan(event=new_id(), label=label, start=at, **facts)
        await self.tells(notice)

    async def tells(self, notice: Any) -> None:
        news = self.alerts._reader.read(notice, self.town.clock())
        if news is not None:
            await self.alerts._tell(news)
        await self.alerts.settle()


@dataclass
class Asking:
    """A browser and whose it is."""

    home: Home
    actor: Actor
    browser: Browser
    ticket: str
    device: str = field(default_factory=new_id)
    ahead: timedelta = timedelta()

    def behest(self, **change: Any) -> Behest:
        parts: dict[str, Any] = {
            "household": self.home.household.id,
            "by": b64.encode(self.actor.keys.signing.public),
            "device": self.device,
            "at": to_text(self.home.town.clock() + self.ahead),
            "tz": ZONE,
            "subscription": Subscription(
                ticket=self.ticket, p256dh=b64url(self.browser.p256dh), auth=b64url(self.browser.auth)
            ),
            "choices": Choices(),
        }
        return Behest(**(parts | change))

    async def leave(self, body: bytes) -> None:
        answer = await self.actor.call(
            "PUT", f"/v1/push/behests/{self.device}", json={"body": b64.encode(body)}
        )
        assert answer.is_success, answer.text

    def sealed(self, **change: Any) -> bytes:
        recipients = [self.home.household.hub.keys.age.recipient, self.actor.keys.age.recipient]
        return make_behest(self.behest(**change), self.actor.keys.signing, recipients)

    async def ask(self, **change: Any) -> None:
        """Leave a behest and let the hub fetch it."""
        self.ahead += timedelta(milliseconds=1)
        await self.leave(self.sealed(**change))
        await self.home.alerts.refresh()
        await self.home.alerts.settle()

    def mode(self, mode: Any, *turns: Turn) -> ModeBehest:
        return ModeBehest(at=to_text(self.home.town.clock() + self.ahead), set=mode, tz=ZONE, turns=turns)


@contextlib.asynccontextmanager
async def alerted(folder: Path, database: str) -> AsyncIterator[Home]:
    """Run a town, a push service and a paired hub's alerts; nothing runs by itself: tests say when."""
    hub_folder = folder / "hub"
    hub_folder.mkdir(exist_ok=True)
    async with push_service() as service, running(folder, database, push=Reach(private=True)) as town:
        household = await make_household(town.http)
        keys = HubKeys(household.hub.keys.signing, household.hub.keys.age.secret)
        pairing = Pairing(
            server=str(town.http.base_url),
            household=household.id,
            owner=b64.encode(household.owner.keys.signing.public),
            cell=CELL,
            lon=0.0,
            lat=0.0,
        )
        async with Uplink(pairing.server, keys.signing) as uplink:
            paired = Town(hub_folder, pairing, keys, uplink, list)
            try:
                await paired.epoch()
                hub = QuietHub(hub_folder, AtHome(hub_folder))
                alerts = Alerts(hub_folder, hub, means(hub, paired, town.clock), town.clock)
                yield Home(town, service, household, hub, paired, alerts)
                await alerts.settle()
            finally:
                paired.close()
