"""An answer that is asked for again and again: while it is as it was, a short word in its place.

In:     what is answered; the tag that the caller has.
Out:    the answer with its tag, or `304` without a body.
Holds:  the tag is a hash of all that is answered: another answer never passes for the same.
Absent: caches between server and caller, which are told to keep nothing.
"""

import hashlib
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response

T = TypeVar("T")


def tagged(answer: T, request: Request[Any, Any, Any]) -> Response[T | None]:
    """Return `answer`, or `304` if the caller's `If-None-Match` holds its tag."""
    tag = f'"{hashlib.sha256(msgspec.json.encode(answer)).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-store"}
    # A proxy that compresses may have made the tag a weak one, `W/"..."`.
    if tag in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers)
    return Response(answer, headers=headers)
