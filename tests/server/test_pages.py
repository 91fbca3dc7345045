"""The apps' own files: compressed for browsers that say they can, and the same bytes after it."""

import asyncio

import httpx
from litestar import Litestar

from fanlight.server import pages


def test_a_browser_gets_the_apps_files_compressed_and_whole() -> None:
    """R01: what travels is as small as the main bundle that tests/architecture asserts."""
    script = next(path for path in (pages.STATIC / "assets").glob("index-*.js"))
    font = next(path for path in (pages.STATIC / "assets").glob("*.woff2"))

    async def body() -> None:
        app = httpx.ASGITransport(Litestar(route_handlers=[pages.router]))  # type: ignore[arg-type]  # ASGI by narrower types
        url = "http://fanlight.invalid"
        async with httpx.AsyncClient(transport=app) as client:
            small = await client.get(f"{url}/assets/{script.name}", headers={"Accept-Encoding": "gzip"})
            assert small.headers["content-encoding"] == "gzip"
            assert int(small.headers["content-length"]) < script.stat().st_size / 2
            assert small.content == script.read_bytes()
            plain = await client.get(f"{url}/assets/{script.name}", headers={"Accept-Encoding": "identity"})
            assert "content-encoding" not in plain.headers
            assert plain.content == script.read_bytes()
            assert plain.headers["vary"] == "Accept-Encoding"
            drawn = await client.get(f"{url}/assets/{font.name}", headers={"Accept-Encoding": "gzip"})
            assert "content-encoding" not in drawn.headers
            page = await client.get(f"{url}/home", headers={"Accept-Encoding": "gzip"})
            assert page.content == (pages.STATIC / "home/index.html").read_bytes()

    asyncio.run(body())
