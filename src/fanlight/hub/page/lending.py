"""Route: use a day's key that a member opened with the household's, until the hub stops.

Holds:  the key stays in memory; no answer, log line or file has it. One that is not that day's is refused.
"""

import asyncio
from contextlib import suppress
from datetime import date

import msgspec
from litestar import put
from litestar.params import FromPath, JSONBody

from fanlight.hub.page.errors import NOTHING, Malformed, no_such
from fanlight.hub.page.parts import Hub
from fanlight.wire import b64
from fanlight.wire.b64 import BadBase64


class DayKeyIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day's key: 32 bytes in base64."""

    key: str

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "DayKeyIn()"


@put("/api/days/{name:str}/key", operation_id="lendDayKey", status_code=204)
async def put_day_key(name: FromPath[str], data: JSONBody[DayKeyIn], hub: Hub) -> None:
    """Use the key of a day that this hub has forgotten, until it stops. `fanlight hub unlock` opens it."""
    journal = hub.pipeline.journal

    def lend() -> None:
        names: dict[str, bytes] = {}
        with suppress(ValueError):
            names = journal.sealed_day_key(date.fromisoformat(name[:10]))
        if name not in names:
            raise no_such("day")
        try:
            journal.lend_day_key(name, b64.decode(data.key))
        except (ValueError, BadBase64) as error:
            raise Malformed("That is no key of a day.", kept=NOTHING, do="Send its 32 bytes.") from error

    await asyncio.to_thread(lend)
