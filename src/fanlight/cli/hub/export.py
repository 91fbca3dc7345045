"""`fanlight hub export`: any stretch of a camera's recording as a film, also while the hub runs.

The recording is read beside the running hub and never written. A film is written under another name and
gets its own when it is whole.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fanlight.cli.home import open_home
from fanlight.hub.export import ExportRefused, Film, NothingRecorded, check_range
from fanlight.hub.export.index import told
from fanlight.hub.journal import JournalUnreadable
from fanlight.hub.journal.daykeys import DayKeys
from fanlight.hub.journal.disk import Disk
from fanlight.hub.journal.reader import Reader
from fanlight.hub.journal.record import micros
from fanlight.hub.journal.roots import Roots
from fanlight.hub.journal.schema import VERSION, connect, refuse_newer, version
from fanlight.hub.options import Camera
from fanlight.hub.settings import read_options
from fanlight.model.errors import FanlightError
from fanlight.model.ids import is_id

LEAST_S = 0.5  # what a film may lack at an end without a word: less than a picture or two


class NotExported(FanlightError):
    """What was asked for cannot be written."""

    code = "cli.not_exported"


def export(  # noqa: PLR0913 - each is a different thing
    camera: str, start: str, end: str, out: Path, *, home: Path | None, joined: bool
) -> list[str]:
    """Write the film, or several where the camera's coding changes; return a line on each.

    Args:
        camera: its name or id; of one that was removed, the id.
        start: ISO 8601; without a zone it is this machine's time.
        end: as `start`.
        out: the file; it must not be there.
        home: where everything is kept.
        joined: leave gaps out.

    Raises:
        NotExported, ExportRefused, JournalNewer, JournalUnreadable: no file was left behind.
    """
    folder = open_home(home).folder("hub")
    first, last = read_time(start), read_time(end)
    check_range(first, last, joined=joined)
    cameras = read_options(folder).options.camera
    said: list[str] = []
    with _reader(folder) as reader:
        which, title = _find(cameras, camera, reader)
        target: Path | None = out
        number = 1
        while target is not None and first < last:
            film = Film(first, last, title=title, joined=joined)
            try:
                size = _write(film, reader, which, target)
            except NothingRecorded as error:
                if not said:
                    raise _closed(folder, first, last) or error from None
                break
            said.append(f"{target}: {told(film.begins)} to {told(film.ends)}, {size / 1e6:.1f} MB.")
            said += _lacks(film, first, None if film.stopped else last)
            target = None
            if film.stopped is not None:
                number += 1
                first, target = film.stopped, out.with_stem(f"{out.stem}-{number}")
    return said


def read_time(text: str) -> datetime:
    """Read a time; raises NotExported."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NotExported(
            "That is not a time.", kept="No file was made.", do="Write it like 2026-11-21T18:36:41Z."
        ) from error


def _lacks(film: Film, first: datetime, last: datetime | None) -> list[str]:
    """Say what was not recorded at the two ends; `last` is None where another film goes on."""
    missing = [((film.begins - first).total_seconds(), "beginning")]
    if last is not None:
        missing.append(((last - film.ends).total_seconds(), "end"))
    return [
        f"  Not recorded: {seconds:.1f} s at the {where}." for seconds, where in missing if seconds >= LEAST_S
    ]


def _find(cameras: tuple[Camera, ...], wanted: str, reader: Reader) -> tuple[str, str]:
    """Return the id and the name of a camera; one that was removed has its id for a name."""
    found = [camera for camera in cameras if wanted in {camera.name, camera.id}]
    if len(found) == 1:
        return found[0].id, found[0].name
    if not found and is_id(wanted) and reader.line(wanted) is not None:
        return wanted, wanted
    names = ", ".join(_told_apart(camera, cameras) for camera in cameras) or "none"
    raise NotExported(
        "There is no such camera." if not found else "Several cameras have that name.",
        kept="No file was made.",
        do=f"Name one of these, or an id: {names}.",
    )


def _told_apart(camera: Camera, cameras: tuple[Camera, ...]) -> str:
    return (
        camera.name
        if sum(one.name == camera.name for one in cameras) == 1
        else f"{camera.name} ({camera.id})"
    )


@contextlib.contextmanager
def _reader(folder: Path) -> Iterator[Reader]:
    """Open the recording for reading, beside a hub that may be running."""
    disk = Disk()
    try:
        db = connect(folder / "hub.sqlite", read_only=True)
    except sqlite3.Error as error:
        raise _nothing_here() from error
    try:
        refuse_newer(db)
        if version(db) != VERSION:
            raise _nothing_here()
        yield Reader(db, DayKeys(folder / "keys", disk), Roots(folder, db, disk), lambda *_: None)
    except sqlite3.Error as error:
        raise JournalUnreadable(
            "The recording cannot be read.", kept="No file was made.", do="Run `fanlight check`."
        ) from error
    finally:
        db.close()


def _closed(folder: Path, first: datetime, last: datetime) -> NotExported | None:
    """Return the error for a stretch of days whose keys this hub has forgotten, None if it is none."""
    keys = DayKeys(folder / "keys", Disk())
    days = {first.date() + timedelta(days=number) for number in range((last.date() - first.date()).days + 1)}
    forgotten = keys.days("age") - keys.days("key")
    if not any(name[:10] == day.isoformat() for name in forgotten for day in days):
        return None
    return NotExported(
        "This hub has forgotten the key of that day; a key that was lent to it is not seen from here.",
        kept="The recording is as it was.",
        do="Run fanlight hub unlock, then save the film from the hub's page.",
    )


def _nothing_here() -> NotExported:
    return NotExported(
        "This hub has no recording of this version.",
        kept="No file was made.",
        do="Start the hub once, or name its folder with --home.",
    )


def _write(film: Film, reader: Reader, camera: str, target: Path) -> int:
    """Write a film and give it its name when it is whole; return its size in bytes."""
    if target.exists():
        raise NotExported(
            f"{target} is there already.", kept="It was not changed.", do="Choose another name."
        )
    part = target.with_name(f".{target.name}.part")
    # Before the keyframe that the first picture needs, nothing is read: the reader goes back to it itself.
    start, end = film.begins, film.ends + timedelta(microseconds=1)
    segments = reader.segments(camera, micros(start), micros(end), "main")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for piece in film.pieces(segments):
                file.write(piece)
            file.flush()
            size = file.tell()
            os.fsync(file.fileno())
        part.rename(target)
    except OSError as error:
        raise NotExported(
            f"{target} cannot be written: {error.strerror}.",
            kept="The recording is as it was.",
            do="Choose another place, or make room.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return size


__all__ = ["ExportRefused", "NotExported", "export", "read_time"]
