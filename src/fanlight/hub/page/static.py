"""The page's own files, as built into the package. They hold nothing of anybody, and need no key."""

import asyncio
import mimetypes
from pathlib import Path

from litestar import MediaType, Response, get
from litestar.params import FromPath

from fanlight.hub.page.errors import no_such

STATIC = Path(__file__).parent / "static"
_TYPES = {".js": "text/javascript", ".wasm": "application/wasm", ".woff2": "font/woff2"}


def _read(name: str) -> bytes | None:
    try:
        path = (STATIC / name.lstrip("/")).resolve()
        return path.read_bytes() if path.is_relative_to(STATIC.resolve()) and path.is_file() else None
    except (OSError, ValueError):  # a name that no file can have: too long, or with bytes that are none
        return None


async def _file(name: str) -> Response[bytes]:
    data = await asyncio.to_thread(_read, name)
    if data is None:
        raise no_such("file")
    suffix = Path(name).suffix
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    # Vite names the files in assets/ by their content.
    cache = "max-age=31536000, immutable" if name.lstrip("/").startswith("assets/") else "no-cache"
    return Response(data, media_type=kind, headers={"Cache-Control": cache})


@get("/", include_in_schema=False)
async def index() -> Response[bytes]:
    """Serve the page."""
    data = await asyncio.to_thread(_read, "index.html")
    if data is None:
        return Response(
            b"<!doctype html><title>Fanlight hub</title><p>The hub runs; its page is not built here. "
            b"To do: run <code>make setup</code>.",
            status_code=503,
            media_type=MediaType.HTML,
        )
    return Response(data, media_type=MediaType.HTML, headers={"Cache-Control": "no-cache"})


@get("/{path:path}", include_in_schema=False)
async def file(path: FromPath[str]) -> Response[bytes]:
    """Serve a file of the page; places within the page stand behind `#` and are never asked for."""
    return await _file(path)
