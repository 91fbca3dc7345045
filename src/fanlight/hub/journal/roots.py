"""The folders that recordings lie in: the hub's own, or one on another disk.

In:     the folder that the settings name.
Out:    where a file lies; whether that disk is there.
Holds:  J8 a folder outside the hub's own carries a marker of this journal, written once. Without it the disk
        is not mounted, or another's: nothing is written below, and nothing there counts as lost.
"""

import sqlite3
from pathlib import Path

from fanlight.hub.journal.disk import Disk

MARKER = ".fanlight-recording"
OWN = 1  # the root that every journal has: `segments/` of the hub's folder


class Roots:
    """The folders of one journal; `current` is the one that is written to."""

    def __init__(self, folder: Path, db: sqlite3.Connection, disk: Disk) -> None:
        """Read which folders there are; `choose` comes next."""
        self._own, self._db, self._disk = folder / "segments", db, disk
        self.journal = str(db.execute("SELECT value FROM meta WHERE name = 'journal'").fetchone()[0])
        self._paths = {number: self._path(path) for number, path in db.execute("SELECT * FROM root")}
        self.current = OWN

    @property
    def path(self) -> Path:
        """The folder that is written to."""
        return self._paths[self.current]

    def of(self, root: int) -> Path:
        """Return the folder of a root."""
        if root not in self._paths:
            (path,) = self._db.execute("SELECT path FROM root WHERE id = ?", (root,)).fetchone()
            self._paths[root] = self._path(path)
        return self._paths[root]

    def all(self) -> dict[int, Path]:
        """Return every folder that ever held a recording of this journal."""
        return dict(self._paths)

    def choose(self, folder: Path | None) -> None:
        """Write to `folder` from now on, None for the hub's own; raises sqlite3.Error."""
        path = "" if folder is None or folder.absolute() == self._own.absolute() else str(folder.absolute())
        self._db.execute("INSERT OR IGNORE INTO root (path) VALUES (?)", (path,))
        (self.current,) = self._db.execute("SELECT id FROM root WHERE path = ?", (path,)).fetchone()
        self._paths[self.current] = self._path(path)

    def why_missing(self, root: int) -> str:
        """Return a sentence on why a folder is not to be touched, empty if it is there."""
        path = self.of(root)
        if root == OWN:
            return ""
        found = read_marker(path)
        if found == self.journal:
            return ""
        if found:
            return "The folder of the recording holds that of another hub."
        if not path.is_dir():
            return "The folder of the recording is not there: its disk is not connected or not mounted."
        if self._was_marked(root):
            return "The disk of the recording is not mounted: its folder is empty."
        return ""

    def make_ready(self) -> None:
        """Prepare the folder that is written to, which is there; raises OSError, sqlite3.Error."""
        if self.current == OWN:
            if not self.path.is_dir():
                self._disk.make_folder(self.path)
                self._disk.sync_folder(self.path.parent)
        elif not self._was_marked(self.current):
            self._disk.write_whole(self.path / MARKER, self.journal.encode())
            self._db.execute("INSERT INTO meta VALUES (?, 1)", (f"marked:{self.current}",))

    def _was_marked(self, root: int) -> bool:
        name = f"marked:{root}"
        return bool(self._db.execute("SELECT 1 FROM meta WHERE name = ?", (name,)).fetchone())

    def _path(self, stored: str) -> Path:
        return Path(stored) if stored else self._own


def read_marker(folder: Path) -> str:
    """Return whose recording a folder holds, empty if it says nothing."""
    try:
        return (folder / MARKER).read_bytes()[:64].decode("ascii", "replace")
    except OSError:
        return ""
