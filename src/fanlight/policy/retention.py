"""The list of how long copies stay: one limit for all, and the minimums that a law sets for a class.

In:     the list that ships, or a town's own.
Out:    the limit; the minimum in force for an offence's category, with its citation.
Holds:  a minimum whose law nobody read (`unread`) is never in force; of several the longest counts.
Absent: when a copy ends (server.evidence.retention); holds.
Why:    docs/design/ends.md
"""

import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from fanlight.policy.pack import BadPack

ANY = "any"
UNREAD = "unread"
_Line = Annotated[str, Meta(min_length=2, max_length=300)]


class Minimum(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """At least so many days for a category of offences (`any`: for all), by which law, read when."""

    category: Annotated[str, Meta(min_length=2, max_length=80)]
    days: Annotated[int, Meta(ge=1, le=36_500)]
    section: _Line
    source: _Line
    read: Annotated[str, Meta(pattern=r"^(unread|\d{4}-\d\d-\d\d)$")]


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    v: Literal[1]
    list: Literal["retention"]
    version: Annotated[int, Meta(ge=1)]
    language: Literal["en"]
    note: Annotated[str, Meta(max_length=2000)]
    keep_days: Annotated[int, Meta(ge=60, le=1095)]
    minimums: Annotated[tuple[Minimum, ...], Meta(max_length=500)]


@dataclass(frozen=True, slots=True)
class Retention:
    """The list as read, and SHA-256 of its bytes."""

    sha256: str
    body: bytes
    keep_days: int
    minimums: tuple[Minimum, ...]

    def minimum(self, category: str) -> Minimum | None:
        """Return what binds copies of a case of that category, if anything does."""
        binding = [one for one in self.minimums if one.read != UNREAD and one.category in {ANY, category}]
        return max(binding, key=lambda one: one.days, default=None)


def read_retention(body: bytes) -> Retention:
    """Return the list; raises BadPack."""
    try:
        found = msgspec.json.decode(body, type=_File)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise BadPack(
            f"The list of retention has not the form it should have: {error}.",
            kept="Nothing is kept shorter or longer for it.",
            do="Correct the list; docs/design/ends.md has its form.",
        ) from error
    return Retention(hashlib.sha256(body).hexdigest(), body, found.keep_days, found.minimums)


def load_retention(own: Path) -> Retention:
    """Return a town's own list if there is one at `own`, else the one that ships; raises BadPack, OSError."""
    if own.exists():
        return read_retention(own.read_bytes())
    shipped = resources.files("fanlight.policy").joinpath("data", "retention.json")
    return read_retention(shipped.read_bytes())
