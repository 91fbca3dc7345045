"""The operator's counsel as the counsel's page acts: reads what waits, and signs each decision and packet."""

import hashlib
from typing import Any

import httpx
from tests.server.acting import staff
from tests.server.running import Running

from fanlight.seal.keys import MemberKeys
from fanlight.wire import b64, jcs
from fanlight.wire import process as wire

QUEUE = "/v1/counsel/process"


def act(keys: MemberKeys, account: str, what: str, of: str) -> str:
    """Return an account's signature over an act."""
    said = jcs.dumps({"account": account, "act": what, "of": of})
    return b64.encode(keys.signing.sign("act", said))


def public(keys: MemberKeys, statement: str) -> str:
    """Return the signature that everybody can check."""
    return b64.encode(keys.signing.sign(wire.CONTEXT, statement.encode()))


class Counsel:
    """Counsel of a town, signed in anew by each of these, whenever the town's days went on."""

    def __init__(self, town: Running, keys: MemberKeys | None = None) -> None:
        self.town = town
        self.keys = keys or staff(town.http, "counsel").keys
        self.actor = staff(town.http, "counsel")
        self.actor.keys = self.keys

    async def account(self) -> str:
        self.actor.session = {}
        await self.actor.json("GET", "/v1/sessions/mine")
        return str(self.actor.session["account"])

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        await self.account()
        return await self.actor.call(method, f"{QUEUE}/{path}".rstrip("/"), **options)

    async def json(self, method: str, path: str = "", **options: Any) -> Any:
        await self.account()
        return await self.actor.json(method, f"{QUEUE}/{path}".rstrip("/"), **options)

    async def listed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.json("GET"))["process"]
        return found

    async def decision(
        self, process: str, said: str = "accepted", scope: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return a signed decision."""
        account, day, reason = await self.account(), self.town.clock().date(), "Its form holds."
        row = next(one for one in await self.listed() if one["process"] == process)
        whole = wire.digest(
            process=process, document=row["sha256"], decision=said, reason=reason, scope=scope
        )
        statement = wire.decide(process=process, kind=row["form"]["kind"], decision=said, day=day)
        return {
            "decision": said,
            "reason": reason,
            "scope": scope,
            "day": day.isoformat(),
            "signature": act(self.keys, account, "process-decision", whole),
            "signed": public(self.keys, statement),
        }

    async def decide(
        self, process: str, said: str = "accepted", scope: dict[str, Any] | None = None
    ) -> httpx.Response:
        body = await self.decision(process, said, scope)
        return await self.call("POST", f"{process}/decision", json=body)

    async def release(self, process: str) -> dict[str, Any]:
        """Return a signed release of what exists now."""
        account, day = await self.account(), self.town.clock().date()
        digest = (await self.json("GET", f"{process}/packet"))["sha256"]
        return {
            "sha256": digest,
            "day": day.isoformat(),
            "signature": act(self.keys, account, "process-release", f"{process}/{digest}"),
            "signed": public(self.keys, wire.release(process=process, day=day)),
        }

    async def pack(self, process: str) -> Any:
        packet = await self.json("POST", f"{process}/packet", json=await self.release(process))
        assert hashlib.sha256(jcs.dumps(packet["content"])).hexdigest() == packet["sha256"]
        return packet

    async def renew(self, process: str, **said: str) -> httpx.Response:
        account = await self.account()
        whole = wire.digest(process=process, **said)
        body = said | {"signature": act(self.keys, account, "process-renewal", whole)}
        return await self.call("POST", f"{process}/renewal", json=body)
