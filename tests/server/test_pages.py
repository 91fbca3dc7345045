"""The apps' own files: compressed for browsers that say they can, and the same bytes after it."""

import asyncio
from pathlib import Path

import httpx
from litestar import Litestar
from tests.server.running import running

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


def test_who_types_an_address_of_nothing_gets_a_page_and_a_program_gets_a_code(
    database: str, tmp_path: Path
) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            page = await town.http.get("/nothing-here", headers={"Accept": "text/html,*/*;q=0.8"})
            assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
            assert '<a href="/">To the front page</a>' in page.text
            called = await town.http.get("/nothing-here")
            assert (called.status_code, called.json()["code"]) == (404, "server.not_found")

    asyncio.run(body())
