"""The settings at work: changed by the page or by a person's editor, one change at a time.

In:     edits of the page; a `hub.toml` that was changed.
Out:    HubOptions, handed to whoever works by them.
Holds:  S1 what is at work is what the file said when it was last good.
        S2 a file that cannot be used changes nothing; why is kept in `refused` until it can.
        S3 a change of the page is on the disk before it is at work, and never overwrites an editor's: what
           the editor wrote is taken first, and the change made to that.
Absent: what a change does (pipeline).
"""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from fanlight.hub.health import Found
from fanlight.hub.options import HubOptions
from fanlight.hub.settings.file import (
    NAME,
    BadSettings,
    SettingsFile,
    SettingsUnwritable,
    read_options,
    write_options,
)
from fanlight.model.errors import FanlightError

LOOK_S = 2.0
Apply = Callable[[HubOptions], Awaitable[None]]
OnRefused = Callable[[FanlightError], None]
Stamp = tuple[int, int, int] | None


class LiveSettings:
    """One hub's settings."""

    def __init__(self, folder: Path, apply: Apply, on_refused: OnRefused = lambda _: None) -> None:
        """Read the file; `apply` is told of every change after that, `on_refused` once of one that cannot be.

        Raises:
            BadSettings, SettingsUnwritable: it cannot be used.
        """
        self._folder, self._apply, self._lock = folder, apply, asyncio.Lock()
        self._stamp = _stamp(folder / NAME)
        self._file = read_options(folder)
        self._hurry = asyncio.Event()
        self.refused, self._on_refused = "", on_refused

    def health(self) -> Iterator[Found]:
        """Say whether the file as it stands is at work."""
        refused = self.refused
        yield Found("settings", "warn" if refused else "ok", refused or "")

    @property
    def options(self) -> HubOptions:
        """What is at work."""
        return self._file.options

    async def change(self, edit: Callable[[HubOptions], HubOptions]) -> HubOptions:
        """Change the settings, write them and put them to work; return them.

        Raises:
            BadSettings, SettingsUnwritable: nothing was changed. What `edit` raises is passed on.
        """
        async with self._lock:
            await self._take_file(await asyncio.to_thread(read_options, self._folder))
            wanted = edit(self.options)
            if wanted != self.options:
                written = await asyncio.to_thread(write_options, self._folder, wanted, self._file)
                self._stamp = _stamp(self._folder / NAME)
                await self._take_file(written)
            return self.options

    async def reload(self) -> None:
        """Take what an editor wrote; a file that cannot be used is refused and said."""
        async with self._lock:
            self._stamp = _stamp(self._folder / NAME)
            try:
                file = await asyncio.to_thread(read_options, self._folder)
            except (BadSettings, SettingsUnwritable) as error:
                before, self.refused = self.refused, f"{error.what} {error.kept}"
                if self.refused != before:
                    self._on_refused(error)
                return
            await self._take_file(file)

    async def watch(self) -> None:
        """Look every LOOK_S whether the file changed, for ever."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._hurry.wait()
            if self._hurry.is_set() or _stamp(self._folder / NAME) != self._stamp:
                self._hurry.clear()
                await self.reload()

    def hurry(self) -> None:
        """Read the file now: somebody says that it changed (SIGHUP)."""
        self._hurry.set()

    async def _take_file(self, file: SettingsFile) -> None:
        before, self._file, self.refused = self._file, file, ""
        if file.options != before.options:
            await self._apply(file.options)


def _stamp(path: Path) -> Stamp:
    """Return what changes whenever a file is written or replaced."""
    try:
        found = os.stat(path)  # noqa: PTH116 - called in the event loop, where nothing may wait: it is in memory
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
