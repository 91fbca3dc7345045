"""A source of dispatch data at a running town: begun by the operator, handing in as its sender would."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
from tests.server.acting import staff
from tests.server.incidents import samples
from tests.server.registering import AGENCY
from tests.server.running import Running

from fanlight.model import clock
from fanlight.seal.keys import SigningKey, member_keys
from fanlight.server.incidents.intake import CONTEXT, Upload
from fanlight.server.incidents.mapping import from_toml
from fanlight.wire import b64

TYPES = {
    "Structure Fire": "fire",
    "Alarms": "fire-alarm",
    "BURGLARY": "burglary",
    "Law Enforcement Warning": "police-activity",
}


@dataclass
class Source:
    """A source, and the key with which its uploads are signed."""

    town: Running
    id: str = ""
    key: SigningKey = field(default_factory=lambda: member_keys(bytes(range(32))).signing)

    def settings(self, text: str = samples.CSV, **change: Any) -> dict[str, Any]:
        found: dict[str, Any] = {
            "agency": AGENCY,
            "name": "Harbor District dispatch (demo)",
            "mapping": msgspec.to_builtins(from_toml(text)),
            "types": TYPES,
            "delay_min": 30,
            "key": b64.encode(self.key.public),
        }
        return found | change

    async def begin(self, text: str = samples.CSV, **change: Any) -> "Source":
        operator = staff(self.town.http, "operator")
        body = self.settings(text, **change)
        self.id = (await operator.json("POST", "/v1/cad-sources", json=body))["source"]
        return self

    async def send(
        self, body: bytes, *, late: timedelta = timedelta(), key: SigningKey | None = None
    ) -> httpx.Response:
        sent = self.town.clock() - late
        upload = Upload(source=self.id, body=body, sent=sent, sent_text=clock.to_text(sent), signature="")
        signature = b64.encode((key or self.key).sign(CONTEXT, upload.signed()))
        headers = {"Fanlight-Sent": upload.sent_text, "Fanlight-Signature": signature}
        path = f"/v1/cad-sources/{self.id}/uploads"
        return await self.town.http.post(path, content=body, headers=headers)

    async def took(self, body: bytes) -> dict[str, Any]:
        answer = await self.send(body)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def shown(town: Running) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await town.json("/v1/incidents"))["incidents"]
    return found


def wall(town: Running, ago: timedelta) -> datetime:
    """Return a wall time of the samples' zone."""
    zone = from_toml(samples.CSV).tz
    return (town.clock() - ago).astimezone(zone).replace(tzinfo=None)
