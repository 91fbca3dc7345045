"""A disk that remembers each step, and what each step leaves behind when the power fails.

The model is POSIX, read strictly: bytes last once their file was synced, a name (made, changed or removed)
once its folder was. What was not synced may be there whole, in part, as zeros, or not at all; each file and
each folder for itself. SQLite is the real one and is not taken apart: with `synchronous=FULL` a commit that
returned is durable, one that was under way is there or not, and its tests are its authors' (sqlite.org/
testing.html, "Crash testing"). Its content is copied after each commit.
"""

import copy
import random
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from fanlight.hub.journal.disk import Disk

Luck = Literal["lost", "kept", "torn"]


@dataclass
class Inode:
    """A file: what is durable, and what is only written."""

    durable: bytes = b""
    written: bytes = b""


@dataclass
class Volume:
    """Folders by path: names that are durable, and names as they stand; True is a folder."""

    durable: dict[str, dict[str, Inode | bool]] = field(default_factory=dict)
    present: dict[str, dict[str, Inode | bool]] = field(default_factory=dict)
    database: bytes = b""

    def after_power_loss(self, luck: Luck, dice: random.Random, target: Path) -> None:
        """Write to `target` what a disk may hold once power is back."""
        self._lay(".", luck, dice, target)
        (target / "hub.sqlite").write_bytes(self.database)

    def _lay(self, folder: str, luck: Luck, dice: random.Random, target: Path) -> None:
        before, after = self.durable.get(folder, {}), self.present.get(folder, {})
        for name in sorted({*before, *after}):
            entries = [before.get(name), after.get(name)]
            chosen = entries[{"lost": 0, "kept": 1, "torn": dice.randrange(2)}[luck]]
            if chosen is None:
                continue
            path = target / folder / name
            if isinstance(chosen, bool):
                path.mkdir(mode=0o700)
                self._lay(f"{folder}/{name}", luck, dice, target)
            else:
                path.write_bytes(_content(chosen, luck, dice))
                path.chmod(0o600)


def _content(inode: Inode, luck: Luck, dice: random.Random) -> bytes:
    if luck == "lost":
        return inode.durable
    if luck == "kept" or len(inode.written) <= len(inode.durable):
        return inode.written if luck == "kept" else dice.choice([inode.durable, inode.written])
    tail = bytearray(inode.written[len(inode.durable) :])
    for sector in range(0, len(tail), 512):  # each sector for itself: written, or zeros
        if dice.randrange(2):
            tail[sector : sector + 512] = bytes(len(tail[sector : sector + 512]))
    return inode.durable + bytes(tail[: dice.randrange(len(tail) + 1)])


class Remembering(Disk):
    """The real disk of `base`, and a picture of it after each step."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._now = Volume({".": {}}, {".": {}})
        self._handles: dict[int, Inode] = {}
        self.pictures: list[tuple[str, Volume, int]] = []
        self.promised = 0  # how many segments a caller may rely on

    def note(self, step: str) -> None:
        """Remember how all stands after a step."""
        self.pictures.append((step, copy.deepcopy(self._now), self.promised))

    def make_folder(self, path: Path) -> None:
        super().make_folder(path)
        self._now.present[self._of(path.parent)][path.name] = True
        self._now.present[self._of(path)] = {}
        self._now.durable[self._of(path)] = {}
        self.note(f"mkdir {path.name}")

    def create(self, path: Path) -> int:
        handle = super().create(path)
        self._handles[handle] = Inode()
        self._now.present[self._of(path.parent)][path.name] = self._handles[handle]
        self.note("create")
        return handle

    def append(self, handle: int, parts: Sequence[bytes]) -> None:
        for part in parts:  # one write each: power may fail between any two
            super().append(handle, [part])
            self._handles[handle].written += part
            self.note("write")

    def sync(self, handle: int) -> None:
        super().sync(handle)
        self._handles[handle].durable = self._handles[handle].written
        self.note("fdatasync")

    def close(self, handle: int) -> None:
        super().close(handle)
        del self._handles[handle]

    def sync_folder(self, path: Path) -> None:
        super().sync_folder(path)
        folder = self._of(path)
        self._now.durable[folder] = dict(self._now.present[folder])
        self.note(f"fsync folder {folder}")

    def rename(self, old: Path, new: Path) -> None:
        super().rename(old, new)
        folder = self._now.present[self._of(old.parent)]
        folder[new.name] = folder.pop(old.name)
        self.note("rename")

    def remove(self, path: Path) -> None:
        super().remove(path)
        self._now.present[self._of(path.parent)].pop(path.name, None)
        self.note("unlink")

    def remove_folder(self, path: Path) -> None:
        super().remove_folder(path)
        self._now.present[self._of(path.parent)].pop(path.name, None)
        self.note("rmdir")

    def shorten(self, path: Path, size: int) -> None:
        super().shorten(path, size)
        inode = self._now.present[self._of(path.parent)][path.name]
        assert isinstance(inode, Inode)
        inode.durable = inode.written = inode.written[:size]
        self.note("truncate")

    def commit(self, db: sqlite3.Connection) -> None:
        self.note("before commit")
        super().commit(db)
        self.look_at(db)
        self.note("commit")

    def look_at(self, db: sqlite3.Connection) -> None:
        """Take the database as it is now for durable."""
        self._now.database = db.serialize()

    def _of(self, path: Path) -> str:
        relative = str(path.relative_to(self._base))
        return relative if relative == "." else f"./{relative}"
