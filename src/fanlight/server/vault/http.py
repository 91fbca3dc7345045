"""Routes: members list and fetch clips, and erase what they do not want; a hub sends its status."""

from datetime import date
from typing import Any

import msgspec
from litestar import Request, Response, Router, delete, get, put
from litestar.params import FromPath, FromQuery
from litestar.response import Stream
from msgspec import UNSET, UnsetType

from fanlight.model.ids import is_id
from fanlight.server import ranges
from fanlight.server.accounts import Caller, Session
from fanlight.server.errors import Malformed, NotFound, TooLarge
from fanlight.server.services import Parts, Services
from fanlight.server.tagged import tagged
from fanlight.server.vault import keeping_http, notes_http, rules, secrets_http, store, taking
from fanlight.server.vault.keeping import Keeper
from fanlight.server.vault.rules import checked_id, no_clip
from fanlight.wire import b64

AnyRequest = Request[Any, Any, Any]
PAGE = 60
BRIEF_PAGE = 1_000
MAX_STATUS = 128 * 1024
_RAW = "application/octet-stream"


class ClipOut(msgspec.Struct, omit_defaults=True):
    """A clip as members list it. A brief list leaves the manifest out.

    `keep`: a member keeps it. `readers`: it was sealed anew, to the people with this hash, by the page
    `epoch` of the book. Without it, `epoch` is the household key an older client sealed its header to.
    """

    clip: str
    card: str
    sig: str
    manifest: str | UnsetType = UNSET
    keep: bool = False
    epoch: int | UnsetType = UNSET
    readers: str | UnsetType = UNSET


class ClipsOut(msgspec.Struct):
    """A page of clips; `after` asks for the next, null at the end."""

    clips: list[ClipOut]
    after: str | None


async def _clip(services: Services, session: Session, clip: str) -> store.ClipRow:
    async with services.db.transaction(household=session.household) as tx:
        row = await store.get(tx, checked_id(clip))
    if row is None:
        raise no_clip()
    return row


def _cursor(day: date | None, after: str | None) -> tuple[date, str] | None:
    """Read `2026-11-21.<clip>` as a page of clips gave it, or a clip's id alone beside a day."""
    if after is None:
        return None
    day_text, _, clip = after.rpartition(".")
    try:
        last_day = date.fromisoformat(day_text) if day_text else day
    except ValueError:
        last_day = None
    if last_day is None or not is_id(clip):
        raise Malformed("`after` is not one that a page of clips gave.", do="Start over.")
    return last_day, clip


@get("/v1/clips", operation_id="listClips")
async def list_clips(  # noqa: PLR0913, PLR0917 - one parameter each
    services: Parts,
    session: Caller,
    request: AnyRequest,
    day: FromQuery[date | None] = None,
    after: FromQuery[str | None] = None,
    brief: FromQuery[bool] = False,  # noqa: FBT002 - a query parameter
) -> Response[ClipsOut | None]:
    """List the household's clips, latest day first; within a day the order tells nothing.

    A brief list has no manifests and an ETag, so that asking again every second costs little.
    """
    session.watching("member", "hub")
    last, size = _cursor(day, after), BRIEF_PAGE if brief else PAGE
    async with services.db.transaction(household=session.household) as tx:
        rows = await store.page(tx, day, last, size + 1, brief=brief)
    more, rows = len(rows) > size, rows[:size]
    answer = ClipsOut([_listed(row) for row in rows], f"{rows[-1].day}.{rows[-1].id}" if more else None)
    if not brief:
        return Response(answer)
    return tagged(answer, request)


def _listed(row: store.ListRow) -> ClipOut:
    return ClipOut(
        row.id,
        row.card,
        row.sig,
        UNSET if row.manifest is None else b64.encode(bytes(row.manifest)),
        keep=row.marked,
        epoch=UNSET if row.hdr_epoch is None else row.hdr_epoch,
        readers=UNSET if row.readers is None else row.readers,
    )


class DayOut(msgspec.Struct):
    """How many clips a UTC day has."""

    day: date
    clips: int


class DaysOut(msgspec.Struct):
    """The days that have clips, latest first."""

    days: list[DayOut]


@get("/v1/clips/days", operation_id="countClips")
async def count_clips(services: Parts, session: Caller) -> Response[DaysOut]:
    """Count the household's clips by day, for a calendar."""
    session.watching()
    async with services.db.transaction(household=session.household) as tx:
        rows = await store.days(tx)
    answer = DaysOut([DayOut(row.day, row.clips) for row in rows])
    return Response(answer, headers={"Cache-Control": "private, no-store"})


@get("/v1/clips/{clip:str}/manifest", operation_id="getClipManifest", media_type=_RAW)
async def get_manifest(clip: FromPath[str], services: Parts, session: Caller) -> Response[bytes]:
    """Return the clip's sealed manifest, which a brief list leaves out."""
    row = await _clip(services, session.watching(), clip)
    if not row.kept:
        raise no_clip()
    return Response(bytes(row.manifest), media_type=_RAW, headers={"Cache-Control": "private, no-store"})


@get("/v1/clips/{clip:str}/hdr", operation_id="getClipHeader", media_type=_RAW)
async def get_header(clip: FromPath[str], services: Parts, session: Caller) -> Response[bytes]:
    """Return the clip's age header."""
    row = await _clip(services, session.watching(), clip)
    return Response(bytes(row.hdr), media_type=_RAW, headers={"Cache-Control": "private, no-store"})


@get("/v1/clips/{clip:str}/pay", operation_id="getClipPayload", media_type=_RAW)
async def get_payload(clip: FromPath[str], request: AnyRequest, services: Parts, session: Caller) -> Stream:
    """Return the clip's payload, or a range of it."""
    row = await _clip(services, session.watching(), clip)
    if not row.kept:
        raise no_clip()
    key = rules.blob_of(clip, old_place=row.old_place)
    return await ranges.payload(services.blobs, key, row.length, request.headers.get("range"))


@delete("/v1/clips/{clip:str}", operation_id="eraseClip", status_code=204)
async def erase(clip: FromPath[str], services: Parts, session: Caller) -> None:
    """Erase a clip for good: header first, then payload."""
    session.at_home()
    async with services.db.transaction(household=session.household) as tx:
        if not await store.erase(tx, session.household, [checked_id(clip)]):
            raise no_clip()
    await Keeper(services).clear()


@put("/v1/hub/status", operation_id="putHubStatus", status_code=204, request_max_body_size=MAX_STATUS)
async def put_status(request: AnyRequest, services: Parts, session: Caller) -> None:
    """Replace the household's status box, which only members can open."""
    session.at_home("hub")
    body = await request.body()
    if not body.startswith(rules.AGE_FIRST_LINE):
        raise Malformed("A status box is an age file.", do="Seal it first.", code="vault.bad_status")
    if len(body) > MAX_STATUS:
        raise TooLarge("A status box is too large.", do="Send 128 KiB at most.")
    async with services.db.transaction(household=session.household) as tx:
        await store.put_status(tx, session.household, body)


@get("/v1/hub/status", operation_id="getHubStatus", media_type=_RAW)
async def get_status(services: Parts, session: Caller) -> Response[bytes]:
    """Return the household's last status box."""
    session.at_home("member", "hub")
    async with services.db.transaction(household=session.household) as tx:
        body = await store.get_status(tx, session.household)
    if body is None:
        raise NotFound(
            "The hub has not reported yet.", do="Look whether the hub runs.", code="vault.no_status"
        )
    return Response(body, media_type=_RAW, headers={"Cache-Control": "private, no-store"})


router = Router(
    path="/",
    tags=["vault"],
    route_handlers=[
        *taking.ROUTES,
        list_clips,
        count_clips,
        get_manifest,
        get_header,
        get_payload,
        erase,
        put_status,
        get_status,
        *keeping_http.ROUTES,
        *notes_http.ROUTES,
        *secrets_http.ROUTES,
    ],
)
