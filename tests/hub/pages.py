"""A real hub with its page: real cameras, a real port, answers over HTTP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from fanlight.hub.options import Camera, HubOptions
from fanlight.hub.page import Page, load_page_key
from fanlight.hub.pipeline import Pipeline
from fanlight.hub.settings import LiveSettings, load_keys, read_options, write_options

MADE = "test:?size=320x180&rate=15"
NONE = HubOptions()
FIRST, SECOND = "c" * 26, "d" * 26


def camera(id_: str = FIRST, name: str = "Front door", url: str = MADE, **more: Any) -> Camera:
    """A camera that makes its own picture; no detector looks unless asked for."""
    return Camera(id=id_, name=name, url=url, **more)


@dataclass(frozen=True, slots=True)
class Served:
    """A hub at work. `client` has the key, `stranger` has none."""

    folder: Path
    pipeline: Pipeline
    settings: LiveSettings
    page: Page
    key: str
    client: httpx.AsyncClient
    stranger: httpx.AsyncClient

    async def get(self, path: str, **more: Any) -> Any:
        answer = await self.client.get(path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()


def write(folder: Path, options: HubOptions) -> None:
    folder.mkdir(exist_ok=True)
    write_options(folder, options, read_options(folder))


@contextlib.asynccontextmanager
async def serving(folder: Path, options: HubOptions = NONE) -> AsyncIterator[Served]:
    """Run a hub that is not paired, its page on a free port."""
    write(folder, options)

    async def apply(new: HubOptions) -> None:
        before = pipeline.options
        await pipeline.change(new)
        page.change(before, new)

    settings = LiveSettings(folder, apply)
    pipeline = Pipeline(folder, settings.options, load_keys(folder))
    page = Page(folder, pipeline, settings, port=0)
    pipeline.also = lambda: [*settings.health(), *page.health()]
    tasks = [asyncio.create_task(work) for work in (pipeline.run(), page.run(), settings.watch())]
    try:
        await until(lambda: page.port, tasks)
        key = load_page_key(folder)
        base = f"http://127.0.0.1:{page.port}"
        async with (
            httpx.AsyncClient(
                base_url=base, headers={"Authorization": f"Bearer {key}"}, timeout=30
            ) as client,
            httpx.AsyncClient(base_url=base, timeout=30) as stranger,
        ):
            yield Served(folder, pipeline, settings, page, key, client, stranger)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.get_running_loop().shutdown_default_executor()
        pipeline.close()


async def until(true: Callable[[], Any], tasks: list[asyncio.Task[None]] | None = None) -> Any:
    """Wait for a condition; a task that ends meanwhile says why."""
    while not (found := true()):
        for task in tasks or []:
            if task.done():
                task.result()
        await asyncio.sleep(0.02)
    return found


async def recorded(hub: Served, camera_id: str = FIRST) -> None:
    """Wait until something of a camera is committed."""
    await until(lambda: hub.pipeline.lines[camera_id].latest_key)
    await until(lambda: hub.pipeline.journal.committed(camera_id).year > 1)
