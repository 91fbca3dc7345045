"""Containers and cards: a signed text in a box of common size, and the few words the server sees.

In:     the exact bytes of a manifest (or any signed JCS text) and a signing key.
Out:    JCS `{"manifest", "pad", "sig"}` of 32 KiB or the next power of two; a card and its signature.
Holds:  the signed text is carried as a string, so that it reaches the reader byte for byte.
Absent: sealing of the container (`sealing.seal`), which its callers do.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from fanlight.model.errors import FanlightError
from fanlight.model.padding import container_length
from fanlight.seal import keys
from fanlight.seal.errors import malformed
from fanlight.seal.keys import SigningKey
from fanlight.wire import b64, jcs

_ZEROS = re.compile(r"0*")
_HASH_PATTERN = r"^[0-9a-f]{64}$"


def make_container(signed: bytes, signature: bytes, *, padded: bool = True) -> bytes:
    """Return the box around `signed`; without padding it has no `pad` field at all."""
    box = {"manifest": signed.decode(), "sig": b64.encode(signature)}
    if not padded:
        return jcs.dumps(box)
    bare = len(jcs.dumps(box | {"pad": ""}))
    return jcs.dumps(box | {"pad": "0" * (container_length(bare) - bare)})


def read_container(data: bytes, *, padded: bool = True) -> tuple[bytes, bytes]:
    """Return the signed bytes and their signature, which is not checked yet.

    Raises:
        Malformed: not exactly what `make_container` writes.
    """
    try:
        box = msgspec.convert(jcs.loads(data), _PaddedBox if padded else _Box, strict=True)
        signature = b64.decode(box.sig)
    except (msgspec.ValidationError, FanlightError) as error:
        raise malformed("it is not the box a signed text comes in") from error
    if isinstance(box, _PaddedBox):
        bare = len(data) - len(box.pad)
        if not _ZEROS.fullmatch(box.pad) or len(data) != container_length(bare):
            raise malformed("its box has another size than its content asks")
    return box.manifest.encode(), signature


def open_container(context: str, data: bytes, public: bytes, *, padded: bool = True) -> bytes:
    """Return the signed bytes of a box after checking its signature under `public`.

    Raises:
        Malformed: no box. BadSignature: not signed by `public` for this context.
    """
    signed, signature = read_container(data, padded=padded)
    keys.verify(public, context, signed, signature)
    return signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """All the server sees of a clip. `length` is the payload's; `manifest_sha256` of the sealed manifest."""

    clip: str
    epoch: int
    day: date
    length: int
    root: bytes
    manifest_sha256: bytes

    def to_bytes(self) -> bytes:
        """Return the JCS bytes that the hub signs (context `card`)."""
        return jcs.dumps(
            {
                "clip": self.clip,
                "epoch": self.epoch,
                "day": self.day.isoformat(),
                "length": self.length,
                "root": self.root.hex(),
                "manifest_sha256": self.manifest_sha256.hex(),
            }
        )

    def sign(self, key: SigningKey) -> bytes:
        """Return the hub's signature over this card."""
        return key.sign("card", self.to_bytes())


def parse_card(data: bytes) -> Card:
    """Read a card; raises Malformed unless it is exactly what `Card.to_bytes` writes."""
    try:
        wire = msgspec.convert(jcs.loads(data), _CardWire, strict=True)
        day = date.fromisoformat(wire.day)
    except (msgspec.ValidationError, FanlightError, ValueError) as error:
        raise malformed("it is not the card of a clip") from error
    return Card(
        clip=wire.clip,
        epoch=wire.epoch,
        day=day,
        length=wire.length,
        root=bytes.fromhex(wire.root),
        manifest_sha256=bytes.fromhex(wire.manifest_sha256),
    )


def open_card(data: bytes, signature: bytes, public: bytes) -> Card:
    """Read a card after checking the hub's signature; raises Malformed or BadSignature."""
    keys.verify(public, "card", data, signature)
    return parse_card(data)


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 of `data`."""
    return hashlib.sha256(data).digest()


class _Box(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    manifest: str
    sig: str


class _PaddedBox(_Box, forbid_unknown_fields=True, frozen=True, kw_only=True):
    pad: str


class _CardWire(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    clip: Annotated[str, Meta(pattern=r"^[a-z2-7]{26}$")]
    epoch: Annotated[int, Meta(ge=0, lt=1 << 53)]
    day: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
    length: Annotated[int, Meta(ge=0, lt=1 << 53)]
    root: Annotated[str, Meta(pattern=_HASH_PATTERN)]
    manifest_sha256: Annotated[str, Meta(pattern=_HASH_PATTERN)]
