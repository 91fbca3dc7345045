"""Routes for the caretaker: how the parts stand. What cannot be seen here is said on the page itself."""

import asyncio
import shutil
from typing import Any

from litestar import Router, get

from fanlight import __version__
from fanlight.server.accounts import Caller
from fanlight.server.services import Parts
from fanlight.store.database import value


@get("/v1/operator/health", operation_id="getHealth")
async def get_health(services: Parts, session: Caller) -> dict[str, Any]:
    """Say how database, record, witness and disk stand."""
    session.of_kind("operator")
    async with services.db.transaction() as tx:
        version = await value(tx, "SHOW server_version")
        waiting = await value(tx, "SELECT count(*) FROM leaf WHERE idx IS NULL")
    disk = await asyncio.to_thread(shutil.disk_usage, services.home)
    return {
        "version": __version__,
        "database": {"state": "ready", "version": version},
        "log": {**services.log.state(), "origin": services.log.key.name, "queued": waiting},
        "witnesses": services.log.witness_vkeys,
        "disk": {"free_bytes": disk.free, "total_bytes": disk.total},
        "now": services.clock().isoformat(),
    }


router = Router(path="/", tags=["operator"], route_handlers=[get_health])
