"""A document as it was handed in: looked at in a process of its own, kept as it came.

In:     base64.
Out:    the bytes, their hash, how many pages; or one error.
Holds:  no byte of a document is parsed in the server's own process; at most two are looked at at once.
"""

import asyncio
import hashlib
import sys
from dataclasses import dataclass

from fanlight.model.errors import FanlightError
from fanlight.server.errors import Malformed
from fanlight.wire import b64

MOST = 3 << 20
_WAIT_S = 60.0
_TURNS = asyncio.Semaphore(2)
WHY = {
    "form": "it is no whole PDF that can be read",
    "encrypted": "it is encrypted",
    "active": "it holds a script, a form, a film or another file",
    "bomb": "it unpacks to far more than it shows",
    "size": "it is empty or above 3 MB",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A document. `raw` is as given."""

    raw: bytes
    sha256: str
    pages: int


async def read(text: str) -> Paper:
    """Return a document from base64; raises Malformed for whatever is no plain PDF."""
    try:
        raw = b64.decode(text)
    except FanlightError as error:
        raise _bad("form") from error
    if not 0 < len(raw) <= MOST:
        raise _bad("size")
    async with _TURNS:
        said = await _ask(raw)
    word, _, rest = said.strip().partition(" ")
    if word != "pages" or not rest.isdecimal():
        raise _bad(rest if rest in WHY else "bomb")
    return Paper(raw, hashlib.sha256(raw).hexdigest(), int(rest))


async def _ask(raw: bytes) -> str:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-m", "fanlight.server.process.reading"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(_WAIT_S):
            out, _ = await child.communicate(raw)
    except TimeoutError:
        return "bad bomb"
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return out[:100].decode("ascii", "replace")


def _bad(why: str) -> Malformed:
    return Malformed(
        f"This document cannot be taken: {WHY[why]}.",
        kept="Nothing was stored; what you wrote is still in the form.",
        do="Print it to a plain PDF of at most 3 MB, then hand that in.",
        code="process.bad_document",
    )
