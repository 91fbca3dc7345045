"""That something was on a hub by the end of a day: from its hash to one entry of the town's record.

In:     hashes that a hub made on a day, a salt; what the hubs of a town said of that day.
Out:    the salted root of a hub's day; the town's root over all of them; DayProof and its check.
Holds:  a hub's root tells nothing without its salt; the town's tree is filled up, so that its size tells at
        most roughly how many hubs there are; a proof needs no network.
Absent: what the hashes are of (the hub: a clip's place in its camera's chain); when within the day.
Why:    docs/spec/log.md
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Self

import msgspec

from fanlight.proof.cosignature import Witness
from fanlight.proof.errors import Malformed, Unproven
from fanlight.proof.merkle import (
    HASH_BYTES,
    TreeHead,
    hash_leaf,
    inclusion_path,
    memory_nodes,
    root_of_hashes,
    verify_inclusion,
)
from fanlight.proof.note import VerifierKey
from fanlight.proof.openings import parse_leaf
from fanlight.proof.receipt import Proven, Receipt, verify_receipt

LEAF = "journal"
TITLE = b"fanlight/journal-day/v1\n"
FEWEST = 64


def day_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a hub's hashes of one day, in their order; of none for a day without any."""
    return root_of_hashes([hash_leaf(one) for one in hashes])


def salted(salt: bytes, root: bytes) -> bytes:
    """Return what a hub tells the town of its day: 32 bytes."""
    return sha256(TITLE + salt + root).digest()


def filled(digests: Iterable[bytes], random: Callable[[int], bytes] = secrets.token_bytes) -> list[bytes]:
    """Return the town's leaves of a day in order: the hubs', and random ones up to 64, 128, 256 and so on."""
    found = set(digests)
    size = max(FEWEST, 1 << (len(found) - 1).bit_length() if found else FEWEST)
    while len(found) < size:
        found.add(random(HASH_BYTES))
    return sorted(found)


def town_root(digests: Sequence[bytes]) -> bytes:
    """Return the root over a town's leaves of a day."""
    return root_of_hashes([hash_leaf(one) for one in digests])


def path_to(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the path from a leaf to the root over all of them."""
    return inclusion_path(memory_nodes([hash_leaf(one) for one in leaves]), index, len(leaves))


@dataclass(frozen=True, slots=True)
class Place:
    """A leaf's place in a tree: its index, the tree's size, the siblings on the way to the root."""

    index: int
    size: int
    path: tuple[bytes, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the object that travels."""
        return {"index": self.index, "size": self.size, "path": [step.hex() for step in self.path]}


class PlaceIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What `Place.as_json` wrote."""

    index: int
    size: int
    path: list[str]

    def place(self) -> Place:
        """Return the place; raises Malformed."""
        return Place(self.index, self.size, tuple(_hash(step) for step in self.path))


class _ProofIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    day: date
    salt: str
    hub: PlaceIn
    town: PlaceIn
    leaf: str
    receipt: str


@dataclass(frozen=True, slots=True)
class DayProof:
    """That a hash was on a hub by the end of `day`.

    Attributes:
        day: in UTC.
        salt: the hub's of that day, 32 bytes.
        hub: the hash's place among the hub's of the day.
        town: the hub's place among the town's.
        leaf: the entry of type `journal`.
        receipt: that the record holds it.
    """

    day: date
    salt: bytes
    hub: Place
    town: Place
    leaf: bytes
    receipt: str

    def as_json(self) -> dict[str, Any]:
        """Return the object that travels."""
        return {
            "day": self.day.isoformat(),
            "salt": self.salt.hex(),
            "hub": self.hub.as_json(),
            "town": self.town.as_json(),
            "leaf": self.leaf.decode(),
            "receipt": self.receipt,
        }

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read what `as_json` wrote; raises Malformed."""
        try:
            read = msgspec.json.decode(raw, type=_ProofIn)
            return cls(
                read.day,
                _hash(read.salt),
                read.hub.place(),
                read.town.place(),
                read.leaf.encode(),
                read.receipt,
            )
        except (msgspec.MsgspecError, UnicodeEncodeError) as error:
            raise Malformed("a proof of a day has another form") from error

    def verify(
        self, made: bytes, log: VerifierKey, witnesses: Sequence[Witness] = (), *, need: int = 0
    ) -> Proven:
        """Check that `made` was on a hub by the end of the day; return what the receipt showed.

        Args:
            made: 32 bytes.
            log: the key trusted for the town's record.
            witnesses: those trusted.
            need: how many of them have to have signed.

        Raises:
            Malformed, BadSignature, Unproven: it does not hold.
        """
        leaf = parse_leaf(self.leaf)
        size, root = leaf.pub.get("size"), leaf.pub.get("root")
        if leaf.type != LEAF or leaf.pub.get("day") != self.day.isoformat():
            raise Unproven("the entry is of another day, or no day's")
        if (
            not isinstance(size, int)
            or isinstance(size, bool)
            or size != self.town.size
            or not isinstance(root, str)
        ):
            raise Unproven("the entry is of another size")
        hub_root = _climb(hash_leaf(made), self.hub)
        digest = salted(self.salt, hub_root)
        verify_inclusion(hash_leaf(digest), self.town.index, self.town.path, TreeHead(size, _hash(root)))
        return verify_receipt(self.leaf, Receipt.parse(self.receipt), log, witnesses, need=need)


def read_place(value: object) -> Place:
    """Read what `Place.as_json` wrote; raises Malformed."""
    try:
        return msgspec.convert(value, PlaceIn).place()
    except msgspec.ValidationError as error:
        raise Malformed("a place has another form") from error


def _climb(leaf_hash: bytes, place: Place) -> bytes:
    """Return the root that a leaf's path leads to."""
    if not 0 <= place.index < place.size or len(place.path) > HASH_BYTES * 2:
        raise Malformed("a place is in no tree")
    at, last, total = place.index, place.size - 1, leaf_hash
    for step in place.path:
        if last == 0:
            raise Unproven("the path to the root is too long")
        if at & 1 or at == last:
            total = sha256(b"\1" + step + total).digest()
            while at and not at & 1:
                at >>= 1
                last >>= 1
        else:
            total = sha256(b"\1" + total + step).digest()
        at >>= 1
        last >>= 1
    if last:
        raise Unproven("the path to the root is too short")
    return total


def _hash(text: str) -> bytes:
    try:
        raw = bytes.fromhex(text)
    except ValueError as error:
        raise Malformed("a hash is not hex") from error
    if len(raw) != HASH_BYTES or raw.hex() != text:
        raise Malformed("a hash is not 32 bytes in lower-case hex")
    return raw
