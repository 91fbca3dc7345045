"""The log as files: tiles of 256 hashes, bundles of 256 entries. Nothing here touches a disk.

In:     entries to append; `read(path) -> bytes | None` for files written earlier.
Out:    files to write and the new size and root; proofs for any leaf and any earlier size.
Holds:  a full file never changes; a partial one belongs to one size; appending is a function of
        the size and the right edge alone, so that a crash before the size is stored loses nothing.
Absent: fsync, signing and the order in which leaves come (server.log).
Why:    docs/spec/log.md; layout of C2SP tlog-tiles.
"""

import struct
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from fanlight.proof import merkle
from fanlight.proof.errors import EntryRefused, Malformed, MissingFile

WIDTH = 256
MAX_ENTRY = 65_535
_SHIFT = 8
_CACHED_TILES = 64  # 512 KiB: enough for the upper levels and one run of neighbours

ReadFile = Callable[[str], bytes | None]


def _number(index: int) -> str:
    text = f"{index % 1000:03d}"
    while index >= 1000:  # noqa: PLR2004 - groups of three digits, as the specification writes them
        index //= 1000
        text = f"x{index % 1000:03d}/{text}"
    return text


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Return the path of a hash tile, `tile/0/x001/067` or `tile/0/x001/067.p/8` if partial.

    Args:
        level: 0 for leaf hashes; each level above holds one hash for a full tile below.
        index: which tile of that level, from 0.
        width: hashes in it, 1 to 256; below 256 it is partial.
    """
    return _path(f"tile/{level}", index, width)


def bundle_path(index: int, width: int = WIDTH) -> str:
    """Return the path of an entry bundle, `tile/entries/000` or `tile/entries/000.p/8`."""
    return _path("tile/entries", index, width)


def _path(prefix: str, index: int, width: int) -> str:
    if index < 0 or not 1 <= width <= WIDTH:
        raise Malformed("there is no such tile")
    return f"{prefix}/{_number(index)}" + (f".p/{width}" if width < WIDTH else "")


def levels_of(size: int) -> int:
    """Return the number of tile levels that a tree of `size` leaves has."""
    count = 0
    while size >> (_SHIFT * count):
        count += 1
    return count


def tile_width(size: int, level: int, index: int) -> int:
    """Return how many hashes tile `index` of `level` holds in a tree of `size` leaves: 0 to 256."""
    return max(0, min(WIDTH, (size >> (_SHIFT * level)) - index * WIDTH))


def tile_paths(size: int) -> list[tuple[int, int, int, str]]:
    """Return (level, index, width, path) of every hash tile of a tree of `size` leaves."""
    return [
        (level, index, width, tile_path(level, index, width))
        for level in range(levels_of(size))
        for index in range(((size >> (_SHIFT * level)) + WIDTH - 1) // WIDTH)
        if (width := tile_width(size, level, index))
    ]


def pack_entry(entry: bytes) -> bytes:
    """Return an entry as a bundle holds it: its length in 2 bytes, then itself.

    Raises:
        EntryRefused: it is longer than 65,535 bytes.
    """
    if len(entry) > MAX_ENTRY:
        raise EntryRefused(len(entry))
    return struct.pack(">H", len(entry)) + entry


def read_bundle(data: bytes, width: int) -> list[bytes]:
    """Return the entries of a bundle.

    Args:
        data: the file's bytes.
        width: how many entries it must hold, 1 to 256.

    Raises:
        Malformed: cut short, or holding another number of entries.
    """
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        if len(entries) == width or at + 2 > len(data):
            raise Malformed("an entry bundle holds more than it should")
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data):
            raise Malformed("an entry bundle is cut short")
        entries.append(data[at + 2 : end])
        at = end
    if len(entries) != width:
        raise Malformed("an entry bundle holds less than it should")
    return entries


def read_hashes(data: bytes, width: int) -> list[bytes]:
    """Return the hashes of a tile of `width`; raises Malformed if it holds another number."""
    if len(data) != width * merkle.HASH_BYTES:
        raise Malformed("a tile has another length")
    return [data[i : i + merkle.HASH_BYTES] for i in range(0, len(data), merkle.HASH_BYTES)]


def _read(read: ReadFile, path: str, full: str) -> tuple[bytes, bool]:
    data = read(path)
    if data is None and full != path:  # a log may drop a partial file once the full one exists
        data = read(full)
        if data is not None:
            return data, True
    if data is None:
        raise MissingFile(path)
    return data, False


def fetch_tile(read: ReadFile, level: int, index: int, width: int) -> list[bytes]:
    """Return the first `width` hashes of a tile, from the partial file or else the full one.

    Raises:
        MissingFile: neither is there.
        Malformed: the file has another length.
    """
    data, full = _read(read, tile_path(level, index, width), tile_path(level, index))
    return read_hashes(data, WIDTH if full else width)[:width]


def fetch_bundle(read: ReadFile, index: int, width: int) -> list[bytes]:
    """Return the first `width` entries of a bundle, from the partial file or else the full one.

    Raises:
        MissingFile: neither is there.
        Malformed: the file does not hold that many entries.
    """
    data, full = _read(read, bundle_path(index, width), bundle_path(index))
    return read_bundle(data, WIDTH if full else width)[:width]


@dataclass(frozen=True, slots=True)
class Appended:
    """What one append asks the caller to do.

    Attributes:
        files: (path, bytes) to write durably, in this order, before a checkpoint says `size`.
        size: leaves in the tree now.
        root: 32 bytes, its root.
    """

    files: list[tuple[str, bytes]]
    size: int
    root: bytes


class TileTree:
    """The right edge of a log: enough to append, a few kB whatever the log's size.

    Not safe for two threads. If a file of an `Appended` cannot be written, drop this object
    and `resume` at the last size that was stored.
    """

    def __init__(self) -> None:
        """Start an empty log."""
        self._size = 0
        self._edge: list[list[bytes]] = [[]]
        self._bundle = bytearray()

    @classmethod
    def resume(cls, size: int, read: ReadFile) -> Self:
        """Read the right edge of a log of `size` leaves.

        Args:
            size: leaves in the log, as the last stored checkpoint says.
            read: path below the log -> bytes, or None if there is no such file.

        Raises:
            MissingFile: a partial tile of that size is not there.
            Malformed: a file has another form. Compare `root` with the stored one to see a
                file that is well formed but wrong.
        """
        if not 0 <= size <= merkle.MAX_SIZE:
            raise Malformed("a tree's size is out of range")
        tree = cls()
        tree._size = size
        for level in range(levels_of(size)):
            count = size >> (_SHIFT * level)
            if level:
                tree._edge.append([])
            if width := count % WIDTH:
                tree._edge[level] = fetch_tile(read, level, count // WIDTH, width)
        if width := size % WIDTH:
            for entry in fetch_bundle(read, size // WIDTH, width):
                tree._bundle += pack_entry(entry)
        return tree

    @property
    def size(self) -> int:
        """Leaves in the tree."""
        return self._size

    @property
    def root(self) -> bytes:
        """Root over them, 32 bytes."""
        return merkle.fold_edge(self._edge)

    @property
    def head(self) -> merkle.TreeHead:
        """Size and root."""
        return merkle.TreeHead(self._size, self.root)

    def append(self, entries: Sequence[bytes]) -> Appended:
        """Add entries at the end.

        Args:
            entries: leaves in order, at most 65,535 bytes each; none is allowed and writes nothing.

        Raises:
            EntryRefused: an entry is too long. Nothing was added.
        """
        packed = [pack_entry(entry) for entry in entries]
        files: list[tuple[str, bytes]] = []
        changed: set[int] = set()
        for entry, record in zip(entries, packed, strict=True):
            self._bundle += record
            self._edge[0].append(merkle.hash_leaf(entry))
            changed.add(0)
            if len(self._edge[0]) == WIDTH:
                files.append((bundle_path(self._size // WIDTH), bytes(self._bundle)))
                self._bundle.clear()
                self._close_tiles(files, changed)
            self._size += 1
        if 0 in changed and self._bundle:
            width = len(self._edge[0])
            files.append((bundle_path(self._size // WIDTH, width), bytes(self._bundle)))
        for level in sorted(changed):
            if row := self._edge[level]:
                index = self._size >> (_SHIFT * (level + 1))
                files.append((tile_path(level, index, len(row)), b"".join(row)))
        return Appended(files, self._size, self.root)

    def _close_tiles(self, files: list[tuple[str, bytes]], changed: set[int]) -> None:
        """Write each tile that the last leaf filled, and carry its root one level up."""
        level = 0
        while len(self._edge[level]) == WIDTH:
            row = self._edge[level]
            files.append((tile_path(level, self._size >> (_SHIFT * (level + 1))), b"".join(row)))
            self._edge[level] = []
            level += 1
            if level == len(self._edge):
                self._edge.append([])
            self._edge[level].append(merkle.fold(row))
            changed.add(level)


class TileReader:
    """Hashes and entries of a log at one size, read tile by tile as they are needed.

    A tile is believed as it comes: check what is computed here against a signed root.

    Args:
        size: leaves in the log, as a checkpoint says.
        read: path below the log -> bytes, or None if there is no such file.
    """

    def __init__(self, size: int, read: ReadFile) -> None:
        """Read nothing yet."""
        self.size = size
        self._read = read
        self._tiles: OrderedDict[tuple[int, int], list[bytes]] = OrderedDict()

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of the whole subtree over leaves [index << level, (index + 1) << level).

        Raises:
            MissingFile: its tile is not there.
            Malformed: the subtree is not whole at this size, or its tile has another length.
        """
        if level < 0 or index < 0 or (index + 1) << level > self.size:
            raise Malformed("no such subtree in a tree of that size")
        height = level % _SHIFT
        first = index << height
        tile = self._tile(level // _SHIFT, first // WIDTH)
        at = first % WIDTH
        return merkle.fold(tile[at : at + (1 << height)])

    def _tile(self, level: int, index: int) -> list[bytes]:
        key = (level, index)
        if key in self._tiles:
            self._tiles.move_to_end(key)
            return self._tiles[key]
        tile = fetch_tile(self._read, level, index, tile_width(self.size, level, index))
        self._tiles[key] = tile
        if len(self._tiles) > _CACHED_TILES:
            self._tiles.popitem(last=False)
        return tile

    def root(self) -> bytes:
        """Return the root over all leaves, from the upper tiles; 32 bytes."""
        return merkle.range_root(self.node, 0, self.size) if self.size else merkle.EMPTY_ROOT

    def inclusion_proof(self, index: int) -> list[bytes]:
        """Return the proof that leaf `index` is in this tree; see `merkle.inclusion_path`."""
        return merkle.inclusion_path(self.node, index, self.size)

    def consistency_proof(self, old_size: int) -> list[bytes]:
        """Return the proof that this tree begins with its first `old_size` leaves."""
        return merkle.consistency_path(self.node, old_size, self.size)

    def entries(self, first: int, end: int) -> list[bytes]:
        """Return the entries [first, end), cut to the log's size, bundle by bundle."""
        found: list[bytes] = []
        at, end = max(first, 0), min(end, self.size)
        while at < end:
            index = at // WIDTH
            bundle = fetch_bundle(self._read, index, min(WIDTH, self.size - index * WIDTH))
            found += bundle[at % WIDTH : end - index * WIDTH]
            at = (index + 1) * WIDTH
        return found
