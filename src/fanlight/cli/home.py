"""FANLIGHT_HOME: the one folder in which a running Fanlight keeps everything.

In:     a path, or none for the XDG data folder.
Out:    Home, with its sub-folders made and its version checked.
Holds:  one Fanlight at a time uses a home (a lock that the system drops when the process ends).
"""

import errno
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, ClassVar

import platformdirs

from fanlight.model.errors import FanlightError
from fanlight.store.files import write_private

VERSION = "1"
FOLDERS = ("hub", "server", "blobs", "log", "postgres", "witness", "postmedia")


class HomeUnusable(FanlightError):
    """The state folder cannot be used as it is."""

    code = "cli.home_unusable"


class HomeInUse(HomeUnusable):
    """Another Fanlight runs on this state folder."""

    code = "cli.home_in_use"


@dataclass(frozen=True, slots=True)
class Home:
    """A checked state folder. `path` is absolute."""

    path: Path
    environment: ClassVar[str] = "FANLIGHT_HOME"

    def folder(self, name: str) -> Path:
        """Return the sub-folder `name`."""
        return self.path / name

    def lock(self) -> IO[str]:
        """Take this home for ourselves until the returned file is closed.

        Raises:
            HomeInUse: another process has it. HomeUnusable: the lock cannot be written.
        """
        try:
            handle = (self.path / "lock").open("w")
        except OSError as error:
            raise _unusable(self, error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.close()
            if not isinstance(error, BlockingIOError):
                raise _unusable(self, error) from error
            raise HomeInUse(
                f"Another Fanlight is running on {self.path}.",
                kept="It goes on as it was.",
                do="Stop it with Ctrl-C, or give this one another folder with --home.",
            ) from error
        return handle


def default_path() -> Path:
    """Return FANLIGHT_HOME, or `fanlight` in the XDG data folder."""
    named = os.environ.get(Home.environment)
    return Path(named) if named else Path(platformdirs.user_data_dir("fanlight"))


def open_home(path: Path | None = None, folders: tuple[str, ...] = ("hub",)) -> Home:
    """Make or open a state folder with these sub-folders: a hub alone needs its own only.

    Raises:
        HomeUnusable: not writable, the disk is full, or written by another version.
    """
    home = Home((path or default_path()).expanduser().absolute())
    try:
        # As root, PostgreSQL's unprivileged account has to pass through; what is inside stays private.
        home.path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        _check_version(home)
        for name in folders:
            home.folder(name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _unusable(home, error) from error
    return home


def _check_version(home: Home) -> None:
    stamp = home.path / "version"
    if not stamp.exists():
        write_private(stamp, f"{VERSION}\n".encode())  # half a stamp would read as another version
        return
    found = stamp.read_text(errors="replace").strip()[:20]
    if found != VERSION:
        raise HomeUnusable(
            f"The folder {home.path} was written by another Fanlight: "
            f"its layout is {found!r}, this one reads {VERSION!r}.",
            kept="Nothing in it was touched.",
            do="Use the Fanlight that wrote it, or start a new folder with --home.",
        )


def _unusable(home: Home, error: OSError) -> HomeUnusable:
    reasons = {
        errno.EACCES: "it may not be written to",
        errno.EPERM: "it may not be written to",
        errno.EROFS: "its disk is read-only",
        errno.ENOSPC: "its disk is full",
        errno.ENOTDIR: "a file stands where a folder should be",
        errno.EEXIST: "a file stands where a folder should be",
        errno.EISDIR: "a folder stands where a file should be",
    }
    reason = reasons.get(error.errno or 0, os.strerror(error.errno or 0))
    return HomeUnusable(
        f"Fanlight cannot use the folder {home.path}: {reason}.",
        kept="Nothing was started or changed.",
        do="Make room or rights there, or choose another folder with --home.",
    )
