"""Leaves that say some things and commit to others, and the openings that show one of them later.

In:     a leaf's type, its public fields, its private fields.
Out:    the leaf's canonical bytes and one opening a private field; checks of either.
Holds:  a leaf tells nothing about a private field until that field's opening is shown; opening or
        erasing one tells nothing about the others, and the log stays verifiable.
Absent: which types there are and what their fields mean (docs/spec/log.md).
Why:    docs/spec/log.md
"""

import hmac
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as hidden
from typing import Any, Self

from fanlight.proof.errors import EntryRefused, Malformed, Unproven
from fanlight.proof.tiles import MAX_ENTRY
from fanlight.wire import jcs

VERSION = 1
SALT_BYTES = 32
_HEX64 = re.compile(r"[0-9a-f]{64}")
_TYPE = re.compile(r"[a-z][a-z0-9-]{0,63}")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Opening:
    """What shows one committed field. Private until someone shows it.

    Attributes:
        field: the field's name.
        salt: 32 random bytes.
        value: any JSON value.
    """

    field: str
    salt: bytes = hidden(repr=False)
    value: Any = hidden(repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return the object that travels: field, salt in hex, value."""
        return {"field": self.field, "salt": self.salt.hex(), "value": self.value}

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read what `as_json` wrote; raises Malformed for anything else."""
        if not isinstance(value, dict) or set(value) != {"field", "salt", "value"}:
            raise Malformed("an opening has other fields")
        name, salt = value["field"], value["salt"]
        if not (isinstance(name, str) and _FIELD.fullmatch(name)):
            raise Malformed("an opening names no field")
        if not (isinstance(salt, str) and _HEX64.fullmatch(salt)):
            raise Malformed("an opening's salt is not 32 bytes in hex")
        return cls(name, bytes.fromhex(salt), value["value"])


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry of the log, as read from its bytes.

    Attributes:
        type: what it records.
        pub: what it says to everyone.
        commit: field -> 32 bytes; what it commits to.
    """

    type: str
    pub: dict[str, Any]
    commit: dict[str, bytes]


def commitment(leaf_type: str, opening: Opening) -> bytes:
    """Return HMAC-SHA256(salt, JCS([type, field, value])), 32 bytes.

    Raises:
        Malformed: the value is nothing that JSON can hold.
    """
    try:
        message = jcs.dumps([leaf_type, opening.field, opening.value])
    except jcs.BadJson as error:
        raise Malformed("a value has no canonical form") from error
    return hmac.digest(opening.salt, message, "sha256")


def make_leaf(
    leaf_type: str,
    pub: Mapping[str, Any],
    private: Mapping[str, Any] | None = None,
    *,
    random: Callable[[int], bytes] = secrets.token_bytes,
    salts: Mapping[str, bytes] | None = None,
) -> tuple[bytes, list[Opening]]:
    """Make an entry of the log.

    Args:
        leaf_type: such as `request`.
        pub: fields everyone reads.
        private: fields to commit to, each under a salt of its own.
        random: gives n random bytes; another source only in tests and vectors.
        salts: salts that were made before, by field: random, 32 bytes, used for nothing else.

    Returns:
        The leaf's exact bytes, and the openings, to be kept apart from them and erasable.

    Raises:
        Malformed: a name or value has no place in a leaf.
        EntryRefused: the leaf is longer than 65,535 bytes.
    """
    given = salts or {}
    openings = [
        Opening(name, given.get(name) or random(SALT_BYTES), value) for name, value in (private or {}).items()
    ]
    commit = {o.field: commitment(leaf_type, o).hex() for o in openings}
    try:
        for opening in openings:
            jcs.loads(jcs.dumps(opening.as_json()))  # what cannot travel could never be opened
        leaf = jcs.dumps({"v": VERSION, "type": leaf_type, "pub": dict(pub), "commit": commit})
    except jcs.BadJson as error:
        raise Malformed("a value has no canonical form") from error
    parse_leaf(leaf)
    if len(leaf) > MAX_ENTRY:
        raise EntryRefused(len(leaf))
    return leaf, openings


def parse_leaf(raw: bytes) -> Leaf:
    """Read an entry of the log.

    Raises:
        Malformed: not canonical JSON, other members than v, type, pub and commit, another version,
            or a commitment that is not 32 bytes in lower-case hex.
    """
    try:
        value = jcs.loads(raw)
    except jcs.BadJson as error:
        raise Malformed("a leaf is not a canonical JSON object") from error
    if set(value) != {"v", "type", "pub", "commit"} or type(value["v"]) is not int:
        raise Malformed("a leaf has other members")
    if value["v"] != VERSION:
        raise Malformed("a leaf is of another version")
    kind, pub, commit = value["type"], value["pub"], value["commit"]
    if not isinstance(kind, str) or not _TYPE.fullmatch(kind):
        raise Malformed("a leaf's type has another form")
    if not isinstance(pub, dict) or not isinstance(commit, dict):
        raise Malformed("a leaf's fields are no objects")
    if not all(_is_commitment(name, digest) for name, digest in commit.items()):
        raise Malformed("a leaf's commitment has another form")
    return Leaf(kind, pub, {name: bytes.fromhex(digest) for name, digest in commit.items()})


def _is_commitment(name: str, digest: object) -> bool:
    return bool(_FIELD.fullmatch(name)) and isinstance(digest, str) and bool(_HEX64.fullmatch(digest))


def check_opening(leaf: bytes, opening: Opening) -> None:
    """Check that an opening shows what a leaf committed to.

    Args:
        leaf: the entry's exact bytes, known to be in the log by its own proof.
        opening: one field's salt and value.

    Raises:
        Malformed: the leaf is none, or the value is nothing that JSON can hold.
        Unproven: the leaf commits to no such field, or to another value.
    """
    read = parse_leaf(leaf)
    wanted = read.commit.get(opening.field)
    if wanted is None:
        raise Unproven(f"the leaf commits to no field {opening.field!r}")
    if not hmac.compare_digest(wanted, commitment(read.type, opening)):
        raise Unproven(f"the leaf commits to another {opening.field!r}")


def check_openings(leaf: bytes, openings: Iterable[Opening]) -> dict[str, Any]:
    """Check several openings of one leaf and return field -> value; raises as `check_opening`."""
    values: dict[str, Any] = {}
    for opening in openings:
        check_opening(leaf, opening)
        values[opening.field] = opening.value
    return values
