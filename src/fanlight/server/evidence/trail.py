"""A case's whole trail of custody: of the case and of each of its clips, latest first, a page at a time.

In:     rows of `custody` and `case_act`.
Out:    at most a hundred lines a call with how many there are; all of them as CSV.
Holds:  what a home did carries the day only; what an agency did carries the time.
Absent: writing (store.add_custody, acts.enter).
"""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter

from fanlight.server import requests, tables
from fanlight.server.accounts import Caller
from fanlight.server.evidence.looks import may_look
from fanlight.server.services import Parts
from fanlight.store.database import Tx, many, value

PAGE = 100
_COLUMNS = ("at", "act", "about", "by", "disclosure")
_LINES = (
    "SELECT at, act, about, by, disclosure FROM ("
    "SELECT c.at, c.act, '' AS about, c.by_whom AS by, c.disclosure, c.place FROM custody c"
    " JOIN disclosure d ON d.id = c.disclosure WHERE d.request = %(request)s UNION ALL"
    " SELECT at, act, about, by_whom, disclosure, place FROM case_act WHERE request = %(request)s"
    ") AS line ORDER BY at DESC, place DESC, disclosure LIMIT %(most)s OFFSET %(skip)s"
)


class Line(msgspec.Struct, frozen=True):
    """A line of the trail; `disclosure` is null for what was done with the case as a whole."""

    at: str
    act: str
    about: str
    by: str
    disclosure: str | None


async def total(tx: Tx, request: str) -> int:
    """Return of how many lines a case's trail is."""
    query = (
        "SELECT (SELECT count(*) FROM custody c JOIN disclosure d ON d.id = c.disclosure"
        " WHERE d.request = %(request)s) + (SELECT count(*) FROM case_act WHERE request = %(request)s)"
    )
    return int(await value(tx, query, {"request": request}) or 0)


async def lines(tx: Tx, request: str, skip: int, most: int | None) -> list[Line]:
    """Return lines of a case's trail, latest first; all from `skip` on if `most` is None."""
    return await many(tx, Line, _LINES, {"request": request, "skip": skip, "most": most})


@get("/v1/agency/requests/{request_id:str}/custody", operation_id="getCustody")
async def get_trail(
    request_id: FromPath[str],
    services: Parts,
    session: Caller,
    skip: Annotated[int, QueryParameter(ge=0, le=10_000_000)] = 0,
    format: FromQuery[Literal["json", "csv"]] = "json",  # noqa: A002 - the API's word
) -> Response[Any]:
    """Return a page of a case's custody, latest first, or all of it as CSV."""
    session.of_kind("officer")
    await may_look(services, session, request=request_id)
    async with services.db.transaction() as tx:
        row = await requests.own_request(tx, session.agency, request_id)
        if format == "csv":
            every = await lines(tx, row.id, 0, None)
            return tables.as_csv("custody", _COLUMNS, [msgspec.to_builtins(line) for line in every])
        found = {"total": await total(tx, row.id), "lines": await lines(tx, row.id, skip, PAGE)}
    return Response(found, headers={"Cache-Control": "private, no-store"})


ROUTES = (get_trail,)
