"""An agreement on its way, made and signed as pages would: what operator and clerk hand in."""

import base64
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import psycopg
from tests.server.acting import SEEDS, Actor, staff
from tests.server.running import Running

from fanlight.seal.keys import SigningKey, member_keys
from fanlight.server.programme import register_store
from fanlight.wire import b64, register

AGENCY = "CA0389900"
CLERK = member_keys(SEEDS["clerk"]).signing
REPORT = {
    "kind": "impact-report",
    "title": "Impact report",
    "author": "The manager",
    "day": "2026-01-02",
    "body": "It burdens people who pass by.",
    "parts": ["fiscal", "equity"],
}
VOTE: dict[str, Any] = {
    "body": "The board",
    "form": "resolution",
    "ayes": 5,
    "noes": 2,
    "reference": "26-1",
    "findings": True,
    "meetings": 1,
    "advisory": "none",
    "asked": None,
    "counsel_reviewed": True,
    "minutes": None,
}


def put_forward(database: str, days: int) -> None:
    """Let the database's own day be another, as its owner can; the server's clock goes beside it."""
    with psycopg.connect(database) as owner:
        owner.execute(
            "CREATE OR REPLACE FUNCTION register_today() RETURNS date LANGUAGE sql STABLE"
            " SET search_path = pg_catalog, pg_temp"
            f" AS $$ SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date + {days} $$".encode()
        )


def signed(text: str, key: SigningKey = CLERK) -> str:
    return b64.encode(key.sign(register.CONTEXT, text.encode()))


@dataclass
class Way:
    """One agreement of the demo's agency, and the days on which its steps are taken."""

    town: Running
    database: str
    agreement: str = ""
    papers: str = ""
    pack: str = ""
    clerk: str = ""
    change: dict[str, Any] = field(default_factory=dict)
    vote: str = ""

    @property
    def today(self) -> date:
        return self.town.clock().date()

    @property
    def operator(self) -> Actor:
        return staff(self.town.http, "operator")

    @property
    def signer(self) -> Actor:
        return staff(self.town.http, "clerk")

    def ahead(self, days: int) -> None:
        """Go on to a day, counted from the real one."""
        self.town.clock.ahead = timedelta(days=days)
        put_forward(self.database, days)

    async def end_the_demos(self) -> None:
        """End the agreement that the demo begins with."""
        answer = await self.operator.json("POST", "/v1/register/cancel", json={"reason": "Make room."})
        assert len(answer["cancelled"]) == 1

    def form(self, **change: Any) -> dict[str, Any]:
        return {
            "agency": AGENCY,
            "pack": self.pack,
            "from": (self.today + timedelta(days=60)).isoformat(),
            "until": (self.today + timedelta(days=400)).isoformat(),
            "renewal": "By another vote.",
            "exit_cost": "Nothing.",
            "clauses": [{"kind": "data-sharing", "words": "Nothing goes to anybody else."}],
            "documents": [REPORT],
            "renews": None,
            **self.change,
            **change,
        }

    async def draft(self, **change: Any) -> None:
        async with self.town.services.db.transaction() as tx:
            self.clerk = (await register_store.clerks(tx))[0].id
        self.pack = (await self.town.json("/v1/town"))["packs"][0]
        made = await self.operator.json("POST", "/v1/register/agreements", json=self.form(**change))
        self.agreement, self.papers = made["agreement"], made["papers"]

    async def publish(self, days: int = 20) -> None:
        until = (self.today + timedelta(days=days)).isoformat()
        body = {"papers": self.papers, "comment_until": until}
        await self.operator.json("POST", self.path("publish"), json=body)

    def path(self, act: str) -> str:
        return f"/v1/register/agreements/{self.agreement}/{act}"

    @property
    def saying(self) -> register.Saying:
        return register.Saying(
            agreement=self.agreement, papers=self.papers, pack=self.pack, clerk=self.clerk, day=self.today
        )

    async def minutes(self, text: str = "Eleven people spoke.") -> str:
        document = {
            "kind": "minutes",
            "title": "Minutes",
            "author": "P. Ivers",
            "day": self.today.isoformat(),
            "body": text,
        }
        answer = await self.signer.json("POST", self.path("documents"), json=document)
        return str(answer["sha256"])

    async def sign(self, text: str, key: SigningKey = CLERK) -> Any:
        body = {"statement": text, "signature": signed(text, key)}
        return await self.signer.call("POST", self.path("sign"), json=body)

    async def heard(self) -> str:
        return self.saying.hearing(
            body="The board", date=self.today.isoformat(), minutes=await self.minutes()
        )

    def voted(self, **change: Any) -> str:
        return self.saying.vote(**{**VOTE, "date": self.today.isoformat(), **change})

    async def hear(self) -> None:
        answer = await self.sign(await self.heard())
        assert answer.is_success, answer.text

    async def cast(self, **change: Any) -> None:
        self.vote = self.voted(**change)
        answer = await self.sign(self.vote)
        assert answer.is_success, answer.text

    async def go(self, until: str) -> None:
        """Take all steps to a state, each on a day on which the model ordinance takes it."""
        await self.draft()
        for state, day in (("published", 0), ("hearing", 25), ("voted", 40), ("in_force", 70)):
            self.ahead(day)
            if state == "published":
                await self.publish()
            elif state == "hearing":
                await self.hear()
            elif state == "voted":
                await self.cast()
            else:
                answer = await self.sign(self.saying.force(self.vote))
                assert answer.is_success, answer.text
            if state == until:
                return


def raw(text: str) -> bytes:
    return base64.b64decode(text)
