"""Routes: destroy what this hub holds, for one that moves out and hears nothing any more.

Holds:  the page's key and the word that the person types; nothing that comes from a server.
"""

import asyncio
from typing import Literal

import msgspec
from litestar import post
from litestar.params import JSONBody

from fanlight.hub import wiping
from fanlight.hub.page.parts import Hub


class WipeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the person typed."""

    word: Literal["wipe"]


@post("/api/wipe", operation_id="wipeHub", status_code=202)
async def wipe(data: JSONBody[WipeIn], hub: Hub) -> None:
    """Destroy keys, recording, clips and settings; the hub begins anew, and its page says so."""
    if data.word == "wipe":
        await asyncio.to_thread(wiping.order, hub.folder, "page")
