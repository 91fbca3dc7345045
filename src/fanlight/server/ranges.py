"""HTTP ranges of sealed payloads: one range a call, which is all that a player asks for."""

import re
from collections.abc import AsyncIterator
from typing import Any

from litestar.response import Stream

from fanlight.server.errors import Malformed
from fanlight.store.blobs import Blobs

_RANGE = re.compile(r"^bytes=(\d{0,12})-(\d{0,12})$")


class BadRange(Malformed):
    """A range that the payload does not have."""

    code = "server.bad_range"
    status = 416


def parse_range(header: str | None, length: int) -> tuple[int, int] | None:
    """Return first and last byte of a `Range` header, None for the whole; raises BadRange."""
    if header is None:
        return None
    match = _RANGE.match(header.strip())
    if match is None or (not match[1] and not match[2]):
        raise _bad(length)
    if not match[1]:
        first, last = max(length - int(match[2]), 0), length - 1
    else:
        first, last = int(match[1]), min(int(match[2] or length - 1), length - 1)
    if first > last:
        raise _bad(length)
    return first, last


async def payload(blobs: Blobs, key: str, length: int, header: str | None) -> Stream:
    """Return the answer to a GET of a payload of `length` bytes under `key`."""
    asked = parse_range(header, length)
    first, last = asked or (0, length - 1)
    source: AsyncIterator[bytes] = blobs.stream(key, first, last)
    headers: dict[str, Any] = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(last - first + 1),
        "Cache-Control": "private, no-store",
    }
    if asked:
        headers["Content-Range"] = f"bytes {first}-{last}/{length}"
    return Stream(
        source, status_code=206 if asked else 200, headers=headers, media_type="application/octet-stream"
    )


def _bad(length: int) -> BadRange:
    return BadRange(
        "The payload has no such range of bytes.", do=f"Ask for a range within 0 to {length - 1}."
    )
