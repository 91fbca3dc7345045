"""Neighbors who write at a running town, each thing under a secret of its own, as their devices do."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from tests.server.acting import CELL, Actor, make_household
from tests.server.running import Running

from fanlight.model.ids import new_id
from fanlight.server.neighbors import clockwork
from fanlight.wire import b64

OLD = timedelta(days=4)  # an account of this age is new no more
WAIT = timedelta(minutes=135)  # more than any post waits before it comes out


@dataclass
class Written:
    """A post or comment, and the secret of whoever wrote it."""

    id: str
    secret: bytes

    @property
    def said(self) -> dict[str, str]:
        return {"secret": b64.encode(self.secret)}


@dataclass
class Writer:
    """Somebody who writes."""

    town: Running
    actor: Actor
    account: str
    written: list[Written] = field(default_factory=list)

    def form(self, **change: Any) -> dict[str, Any]:
        return {
            "category": "package",
            "title": "Parcel taken from a step",
            "done": "Somebody walked up, took the parcel from the step and left on foot.",
            "looks": "",
            "cell": CELL,
            "day": self.town.clock().date().isoformat(),
            "part": "evening",
        } | change

    def new(self) -> Written:
        made = Written(new_id(), secrets.token_bytes(32))
        self.written.append(made)
        return made

    def key(self, one: Written) -> str:
        return b64.encode(hashlib.sha256(one.secret).digest())

    async def send(self, one: Written, **change: Any) -> httpx.Response:
        body = self.form(**change) | {
            "post": one.id,
            "key": self.key(one),
            "media": change.get("media", []),
            "anyway": change.get("anyway", False),
        }
        return await self.actor.call("POST", "/v1/posts", json=body)

    async def post(self, **change: Any) -> Written:
        """Send a post that is taken."""
        one = self.new()
        answer = await self.send(one, **change)
        assert answer.status_code == 201, answer.text
        return one

    async def comment(
        self, of: Written, text: str, one: Written | None = None, *, anyway: bool = False
    ) -> Written:
        one = one or self.new()
        body = {"comment": one.id, "key": self.key(one), "text": text, "anyway": anyway}
        answer = await self.actor.call("POST", f"/v1/posts/{of.id}/comments", json=body)
        assert answer.status_code == 201, answer.text
        return one

    async def own(self, of: Written, act: str, kind: str = "posts", **said: str) -> httpx.Response:
        """Do something with what was written, by its secret, without a session."""
        return await self.town.http.post(f"/v1/{kind}/{of.id}/{act}", json=of.said | said)

    async def mine(self) -> list[dict[str, Any]]:
        said = {"secrets": [one.said["secret"] for one in self.written]}
        answer = await self.town.http.post("/v1/posts/mine", json=said)
        assert answer.is_success, answer.text
        found: list[dict[str, Any]] = answer.json()["posts"]
        return found


async def writer(town: Running, number: int = 1) -> Writer:
    """Return a neighbor whose account is as new as the town's clock says."""
    await town.settled()  # nobody posts before a moderator's keys have their place in the record
    actor = (await make_household(town.http, bytes([100 + number]) * 32)).owner
    return Writer(town, actor, str(actor.session["account"]))


async def neighbors(town: Running, many: int = 1) -> list[Writer]:
    """Return neighbors who have been here for a while."""
    found = [await writer(town, number + 1) for number in range(many)]
    town.clock.ahead += OLD
    return found


async def feed(town: Running, **params: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await town.json("/v1/posts", params=params))["posts"]
    return found


async def later(town: Running, ahead: timedelta = WAIT) -> None:
    """Let time pass, and the server's own clockwork see it."""
    town.clock.ahead += ahead
    await clockwork.tell_shelf(town.services)
    await clockwork.sweep(town.services)


def code(answer: httpx.Response) -> tuple[int, str]:
    """Return how a call was refused."""
    return answer.status_code, answer.json()["code"]
