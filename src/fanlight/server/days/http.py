"""Routes: a hub tells its day; who knows a digest fetches its path."""

import re
from datetime import date
from typing import Any

import msgspec
from litestar import Router, get, put
from litestar.params import FromPath, JSONBody

from fanlight.server import days
from fanlight.server.accounts import Caller
from fanlight.server.errors import Malformed
from fanlight.server.services import Parts

_HEX64 = re.compile(r"[0-9a-f]{64}")
MOST_AN_HOUR = 10


class DayIn(msgspec.Struct, forbid_unknown_fields=True):
    """A hub's salted digest of a day, 32 bytes in hex."""

    digest: str


class DayOut(msgspec.Struct):
    """A digest's place in the town's tree of the day, the day's entry and its receipt."""

    town: dict[str, Any]
    leaf: str
    receipt: str


@put("/v1/days/{day:str}", operation_id="putDay", status_code=204)
async def put_day(day: FromPath[str], data: JSONBody[DayIn], services: Parts, session: Caller) -> None:
    """Take a hub's digest of yesterday. No row says whose it is."""
    session.at_home("hub")
    services.limits.spend(session.account, "day", MOST_AN_HOUR)
    await days.take(services, _day(day), _digest(data.digest))


@get("/v1/days/{day:str}/{digest:str}", operation_id="getDay")
async def get_day(day: FromPath[str], digest: FromPath[str], services: Parts) -> DayOut:
    """Return a digest's path to the day's entry."""
    place, proven = await days.find(services, _day(day), _digest(digest))
    return DayOut(place.as_json(), proven.leaf, proven.receipt)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Malformed("That is no day.", do="Send it as 2026-11-22.") from error


def _digest(text: str) -> bytes:
    if not _HEX64.fullmatch(text):
        raise Malformed("A digest is 32 bytes in hex.", do="Send it as 64 digits.")
    return bytes.fromhex(text)


router = Router(path="/", tags=["days"], route_handlers=[put_day, get_day])
