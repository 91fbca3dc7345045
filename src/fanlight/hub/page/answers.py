"""Every refusal in one form, `{"code", "what", "kept", "do"}`; our own faults are logged without values."""

import logging
import traceback
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from fanlight.hub.page.errors import NOTHING, PageError
from fanlight.hub.settings import BadSettings, SettingsChanged, SettingsUnwritable
from fanlight.model.errors import FanlightError

AnyRequest = Request[Any, Any, Any]
log = logging.getLogger("fanlight.hub.page")
_HTTP = {
    400: ("hub.page.malformed", "The call has not the form it should have.", "Correct it and send it again."),
    404: ("hub.page.not_found", "There is nothing at this address.", "Check the address."),
    405: ("hub.page.wrong_method", "This address does not take that kind of call.", "Use another method."),
    413: ("hub.page.too_large", "More bytes came than this call takes.", "Send less."),
}
_STATUS = {BadSettings: 422, SettingsChanged: 409, SettingsUnwritable: 507}


def refusal(status: int, code: str, what: str, kept: str, do: str) -> Response[dict[str, str]]:
    """Return an answer that says what happened, what is safe and what to do."""
    body = {"code": code, "what": what, "kept": kept, "do": do}
    return Response(body, status_code=status, media_type="application/json")


def known(_: AnyRequest, error: FanlightError) -> Response[dict[str, str]]:
    """Answer an error that was raised on purpose."""
    status = error.status if isinstance(error, PageError) else _STATUS.get(type(error), 409)
    return refusal(status, error.code, error.what, error.kept, error.do)


def from_framework(_: AnyRequest, error: HTTPException) -> Response[dict[str, str]]:
    """Answer what the framework refused. No value that came is said back: it may be a password."""
    status = error.status_code
    code, what, do = _HTTP.get(status, _HTTP[400])
    if isinstance(error, ValidationException) and isinstance(error.extra, list) and error.extra:
        first = error.extra[0]
        if isinstance(first, dict) and first.get("key"):
            what = f"The call has not the form it should have: see `{first['key']}`."
    return refusal(status, code, what, NOTHING, do)


def unexpected(_: AnyRequest, error: Exception) -> Response[dict[str, str]]:
    """Answer our own fault. The log gets the kind of error and the lines it came through, no values."""
    frames = traceback.extract_tb(error.__traceback__)
    where = " ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames[-8:])
    log.error("page: %s at %s", type(error).__name__, where)
    return refusal(
        500,
        "hub.page.fault",
        "The hub made a mistake.",
        "Recording goes on.",
        "Try again; the hub's log says where it went wrong.",
    )
