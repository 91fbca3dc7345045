"""Routes without an account: send a wish, fetch a cell's wishes, fetch the key to seal one to."""

import hashlib
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.model.errors import FanlightError
from fanlight.model.geo import check_cell
from fanlight.model.ids import id_of
from fanlight.server import programme
from fanlight.server.errors import Malformed
from fanlight.server.requests import cells
from fanlight.server.services import Parts
from fanlight.server.wishes import store
from fanlight.wire import b64, jcs

AnyRequest = Request[Any, Any, Any]
SEALED_BYTES = range(3_000, 8_193)  # 4 KiB of words and a post-quantum header, with room
MAX_OF_CELL = 200
LASTS = timedelta(days=30)
_PER_HOUR = 10
_AGE = b"age-encryption.org/v1\n"


class WishIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A wish: the cell, and what is sealed to it."""

    cell: Annotated[str, Meta(pattern="^[0-9a-f]{15}$")]
    sealed: Annotated[str, Meta(max_length=12_000)]


class Sent(msgspec.Struct):
    """All that a sender ever learns."""

    state: str = "sent"


@post("/v1/wishes", operation_id="sendWish", status_code=202)
async def send(data: JSONBody[WishIn], request: AnyRequest, services: Parts) -> Sent:
    """Put a wish before the homes of a cell. The answer is the same whether anybody has a camera or not."""
    if "authorization" in request.headers or "cookie" in request.headers:
        raise Malformed(
            "A wish must not say who sends it.", do="Send it without signing in.", code="wishes.named"
        )
    services.spend(request, "wishes", _PER_HOUR)
    check_cell(data.cell)
    try:
        sealed = b64.decode(data.sealed)
    except FanlightError as error:
        raise _bad() from error
    if not sealed.startswith(_AGE) or len(sealed) not in SEALED_BYTES:
        raise _bad()
    wish = id_of(hashlib.sha256(b"wish\n" + sealed).digest()[:16])  # the same sent twice is one
    async with services.db.transaction() as tx:
        cells.check_in_town(await programme.town(tx), data.cell)
        await store.make_room(tx, data.cell, wish, MAX_OF_CELL)
        await store.add(tx, wish, data.cell, sealed, services.clock().date() + LASTS)
    return Sent()


@get("/v1/cells/{cell:str}/wishes", operation_id="getCellWishes")
async def cell_wishes(cell: FromPath[str], request: AnyRequest, services: Parts) -> Response[bytes]:
    """Return the cell's wishes: one file, the same for everybody."""
    check_cell(cell)
    async with services.db.transaction() as tx:
        cells.check_in_town(await programme.town(tx), cell)
        rows = await store.of_cell(tx, cell)
    wishes = [{"wish": row.id, "sealed": b64.encode(bytes(row.sealed))} for row in rows]
    body = jcs.dumps({"v": 1, "type": "cell-wishes", "cell": cell, "wishes": wishes})
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=60", "Access-Control-Allow-Origin": "*"}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers, media_type="application/json")
    return Response(body, headers=headers, media_type="application/json")


@get("/v1/cells/{cell:str}/recipient", operation_id="getCellRecipient")
async def cell_recipient(cell: FromPath[str], services: Parts) -> Response[dict[str, str]]:
    """Return the public half of a cell's key, to seal a wish to."""
    check_cell(cell)
    async with services.db.transaction() as tx:
        cells.check_in_town(await programme.town(tx), cell)
        _, recipient = await cells.identity_of(tx, cell)
    return Response({"recipient": recipient}, headers={"Cache-Control": "public, max-age=60"})


def _bad() -> Malformed:
    return Malformed(
        "The wish is not sealed as it should be.",
        kept="Nothing was sent.",
        do="Reload the form and send it again.",
        code="wishes.not_sealed",
    )


router = Router(path="/", tags=["wishes"], route_handlers=[send, cell_wishes, cell_recipient])
