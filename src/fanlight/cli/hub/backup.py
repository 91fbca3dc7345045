"""`fanlight hub backup` and `restore`: what makes a hub this hub, in one file. Not what it recorded.

In:     a hub's folder, also while the hub runs.
Out:    a tar file (0600) with the pairing, the settings, the hub's own keys, the household's keys as this hub
        accepted them, what it knows of its clips, which masks in cameras are its own, the replies that its
        doorbells speak, and what its household taught the detector.
Holds:  day keys are left out on purpose: a backup must not open footage that the hub itself has forgotten.
        A restored hub numbers its clips far above what it numbered before: no number is used twice, whatever
        happened since the backup.
"""

import io
import os
import re
import sqlite3
import tarfile
from contextlib import closing, suppress
from pathlib import Path

from fanlight.cli.home import open_home
from fanlight.hub.sealer import leave_numbers_out
from fanlight.hub.settings import lock
from fanlight.model.errors import FanlightError
from fanlight.store.files import sync_folder, write_private

FILES = (
    "hub.json",
    "hub.toml",
    "keys/hub.json",
    "keys/page.key",
    "epochs.json",
    "recoveries.json",
    "log.vkey",
    "record-seen.json",
    "home",
    "masks.json",
)
FOLDERS = ("replies", "days")
_INSIDE = re.compile(r"replies/(?:names\.json|[0-9a-f]{16}\.wav)|days/\d{4}-\d{2}-\d{2}\.json")
DATABASES = ("clips.sqlite", "feedback.sqlite")
LARGEST = 1 << 30


class BackupRefused(FanlightError):
    """A backup cannot be written or taken back."""

    code = "cli.backup_refused"


def backup(home: Path | None, file: Path) -> list[str]:
    """Write the backup; return what is in it.

    Raises:
        BackupRefused: `file` is there already or cannot be written, or there is nothing to keep.
    """
    folder = open_home(home).folder("hub")
    parts = [(name, (folder / name).read_bytes()) for name in FILES if (folder / name).is_file()]
    parts += [(name, _copy(folder / name)) for name in DATABASES if (folder / name).is_file()]
    parts += _inside(folder)
    if not parts:
        raise BackupRefused(
            "There is no hub here.", kept="Nothing was written.", do="Name its home with --home."
        )
    try:
        _write(file, parts)
    except OSError as error:
        raise BackupRefused(
            "The backup cannot be written.",
            kept="The hub is as it was.",
            do="Name a file that is not there yet, in a folder with room that may be written.",
        ) from error
    return [name for name, _ in parts]


def restore(home: Path | None, file: Path) -> list[str]:
    """Take a backup back into a folder that has no hub yet; return what came.

    Raises:
        BackupRefused: it is no backup, or a hub is there already. HubBusy: it even runs.
    """
    folder = open_home(home).folder("hub")
    if any((folder / name).exists() for name in (*FILES, *DATABASES, *FOLDERS)):
        raise BackupRefused(
            "There is a hub in this folder already.",
            kept="It is as it was.",
            do="Give the restored hub a folder of its own with --home.",
        )
    parts = _read(file)
    with lock(folder):
        for name, data in parts:
            (folder / name).parent.mkdir(mode=0o700, exist_ok=True)
            write_private(folder / name, data)
        leave_numbers_out(folder)
        sync_folder(folder)
    return [name for name, _ in parts]


def _inside(folder: Path) -> list[tuple[str, bytes]]:
    found = []
    for path in sorted(one for name in FOLDERS for one in (folder / name).glob("*")):
        name = f"{path.parent.name}/{path.name}"
        with suppress(FileNotFoundError):  # it was erased meanwhile
            if _INSIDE.fullmatch(name):
                found.append((name, path.read_bytes()))
    return found


def _is_ours(name: str) -> bool:
    return name in (*FILES, *DATABASES) or _INSIDE.fullmatch(name) is not None


def _copy(path: Path) -> bytes:
    """Return a database as it stands at one moment, also while the hub writes to it."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(":memory:")) as copy:
        source.backup(copy)
        return copy.serialize()


def _write(file: Path, parts: list[tuple[str, bytes]]) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as target:
        with tarfile.open(fileobj=target, mode="w") as tar:
            for name, data in parts:
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(data), 0o600
                tar.addfile(entry, io.BytesIO(data))
        target.flush()
        os.fsync(target.fileno())


def _read(file: Path) -> list[tuple[str, bytes]]:
    """Return what a backup holds; only our own names are taken, whatever else a file says."""
    parts: list[tuple[str, bytes]] = []
    try:
        with tarfile.open(file, "r:") as tar:
            for entry in tar:
                if not entry.isfile() or not _is_ours(entry.name) or entry.size > LARGEST:
                    raise _no_backup()
                taken = tar.extractfile(entry)
                parts.append((entry.name, taken.read() if taken else b""))
    except (OSError, tarfile.TarError, EOFError, ValueError) as error:
        raise _no_backup() from error
    if not parts or len({name for name, _ in parts}) != len(parts):
        raise _no_backup()
    return parts


def _no_backup() -> BackupRefused:
    return BackupRefused(
        "This file is no backup of a hub.",
        kept="Nothing was changed.",
        do="Name a file that fanlight hub backup wrote.",
    )
