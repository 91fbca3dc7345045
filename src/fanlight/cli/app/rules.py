"""What may pass between browser and server, and with which headers. Pure.

In:     methods, paths and headers as they come from either side.
Out:    the headers that go on; why a call is refused.
Holds:  only what is listed passes. What the server sends can be no program and no page of ours: its kind is
        one of a few that browsers do not run, its own page stands in a sandbox with another origin.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from fanlight.model.errors import FanlightError

Headers = list[tuple[bytes, bytes]]
RELAY = "/v1/relay/watch"
_PASSED = ("/v1/", "/log/", "/record/")
_UP = {
    *(
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "if-none-match",
        "range",
    ),
    *("fanlight-household", "fanlight-signature", "fanlight-speaks"),
}
_DOWN = {
    *("accept-ranges", "content-encoding", "content-length", "content-range", "content-type", "etag"),
    "retry-after",
}
_KINDS = {"application/json", "application/octet-stream", "text/plain", "application/geo+json"}
_PAGE = "text/html"
_SANDBOX = (
    "sandbox; default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'none'"
)
_COMMON = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class BadServerAddress(FanlightError):
    """The server's address is none, or would send secrets in the clear."""

    code = "app.bad_address"


def server_origin(address: str) -> str:
    """Return scheme, host and port of a server; raises BadServerAddress.

    Without TLS only this machine itself is spoken to.
    """
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    here = host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")
    plain = not parts.username and parts.path in {"", "/"} and not parts.query and not parts.fragment
    if not host or not plain or not (parts.scheme == "https" or (parts.scheme == "http" and here)):
        raise BadServerAddress(
            "This is not the address of a server, or it does not begin with https.",
            kept="Nothing was started.",
            do="Give the address that opens the server in a browser, such as https://fanlight.example.org.",
        )
    named = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{named}" + (f":{port}" if port else "")


def passes(path: str) -> bool:
    """Tell whether calls of this path go on to the server."""
    return path == "/record" or (path.startswith(_PASSED) and path != RELAY)


def refusal(method: str, path: str, headers: Mapping[str, str], own: str) -> str | None:
    """Return why a call is not answered, or None.

    Args:
        method: as it came.
        path: without its query.
        headers: names in small letters.
        own: the origin of these pages, `http://localhost:8425`.
    """
    if headers.get("host") != urlsplit(own).netloc:
        return "host"  # another site's name that was pointed here (DNS rebinding)
    if headers.get("origin", own) != own:
        return "origin"
    site = headers.get("sec-fetch-site", "none")
    opened = headers.get("sec-fetch-mode") == "navigate" and method == "GET" and not passes(path)
    if site not in {"none", "same-origin"} and not opened:
        return "site"  # a page of elsewhere, or of another port here; a link to our own pages may be followed
    return None


def upward(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return the headers that go on to the server: no cookie, no address, nothing of the browser's make."""
    return [(name, said) for name, said in headers if name.decode("latin-1").lower() in _UP]


def leads_elsewhere(status: int) -> bool:
    """Tell whether an answer sends the page to another address; 304 says that what it has is right."""
    return 300 <= status < 400 and status != 304  # noqa: PLR2004 - HTTP's own numbers


def downward(path: str, headers: Iterable[tuple[str, str]]) -> Headers:
    """Return the headers that a server's answer keeps, and those that make it harmless here."""
    said = {name.lower(): value for name, value in headers}
    kept = {name: value for name, value in said.items() if name in _DOWN}
    kind = said.get("content-type", "").partition(";")[0].strip().lower()
    public = path == "/record" or path.startswith("/record/")
    if kind not in _KINDS and not (public and kind == _PAGE) and "content-type" in kept:
        kept["content-type"] = "application/octet-stream"
    cached = said.get("cache-control", "no-cache") if path.startswith("/log/") else "no-store"
    return encode({**kept, **_COMMON, "Cache-Control": cached, "Content-Security-Policy": _SANDBOX})


def page_headers(own: str, kind: str, *, lasting: bool) -> Headers:
    """Return the headers of a file of the client."""
    address = urlsplit(own).netloc
    programs = f"{own}/assets/ {own}/home/"
    policy = (
        f"default-src 'none'; script-src {programs} 'wasm-unsafe-eval'; worker-src {programs} blob:; "
        f"connect-src {own} ws://{address}; style-src {own}; font-src {own}; img-src {own} blob: data:; "
        f"media-src {own} blob:; manifest-src {own}; form-action {own}; "
        "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    )
    return encode(
        {
            **_COMMON,
            "Content-Type": kind,
            "Content-Security-Policy": policy,
            "Cache-Control": "public, max-age=31536000, immutable" if lasting else "no-cache",
            "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(self)",
            "Service-Worker-Allowed": "/home",
        }
    )


def encode(headers: Mapping[str, str]) -> Headers:
    """Return headers as ASGI has them."""
    return [(name.lower().encode("latin-1"), said.encode("latin-1")) for name, said in headers.items()]
