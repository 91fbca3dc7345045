"""Segments without a camera: random bytes of a size, a second each, on any clock."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fanlight.hub.journal import Journal, Limits
from fanlight.hub.packet import AudioInfo, StreamInfo
from fanlight.hub.segmenter.segment import Segment
from fanlight.model import clock

START = datetime(2026, 3, 14, 18, 36, 41, tzinfo=UTC)
INFO = StreamInfo(codec="avc1.4d401f", width=160, height=90, config=b"\x01\x4d\x40\x1f config")
SOUND = AudioInfo(codec="mp4a.40.2", rate_hz=48_000, channels=2, config=b"\x11\x90")
ROOMY = Limits(reserve_bytes=0)
SECOND = timedelta(seconds=1)


def footage(  # noqa: PLR0913 - each is a different thing, all by keyword
    count: int,
    *,
    start: datetime = START,
    size: int = 1_000,
    run: int = 0,
    first: int = 0,
    mono_us: int = 0,
    is_key: Callable[[int], bool] = lambda _: True,
) -> list[Segment]:
    """Return `count` segments of one run; `mono_us` is the monotonic clock at the first, 0: unknown."""
    return [
        Segment(
            info=INFO,
            audio=SOUND,
            run=run,
            fragment=os.urandom(size),
            start_90k=number * 90_000,
            duration_90k=90_000,
            wall=start + (number - first) * SECOND,
            mono_us=mono_us and mono_us + (number - first) * 1_000_000,
            is_key=is_key(number),
            is_discontinuous=number == first,
        )
        for number in range(first, first + count)
    ]


def record(journal: Journal, camera: str, segments: list[Segment]) -> None:
    """Offer segments one by one, each committed before the next."""
    for segment in segments:
        journal.offer(camera, segment)
        assert journal.flush()


def files(folder: Path) -> list[Path]:
    """Return every file of a recording, oldest name first."""
    return sorted(path for path in (folder / "segments").rglob("*") if path.is_file())


def rows(folder: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask a journal's database, or change it."""
    with closing(sqlite3.connect(folder / "hub.sqlite", isolation_level=None)) as db:
        return db.execute(statement, values).fetchall()


def now() -> datetime:
    """Return the present, cut to the second."""
    return clock.now().replace(microsecond=0)
