"""One file of the recording while it is written: at most a minute of one stream.

In:     segments of one camera and role, in order.
Out:    records one behind the other, and the rows that name them.
Holds:  a row is made of a record only after the file, and its name where it is new, are synced.
"""

import contextlib
import errno
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from fanlight.hub.journal.disk import Disk
from fanlight.hub.journal.record import TAG, Facts, seal
from fanlight.hub.journal.schema import RECORDS, REST
from fanlight.hub.journal.waiting import Offered

LONGEST_US = 60_000_000
EARLY_US = 57_000_000  # from here on the next keyframe begins a new file
SHORT_US = 10_000_000  # where only seconds around events are kept


def path_of(root: Path, camera: str, day: str, name: str) -> Path:
    """Return where a file lies."""
    return root / camera / day / name


@dataclass(slots=True, kw_only=True, eq=False)
class OpenFile:
    """A file being written. `rows` and `items` wait for the next commit, `is_known` from then on."""

    id: int
    name: str
    path: Path
    root: int
    line: int
    day: str
    cipher: ChaCha20Poly1305
    handle: int | None
    kept_us: int
    longest_us: int
    largest_bytes: int
    kind: int = REST
    start_us: int = 0
    end_us: int = 0
    size: int = 0
    counted: int = 0
    run: int = 0
    is_known: bool = False
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    items: list[Offered] = field(default_factory=list)

    def takes(self, facts: Facts, day: str) -> bool:
        """Tell whether a segment belongs into this file still."""
        if not self.size:
            return True
        length = facts.end_us - self.start_us
        early = self.longest_us * EARLY_US // LONGEST_US
        return (
            facts.run == self.run
            and not facts.is_discontinuous
            and self.day.startswith(day)
            and self.size < self.largest_bytes
            and facts.wall_us >= self.start_us
            and length <= self.longest_us
            and not (facts.is_key and length > early)
        )

    def add(self, disk: Disk, item: Offered, facts: Facts, stream: int, boot: int) -> None:
        """Encrypt and append one segment; raises OSError: then this file must not be written again."""
        record = seal(self.cipher, self.name, self.size, facts, item.segment.fragment)
        length = sum(map(len, record))
        if self.handle is None:
            raise OSError(errno.EBADF, "")
        disk.append(self.handle, record)
        self.rows.append(
            (
                self.id, self.size, length, record[-1][-TAG:], stream, boot, facts.run, facts.start_90k,
                facts.duration_90k, facts.wall_us, facts.mono_us, facts.is_key, facts.is_discontinuous,
            )
        )  # fmt: skip
        self.items.append(item)
        if not self.size:
            self.start_us, self.run = facts.wall_us, facts.run
        self.size += length
        self.end_us = max(self.end_us, facts.end_us)

    def sync(self, disk: Disk) -> None:
        """Make what was appended durable; raises OSError."""
        if self.handle is not None:
            disk.sync(self.handle)

    def let_go(self, disk: Disk) -> None:
        """Close the file; what is in it stays as it is."""
        handle, self.handle = self.handle, None
        if handle is not None:
            with contextlib.suppress(OSError):
                disk.close(handle)

    def row(self) -> tuple[Any, ...]:
        """Return the row of a file that has none yet."""
        return (
            self.id, self.name, self.root, self.line, self.day, RECORDS, self.kind, self.start_us,
            self.end_us, self.kept_us, self.size,
        )  # fmt: skip


class Folders:
    """The folders that are known to be durable since this process began."""

    def __init__(self, disk: Disk) -> None:
        """Know none."""
        self._disk = disk
        self._durable: set[Path] = set()

    def ensure(self, root: Path, parts: Sequence[str]) -> Path:
        """Return the folder `root/part/part`, made durably where it is new; raises OSError."""
        path = root
        for part in parts:
            path /= part
            if path not in self._durable or not path.is_dir():
                # It may be there without being durable: left by a process that died in between.
                if not path.is_dir():
                    self._disk.make_folder(path)
                self._disk.sync_folder(path.parent)
                self._durable.add(path)
        return path

    def forget(self, path: Path) -> None:
        """Take a folder for unknown."""
        self._durable.discard(path)
