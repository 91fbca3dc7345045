"""Route: who of the household watched from away, and who does now (R52)."""

from datetime import datetime
from typing import Literal

import msgspec
from litestar import get

from fanlight.hub.page.parts import Hub


class ViewingView(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody watches, or watched, a camera; `name` is empty where the household wrote none."""

    name: str
    account: str
    camera: str
    what: Literal["live", "footage", "talk"]
    since: datetime
    until: datetime | None


@get("/api/viewings", operation_id="listViewings")
async def get_viewings(hub: Hub) -> dict[str, list[ViewingView]]:
    """List who watched over the last 30 days, the newest first; `until` is null while it lasts."""
    viewing, town = hub.pipeline.viewing, hub.pipeline.town
    if viewing is None or town is None:
        return {"viewings": []}
    names = {} if town.epochs.notes is None else town.epochs.notes.names
    return {
        "viewings": [
            ViewingView(
                name=names.get(one.account, ""),
                account=one.account,
                camera=one.camera,
                what=one.what,
                since=one.since,
                until=one.until,
            )
            for one in viewing.live.viewings.lately
        ]
    }
