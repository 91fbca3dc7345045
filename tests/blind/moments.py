"""Search what is stored for moments: anything that tells at what hour a known event was.

A Moments is some spans of time. A moment inside one is found however it is written: as text (ISO 8601, the
forms of HTTP and of access logs, a time of day alone), as digits since 1970 in seconds to nanoseconds, as
eight bytes (integers since 1970 or PostgreSQL's 2000, floats, either end first), or as the first six bytes of
an id whose order is its time (UUID version 7, ULID), raw, in hex or in base 32. What is written is taken as
UTC. A day alone is no find, nor is midnight: that is what may be stored.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

DAY_S = 86_400
_EPOCH_2000 = 946_684_800
_SHORT = 64
_UNITS = {10: 1, 13: 10**3, 16: 10**6, 19: 10**9}

_ISO = re.compile(rb"(\d{4}-\d\d-\d\d)[T_ ](\d\d)[:.]?(\d\d)(?:[:.]?(\d\d))?")
_HTTP = re.compile(rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
_ACCESS = re.compile(rb"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d")
_CLOCK = re.compile(rb"(?<![\d:])(\d\d):(\d\d):(\d\d)(?![\d:])")
_DIGITS = re.compile(rb"(?<!\d)(\d{19}|\d{16}|\d{13}|\d{10})(?!\d)")
_UUID7 = re.compile(rb"(?<![0-9a-f])([0-9a-f]{8})-?([0-9a-f]{4})-?7[0-9a-f]{3}-?", re.IGNORECASE)
_BASE32 = re.compile(rb"(?<![A-Za-z0-9])([0-9A-Za-z]{26})(?![A-Za-z0-9])")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Moments:
    """Spans of time, each as (first, last) second since 1970, within which something happened at a home."""

    spans: tuple[tuple[float, float], ...]

    @classmethod
    def around(cls, *at: datetime, seconds: float = 1.0) -> Moments:
        """Return the spans of some seconds around moments."""
        return cls(tuple((one.timestamp() - seconds, one.timestamp() + seconds) for one in at))

    def holds(self, at: float) -> bool:
        """Tell whether a moment is in a span; what is only a day is not."""
        return at % DAY_S != 0 and any(first <= at <= last for first, last in self.spans)

    def find(self, data: bytes) -> list[str]:
        """Return what is found in text or bytes, once each; empty when nothing is."""
        found = {what for what, seconds in _written(data) if any(self.holds(at) for at in seconds)}
        found |= {what for what, at in _ids(data) if self.holds(at)}
        found |= {what for first, last in self.spans for what in _packed(data, first, last)}
        bare = _ACCESS.sub(b"", _HTTP.sub(b"", _ISO.sub(b"", data)))
        clocks = (map(int, clock.groups()) for clock in _CLOCK.finditer(bare))
        found |= {"a time of day" for clock in clocks if self._at_clock(*clock)}
        return sorted(found)

    def find_value(self, value: object) -> list[str]:
        """Return what is found in one value of a row."""
        if isinstance(value, datetime):
            whole = value if value.tzinfo else value.replace(tzinfo=UTC)
            return ["a time"] if self.holds(whole.timestamp()) else []
        if isinstance(value, time):
            return ["a time of day"] if self._at_clock(value.hour, value.minute, value.second) else []
        if isinstance(value, date):
            return []
        if isinstance(value, float):
            return ["a number"] if self.holds(value) or self.holds(value / 1_000) else []
        if isinstance(value, bytes | memoryview):
            return self.find(bytes(value))
        return self.find(str(value).encode())

    def find_times(self, path: Path) -> list[str]:
        """Return which of a file's times are in a span: when it was written, and when it was read.

        Of a folder only the first: whoever lists it, as this search does, changes the other.
        """
        kept = path.lstat()
        named = {"mtime": kept.st_mtime} | ({} if path.is_dir() else {"atime": kept.st_atime})
        return [what for what, at in named.items() if self.holds(at) or self.holds(int(at))]

    def _at_clock(self, hour: int, minute: int, second: int) -> bool:
        of_day = hour * 3_600 + minute * 60 + second
        midnights = {second // DAY_S * DAY_S for span in self.spans for second in span}
        return any(self.holds(midnight + of_day) for midnight in midnights)


def _written(data: bytes) -> Iterator[tuple[str, Sequence[float]]]:
    for iso in _ISO.finditer(data):
        day, hour, minute, second = (part.decode() if part else None for part in iso.groups())
        with_second = _iso(f"{day}T{hour}:{minute}:{second or '00'}")
        if with_second is not None:
            yield "ISO 8601", [with_second] if second else [with_second + more for more in range(60)]
    for http in _HTTP.finditer(data):
        try:
            yield "HTTP date", [parsedate_to_datetime(http[0].decode()).timestamp()]
        except ValueError:
            continue
    for line in _ACCESS.finditer(data):
        try:
            at = datetime.strptime(line[0].decode(), "%d/%b/%Y:%H:%M:%S").replace(tzinfo=UTC)
        except ValueError:
            continue
        yield "access log", [at.timestamp()]
    for digits in _DIGITS.finditer(data):
        yield "digits since 1970", [int(digits[0]) / _UNITS[len(digits[0])]]


def _iso(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _ids(data: bytes) -> Iterator[tuple[str, float]]:
    for uuid in _UUID7.finditer(data):
        yield "an id in order of time", int(uuid[1] + uuid[2], 16) / 1_000
    for text in _BASE32.finditer(data):
        yield from (("an id in order of time", at) for at in _from_base32(text[1].decode()))
    if len(data) >= 16:
        yield "an id in order of time", int.from_bytes(data[:6]) / 1_000


def _from_base32(text: str) -> Iterable[float]:
    """Yield the moments that an id of 26 letters could begin with: as a ULID, or as 16 bytes in base 32."""
    upper = text.upper()
    if all(letter in _CROCKFORD for letter in upper[:10]):
        number = 0
        for letter in upper[:10]:
            number = number * 32 + _CROCKFORD.index(letter)
        yield number / 1_000
    if re.fullmatch(r"[A-Z2-7]{26}", upper):
        yield int.from_bytes(base64.b32decode(upper + "=" * 6)[:6]) / 1_000


def _packed(data: bytes, first: float, last: float) -> Iterator[str]:
    """Yield how a moment of a span stands in eight bytes at any place."""
    for place in range(min(8, max(len(data) - 7, 0))):
        usable = data[place : len(data) - (len(data) - place) % 8]
        for order in "<>":
            whole = np.frombuffer(usable, f"{order}i8")
            # Nanoseconds only in short values: among many random bytes some fit by chance.
            units = (10**3, 10**6, 10**9) if len(data) <= _SHORT else (10**3, 10**6)
            if any(_has(whole, first * unit, last * unit) for unit in units):
                yield "eight bytes since 1970"
            if _has(whole, (first - _EPOCH_2000) * 10**6, (last - _EPOCH_2000) * 10**6):
                yield "eight bytes since 2000"
            if _has(np.frombuffer(usable, f"{order}f8"), first, last):
                yield "a float since 1970"


def _has(numbers: npt.NDArray[Any], first: float, last: float) -> bool:
    return bool(((numbers >= first) & (numbers <= last)).any())
