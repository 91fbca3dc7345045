"""The hub's own page, served by the hub itself: cameras, footage, settings, health, and the bell's address.

In:     a hub at work (`pipeline`), its settings, readers with the key.
Out:    answers of the routes in `app.py`; docs/ref/hub-api.md lists them.
Holds:  a page that cannot listen is a state of the hub (`Page.trouble`), never its end.
Absent: what the page looks like (web/apps/hub), and anything of it at the town's server.
"""

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from fanlight.hub.health import Found
from fanlight.hub.options import HubOptions
from fanlight.hub.page.key import load_page_key
from fanlight.hub.page.serving import PortTaken, listen, serve
from fanlight.hub.settings import LiveSettings

if TYPE_CHECKING:
    from fanlight.hub.page.guard import App
    from fanlight.hub.page.parts import Parts
    from fanlight.hub.pipeline import Pipeline

AGAIN_S = 10.0
log = logging.getLogger("fanlight.hub.page")

__all__ = ["Page", "link", "load_page_key"]


class Page:
    """The page of one hub. `port` is where it listens, 0 while it does not."""

    def __init__(
        self, folder: Path, pipeline: "Pipeline", settings: LiveSettings, port: int | None = None
    ) -> None:
        """Take the hub's own key; nothing listens yet. `port` stands before the settings' own.

        Raises:
            KeysUnreadable: the key cannot be read or made.
        """
        self._own_port = port
        self._folder, self._pipeline, self._settings = folder, pipeline, settings
        self._key = load_page_key(folder)
        self.port = 0
        self.trouble = ""
        self._moved = asyncio.Event()
        self._parts: Parts | None = None  # kept, so that a code goes on waiting while the page moves

    async def run(self) -> None:
        """Listen and answer until cancelled, on the address that the settings name at the time."""
        while True:
            self._moved.clear()
            where = self._settings.options.page
            try:
                listening = listen(where.host, where.port if self._own_port is None else self._own_port)
            except PortTaken as error:
                if not self.trouble:
                    self.trouble = f"{error.what} {error.do}"
                    log.warning("page: %s", error)
                await _either(self._moved.wait(), asyncio.sleep(AGAIN_S))
                continue
            self.trouble, self.port = "", listening.getsockname()[1]
            try:
                await _either(serve(listening, self._make_app), self._moved.wait())
            except Exception:
                log.exception("page: it broke off")
                self.trouble = "The page broke off; it begins again. The reason is in the hub's log."
                await asyncio.sleep(AGAIN_S)
            finally:
                self.port = 0

    def health(self) -> Iterator[Found]:
        """Say whether the page can be opened."""
        yield Found("page", "bad" if self.trouble else "ok", self.trouble)

    def change(self, before: HubOptions, after: HubOptions) -> None:
        """Listen elsewhere if the settings say so."""
        if before.page != after.page:
            self._moved.set()

    def _make_app(self) -> "App":
        from fanlight.hub.page.app import make_app  # noqa: PLC0415 - the framework is loaded by the first reader
        from fanlight.hub.page.parts import Parts  # noqa: PLC0415 - the same

        self._parts = self._parts or Parts(
            self._folder, self._pipeline, self._settings, self._key, mouths=self._pipeline.mouths
        )
        return make_app(self._parts)


def link(folder: Path, host: str, port: int) -> str:
    """Return the address that opens the page; the key behind `#` is not sent by browsers."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/#k={load_page_key(folder)}"


async def _either(*works: Coroutine[object, object, object]) -> None:
    """Wait until one of these ends, end the others, and raise what the first raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
