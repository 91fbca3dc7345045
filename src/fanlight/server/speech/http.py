"""Routes: everybody reads the texts that are handed out to be said; agencies, operator, clerks enter them."""

from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.params import JSONBody
from msgspec import Meta

from fanlight.model.readable import check_name, check_words
from fanlight.server import speech
from fanlight.server.accounts import Caller
from fanlight.server.services import Parts
from fanlight.server.speech import Kind, Version


class SpeechIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A version of a text. `text`: its id, made by who begins it; `author`: who wrote these words."""

    text: Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]
    version: Annotated[int, Meta(ge=1, le=speech.MOST_VERSIONS)]
    kind: Kind
    title: Annotated[str, Meta(min_length=3, max_length=120)]
    author: Annotated[str, Meta(min_length=2, max_length=120)]
    body: Annotated[str, Meta(min_length=1, max_length=speech.MOST_TEXT)]


@get("/v1/speech", operation_id="listSpeech")
async def list_speech(services: Parts) -> Response[dict[str, Any]]:
    """Return every version of every text that somebody hands out to be said by others."""
    async with services.db.transaction() as tx:
        found = await speech.all_of(tx)
    return Response({"texts": found}, headers={"Cache-Control": "no-cache"})


@post("/v1/speech", operation_id="enterSpeech", status_code=201)
async def enter_speech(data: JSONBody[SpeechIn], services: Parts, session: Caller) -> dict[str, Any]:
    """Enter a version of a text; its entry in the record holds it whole."""
    if session.kind != "officer":  # an agency's administrator writes its wordings, too
        session.of_kind("operator", "counsel", "clerk")
    check_name(data.title, most=120)
    check_name(data.author, most=120)
    check_words(data.body, most=speech.MOST_TEXT)
    side = {"officer": "agency", "counsel": "operator"}.get(session.kind, session.kind)
    said = Version(
        text=data.text,
        version=data.version,
        kind=data.kind,
        title=data.title,
        author=data.author,
        side=side,
        agency=session.agency or None,
        body=data.body,
        sha256=speech.digest(data.body),
        day=services.clock().date(),
    )
    async with services.db.transaction() as tx:
        await speech.enter(tx, services.log, said)
    return {"text": data.text, "version": data.version}


router = Router(path="/", tags=["speech"], route_handlers=[list_speech, enter_speech])
