"""Static files: the three apps, their assets, the shared styles; one strict policy for all pages."""

import asyncio
import functools
import gzip
import mimetypes
from pathlib import Path
from typing import Any

from litestar import MediaType, Request, Response, Router, get
from litestar.params import FromPath

from fanlight.server.errors import NotFound

AnyRequest = Request[Any, Any, Any]
STATIC = Path(__file__).parent / "static"
_OTHERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(self)",
}


def headers(media: str | None) -> dict[str, str]:
    """Return what every answer carries; `media` is the one other place that pages may speak with."""
    also = f" {media}" if media else ""
    policy = (
        f"default-src 'self'; connect-src 'self'{also}; script-src 'self' 'wasm-unsafe-eval'; "
        f"worker-src 'self' blob:; img-src 'self' blob: data:{also}; media-src 'self' blob:{also}; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return {"Content-Security-Policy": policy, **_OTHERS}


HEADERS = headers(None)  # of a refusal: its page shows nothing of anybody


_IMMUTABLE = "public, max-age=31536000, immutable"
_BRIEF = "no-cache"
_MANIFEST = "application/manifest+json"
_TYPES = {
    ".js": "text/javascript",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".webmanifest": _MANIFEST,
}


_TEXTS = frozenset({".js", ".css", ".html", ".svg", ".wasm", ".webmanifest", ".json"})


def _type_of(path: Path) -> str:
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


@functools.lru_cache(maxsize=512)
def _squeezed(path: Path, changed_ns: int) -> bytes:
    """Compress a file as it is since `changed_ns`, once."""
    del changed_ns
    return gzip.compress(path.read_bytes(), 6, mtime=0)


async def _file(request: AnyRequest, below: str, name: str, cache: str) -> Response[bytes]:
    folder = (STATIC / below).resolve()
    path = (folder / name.lstrip("/")).resolve()
    if not path.is_relative_to(folder) or not await asyncio.to_thread(path.is_file):
        raise NotFound("There is nothing at this address.", do="Check the address.")
    headers = {"Cache-Control": cache}
    if path.suffix in _TEXTS:
        headers["Vary"] = "Accept-Encoding"
    # The same for everybody and without a secret in it, so its length tells nothing.
    if path.suffix in _TEXTS and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        data = await asyncio.to_thread(_squeezed, path, path.stat().st_mtime_ns)
    else:
        data = await asyncio.to_thread(path.read_bytes)
    return Response(data, media_type=_type_of(path), headers=headers)


async def _app(request: AnyRequest, app: str, name: str) -> Response[bytes]:
    """Return a file of an app, or its page for every address within it."""
    if "." in name.rpartition("/")[2]:
        return await _file(request, app, name, _BRIEF)
    try:
        return await _file(request, app, "index.html", _BRIEF)
    except NotFound:
        return Response(
            b"<!doctype html><title>Fanlight</title><p>This part of Fanlight is not built here. "
            b"To do: run <code>make setup</code>.",
            status_code=503,
            media_type=MediaType.HTML,
        )


@get("/home", include_in_schema=False)
async def home(request: AnyRequest) -> Response[bytes]:
    """Serve the residents' app."""
    return await _app(request, "home", "")


@get("/home/{path:path}", include_in_schema=False)
async def home_at(path: FromPath[str], request: AnyRequest) -> Response[bytes]:
    """Serve the residents' app at an address within it."""
    answer = await _app(request, "home", path)
    if path.lstrip("/") == "worker.js":
        answer.headers["Service-Worker-Allowed"] = "/home"  # also for the address without a slash at its end
    return answer


@get("/agency", include_in_schema=False)
async def agency(request: AnyRequest) -> Response[bytes]:
    """Serve the agencies' app."""
    return await _app(request, "agency", "")


@get("/agency/{path:path}", include_in_schema=False)
async def agency_at(path: FromPath[str], request: AnyRequest) -> Response[bytes]:
    """Serve the agencies' app at an address within it."""
    return await _app(request, "agency", path)


@get("/operator", include_in_schema=False)
async def operator(request: AnyRequest) -> Response[bytes]:
    """Serve the caretaker's app."""
    return await _app(request, "operator", "")


@get("/operator/{path:path}", include_in_schema=False)
async def operator_at(path: FromPath[str], request: AnyRequest) -> Response[bytes]:
    """Serve the caretaker's app at an address within it."""
    return await _app(request, "operator", path)


@get("/s", include_in_schema=False)
async def link(request: AnyRequest) -> Response[bytes]:
    """Serve the page that a link opens; which one stands behind `#` and is not sent."""
    return await _app(request, "link", "")


@get("/neighbors", include_in_schema=False)
async def neighbors(request: AnyRequest) -> Response[bytes]:
    """Serve what is told around the town, to anybody."""
    return await _app(request, "neighbors", "")


@get("/ask", include_in_schema=False)
async def ask_form(request: AnyRequest) -> Response[bytes]:
    """Serve the form for people who are in somebody's picture; a place stands behind `#` and is not sent."""
    return await _app(request, "ask", "")


@get("/register", include_in_schema=False)
async def register(request: AnyRequest) -> Response[bytes]:
    """Serve the register's public pages; which agreement is read stands behind `#`."""
    return await _app(request, "register", "")


@get("/record/ordinances/edit", include_in_schema=False)
async def rules(request: AnyRequest) -> Response[bytes]:
    """Serve the page on which changes to an ordinance are tried; what is tried stays in the browser."""
    return await _app(request, "rules", "")


@get("/clerk", include_in_schema=False)
async def clerk(request: AnyRequest) -> Response[bytes]:
    """Serve the clerk's app."""
    return await _app(request, "clerk", "")


@get("/auditor", include_in_schema=False)
async def auditor(request: AnyRequest) -> Response[bytes]:
    """Serve the app of an agency's auditor."""
    return await _app(request, "auditor", "")


@get("/counsel", include_in_schema=False)
async def counsel(request: AnyRequest) -> Response[bytes]:
    """Serve the app of the operator's counsel."""
    return await _app(request, "counsel", "")


@get("/moderator", include_in_schema=False)
async def moderator(request: AnyRequest) -> Response[bytes]:
    """Serve the moderators' app."""
    return await _app(request, "moderator", "")


@get("/app.json", include_in_schema=False)
async def app_json() -> dict[str, None]:
    """Say that these pages come from the server itself; `fanlight app` names the server here."""
    return {"server": None}


@get("/assets/{path:path}", include_in_schema=False)
async def assets(path: FromPath[str], request: AnyRequest) -> Response[bytes]:
    """Serve the apps' parts, whose names hold their hash."""
    return await _file(request, "assets", path, _IMMUTABLE)


@get("/static/{path:path}", include_in_schema=False)
async def static(path: FromPath[str], request: AnyRequest) -> Response[bytes]:
    """Serve shared styles, fonts and scripts."""
    return await _file(request, "", path, _BRIEF)


router = Router(
    path="/",
    route_handlers=[
        home,
        home_at,
        agency,
        agency_at,
        operator,
        operator_at,
        link,
        ask_form,
        neighbors,
        register,
        rules,
        clerk,
        auditor,
        counsel,
        moderator,
        app_json,
        assets,
        static,
    ],
)
