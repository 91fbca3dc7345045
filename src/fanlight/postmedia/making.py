"""From a file as it came to one that was made anew, each in a child process. Two at a time.

In:     a folder with `came`, whose first bytes fit the ticket.
Out:    `media`, and of a clip `poster`, beside it; what the child says of them.
Holds:  this process opens no stranger's file; it hashes what the child wrote. A child that crashes, hangs,
        takes too much or says something else costs one refusal.
Absent: decoders: they are loaded in the child only.
"""

import asyncio
import hashlib
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from fanlight.postmedia.errors import (
    Busy,
    NotTaken,
    PostmediaError,
    TooLong,
    TooManyPixels,
    TooMuch,
    Unreadable,
)
from fanlight.postmedia.made import Made, Why
from fanlight.wire.media import CLIP_S, PIXELS, Kind

AT_ONCE = 2
WAIT_S = {"photo": 120, "clip": 900}
_MOST_SAID = 4_096
_STEP = 1 << 20


class _Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    width: int = 0
    height: int = 0
    seconds: float = 0
    alike: str = ""
    refused: Why | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was made, and the size and hash of the file."""

    made: Made
    size: int
    sha256: str
    poster_size: int


class Making:
    """Starts the children; those who come while both are busy wait in a row."""

    def __init__(self) -> None:
        """Start none."""
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def make(self, kind: Kind, folder: Path) -> Written:
        """Make `came` anew.

        Raises:
            NotTaken, Unreadable, TooManyPixels, TooLong, TooMuch: nothing of it is kept.
        Busy: the machine had no time for it.
            OSError: our disk.
        """
        async with self._turn:
            said = await _child(kind, folder)
        if said.refused is not None:
            raise _refused(said.refused, kind)
        made = Made(width=said.width, height=said.height, seconds=said.seconds, alike=said.alike)
        return await asyncio.to_thread(_measure, kind, folder, made)


async def _child(kind: Kind, folder: Path) -> _Said:
    """Run the child over open files and return what it says; a broken one says `unreadable`."""
    private = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    handles: list[int] = []
    try:
        handles.append(os.open(folder / "came", os.O_RDONLY | os.O_CLOEXEC))
        handles.append(os.open(folder / "media", private, 0o600))
        if kind == "clip":
            handles.append(os.open(folder / "media", os.O_RDONLY | os.O_CLOEXEC))
            handles.append(os.open(folder / "poster", private, 0o600))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "fanlight.postmedia.child", kind, *map(str, handles)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # what a library says there may quote the file
            pass_fds=handles,
            cwd=folder,
            env=_environment(),
            start_new_session=True,
        )
    finally:
        for handle in handles:
            os.close(handle)
    try:
        async with asyncio.timeout(WAIT_S[kind]):
            assert process.stdout is not None  # noqa: S101 - opened with a pipe above
            text = b""
            while (part := await process.stdout.read(_MOST_SAID)) and len(text) < _MOST_SAID:
                text += part
            await process.wait()
        if process.returncode in {-signal.SIGXCPU, -signal.SIGKILL} and not text:
            return _Said(refused="too_much")
        return msgspec.json.decode(text, type=_Said)
    except TimeoutError as error:  # its own time on a processor was not up: others had them
        raise Busy("The place of the pictures has too much to do.", do="Send it again later.") from error
    except msgspec.MsgspecError:
        return _Said(refused="unreadable")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _environment() -> dict[str, str]:
    """Return what Python needs to start, and nothing that is ours."""
    needed = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "PYTHONPATH") if name in os.environ}
    return {**needed, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def _measure(kind: Kind, folder: Path, made: Made) -> Written:
    size, digest = 0, hashlib.sha256()
    with (folder / "media").open("rb") as file:
        while part := file.read(_STEP):
            size += len(part)
            digest.update(part)
    if not size:
        raise _refused("unreadable", kind)
    poster = (folder / "poster").stat().st_size if kind == "clip" else 0
    return Written(made=made, size=size, sha256=digest.hexdigest(), poster_size=poster)


def _refused(why: Why, kind: Kind) -> PostmediaError:
    name = "clip" if kind == "clip" else "picture"
    if why == "too_many_pixels":
        return TooManyPixels(
            f"This {name} has too many pixels.", do=f"Send one of {PIXELS // 1_000_000} million at most."
        )
    if why == "too_long":
        return TooLong(
            f"This clip is longer than {CLIP_S} seconds.", do="Trim it to what matters, and send it again."
        )
    if why == "too_much":
        return TooMuch(f"This {name} takes too much work to read.", do="Send a smaller or shorter one.")
    if why == "not_taken":
        return NotTaken("This clip has no pictures in H.264.", do="Send an MP4 with H.264.")
    return Unreadable(
        f"This {name} cannot be read: it is cut off, damaged, or not what its name says.",
        do="Open it on your own device; if it shows there, take a screenshot or record it anew.",
    )
