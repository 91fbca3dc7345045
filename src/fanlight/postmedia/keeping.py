"""What is held, what is shown and what is gone. A thing is a folder of its own; there is no list.

In:     ids; files that were made anew.
Out:    `held/<id>`, `shown/<id>`, `hidden/<id>`, each with `about.json`, `media`, perhaps `poster`; an empty
        `gone/<xx>/<id>`.
Holds:  P1 a thing is in one place: it moves whole, by one rename, after its files are on the disk.
        P2 `gone` is written before the bytes go; an id that stands there is never taken or given out again,
           and what a crash left of it goes at the next start.
        P3 files show the day as their time, and hold no name and no address.
        P4 what is held for more than 7 days goes, and what was shown once and is hidden after 40.
Absent: what is in a file (postmedia.making), and who may do what (postmedia.http).
Why:    docs/design/media.md
"""

import contextlib
import datetime as dt
import os
import shutil
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from fanlight.model.ids import is_id
from fanlight.postmedia.errors import Full, NotHere, Taken
from fanlight.wire.media import Kind

DAYS = {"held": 7, "hidden": 40}  # a hidden one waits for an appeal
PLACES = ("held", "shown", "hidden")
RESERVE = 1 << 30  # bytes that stay free on the disk
FILES = ("about.json", "media", "poster")
# Where a disk notes looks sparingly (`relatime`, as is usual), a time of a look that lies ahead stays.
_NO_LOOK_S = dt.datetime(2038, 1, 1, tzinfo=dt.UTC).timestamp()


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a thing."""

    kind: Kind
    size: int
    sha256: str
    poster_size: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that is there."""

    folder: Path
    about: About
    shown: bool


class Keeping:
    """The folder. Every method touches the disk: call it in a thread. One process uses a folder."""

    def __init__(self, home: Path, clock: Callable[[], dt.datetime], reserve: int = RESERVE) -> None:
        """Open the folder, finish what was being dropped and clear what a crash left."""
        self._home, self._clock, self._reserve = home, clock, reserve
        self._moving = threading.Lock()  # a thing that is dropped while it is held or shown shall not stay
        for name in (*PLACES, "gone"):
            (home / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(home / "work", ignore_errors=True)
        (home / "work").mkdir(mode=0o700)
        for state in PLACES:
            for folder in (home / state).iterdir():
                if self._tomb(folder.name).exists():
                    shutil.rmtree(folder)
        self.sweep()

    def work(self, media: str) -> Path:
        """Return an empty folder to make a thing in.

        Raises:
            Taken: the id has been used, or is being used now. Full: the disk is.
        """
        if self._tomb(media).exists() or self._folder(media) is not None:
            raise _taken()
        if shutil.disk_usage(self._home).free < self._reserve:
            raise Full("There is no room for more pictures.", do="Try again later; tell who runs the town.")
        folder = self._home / "work" / media
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError as error:
            raise _taken() from error
        return folder

    def leave(self, media: str) -> None:
        """Remove what was being made."""
        shutil.rmtree(self._home / "work" / media, ignore_errors=True)

    def hold(self, media: str, about: About) -> None:
        """Keep what was made, seen by nobody yet; it is on the disk when this returns."""
        folder = self._home / "work" / media
        (folder / "about.json").write_bytes(msgspec.json.encode(about))
        for path in list(folder.iterdir()):
            if path.name not in FILES:
                path.unlink()
        _show_day([*folder.iterdir(), folder], self._clock().date())
        for path in [*folder.iterdir(), folder]:
            _sync(path)
        with self._moving:
            if self._tomb(media).exists():
                raise _taken()
            folder.rename(self._home / "held" / media)
        _sync(self._home / "held")

    def find(self, media: str) -> Found:
        """Return a thing; raises NotHere."""
        folder = self._folder(media)
        try:
            if folder is None or self._tomb(media).exists():
                raise _not_here()
            about = msgspec.json.decode((folder / "about.json").read_bytes(), type=About)
        except FileNotFoundError as error:  # it has moved or gone this moment
            raise _not_here() from error
        return Found(folder, about, folder.parent.name == "shown")

    def show(self, media: str) -> None:
        """Let everybody see it; raises NotHere."""
        self._move(media, "shown")

    def hide(self, media: str) -> None:
        """Let nobody see it who has no ticket, until it is shown again; raises NotHere."""
        if self.find(media).folder.parent.name != "held":
            self._move(media, "hidden")

    def _move(self, media: str, to: str) -> None:
        with self._moving:
            folder = self.find(media).folder
            if folder.parent.name == to:
                return
            _show_day([folder], self._clock().date())
            folder.rename(self._home / to / media)
        _sync(self._home / to)
        _sync(folder.parent)

    def drop(self, media: str) -> None:
        """Destroy it, if it is there, and never take its id again."""
        tomb = self._tomb(media)
        tomb.parent.mkdir(mode=0o700, exist_ok=True)
        tomb.touch(mode=0o600)
        _show_day([tomb], self._clock().date())
        _sync(tomb.parent)
        _sync(tomb.parent.parent)
        with self._moving:
            for state in (*PLACES, "work"):
                shutil.rmtree(self._home / state / media, ignore_errors=True)
        if self._folder(media) is not None:
            raise OSError("what was dropped is still there")

    def sweep(self) -> int:
        """Drop what nobody showed in time; return how many."""
        today = self._clock().date()
        old = [
            path.name
            for state, days in DAYS.items()
            for path in (self._home / state).iterdir()
            if _day(path) < today - dt.timedelta(days=days)
        ]
        for media in old:
            self.drop(media)
        return len(old)

    def _folder(self, media: str) -> Path | None:
        if not is_id(media):
            return None
        return next((path for state in PLACES if (path := self._home / state / media).exists()), None)

    def _tomb(self, media: str) -> Path:
        return self._home / "gone" / media[:2] / media


def piece(found: Found, name: Literal["media", "poster"], first: int, length: int) -> bytes:
    """Return bytes of a file, opened anew each time: what is dropped meanwhile goes no further."""
    try:
        with (found.folder / name).open("rb") as file:
            file.seek(first)
            return file.read(length)
    except FileNotFoundError as error:
        raise _not_here() from error


def _show_day(paths: Iterable[Path], day: dt.date) -> None:
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp()
    for path in paths:
        os.utime(path, (_NO_LOOK_S, midnight))


def _day(path: Path) -> dt.date:
    with contextlib.suppress(FileNotFoundError):
        return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).date()
    return dt.date.max


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _taken() -> Taken:
    return Taken(
        "This ticket has been used.", kept="What came first is still there.", do="Ask the town for a new one."
    )


def _not_here() -> NotHere:
    return NotHere("There is nothing at this address.", kept="Nothing was changed.", do="Check the address.")
