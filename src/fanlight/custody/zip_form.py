"""The one form of a package's zip: the same files give the same bytes, and no byte is free.

In:     files by name; or what a zip's own list says of them.
Out:    the zip; or the bytes that must lie around the files, with their places.
Holds:  entries are stored, sorted by name, dated 1980-01-01 00:00, made by Unix with mode 0644; nothing
        lies before, between or behind them. What is signed by nobody can so not be changed either.
Why:    docs/spec/evidence.md
"""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping

from fanlight.custody.errors import BadPackage

_MODE = 0o644 << 16
_UNIX = 3
_VERSION = 20
_DAY = 0x21  # 1980-01-01, the first a zip can name: packages do not tell when they were zipped; the time is 0
_LOCAL = struct.Struct("<4s5H3L2H")
_LISTED = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_AROUND = _LOCAL.size + _LISTED.size


def zip_files(files: Mapping[str, bytes], known: Mapping[str, int] | None = None) -> bytes:
    """Return the zip of these files; raises BadPackage for 2 GiB or more: zips have a longer form then.

    Args:
        files: what goes in, by name.
        known: CRC-32 of those of them that were summed before.
    """
    size = sum(len(data) + _AROUND + 2 * len(name.encode()) for name, data in files.items())
    if size > zipfile.ZIP64_LIMIT:
        raise BadPackage(
            "These files are more than one package holds: less than 2 GiB.",
            kept="No package was made.",
            do="Put fewer clips into one package.",
        )
    names = sorted(files)
    crcs = {name: zlib.crc32(data) for name, data in files.items() if name not in (known or {})}
    crcs |= known or {}
    runs = [run for _, run in frame((name, crcs[name], len(files[name])) for name in names)]
    # Joined at once: packages are large, and each copy of one takes as long as hashing it.
    return b"".join(
        [piece for run, name in zip(runs, names, strict=False) for piece in (run, files[name])] + runs[-1:]
    )


def frame(entries: Iterable[tuple[str, int, int]]) -> Iterator[tuple[int, bytes]]:
    """Yield every run of bytes that is no file's, with its offset; the last one ends the zip.

    Args:
        entries: name, CRC-32 and size of each file.
    """
    at = 0
    listed = []
    for name, crc, size in sorted(entries):
        raw = name.encode()
        facts = (_VERSION, 0, 0, 0, _DAY, crc, size, size, len(raw), 0)
        head = _LOCAL.pack(b"PK\x03\x04", *facts) + raw
        yield at, head
        listed.append(_LISTED.pack(b"PK\x01\x02", _UNIX << 8 | _VERSION, *facts, 0, 0, 0, _MODE, at) + raw)
        at += len(head) + size
    table = b"".join(listed)
    count = len(listed)
    yield at, table + _END.pack(b"PK\x05\x06", 0, 0, count, count, len(table), at, 0)
