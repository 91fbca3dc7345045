"""Routes: the record as files (C2SP tlog-tiles) and as JSON."""

import asyncio
import re
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get
from litestar.params import FromPath, QueryParameter

from fanlight.server.log import no_entry
from fanlight.server.services import Parts
from fanlight.store.log_bucket import FOREVER, SECONDS

_TEXT = "text/plain"  # the framework adds the character set
_TILE = re.compile(r"^/?tile/(entries|\d{1,2})(/x\d{3})*/\d{3}(\.p/\d{1,3})?$")
_HANDOVER = re.compile(r"^/?handover/[1-9]\d{0,3}$")
_NOTES = {"checkpoint", "checkpoint.old", "vkey", "witness.vkeys"}


class LeafOut(msgspec.Struct):
    """A leaf: its place and its exact bytes as text."""

    index: int
    leaf: str


class LeavesOut(msgspec.Struct):
    """Published leaves in order; `size` of the log they were read from."""

    leaves: list[LeafOut]
    size: int


@get("/log/{path:path}", operation_id="getLogFile", include_in_schema=False)
async def get_file(path: FromPath[str], services: Parts) -> Response[bytes]:
    """Return a file of the log's folder."""
    name = path.lstrip("/")
    note = name in _NOTES or _HANDOVER.match(name) is not None
    if not note and not _TILE.match(name):
        raise no_entry()
    data = await asyncio.to_thread(services.log.files.read, name)
    if data is None:
        raise no_entry()
    return Response(
        data,
        media_type=_TEXT if note else "application/octet-stream",
        headers={
            "Cache-Control": SECONDS if note else FOREVER,
            "Access-Control-Allow-Origin": "*",
        },
    )


@get("/v1/log/leaves", operation_id="listLeaves")
async def list_leaves(
    services: Parts,
    leaf_type: Annotated[str | None, QueryParameter(name="type", max_length=64)] = None,
    after: Annotated[int, QueryParameter(ge=-1)] = -1,
    limit: Annotated[int, QueryParameter(ge=1, le=1_000)] = 1_000,
) -> LeavesOut:
    """List published leaves behind place `after`, of one type or all."""
    size = services.log.published.head.size
    rows = await services.log.leaves(leaf_type=leaf_type, after=after, limit=limit)
    return LeavesOut([LeafOut(row.idx or 0, bytes(row.body).decode()) for row in rows], size)


@get("/v1/log/proof/{index:int}", operation_id="getProof", media_type=_TEXT)
async def get_proof(index: FromPath[int], services: Parts) -> Response[str]:
    """Return a leaf's receipt against the present checkpoint (C2SP tlog-proof)."""
    return Response(await services.log.proof_at(index), media_type=_TEXT, headers={"Cache-Control": SECONDS})


@get("/v1/log/state", operation_id="getLogState")
async def get_state(services: Parts) -> dict[str, Any]:
    """Say how the record stands: size, what is cosigned, whether the witness answers."""
    return services.log.state()


router = Router(path="/", tags=["log"], route_handlers=[get_file, list_leaves, get_proof, get_state])
