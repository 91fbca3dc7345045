"""Read an evidence package's zip, refusing everything a package never holds.

In:     a path.
Out:    names and bytes.
Holds:  nothing is compressed, so that no entry unpacks to more than lies in the file; each name is one
        of the package's own, once; nothing is ever written to disk.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from fanlight.custody.errors import bad_package
from fanlight.custody.zip_form import frame

_ENTRIES = 10_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(?:/[A-Za-z0-9][A-Za-z0-9.-]*){0,2}")
_ENCRYPTED = 0x1
_BLOCK = 1 << 18  # bytes: what a processor keeps near while it is hashed and summed
_LOCAL = struct.Struct("<4s22x2H")
_LOCAL_MARK = b"PK\x03\x04"
# All that zipfile raises for bytes it cannot read; a RuntimeError is what it says of features it lacks.
_UNREADABLE = (zipfile.BadZipFile, RuntimeError, ValueError, OverflowError, EOFError)


class Archive:
    """An open package. Use as a context manager.

    Raises:
        BadPackage: no zip, compressed or encrypted entries, duplicate or odd names, damaged entries.
        OSError: the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        """Read and check the list of entries."""
        self._path = path
        self._starts: dict[str, int] = {}
        try:
            self._zip = zipfile.ZipFile(path)
            size = path.stat().st_size
        except _UNREADABLE as error:
            raise bad_package("it is no zip file, or it was cut short") from error
        try:
            self._check(size)
            self._file = path.open("rb")
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        """Return the archive."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()
        self._zip.close()

    @property
    def names(self) -> list[str]:
        """The entries' names, sorted."""
        return sorted(self._zip.namelist())

    def is_exact(self) -> bool:
        """Return whether the zip has the one form that its files can have, to the last byte."""
        with self._path.open("rb") as file:
            try:
                for at, wanted in frame((e.filename, e.CRC, e.file_size) for e in self._zip.infolist()):
                    file.seek(at)
                    if file.read(len(wanted)) != wanted:
                        return False
            except struct.error:  # more than a zip of this form can hold
                return False
            return not file.read(1)

    def read(self, name: str) -> bytes:
        """Return one entry's bytes; raises BadPackage if it is missing or damaged."""
        return b"".join(self.blocks(name))

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield one entry's bytes, some at a time; raises as `read`, at the end if they have another sum."""
        crc, size = 0, self.size(name)
        for at in range(0, size, _BLOCK):
            block = self.part(name, at, min(at + _BLOCK, size))
            crc = zlib.crc32(block, crc)
            yield block
        if crc != self._entry(name).CRC:
            raise bad_package("an entry is damaged")

    def size(self, name: str) -> int:
        """Return an entry's length in bytes; raises BadPackage if it is missing."""
        return self._entry(name).file_size

    def crc(self, name: str) -> int:
        """Return an entry's CRC-32 as the zip lists it; `read` and `blocks` compare it."""
        return self._entry(name).CRC

    def part(self, name: str, first: int, end: int) -> bytes:
        """Return the bytes [first, end) of an entry, whose sum `blocks` compares; raises BadPackage."""
        self._file.seek(self._start(name) + first)
        data = self._file.read(end - first)
        if len(data) != end - first:
            raise bad_package("an entry is damaged")
        return data

    def _entry(self, name: str) -> zipfile.ZipInfo:
        try:
            return self._zip.getinfo(name)
        except KeyError as error:
            raise bad_package(f"{name} is missing") from error

    def _start(self, name: str) -> int:
        """Return where an entry's bytes begin, behind its own head."""
        if name not in self._starts:
            at = self._entry(name).header_offset
            self._file.seek(at)
            head = self._file.read(_LOCAL.size)
            if len(head) != _LOCAL.size or not head.startswith(_LOCAL_MARK):
                raise bad_package("an entry is damaged")
            _, named, more = _LOCAL.unpack(head)
            self._starts[name] = at + _LOCAL.size + named + more
        return self._starts[name]

    def _check(self, size: int) -> None:
        entries = self._zip.infolist()
        names = [entry.filename for entry in entries]
        if len(entries) > _ENTRIES or len(set(names)) != len(names):
            raise bad_package("it lists too many files, or one twice")
        for entry in entries:
            # `orig_filename` still has what zipfile cuts off at a NUL or turns round at a backslash.
            if entry.orig_filename != entry.filename or not _NAME.fullmatch(entry.filename):
                raise bad_package("a file in it has a name that no package uses")
            if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & _ENCRYPTED:
                raise bad_package("a file in it is compressed or encrypted, which packages never are")
            if entry.header_offset < 0:  # the list claims to lie further back than the file is long
                raise bad_package("it is no zip file, or it was cut short")
            if entry.file_size != entry.compress_size:
                raise bad_package("a file in it claims another size than it has")
        if sum(entry.file_size for entry in entries) > size:
            raise bad_package("its files claim more bytes than it has")
