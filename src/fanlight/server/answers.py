"""Every refusal in one form: `{"code", "what", "kept", "do"}`. Our own faults are logged without values."""

import traceback
from pathlib import Path
from typing import Any

import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, ValidationException

from fanlight.model.errors import FanlightError
from fanlight.proof.errors import EntryRefused
from fanlight.server import versions
from fanlight.server.errors import NOTHING, ServerError
from fanlight.server.pages import HEADERS
from fanlight.store.blobs import BlobMissing, BlobsAway, DiskFull
from fanlight.store.database import DatabaseUnusable

AnyRequest = Request[Any, Any, Any]
log = structlog.get_logger()
_HTTP = {
    400: ("server.malformed", "The call has not the form it should have.", "Correct it and send it again."),
    404: ("server.not_found", "There is nothing at this address.", "Check the address."),
    405: ("server.wrong_method", "This address does not take that kind of call.", "Use another method."),
    413: ("server.too_large", "More bytes came than this call takes.", "Send less, or in parts."),
}
_NOTHING = (Path(__file__).parent / "templates/nothing.html").read_text("utf-8")
_STATUS = {DiskFull: 507, EntryRefused: 413, BlobMissing: 404, BlobsAway: 503, DatabaseUnusable: 503}


def refusal(status: int, code: str, what: str, kept: str, do: str) -> Response[dict[str, str]]:
    """Return an answer that says what happened, what is safe and what to do."""
    return Response(
        {"code": code, "what": what, "kept": kept, "do": do},
        status_code=status,
        media_type="application/json",
        headers={**HEADERS, "Cache-Control": "no-store"},
    )


def known(_: AnyRequest, error: FanlightError) -> Response[dict[str, str]]:
    """Answer an error that we raised on purpose."""
    status = error.status if isinstance(error, ServerError) else _STATUS.get(type(error), 400)
    return refusal(status, error.code, error.what, error.kept, error.do)


def from_framework(request: AnyRequest, error: HTTPException) -> Response[dict[str, str]] | Response[str]:
    """Answer what the framework refused: another form, address, method or size.

    Whoever typed an address of nothing into a browser gets a page; programs get words with a code.
    """
    try:
        versions.before(request)  # an address that only a newer server knows
    except ServerError as other:
        return known(request, other)
    status = error.status_code
    code, what, do = _HTTP.get(status, _HTTP[400])
    if isinstance(error, ValidationException) and isinstance(error.extra, list) and error.extra:
        first = error.extra[0]
        if isinstance(first, dict):
            named = f"{first.get('key', '')} {first.get('message', '')}"
            what = f"The call has not the form it should have: {named.strip()}."
    elif status == 400:  # noqa: PLR2004 - HTTP
        what = f"The call has not the form it should have: {error.detail[:200]}."
    if status == 404 and "text/html" in request.headers.get("Accept", ""):  # noqa: PLR2004 - HTTP
        return Response(
            _NOTHING,
            status_code=status,
            media_type=MediaType.HTML,
            headers={**HEADERS, "Cache-Control": "no-store"},
        )
    return refusal(status, code, what, NOTHING, do)


def unexpected(_: AnyRequest, error: Exception) -> Response[dict[str, str]]:
    """Answer our own fault. The log gets the kind of error and the lines it came through, no values."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames[-8:]]
    log.error("unexpected", error=type(error).__name__, where=where)
    return refusal(
        500,
        "server.fault",
        "The server made a mistake.",
        "What was stored before is as it was.",
        "Try again; tell the operator if it stays so.",
    )
