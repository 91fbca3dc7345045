"""Whether two copies that one home shared, under two cases, can be told to be one home's.

In:     homes that share twice, through the code that seals a copy and derives a key for each case.
Out:    figures of a pair of copies: of one home, or of two.
Holds:  what whoever has both rows and both opened manifests sees beside the picture: lengths, ids, keys.
Absent: what an opened manifest says of its segments, and the picture; the address a copy came from, and the
        hour at which people answer: docs/design/unseen.md.
"""

import json
import math
import random
from dataclasses import dataclass

from tests.unseen.features import Figures
from tests.unseen.homes import START

from fanlight.model.ids import new_id
from fanlight.model.padding import copy_length, padded_length
from fanlight.seal import keys
from fanlight.seal.age_format import CHUNK_SEALED, NONCE_LENGTH, payload_length
from fanlight.seal.clip import SealedDisclosure, seal_disclosure
from fanlight.seal.container import make_container
from fanlight.seal.keys import SigningKey, case_signing_key
from fanlight.seal.manifest import DisclosureFacts, Segment
from fanlight.wire import b64, jcs

MEDIAN_RATE, MEDIAN_S = 250_000, 20.0  # bytes a second: 2 Mb/s
ALIKE, UNLIKE = (
    0.3,
    0.6,
)  # spread of the logarithm of cameras' rates: two in three within 30 %, or within 80 %
_LENGTHS = 0.7  # the same of how long copies last


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy as it lies at the server, its manifest opened by the agency."""

    disclosure: str
    sealed: SealedDisclosure
    length: int
    signer: bytes
    opened: int  # bytes of its manifest's container


def two_cases() -> tuple[str, str]:
    """Return the case keys of two cases."""
    return keys.new_identity().recipient, keys.new_identity().recipient


def share_twice(
    chance: random.Random, cases: tuple[str, str], spread: float, signer: SigningKey | None = None
) -> tuple[Copy, Copy]:
    """Let one home share under both cases; with one `signer` for both, as none of ours does."""
    seed, rate = chance.randbytes(32), MEDIAN_RATE * math.exp(chance.gauss(0, spread))
    first, second = (_copy(chance, case, rate, signer or case_signing_key(seed, case)) for case in cases)
    return first, second


def _copy(chance: random.Random, case: str, rate: float, signing: SigningKey) -> Copy:
    lasts_s = min(max(MEDIAN_S * math.exp(chance.gauss(0, _LENGTHS)), 3.0), 120.0)
    facts = DisclosureFacts(
        disclosure=new_id(),
        request=new_id(),
        trimmed=True,
        start=START,
        duration_ms=round(lasts_s * 1_000),
        clock="hub",
        label="person",
        mime='video/mp4; codecs="avc1.4d401f"',
        width=1920,
        height=1080,
        init=(0, 8),
        segments=(Segment(offset=8, length=992, start_ms=0, duration_ms=1_000),),
    )
    sealed = seal_disclosure(  # its bytes are not looked at, so there are few
        bytes(1_000), facts=facts, case_recipient=case, signing_key=signing, pad_to=padded_length(1_000)
    )
    length = payload_length(copy_length(round(lasts_s * rate)))
    return Copy(facts.disclosure, sealed, length, signing.public, _container(sealed, length, lasts_s))


def _container(sealed: SealedDisclosure, length: int, lasts_s: float) -> int:
    """Return the size of a manifest's container with all pieces of the payload, and a segment a second."""
    text = json.loads(sealed.manifest_bytes)
    pieces = -(-(length - NONCE_LENGTH) // CHUNK_SEALED)
    second = [1_000_000, 250_000, 10_000, 1_000]
    text |= {"chunks": b64.encode(bytes(32 * pieces)), "segments": [second] * math.ceil(lasts_s)}
    return len(make_container(jcs.dumps(text), bytes(64)))


def pair(one: Copy, other: Copy) -> Figures:
    """Return what may tell whether two copies are of one home."""
    return {
        "length, ratio": abs(math.log(one.length / other.length)),
        "length, lesser": min(one.length, other.length),
        "length, greater": max(one.length, other.length),
        "length, same": one.length == other.length,
        "header": abs(len(one.sealed.hdr) - len(other.sealed.hdr)),
        "manifest": abs(len(one.sealed.manifest_age) - len(other.sealed.manifest_age)),
        "opened manifest": abs(one.opened - other.opened),
        "signer": _bits_apart(one.signer, other.signer),
        "id": _bits_apart(one.disclosure.encode(), other.disclosure.encode()),
        "root": _bits_apart(one.sealed.root, other.sealed.root),
    }


def pairs(
    count: int, seed: int, *, spread: float = ALIKE, signer: bool = False
) -> tuple[list[Figures], list[Figures]]:
    """Return figures of `count` pairs of one home each, and of as many of two homes."""
    chance, cases = random.Random(seed), two_cases()
    shared = [
        share_twice(chance, cases, spread, SigningKey(chance.randbytes(32)) if signer else None)
        for _ in range(2 * count)
    ]
    same = [pair(*both) for both in shared[:count]]
    rest = shared[count:]
    return same, [pair(one[0], other[1]) for one, other in zip(rest, [*rest[1:], rest[0]], strict=True)]


def _bits_apart(one: bytes, other: bytes) -> int:
    return sum((a ^ b).bit_count() for a, b in zip(one, other, strict=True))
