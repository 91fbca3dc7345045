"""The log's folder: files that are whole or not there, and stay after a power cut.

In:     (path, bytes) below the folder.
Out:    the same, synced: file first, then its folder, then the folders above that are new.
Holds:  a reader never sees half a file.
"""

from collections.abc import Iterable
from pathlib import Path

from fanlight.store.files import PUBLIC, replace, sync_folder


class LogFiles:
    """Files below one folder, laid out as C2SP tlog-tiles wants them."""

    def __init__(self, folder: Path) -> None:
        """Make the folder."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None if there is no such file."""
        try:
            return (self.folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def write(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files durably, in order; raises OSError (disk full) with earlier ones written."""
        folders: dict[Path, None] = {}
        for name, data in files:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            replace(path, data, mode=PUBLIC)
            for folder in (path.parent, *path.parent.parents):
                folders[folder] = None
                if folder == self.folder:
                    break
        for folder in folders:
            sync_folder(folder)
