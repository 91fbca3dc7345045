"""The calls: put with a ticket, seen by all once shown; shown, hidden and dropped by the town.

In:     calls of browsers and of the town's server.
Out:    receipts; pictures; refusals as `{"code", "what", "kept", "do"}`.
Holds:  no address, name, id or ticket is written anywhere; a picture that is not shown and one that never was
        get the same answer.
Absent: decoders (postmedia.child), and what a post is.
Why:    docs/spec/media.md
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
import structlog
from litestar import Litestar, Request, Response, get, post, put
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.response import Stream

from fanlight.postmedia import forms
from fanlight.postmedia.errors import (
    BadRange,
    Busy,
    Full,
    NotHere,
    NoTicket,
    NotTaken,
    PostmediaError,
    Stopped,
    TooLarge,
)
from fanlight.postmedia.keeping import About, Found, Keeping, piece
from fanlight.postmedia.making import Making
from fanlight.wire.media import (
    CLIP_BYTES,
    HEADER,
    LONGEST,
    PHOTO_BYTES,
    Act,
    BadTicket,
    Kind,
    Receipt,
    Ticket,
    read_ticket,
    write_receipt,
)

AnyRequest = Request[Any, Any, Any]
ROOMS = 16  # files on their way or waiting for their turn
IDLE_S, WHOLE_S = 30.0, 900.0
MOST = {"photo": PHOTO_BYTES, "clip": CLIP_BYTES}
_AGAIN_S = 20
_STEP = 256 * 1024
_RANGE = re.compile(r"^bytes=(\d{0,12})-(\d{0,12})$")
_PARTIAL, _UNCHANGED = 206, 304
_TYPES = {"photo": "image/jpeg", "clip": "video/mp4"}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the calls work with.

    Attributes:
        keeping: the folder.
        making: the children.
        tickets: public half of the town's key.
        receipts: seed of our own key.
        clock: gives the present, aware.
        rooms: how many files may be on their way at once.
    """

    keeping: Keeping
    making: Making
    tickets: bytes
    receipts: bytes
    clock: Callable[[], datetime]
    rooms: asyncio.Semaphore

    def ticket(self, request: AnyRequest, act: Act, media: str) -> Ticket:
        """Return the ticket of a call; raises NoTicket."""
        try:
            text = request.headers.get(HEADER, "")
            return read_ticket(self.tickets, text[: LONGEST + 1], act=act, media=media, now=self.clock())
        except BadTicket as error:
            raise NoTicket(error.what, kept=error.kept, do=error.do) from error


class ReceiptOut(msgspec.Struct):
    """The answer to a file."""

    receipt: str


@get("/healthz")
async def health() -> dict[str, str]:
    """Say that the place answers."""
    return {"state": "ready"}


@put("/v1/media/{media:str}", status_code=201, request_max_body_size=None)
async def put_media(media: FromPath[str], request: AnyRequest, state: State) -> ReceiptOut:
    """Take a file, make it anew and hold it."""
    place: Place = state.place
    ticket = place.ticket(request, "put", media)
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said[:20]) > MOST[ticket.kind]:
        raise _too_large(ticket.kind)
    if place.rooms.locked():
        raise Busy("Too many pictures come in at once.", do="Try again in half a minute.")
    async with place.rooms:
        folder = await asyncio.to_thread(place.keeping.work, media)
        try:
            await _receive(request, ticket.kind, folder / "came")
            written = await place.making.make(ticket.kind, folder)
            about = About(
                kind=ticket.kind, size=written.size, sha256=written.sha256, poster_size=written.poster_size
            )
            await asyncio.to_thread(place.keeping.hold, media, about)
        except PostmediaError as error:
            log.info("refused", code=error.code)
            raise
        finally:
            await asyncio.to_thread(place.keeping.leave, media)
    log.info("held", kind=ticket.kind)
    receipt = Receipt(
        media=media,
        kind=ticket.kind,
        size=written.size,
        sha256=written.sha256,
        width=written.made.width,
        height=written.made.height,
        seconds=written.made.seconds,
        alike=written.made.alike,
    )
    return ReceiptOut(write_receipt(place.receipts, receipt))


async def _receive(request: AnyRequest, kind: Kind, path: Path) -> None:
    """Write a body to a file as it comes.

    One of another form is read to its end and not written: a browser that is stopped while it sends shows
    its user a broken line, and not what we say.
    """
    stream, size, head = request.stream(), 0, b""
    other: NotTaken | None = None
    try:
        async with asyncio.timeout(WHOLE_S), contextlib.AsyncExitStack() as stack:
            file = await asyncio.to_thread(path.open, "wb")
            stack.callback(file.close)
            while True:
                async with asyncio.timeout(IDLE_S):
                    part = await anext(stream, None)
                if part is None:
                    break
                size += len(part)
                if size > MOST[kind]:
                    raise _too_large(kind)
                if len(head) < forms.LOOK_AT:
                    head = (head + part)[: forms.LOOK_AT]
                    if len(head) == forms.LOOK_AT:
                        other = forms.refusal(kind, head)
                if other is None:
                    await asyncio.to_thread(file.write, part)
    except TimeoutError as error:
        raise Stopped("The file stopped coming.", do="Send it again.") from error
    other = other or forms.refusal(kind, head)
    if other is not None:
        raise other


def _too_large(kind: Kind) -> TooLarge:
    return TooLarge(
        f"This file has more than {MOST[kind] >> 20} MiB.",
        do="Send a smaller picture." if kind == "photo" else "Trim the clip, and send it again.",
    )


@get("/v1/media/{media:str}")
async def get_media(media: FromPath[str], request: AnyRequest, state: State) -> Response[Any]:
    """Give the photo or the clip."""
    return await _give(state.place, request, media, "media")


@get("/v1/media/{media:str}/poster")
async def get_poster(media: FromPath[str], request: AnyRequest, state: State) -> Response[Any]:
    """Give a clip's still picture."""
    return await _give(state.place, request, media, "poster")


async def _give(
    place: Place, request: AnyRequest, media: str, name: Literal["media", "poster"]
) -> Response[Any]:
    found = await asyncio.to_thread(place.keeping.find, media)
    if not found.shown:
        try:
            place.ticket(request, "see", media)
        except NoTicket as error:
            raise _nothing() from error
    size = found.about.size if name == "media" else found.about.poster_size
    if not size:
        raise _nothing()
    tag = f'"{found.about.sha256[:32]}{"" if name == "media" else "p"}"'
    headers = {
        **_HEADERS,
        "Cache-Control": "public, max-age=300" if found.shown else "private, no-store",
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": "inline",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(None, status_code=_UNCHANGED, headers=headers)
    asked = request.headers.get("range") if request.headers.get("if-range", tag) == tag else None
    span = _span(asked, size)
    first, last = span or (0, size - 1)
    headers["Content-Length"] = str(last - first + 1)
    if span:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    kind = _TYPES["photo" if name == "poster" else found.about.kind]
    status = _PARTIAL if span else 200
    return Stream(_pieces(found, name, first, last), status_code=status, headers=headers, media_type=kind)


async def _pieces(
    found: Found, name: Literal["media", "poster"], first: int, last: int
) -> AsyncIterator[bytes]:
    while first <= last:
        part = await asyncio.to_thread(piece, found, name, first, min(_STEP, last - first + 1))
        if not part:
            return
        first += len(part)
        yield part


def _span(header: str | None, size: int) -> tuple[int, int] | None:
    """Return first and last byte of a `Range` header, None for the whole."""
    match = _RANGE.match(header.strip()) if header is not None else None
    if match is None or (not match[1] and not match[2]):
        return None  # RFC 9110: what is not understood is passed over
    first = int(match[1]) if match[1] else max(size - int(match[2]), 0)
    last = min(int(match[2]), size - 1) if match[1] and match[2] else size - 1
    if first > last:
        raise BadRange("There is no such range of bytes.", do=f"Ask for a range within 0 to {size - 1}.")
    return first, last


@post("/v1/media/{media:str}/show", status_code=204)
async def show(media: FromPath[str], request: AnyRequest, state: State) -> None:
    """Let everybody see it."""
    place: Place = state.place
    place.ticket(request, "show", media)
    await asyncio.to_thread(place.keeping.show, media)
    log.info("shown")


@post("/v1/media/{media:str}/hide", status_code=204)
async def hide(media: FromPath[str], request: AnyRequest, state: State) -> None:
    """Hold again what was shown."""
    place: Place = state.place
    place.ticket(request, "hide", media)
    await asyncio.to_thread(place.keeping.hide, media)
    log.info("hidden")


@post("/v1/media/{media:str}/drop", status_code=204)
async def drop(media: FromPath[str], request: AnyRequest, state: State) -> None:
    """Destroy it."""
    place: Place = state.place
    place.ticket(request, "drop", media)
    await asyncio.to_thread(place.keeping.drop, media)
    log.info("dropped")


def _nothing() -> NotHere:
    return NotHere("There is nothing at this address.", kept="Nothing was changed.", do="Check the address.")


def _refusal(status: int, code: str, what: str, kept: str, do: str) -> Response[dict[str, str]]:
    headers = {**_HEADERS, "Cache-Control": "no-store"}
    if status == Busy.status:
        headers["Retry-After"] = str(_AGAIN_S)
    body = {"code": code, "what": what, "kept": kept, "do": do}
    return Response(body, status_code=status, media_type="application/json", headers=headers)


def _known(request: AnyRequest, error: PostmediaError) -> Response[dict[str, str]]:
    answer = _refusal(error.status, error.code, error.what, error.kept, error.do)
    if request.method == "PUT":
        answer.headers["Connection"] = "close"  # what was not read of the body would be taken for a call
    return answer


def _framework(_: AnyRequest, error: HTTPException) -> Response[dict[str, str]]:
    code = "postmedia.not_here" if error.status_code == NotHere.status else "postmedia.malformed"
    what = "There is nothing at this address, or not by that method."
    return _refusal(error.status_code, code, what, "Nothing was changed.", "Check the address.")


def _disk(_: AnyRequest, error: OSError) -> Response[dict[str, str]]:
    log.error("the disk", error=type(error).__name__, number=error.errno)
    what, do = "What came could not be kept.", "Try again later; tell who runs the town."
    return _refusal(Full.status, Full.code, what, "Nothing was kept.", do)


def _unexpected(_: AnyRequest, error: Exception) -> Response[dict[str, str]]:
    log.error("unexpected", error=type(error).__name__)
    what, do = (
        "The place of the pictures made a mistake.",
        "Try again; tell who runs the town if it stays so.",
    )
    return _refusal(500, "postmedia.fault", what, "Nothing was changed.", do)


def make_app(place: Place, origins: list[str]) -> Litestar:
    """Return the application; pages of `origins` may call it."""
    return Litestar(
        route_handlers=[health, put_media, get_media, get_poster, show, hide, drop],
        state=State({"place": place}),
        cors_config=CORSConfig(
            allow_origins=origins,
            allow_methods=["GET", "PUT"],
            allow_headers=[HEADER, "Content-Type", "Range"],
            expose_headers=["Content-Range", "ETag", "Retry-After"],
            max_age=600,
        ),
        exception_handlers={
            PostmediaError: _known,
            HTTPException: _framework,
            OSError: _disk,
            Exception: _unexpected,
        },
        openapi_config=None,
        logging_config=None,
    )
