"""Read a table that somebody else wrote: CSV with a header, plain or gzipped.

In:     a path.
Out:    the file's hash; its lines as mappings, each with its number.
Holds:  a file is read whole before a line of it is used; one bad line stops all, with its number.
Absent: what the columns mean (agencies, agreements, homes).
"""

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from fanlight.model.errors import FanlightError

MOST_BYTES = 64 << 20
_GZIP = b"\x1f\x8b"

Line = tuple[int, Mapping[str, str]]
Made = TypeVar("Made")


class BadList(FanlightError):
    """A file is not a list of the kind it was said to be."""

    code = "cli.bad_list"


def bad_list(path: Path, why: str, do: str = "Mend the file, or leave the line out.") -> BadList:
    """Return the error for a file; `why` is a clause, no full stop."""
    return BadList(f"{path.name} cannot be taken over: {why}.", kept="Nothing of it was stored.", do=do)


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was read: its bytes unpacked, and the SHA-256 of the file itself."""

    path: Path
    data: bytes
    sha256: str


def read(path: Path) -> Source:
    """Read a file, unpacking gzip.

    Raises:
        BadList: it cannot be read, is damaged, or holds more than 64 MiB.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise bad_list(
            path, error.strerror or "it cannot be read", "Name a file that can be read."
        ) from error
    return Source(path, _unpacked(path, raw), hashlib.sha256(raw).hexdigest())


def _unpacked(path: Path, raw: bytes) -> bytes:
    data = raw
    if raw.startswith(_GZIP):
        try:
            with gzip.open(io.BytesIO(raw)) as file:
                data = file.read(MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise bad_list(path, "its gzip is damaged", "Fetch the file again.") from error
    if len(data) > MOST_BYTES:
        raise bad_list(path, "it holds more than 64 MiB", "Split it.")
    return data


def text(source: Source) -> str:
    """Return the file as text; raises BadList if it is not UTF-8."""
    try:
        return source.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise bad_list(source.path, "it is not UTF-8 text", "Save it as UTF-8.") from error


def table(source: Source, columns: Sequence[str]) -> Iterator[Line]:
    """Yield a CSV file's lines, numbered as an editor numbers them.

    Raises:
        BadList: a column is missing, a line has more fields than the header, or quotes do not close.
    """
    reader = csv.DictReader(io.StringIO(text(source), newline=""), strict=True)
    try:
        if missing := sorted(set(columns) - set(reader.fieldnames or ())):
            has = ", ".join(reader.fieldnames or ["nothing"])
            raise bad_list(
                source.path,
                f"the column {missing[0]} is missing",
                f"Its first line must name the columns {', '.join(columns)}; it names {has[:200]}.",
            )
        for fields in reader:
            if None in fields or None in fields.values():
                raise bad_list(source.path, f"line {reader.line_num} has not as many fields as the first")
            yield reader.line_num, {name: value.strip() for name, value in fields.items()}
    except csv.Error as error:
        raise bad_list(source.path, f"line {reader.line_num} is no CSV: {error}") from error


def each(source: Source, lines: Iterator[Line], make: Callable[[int, Mapping[str, str]], Made]) -> list[Made]:
    """Return what `make` makes of each line; a ValueError of it names the line."""
    made = []
    for number, fields in lines:
        try:
            made.append(make(number, fields))
        except ValueError as error:
            raise bad_list(source.path, f"line {number}: {error}") from error
    if not made:
        raise bad_list(source.path, "it has no lines", "Name a file with lines.")
    return made
