"""Routes: give this hub a household. The page shows a code; the owner's app reads it.

Holds:  the code is shown with the page's key only, and ends with the waiting.
"""

import asyncio
from typing import Annotated

import msgspec
from litestar import delete, get, put
from litestar.params import JSONBody

from fanlight.hub.page.errors import NOTHING, NotNow
from fanlight.hub.page.parts import Hub, Parts
from fanlight.hub.settings import load_keys


class PairingView(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is for a camera or the clipboard, empty while none waits; `trouble` says what hinders."""

    paired: bool
    code: str
    trouble: str


class PairingIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The town's address, and where the door is, in degrees; the place leaves the hub sealed only."""

    server: Annotated[str, msgspec.Meta(max_length=400)]
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]


def _view(hub: Parts) -> PairingView:
    joining = hub.joining
    return PairingView(paired=hub.pipeline.town is not None, code=joining.code, trouble=joining.trouble)


@get("/api/pairing", operation_id="getPairing")
async def get_pairing(hub: Hub) -> PairingView:
    """Say whether the hub has a household, and show the code that waits."""
    return _view(hub)


@put("/api/pairing", operation_id="beginPairing")
async def put_pairing(data: JSONBody[PairingIn], hub: Hub) -> PairingView:
    """Make a code and wait for the household that reads it; an earlier code counts no more."""
    if hub.pipeline.town is not None:
        raise NotNow(
            "This hub has a household already.",
            kept=NOTHING,
            do="Pair it again with fanlight hub pair, if its server moved.",
        )
    # The household's book and the seal are loaded by a hub that pairs, not by each page's first reader.
    from fanlight.hub.meeting import Meeting  # noqa: PLC0415

    keys = await asyncio.to_thread(load_keys, hub.folder)
    await hub.joining.begin(Meeting(hub.folder, keys, data.server, (data.lon, data.lat)))
    return _view(hub)


@delete("/api/pairing", operation_id="endPairing")
async def delete_pairing(hub: Hub) -> None:
    """Wait no more; the code counts no more."""
    await hub.joining.end()
