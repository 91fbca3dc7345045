"""Routes for agencies: publish a notice, list one's own, end one."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath, JSONBody

from fanlight.server.accounts import Caller
from fanlight.server.neighbors import notices, reading, store
from fanlight.server.services import Parts


@get("/v1/agency/notices", operation_id="listAgencyNotices")
async def list_notices(services: Parts, session: Caller) -> dict[str, Any]:
    """Return the agency's notices that have not ended."""
    session.of_kind("officer")
    now = services.clock()
    async with services.db.transaction() as tx:
        rows = await store.notices(tx, session.agency, now.date())
        return {"notices": await reading.forms(tx, rows, now)}


@post("/v1/agency/notices", operation_id="publishAgencyNotice", status_code=201)
async def publish(data: JSONBody[notices.NoticeIn], services: Parts, session: Caller) -> dict[str, Any]:
    """Publish a notice of one's agency to neighbors; the same again is fine."""
    session.of_kind("officer")
    row = await notices.publish(services, session, data)
    async with services.db.transaction() as tx:
        return (await reading.forms(tx, [row], services.clock()))[0]


@post("/v1/agency/notices/{notice:str}/end", operation_id="endAgencyNotice", status_code=204)
async def end(notice: FromPath[str], services: Parts, session: Caller) -> None:
    """Show a notice no more from now on."""
    session.of_kind("officer")
    await notices.end(services, session, notice)


ROUTES = [list_notices, publish, end]
