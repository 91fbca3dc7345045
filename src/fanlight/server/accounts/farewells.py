"""Routes: a household's end, and its last word to its hubs, which the server carries and cannot make.

Holds:  the word is kept in the same transaction in which the household goes; a hub that is away finds it
        as long as it counts, under a name that says nothing of the household;
        then it goes, asked for or not.
Absent: what a hub makes of it (`hub.wiping`).
"""

from typing import Annotated

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.seal.farewell import LIFE, place_of
from fanlight.server.accounts import forms, joining
from fanlight.server.accounts.forms import AnyRequest
from fanlight.server.accounts.sessions import Caller
from fanlight.server.errors import Malformed, NotFound
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx, changed, value

_BOX = 16 * 1024
_CALLS_PER_HOUR = 600
_RAW = "application/octet-stream"


class EndIn(forms.In, frozen=True):
    """An owner's signature of the act `delete-household`, and the last word for the hubs, sealed, base64."""

    signature: forms.Signature
    farewell: Annotated[str, Meta(max_length=_BOX)] | None


@post("/v1/households/mine/end", operation_id="endHousehold", status_code=204)
async def end_household(data: JSONBody[EndIn], services: Parts, session: Caller) -> None:
    """Delete the household with its book, hubs and clips, for all and for good, and leave its hubs a word."""
    box = forms.opaque(data.farewell)
    if box is not None and not box.startswith(b"age-encryption.org/v1\n"):
        raise Malformed("A last word is an age file.", do="Seal it first.", code="accounts.bad_farewell")
    session.owning()
    last = services.clock().date() + LIFE

    async def also(tx: Tx, household: str) -> None:
        if box is not None:
            place = place_of(household)
            await _at(tx, place)
            await tx.execute(
                "INSERT INTO farewell (place, last, box) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [place, last, box],
            )

    await joining.end(services, session, data.signature, also)


@get("/v1/farewells/{place:str}", operation_id="getFarewell", media_type=_RAW)
async def get_farewell(place: FromPath[str], request: AnyRequest, services: Parts) -> Response[bytes]:
    """Return a household's last word to its hubs; it opens for them alone."""
    services.spend(request, "farewells", _CALLS_PER_HOUR)
    async with services.db.transaction() as tx:
        await _at(tx, place)
        box = await value(tx, "SELECT box FROM farewell WHERE place = %s AND last >= current_date", [place])
    if box is None:
        raise NotFound("There is no such word.", do="Nothing.", code="accounts.no_farewell")
    return Response(bytes(box), media_type=_RAW, headers={"Cache-Control": "no-store"})


async def forget(services: Services) -> int:
    """Remove the words whose time is over; return how many. The vault's keeper does it each day."""
    async with services.db.transaction() as tx:
        return await changed(tx, "DELETE FROM farewell WHERE last < current_date", [])


async def _at(tx: Tx, place: str) -> None:
    await tx.execute("SELECT set_config('fanlight.farewell', %s, true)", [place])
