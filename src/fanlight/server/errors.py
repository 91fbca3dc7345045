"""What the server refuses, each with the HTTP status it answers.

ServerError
|- Malformed        400  the bytes have not the form of this call
|- NotSignedIn      401  no session, or one that ended
|- NotAllowed       403  a session, of somebody who may not
|- NotFound         404  there is no such thing, or none that this caller may see
|- Conflict         409  true once, or true of something else by now
|- TooLarge         413  more bytes than this call takes
|- TooMany          429  more calls than an hour allows
|- versions.ClientTooOld 426, versions.ClientTooNew 501
|- vault.QuotaFull  507  the household's space is used up
`- Unavailable      503  a part the answer needs is away; try again
"""

from typing import ClassVar

from fanlight.model.errors import FanlightError

NOTHING = "Nothing was changed."


class ServerError(FanlightError):
    """Base of what the server refuses. `code` may be narrowed for one case."""

    code = "server.error"
    status: ClassVar[int] = 500

    def __init__(self, what: str, *, do: str, kept: str = NOTHING, code: str | None = None) -> None:
        """Take three sentences and, where a client decides by it, a stable code."""
        super().__init__(what, kept=kept, do=do)
        if code is not None:
            self.code = code  # type: ignore[misc]  # narrowed for this one refusal


class Malformed(ServerError):
    """The bytes have not the form of this call."""

    code = "server.malformed"
    status = 400


class NotSignedIn(ServerError):
    """No session, or one that ended."""

    code = "accounts.not_signed_in"
    status = 401


class NotAllowed(ServerError):
    """Signed in as somebody who may not."""

    code = "accounts.not_allowed"
    status = 403


class NotFound(ServerError):
    """There is no such thing, or none that this caller may see."""

    code = "server.not_found"
    status = 404


class Conflict(ServerError):
    """It contradicts what is there."""

    code = "server.conflict"
    status = 409


class TooLarge(ServerError):
    """More bytes than this call takes."""

    code = "server.too_large"
    status = 413


class TooMany(ServerError):
    """More calls than an hour allows."""

    code = "server.too_many"
    status = 429


class Unavailable(ServerError):
    """A part that the answer needs is away."""

    code = "server.unavailable"
    status = 503
