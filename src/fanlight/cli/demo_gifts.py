"""The demo's gifts and its raffle: invented, entered once by the demo's clerk through the API.

In:     what stands in the package, the demo's clerk, the present.
Out:    entries, as a clerk makes them by hand.
Holds:  the draw lies ahead, so that whoever tries the demo closes it and draws it.
"""

import asyncio
import contextlib
import json
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from fanlight.cli.people import Person
from fanlight.cli.signed_in import SignedIn
from fanlight.demo import load_town
from fanlight.hub.uplink import Refused
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.model.ids import new_id
from fanlight.store.files import write_private

_OPTIONAL = ("minutes", "appropriation", "vote", "eligibility")


def ensure(folder: Path, server: str, clerk: Person) -> None:
    """Enter the demo's gifts unless that was done.

    Args:
        folder: where it is kept that it was done.
        server: address of the server.
        clerk: who enters them.
    """
    done = folder / "gifts-entered"
    if done.exists():
        return
    with contextlib.suppress(FanlightError, Refused):  # whoever took the clerk out of office has none
        asyncio.run(_enter(server, clerk.seed, clock.now()))
        write_private(done, b"")


async def _enter(server: str, seed: bytes, now: datetime) -> None:
    raw = json.loads(resources.files("fanlight.demo").joinpath("town/gifts.json").read_text("utf-8"))
    clerk = SignedIn(seed, server)
    async with clerk.uplink:
        for one in raw["gifts"]:
            gift = _gift(one, now)
            await clerk.uplink.call("POST", "/v1/gifts", json=gift)
            if "void" in one:
                reason = {"reason": one["void"]}
                await clerk.uplink.call("POST", f"/v1/gifts/{gift['gift']}/void", json=reason)
            if "raffle" in one:
                said = _raffle(one["raffle"], gift, now)
                await clerk.uplink.call("POST", "/v1/raffles", json=said)


def _gift(one: dict[str, Any], now: datetime) -> dict[str, Any]:
    same = ("kind", "what", "units", "list_price", "paid", "donor", "recipient", "terms")
    return {
        "gift": new_id(),
        "on": (now - timedelta(days=one["days_ago"])).date().isoformat(),
        "currency": "USD",
        "no_duty": True,
        "agency": load_town().agency["ori"] if one.get("agency") else None,
        **{name: one[name] for name in same},
        **{name: one[name] for name in _OPTIONAL if name in one},
    }


def _raffle(one: dict[str, Any], gift: dict[str, Any], now: datetime) -> dict[str, Any]:
    at = (now + timedelta(days=one["days"])).replace(hour=3, minute=0, second=0, microsecond=0)
    return {
        "raffle": new_id(),
        "gift": gift["gift"],
        "prizes": one["prizes"],
        "eligibility": gift["eligibility"],
        "randomness": {
            "who": one["who"],
            "what": one["what"],
            "at": clock.to_text(at),
            "form": "numbers",
            "length": one["length"],
            "most": one["most"],
        },
    }
