"""Old programs at a new server, and new ones at an old server: told plainly, before a call is read.

In:     the header `Fanlight-Speaks` of each call.
Out:    nothing, or an error that says which side is to be brought up to date; `GET /v1/speaks`.
Holds:  neither error is one by which a hub gives a clip up: what waits there waits on.
Absent: what differs between versions. There is one so far.
Why:    docs/spec/versions.md
"""

from typing import Any

import msgspec
from litestar import Request, get

from fanlight.server.errors import Malformed, ServerError
from fanlight.wire import speaks


class ClientTooOld(ServerError):
    """The caller's version of the calls is no longer answered."""

    code = "server.client_too_old"
    status = 426


class ClientTooNew(ServerError):
    """The caller's version of the calls is not known here yet."""

    code = "server.client_too_new"
    status = 501


class Spoken(msgspec.Struct):
    """The versions of the calls that this server answers, both ends included."""

    oldest: int
    newest: int


@get("/v1/speaks", operation_id="speaks")
async def spoken() -> Spoken:
    """Say which versions of the calls are answered. Every version of it answers every caller."""
    return Spoken(speaks.OLDEST, speaks.NEWEST)


def check(said: str | None, oldest: int = speaks.OLDEST, newest: int = speaks.NEWEST) -> None:
    """Let a call of a version that is answered pass.

    Raises:
        ClientTooOld, ClientTooNew: it is of another one. Malformed: it says no version.
    """
    version = speaks.read(said)
    if version is None:
        raise Malformed(f"The header {speaks.HEADER} is no number.", do="Leave it out, or send a number.")
    if version < oldest:
        raise ClientTooOld(
            "This page or program is older than the server and is no longer understood.",
            kept="Nothing was changed, and what waits to be sent still waits.",
            do="Reload the page. A hub needs a newer Fanlight.",
        )
    if version > newest:
        raise ClientTooNew(
            "This page or program is newer than the server, which does not know it yet.",
            kept="Nothing was changed, and what waits to be sent still waits.",
            do="Ask whoever runs the server to bring it up to date, or use the release it came with.",
        )


def before(request: Request[Any, Any, Any]) -> None:
    """Check a call before its route reads it. Whoever asks what is spoken is told in any case."""
    if request.url.path != "/v1/speaks":
        check(request.headers.get(speaks.HEADER))
