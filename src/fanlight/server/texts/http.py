"""Routes: read every text in every version; publish another version, by the operator."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import Response, Router, get, post
from litestar.params import JSONBody
from msgspec import Meta

from fanlight.server import texts
from fanlight.server.accounts import Caller
from fanlight.server.services import Parts


class TextOut(msgspec.Struct):
    """A version; `index` is its entry's place in the record, null until it has one."""

    name: str
    version: int
    body: str
    sha256: str
    effective: date
    index: int | None


class TextsOut(msgspec.Struct):
    """Every version of every text."""

    texts: list[TextOut]


class TextIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A version to be published, and from when it counts; `after` is the one it was written against."""

    name: texts.Name
    body: Annotated[str, Meta(min_length=1, max_length=texts.MOST)]
    effective: date
    after: Annotated[int, Meta(ge=0, le=1 << 30)]


@get("/v1/texts", operation_id="listTexts")
async def list_texts(services: Parts) -> Response[TextsOut]:
    """Return all versions of all texts. One answer for everybody, so that none tells what they have read."""
    async with services.db.transaction() as tx:
        found = await texts.all_of(tx)
    shown = [TextOut(one.name, one.version, one.body, one.sha256, one.effective, one.idx) for one in found]
    return Response(TextsOut(shown), headers={"Cache-Control": "no-cache"})


@post("/v1/texts", operation_id="publishText")
async def publish_text(data: JSONBody[TextIn], services: Parts, session: Caller) -> TextOut:
    """Publish a version; its entry in the record comes with it. It can be followed, not taken back."""
    session.of_kind("operator")
    body = "\n".join(line.rstrip() for line in data.body.strip().splitlines()) + "\n"
    new = texts.New(data.name, body, data.effective, data.after)
    async with services.db.transaction() as tx:
        one = await texts.publish(tx, services.log, new, services.clock().date())
    return TextOut(one.name, one.version, one.body, one.sha256, one.effective, one.idx)


router = Router(path="/", tags=["texts"], route_handlers=[list_texts, publish_text])
