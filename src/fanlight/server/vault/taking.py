"""Routes: a hub sends a clip, in as few calls as there are parts and one to announce it.

Holds:  a clip is kept only once its payload is whole, has the root that its hub signed, and is synced with
        its name; the commit that says so comes last. Again is fine, at any step and any byte.
        Announcing promises nothing, so that its commit waits for no disk: a hub announces again.
Absent: who may read it (http), how long it stays (keeping).
"""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, head, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta

from fanlight.model.errors import FanlightError
from fanlight.seal.container import Card
from fanlight.server.accounts import Caller, Session
from fanlight.server.errors import Conflict
from fanlight.server.incoming import MAX_PART
from fanlight.server.services import Parts, Services
from fanlight.server.vault import rules, store
from fanlight.server.vault.rules import checked_id, no_clip
from fanlight.wire import b64

AnyRequest = Request[Any, Any, Any]
_MAX_B64_MANIFEST = rules.MAX_MANIFEST * 4 // 3 + 4
_MAX_B64_HEADER = rules.MAX_HEADER * 4 // 3 + 4


class ClipIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A clip's outside: what the hub signed for the server, and the two sealed parts that are rows."""

    card: Annotated[str, Meta(max_length=2_048)]
    sig: Annotated[str, Meta(min_length=88, max_length=88)]
    manifest: Annotated[str, Meta(max_length=_MAX_B64_MANIFEST)]
    hdr: Annotated[str, Meta(max_length=_MAX_B64_HEADER)]


class ClipState(msgspec.Struct):
    """How far a clip has come."""

    received: int
    kept: bool


class Received(msgspec.Struct, omit_defaults=True):
    """How many bytes of the payload are here. `kept`: that is all of it, and it is checked and stored."""

    received: int
    kept: bool = False


def _decode(text: str) -> bytes:
    try:
        return b64.decode(text)
    except FanlightError as error:
        raise rules.bad_clip("a part is not base64") from error


@put("/v1/clips/{clip:str}", operation_id="putClip", status_code=200, request_max_body_size=12 * 1024 * 1024)
async def put_clip(
    clip: FromPath[str], data: JSONBody[ClipIn], services: Parts, session: Caller
) -> ClipState:
    """Announce a clip: card, sealed manifest and header. The same again is fine."""
    session.at_home("hub")
    outside = rules.Outside(
        card=data.card.encode(),
        sig=_decode(data.sig),
        manifest=_decode(data.manifest),
        hdr=_decode(data.hdr),
    )
    async with services.db.transaction(household=session.household, promises=False) as tx:
        standing = await store.standing(tx, session.account, checked_id(clip))
        if standing is None:
            raise no_clip()
        card = rules.check_clip(clip, outside, bytes(standing.sign_pub), services.clock().date())
        if standing.erased or clip in services.shreds.erased:
            raise Conflict("A member erased this clip.", do="Drop it.", code="vault.erased")
        new = standing.card is None
        if new:
            keep_days = rules.KEEP_DAYS if standing.keep_days is None else standing.keep_days
            _check_day(services, session.household, card, keep_days)
            more = card.length + len(outside.manifest) + len(outside.hdr)
            rules.check_room(await store.lock_room(tx, session.household), more, services.quota_bytes)
            new = await store.add(tx, session.household, session.account, card, outside)
        if not new:
            # Announced before, or this moment by a call beside this one, or a clip of another household.
            standing = await store.standing(tx, session.account, clip) or standing
            if standing.card != data.card:
                raise Conflict("Another clip has this id.", do="Use a new id.", code="vault.other_clip")
    kept = not new and bool(standing.kept)
    return ClipState(card.length if kept else services.incoming.received(clip), kept)


def _check_day(services: Services, household: str, card: Card, keep_days: int) -> None:
    """Raise Conflict unless the household keeps this day."""
    rules.check_kept(card.day, services.clock().date(), keep_days)
    if card.day <= services.shreds.expired.get(household, date.min):
        raise rules.past_days()


async def _clip(services: Services, session: Session, clip: str) -> store.BriefRow:
    async with services.db.transaction(household=session.household) as tx:
        row = await store.brief(tx, checked_id(clip))
    if row is None:
        raise no_clip()
    return row


@put("/v1/clips/{clip:str}/pay", operation_id="putClipPart", status_code=200, request_max_body_size=MAX_PART)
async def put_part(  # noqa: PLR0913, PLR0917 - one parameter each
    clip: FromPath[str],
    request: AnyRequest,
    services: Parts,
    session: Caller,
    offset: Annotated[int, QueryParameter(ge=0)] = 0,
    last: FromQuery[bool] = False,  # noqa: FBT002 - a query parameter
) -> Received:
    """Send the payload's bytes from `offset` on, at most 4 MiB a call; `last` finishes the clip with them."""
    row = await _clip(services, session.at_home("hub"), clip)
    if row.kept:
        return Received(row.length, kept=last)
    have = await services.incoming.receive(clip, offset, request.stream(), row.length)
    if last and have == row.length:
        await _keep(services, session, row)
        return Received(have, kept=True)
    return Received(have)


@head("/v1/clips/{clip:str}/pay", operation_id="clipOffset")
async def part_offset(clip: FromPath[str], services: Parts, session: Caller) -> Response[None]:
    """Return in `Upload-Offset` how many bytes are here."""
    row = await _clip(services, session.watching("hub", "member"), clip)
    have = row.length if row.kept else services.incoming.received(clip)
    return Response(None, headers={"Upload-Offset": str(have), "Accept-Ranges": "bytes"})


@post("/v1/clips/{clip:str}/done", operation_id="finishClip", status_code=200)
async def finish(clip: FromPath[str], services: Parts, session: Caller) -> ClipState:
    """Check length and root of the payload and keep it; again is fine."""
    row = await _clip(services, session.at_home("hub"), clip)
    if not row.kept:
        await _keep(services, session, row)
    return ClipState(row.length, kept=True)


async def _keep(services: Services, session: Session, row: store.BriefRow) -> None:
    """Check length and root of what came, store it, and say so in its row."""
    clip = row.id
    async with services.incoming.lock(clip):
        length, root = await services.incoming.measure(clip)
        if length < row.length:
            if (await _clip(services, session, clip)).kept:  # another call kept it meanwhile
                return
            raise Conflict(
                f"Only {length} of {row.length} bytes are here.",
                kept=f"The first {length} bytes are here.",
                do=f"Go on at {length}.",
                code="vault.incomplete",
            )
        if root != row.root:
            services.incoming.drop(clip)
            raise rules.bad_clip("its payload is not the one the card was signed for")
        key = rules.blob_of(clip, old_place=row.old_place)
        await services.blobs.put_file(key, services.incoming.path(clip), row.day)
        async with services.db.transaction(household=session.household) as tx:
            there = await store.keep(tx, clip)
        services.incoming.drop(clip)
        if not there:  # a member erased it meanwhile
            await services.blobs.delete(key)
            raise no_clip()


ROUTES = (put_clip, put_part, part_offset, finish)
