"""Files that are the same for everybody, kept in memory while nothing of them changes.

In:     a file's name, the mark of what it was made from, and how to make it.
Out:    its bytes, as they are and compressed, with their tag.
Holds:  a file is given only under the very mark that it was made from, which is read at each call; of many
        who ask at once one makes it. A mark changes only with what everybody may read at that moment, so that
        how long an answer takes tells no more than the answer.
Absent: who asks.
Why:    docs/design/presence.md
"""

import asyncio
import gzip
import hashlib
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Request, Response

PUBLIC = {"Cache-Control": "public, max-age=60", "Access-Control-Allow-Origin": "*"}
_WORTH = 1_000  # bytes from which on a file is compressed


@dataclass(frozen=True, slots=True)
class PublicFile:
    """A file as it is answered."""

    body: bytes
    kind: str
    tag: str
    squeezed: bytes | None

    def answer(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """Return it, or `304` if the caller has it."""
        headers = {"ETag": self.tag, "Vary": "Accept-Encoding", **PUBLIC}
        # A proxy that compresses may have made the tag a weak one, `W/"..."`.
        if self.tag in request.headers.get("if-none-match", ""):
            return Response(b"", status_code=304, headers=headers, media_type=self.kind)
        # Nothing in it is secret, so its length tells nothing.
        if self.squeezed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(self.squeezed, headers=headers, media_type=self.kind)
        return Response(self.body, headers=headers, media_type=self.kind)


def file_of(body: bytes, kind: str = "application/json") -> PublicFile:
    """Return a file with its tag."""
    squeezed = gzip.compress(body, 5, mtime=0) if len(body) >= _WORTH else None
    return PublicFile(body, kind, f'"{hashlib.sha256(body).hexdigest()[:32]}"', squeezed)


Files = Mapping[str, PublicFile]


@dataclass(slots=True)
class PublicFiles:
    """The files of one server, by name; a name stands for one file or for several that are made together."""

    _kept: dict[str, tuple[Hashable, Files]] = field(default_factory=dict)
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def get(self, name: str, mark: Hashable, make: Callable[[], Awaitable[Files]]) -> Files:
        """Return the files of this name and mark; `make` makes them anew.

        Args:
            name: one of few, none of which a caller can choose freely.
            mark: of what they are made from, read before `make` reads it.
            make: returns them; what it computes for long it does in a thread.
        """
        known = self._kept.get(name)
        if known is not None and known[0] == mark:
            return known[1]
        async with self._turns.setdefault(name, asyncio.Lock()):
            known = self._kept.get(name)
            if known is None or known[0] != mark:
                known = (mark, await make())
                self._kept[name] = known
            return known[1]
