"""Search heaps of bytes for what the server must never hold.

Exact needles (a name, coordinates) are found anywhere. Media is found if any 32 bytes in a row of it
occur: every such run covers an 8-byte word at an aligned place of the haystack, so aligned words are
looked up among all words of the media, and what matches is extended to both sides. Windows of fewer than
`DISTINCT` different bytes (padding, headers) occur everywhere and are not counted; coded pictures have about
30. A window that counts covers a word of at least `DISTINCT_IN_WORD` different bytes, since three words of
fewer and eight odd bytes at the ends make at most 20; so words of fewer need no look.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

WINDOW = 32
WORD = 8
DISTINCT = 21
DISTINCT_IN_WORD = 5
BLOCK = 8 * 1024 * 1024


@dataclass(frozen=True)
class Needles:
    exact: dict[str, bytes]
    media: bytes

    @classmethod
    def of(cls, name: str, lon: float, lat: float, media: list[bytes]) -> Needles:
        exact = {
            "name": name.encode(),
            "name in hex": name.encode().hex().encode(),
            "name, wide": name.encode("utf-16-le"),
        }
        for axis, value in (("lon", lon), ("lat", lat)):
            exact[f"{axis} as text"] = repr(value).encode()
            exact[f"{axis}, little-endian"] = struct.pack("<d", value)
            exact[f"{axis}, big-endian"] = struct.pack(">d", value)
        return cls(exact, (b"\0" * WINDOW).join(media))


class Searcher:
    def __init__(self, needles: Needles) -> None:
        self._needles = needles
        words = np.lib.stride_tricks.sliding_window_view(np.frombuffer(needles.media, np.uint8), WORD)
        places = np.flatnonzero(_distinct(words) >= DISTINCT_IN_WORD)
        packed = np.ascontiguousarray(words[places]).view(np.uint64).ravel()
        order = np.argsort(packed, kind="stable")
        self._words, self._places = packed[order], places[order]

    def find(self, haystack: bytes) -> list[str]:
        """Return what is found in `haystack`, a line each; empty when nothing is."""
        found = [what for what, needle in self._needles.exact.items() if needle in haystack]
        if self._has_media(haystack):
            found.append("32 bytes of media in a row")
        return found

    def _has_media(self, haystack: bytes) -> bool:
        usable = len(haystack) - len(haystack) % WORD
        words = np.frombuffer(haystack[:usable], np.uint64)
        first = np.searchsorted(self._words, words)
        first[first == len(self._words)] = 0
        for index in np.flatnonzero(self._words[first] == words):
            if self._extends(haystack, int(index) * WORD, int(words[index]), int(first[index])):
                return True
        return False

    def _extends(self, haystack: bytes, at: int, word: int, first: int) -> bool:
        media = self._needles.media
        # A word that is everywhere in the media has too many places to try; others around it match too.
        for rank in range(first, min(first + 64, len(self._words))):
            if int(self._words[rank]) != word:
                return False
            place = int(self._places[rank])
            back = _common_back(haystack, at, media, place)
            length = back + WORD + _common(haystack, at + WORD, media, place + WORD)
            run = haystack[at - back : at - back + length]
            if length >= WINDOW and _is_telling(run):
                return True
        return False


def _distinct(words: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Return how many different bytes each word has."""
    ordered = np.sort(words, axis=1)
    changes: npt.NDArray[np.int64] = np.count_nonzero(ordered[:, 1:] != ordered[:, :-1], axis=1)
    return changes + 1


def _is_telling(run: bytes) -> bool:
    return any(len(set(run[i : i + WINDOW])) >= DISTINCT for i in range(len(run) - WINDOW + 1))


def _common(a: bytes, i: int, b: bytes, j: int) -> int:
    length = 0
    while length < 256 and i + length < len(a) and j + length < len(b) and a[i + length] == b[j + length]:
        length += 1
    return length


def _common_back(a: bytes, i: int, b: bytes, j: int) -> int:
    length = 0
    while length < WINDOW and i - length > 0 and j - length > 0 and a[i - length - 1] == b[j - length - 1]:
        length += 1
    return length


def files_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file below `folder` with its bytes; names of files count as bytes too."""
    for root, _, names in os.walk(folder):
        for name in names:
            path = Path(root, name)
            if path.is_file() and not path.is_symlink():
                yield str(path), name.encode() + b"\n" + path.read_bytes()


def memory_of(pid: int) -> Iterator[tuple[str, bytes]]:
    """Yield the readable memory of a running process, mapping by mapping: its core image."""
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps.read().splitlines():
            span, rights, *_ = line.split()
            if "r" not in rights or line.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            yield from _mapping(memory.fileno(), start, end, line.rsplit(" ", 1)[-1])


def _mapping(memory: int, start: int, end: int, name: str) -> Iterator[tuple[str, bytes]]:
    overlap = 2 * WINDOW
    for at in range(start, end, BLOCK):
        try:
            data = os.pread(memory, min(BLOCK + overlap, end - at), at)
        except OSError:
            continue
        if data.strip(b"\0"):
            yield f"memory {at:x} {name}", data
