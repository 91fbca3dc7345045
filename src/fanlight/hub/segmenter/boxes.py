# ruff: noqa: PLR2004 - the figures are field sizes and codes of the standard named below
"""ISO base media boxes: write them, and find them in bytes that somebody else sent.

Holds:  BadFmp4 is the only error raised, whatever the bytes.
Source: ISO/IEC 14496-12, 4.2.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from fanlight.model.errors import FanlightError


class BadFmp4(FanlightError):
    """Bytes that are not a clip as Fanlight writes it."""

    code = "segmenter.bad_fmp4"


def bad(why: str) -> BadFmp4:
    """Return the error that says `why` these bytes are no clip."""
    return BadFmp4(
        f"This is not a clip that Fanlight wrote: {why}.", kept="Nothing was changed.", do="Fetch it again."
    )


def box(kind: bytes, *parts: bytes) -> bytes:
    """Return one box."""
    return b"".join((struct.pack(">I4s", 8 + sum(map(len, parts)), kind), *parts))


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """Return one box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


class Box(NamedTuple):
    """Where a box lies: header from `start`, content from `body`, up to `end`; offsets in bytes."""

    kind: bytes
    start: int
    body: int
    end: int


def walk(data: bytes, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two offsets; raises BadFmp4 if they do not fill it exactly."""
    while start < end:
        if end - start < 8:  # a header
            raise bad("a box is cut off")
        size, kind = struct.unpack_from(">I4s", data, start)
        if size < 8 or start + size > end:  # 0 and 1 (open-ended, 64-bit) are never written
            raise bad("a box has a size that cannot be")
        yield Box(kind, start, start + 8, start + size)
        start += size


def find(data: bytes, outer: Box, *path: bytes) -> Box:
    """Return the first box along `path` inside `outer`; raises BadFmp4 if there is none."""
    for kind in path:
        for inner in walk(data, outer.body, outer.end):
            if inner.kind == kind:
                outer = inner
                break
        else:
            raise bad(f"its {kind.decode('latin-1')} box is missing")
    return outer


def need(within: Box, size: int) -> None:
    """Raise BadFmp4 unless `within` holds at least `size` bytes of content."""
    if within.end - within.body < size:
        raise bad("a box is too short")
