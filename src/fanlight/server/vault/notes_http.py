"""Routes: a member's note on a clip, sealed under the clip's own key.

Holds:  a note is always as long: it tells the server that there is one, and no more.
Absent: whoever is a guest; when a note was written.
Why:    docs/spec/seal.md
"""

from typing import Any

from litestar import Request, Response, delete, get, put
from litestar.params import FromPath

from fanlight.server.accounts import Caller
from fanlight.server.errors import Malformed, NotFound
from fanlight.server.services import Parts
from fanlight.server.vault import rules, store
from fanlight.server.vault.rules import checked_id, no_clip

_RAW = "application/octet-stream"


@get("/v1/clips/{clip:str}/note", operation_id="getClipNote", media_type=_RAW)
async def get_note(clip: FromPath[str], services: Parts, session: Caller) -> Response[bytes]:
    """Return the sealed note on a clip."""
    session.at_home()
    async with services.db.transaction(household=session.household) as tx:
        row = await store.note(tx, checked_id(clip))
    if row is None:
        raise no_clip()
    if row.note is None:
        raise NotFound("There is no note on this clip.", do="Write one.", code="vault.no_note")
    return Response(bytes(row.note), media_type=_RAW, headers={"Cache-Control": "private, no-store"})


@put(
    "/v1/clips/{clip:str}/note",
    operation_id="putClipNote",
    status_code=204,
    request_max_body_size=rules.NOTE_LENGTH,
)
async def put_note(
    clip: FromPath[str], request: Request[Any, Any, Any], services: Parts, session: Caller
) -> None:
    """Put a note on a clip, in place of the one before."""
    session.at_home()
    body = await request.body()
    if len(body) != rules.NOTE_LENGTH:
        raise Malformed(
            f"A sealed note has {rules.NOTE_LENGTH} bytes.", do="Seal it first.", code="vault.bad_note"
        )
    async with services.db.transaction(household=session.household) as tx:
        if not await store.put_note(tx, checked_id(clip), body):
            raise no_clip()


@delete("/v1/clips/{clip:str}/note", operation_id="removeClipNote", status_code=204)
async def remove_note(clip: FromPath[str], services: Parts, session: Caller) -> None:
    """Remove the note on a clip; again is fine."""
    session.at_home()
    async with services.db.transaction(household=session.household) as tx:
        if not await store.put_note(tx, checked_id(clip), None):
            raise no_clip()


ROUTES = (get_note, put_note, remove_note)
