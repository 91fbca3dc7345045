"""Routes without an account: a resident's client drops a sealed copy for a case.

In:     a drop token from the cell's file, the same for every home of the cell; a random id; sealed parts.
Out:    a disclosure, whole and checked; an entry in the agency's day.
Holds:  no sign-in is taken, so that the server does not learn who shared; size and number are capped,
        also of what is not finished, which is swept each hour.
Absent: what is in it. It is sealed to the case key.
"""

import asyncio
import hashlib
from typing import Annotated, Any

import msgspec
import structlog
from litestar import Request, Response, head, post, put
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from fanlight.model.errors import FanlightError
from fanlight.model.ids import id_of, is_id
from fanlight.server import requests
from fanlight.server.errors import Conflict, Malformed, NotFound
from fanlight.server.evidence import day, store
from fanlight.server.evidence.store import Custody, Disclosure
from fanlight.server.incoming import MAX_PART
from fanlight.server.services import Parts, Services
from fanlight.store.blobs import key_of
from fanlight.store.database import Tx

AnyRequest = Request[Any, Any, Any]
MAX_PAYLOAD = 256 * 1024 * 1024
MAX_MANIFEST = 1024 * 1024
MAX_HEADER = 16 * 1024
MOST = 500
_PER_HOUR = 5_000
_PARTS = ("hdr", "manifest", "pay")
_SWEEP_S = 3_600
_AGE = b"age-encryption.org/v1\n"

log = structlog.get_logger()


class DoneIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the sender holds of the payload and the manifest; the hash of the secret to have it back with.

    `onward_commit` commits to whether another agency may have it; older senders have neither.
    """

    length: Annotated[int, Meta(gt=0, le=MAX_PAYLOAD)]
    root: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    manifest_sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    withdraw_sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None = None
    onward_commit: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None = None


class Received(msgspec.Struct):
    """How many bytes are here."""

    received: int


class Dropped(msgspec.Struct):
    """The copy is with the case."""

    disclosure: str


def blob_of(disclosure: str) -> str:
    """Return the key of a copy's payload: none that a home could give to its own clip, and then erase."""
    digest = hashlib.sha256(f"disclosure {disclosure}".encode()).digest()
    return key_of(id_of(digest[:16]))


def _anonymous(request: AnyRequest, services: Services, disclosure: str) -> None:
    if "authorization" in request.headers or "cookie" in request.headers:
        raise Malformed(
            "A drop must not say who sends it.",
            do="Send it without signing in.",
            code="evidence.not_anonymous",
        )
    if not is_id(disclosure):
        raise Malformed("A disclosure's id has another form.", do="Use 26 letters as docs/spec says.")
    services.spend(request, "drops", _PER_HOUR)


async def _open(tx: Tx, token: str) -> requests.Token:
    found = await requests.by_token(tx, requests.token_hash(token))
    if found is None:
        raise NotFound("This drop is not known.", do="Load the area's list again.", code="evidence.no_drop")
    if found.state != "open" or found.received >= MOST:  # one answer: nobody learns how many copies came
        raise _closed()
    return found


async def _part(
    services: Services, request: AnyRequest, names: tuple[str, str], offset: int, limit: int
) -> Received:
    token, name = names
    disclosure, _, part = name.partition(".")
    _anonymous(request, services, disclosure)
    async with services.db.transaction() as tx:
        await _open(tx, token)
    body = await request.body()
    hashed, end = requests.token_hash(token), min(offset + len(body), limit)
    services.unfinished.reserve(hashed, disclosure, part, end, services.clock())
    try:
        return Received(await services.incoming.append(f"d.{name}", offset, body, limit))
    except FanlightError:
        services.unfinished.settle(hashed, disclosure, part, services.incoming.received(f"d.{name}"))
        raise


@put(
    "/v1/drops/{token:str}/{disclosure:str}/hdr",
    operation_id="dropHeader",
    status_code=200,
    request_max_body_size=MAX_HEADER,
)
async def put_header(
    token: FromPath[str], disclosure: FromPath[str], request: AnyRequest, services: Parts
) -> Received:
    """Send the copy's age header."""
    return await _part(services, request, (token, f"{disclosure}.hdr"), 0, MAX_HEADER)


@put(
    "/v1/drops/{token:str}/{disclosure:str}/manifest",
    operation_id="dropManifest",
    status_code=200,
    request_max_body_size=MAX_MANIFEST,
)
async def put_manifest(
    token: FromPath[str], disclosure: FromPath[str], request: AnyRequest, services: Parts
) -> Received:
    """Send the copy's sealed manifest."""
    return await _part(services, request, (token, f"{disclosure}.manifest"), 0, MAX_MANIFEST)


@put(
    "/v1/drops/{token:str}/{disclosure:str}/pay",
    operation_id="dropPart",
    status_code=200,
    request_max_body_size=MAX_PART,
)
async def put_part(
    token: FromPath[str],
    disclosure: FromPath[str],
    request: AnyRequest,
    services: Parts,
    offset: Annotated[int, QueryParameter(ge=0)] = 0,
) -> Received:
    """Send the copy's payload from `offset` on, at most 4 MiB a call."""
    return await _part(services, request, (token, f"{disclosure}.pay"), offset, MAX_PAYLOAD)


@head("/v1/drops/{token:str}/{disclosure:str}/pay", operation_id="dropOffset")
async def part_offset(
    token: FromPath[str], disclosure: FromPath[str], request: AnyRequest, services: Parts
) -> Response[None]:
    """Return in `Upload-Offset` how many bytes of the payload are here."""
    _anonymous(request, services, disclosure)
    async with services.db.transaction() as tx:
        await _open(tx, token)
    have = services.incoming.received(f"d.{disclosure}.pay")
    return Response(None, headers={"Upload-Offset": str(have)})


@post("/v1/drops/{token:str}/{disclosure:str}/done", operation_id="finishDrop", status_code=200)
async def finish(
    token: FromPath[str],
    disclosure: FromPath[str],
    data: JSONBody[DoneIn],
    request: AnyRequest,
    services: Parts,
) -> Dropped:
    """Check the copy and put it with its case; again is fine."""
    _anonymous(request, services, disclosure)
    names = _names(disclosure)
    async with services.incoming.lock(names[2]):  # no more of the payload comes while it is measured and kept
        async with services.db.transaction() as tx:
            known = await store.get(tx, disclosure)
            if known is not None:
                if (known.root, known.manifest_sha256) != (data.root, data.manifest_sha256):
                    raise Conflict(
                        "Another copy has this id.", do="Use a new id.", code="evidence.other_copy"
                    )
                return Dropped(disclosure)
            if disclosure in services.shreds.gone:  # destroyed here, which an older database does not know
                raise _closed()
            found = await _open(tx, token)
        hdr, manifest = (services.incoming.read(name) for name in names[:2])
        length, root = await services.incoming.measure(names[2])
        fits = (length, root) == (data.length, data.root)
        if not fits or hashlib.sha256(manifest).hexdigest() != data.manifest_sha256:
            raise _incomplete()
        if not hdr.startswith(_AGE) or not manifest.startswith(_AGE):
            raise _incomplete()
        now = services.clock()
        await services.evidence.put_file(blob_of(disclosure), services.incoming.path(names[2]), now.date())
        row = Disclosure(
            id=disclosure,
            request=found.request,
            received_day=now.date(),
            length=length,
            root=root,
            manifest_sha256=data.manifest_sha256,
            manifest=manifest,
            hdr=hdr,
            withdraw_sha256=data.withdraw_sha256,
            onward_commit=None if data.onward_commit is None else bytes.fromhex(data.onward_commit),
        )
        try:
            await _add(services, token, row)
        except Conflict:  # it closed meanwhile: a payload without a row would have no end
            await services.evidence.delete(blob_of(disclosure))
            raise
        for name in names:
            services.incoming.drop(name)
        services.unfinished.end(disclosure)
    return Dropped(disclosure)


async def _add(services: Services, token: str, row: Disclosure) -> None:
    """Put a whole copy with its case; raises Conflict if the request is closed by now."""
    async with services.db.transaction() as tx:
        found = await _open(tx, token)
        if not await store.add(tx, row):
            return
        if not await requests.note_received(tx, row.request, MOST):
            raise _closed()
        await store.add_custody(tx, row.id, Custody(row.received_day.isoformat(), "disclosed", "a resident"))
        detail = {
            "disclosure": row.id,
            "request": row.request,
            "root": row.root,
            "manifest_sha256": row.manifest_sha256,
        }
        await day.enter(tx, found.agency, services.clock(), "disclosed", detail)


def _names(disclosure: str) -> list[str]:
    return [f"d.{disclosure}.{part}" for part in _PARTS]


async def sweep(services: Services) -> None:
    """Drop what nobody finished: at once where nothing came for hours, by its day after a start."""
    for disclosure in services.unfinished.idle(services.clock()):
        names = _names(disclosure)
        async with services.incoming.lock(names[2]):
            if disclosure in services.unfinished.idle(services.clock()):
                for name in names:
                    services.incoming.drop(name)
                services.unfinished.end(disclosure)
    await services.incoming.sweep(services.clock())


async def run(services: Services) -> None:
    """Sweep each hour until cancelled. What fails is logged and tried again."""
    while True:
        await asyncio.sleep(_SWEEP_S)
        try:
            await sweep(services)
        except Exception as error:  # noqa: BLE001 - the next hour tries again
            log.warning("drops", error=type(error).__name__)


def _closed() -> Conflict:
    return Conflict(
        "The request is closed; nothing can be sent any more.",
        kept="Your clip is at home as before. Nothing was sent.",
        do="There is nothing to do.",
        code="evidence.request_closed",
    )


def _incomplete() -> Malformed:
    return Malformed(
        "The copy did not arrive whole.",
        kept="Your clip is at home as before. Nothing went to the agency.",
        do="Send it again.",
        code="evidence.incomplete",
    )


ROUTES = (put_header, put_manifest, put_part, part_offset, finish)
