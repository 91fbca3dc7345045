"""Routes of officers' pseudonyms: who waits for one, what the auditor gives, whose each is.

Holds:  no name is read without the entry of a look; whoever gives pseudonyms is told accounts only.
"""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta

from fanlight.server import tables
from fanlight.server.accounts import Caller
from fanlight.server.auditing import looks, naming
from fanlight.server.auditing.naming import Naming
from fanlight.server.services import Parts
from fanlight.wire import b64

_PRIVATE = {"Cache-Control": "no-store"}
_COLUMNS = ("year", "pseudonym", "name", "role", "in_office", "asked", "signed", "account")
_MOST = 256 * 1024


class KeyIn(msgspec.Struct, forbid_unknown_fields=True):
    """A year's key, sealed to the auditor's own recipient."""

    year: int
    sealed: Annotated[str, Meta(max_length=10_924)]


class NamingIn(msgspec.Struct, forbid_unknown_fields=True):
    """Pseudonyms of a year, signed."""

    statement: Annotated[str, Meta(max_length=200_000)]
    signature: Annotated[str, Meta(max_length=88)]


@get("/v1/auditing/agencies/{agency:str}/pseudonyms/waiting", operation_id="listWaitingForPseudonyms")
async def list_waiting(agency: FromPath[str], services: Parts, session: Caller) -> Response[dict[str, Any]]:
    """Return which accounts have no pseudonym of a year; their names are not told."""
    async with services.db.transaction() as tx:
        row = await looks.in_office(services, tx, session, agency)
        found = await naming.waiting(tx, row, services.clock().date())
    return Response(found, headers=_PRIVATE)


@post("/v1/auditing/agencies/{agency:str}/pseudonyms/key", operation_id="keepPseudonymKey", status_code=204)
async def keep_key(agency: FromPath[str], data: JSONBody[KeyIn], services: Parts, session: Caller) -> None:
    """Keep the key of a year's pseudonyms, sealed to the auditor who made it."""
    async with services.db.transaction() as tx:
        row = await looks.in_office(services, tx, session, agency)
        await naming.keep_key(tx, row, data.year, b64.decode(data.sealed), services.clock().date())


@post(
    "/v1/auditing/agencies/{agency:str}/pseudonyms",
    operation_id="givePseudonyms",
    request_max_body_size=_MOST,
)
async def give(
    agency: FromPath[str], data: JSONBody[NamingIn], services: Parts, session: Caller
) -> dict[str, int]:
    """Give people of the agency their pseudonyms of a year; what they asked then shows it."""
    given = Naming(statement=data.statement, signature=b64.decode(data.signature))
    async with services.db.transaction() as tx:
        row = await looks.in_office(services, tx, session, agency)
        made = await naming.give(services, tx, row, given)
    return {"given": made}


@get("/v1/auditing/agencies/{agency:str}/pseudonyms", operation_id="readPseudonyms")
async def read(
    agency: FromPath[str],
    services: Parts,
    session: Caller,
    format: FromQuery[Literal["csv"] | None] = None,  # noqa: A002 - the API's word
) -> Response[Any]:
    """Return whose each pseudonym is; with a format, as a file to keep."""
    async with services.db.transaction() as tx:
        await looks.enter(services, tx, session, agency, "pseudonyms" if format is None else "export")
        found = await naming.known(tx, agency)
    if format == "csv":
        rows = [{**one, "in_office": "no" if one["ended"] else "yes"} for one in found["people"]]
        return tables.as_csv(f"pseudonyms-{agency}", _COLUMNS, rows)
    return Response(found, headers=_PRIVATE)


HANDLERS = (list_waiting, keep_key, give, read)
