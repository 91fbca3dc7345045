"""Manifests: what a hub says about a clip, and a household about a disclosure, before they are sealed.

In:     frozen records, or JCS bytes from outside.
Out:    the exact bytes that are signed and hashed, or records that are whole.
Holds:  parse accepts only canonical JSON of exactly these fields whose numbers agree with each other.
Absent: keys and signatures (`container`).
Why:    docs/spec/seal.md, "Manifests"
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.seal import chunktree
from fanlight.seal.age_format import FILE_KEY_LENGTH, NONCE_LENGTH, chunk_count, hkdf, payload_length
from fanlight.seal.errors import malformed
from fanlight.wire import b64, jcs

Clock = Literal["hub", "media"]
Label = Literal["person", "vehicle", "animal", "package", "doorbell"]
THUMB_LIMIT = 12 * 1024
NOTE_LIMIT = 600  # characters
TERMS_LIMIT = 4_000
FILLER_CAMERA = "fillerfillerfillerfillerfi"  # of clips that hold noise, so that others are not counted
HASH_LENGTH = chunktree.HASH_LENGTH

_Id = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}$")]
_Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
_Nonce = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
_Count = Annotated[int, Meta(ge=0, lt=1 << 53)]
_Percent = Annotated[int, Meta(ge=0, le=100)]
_Name = Annotated[str, Meta(min_length=1, max_length=100)]
_Mime = Annotated[str, Meta(pattern=r'^video/mp4; codecs="[A-Za-z0-9., ]{1,60}"$')]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Where one segment lies: bytes in the plaintext, milliseconds from the clip's start."""

    offset: int
    length: int
    start_ms: int
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFacts:
    """What is known of a clip's media before it is sealed. `init` is (offset, length) in bytes."""

    start: datetime
    duration_ms: int
    clock: Clock
    label: Label
    mime: str
    width: int
    height: int
    init: tuple[int, int]
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFacts(MediaFacts):
    """What the hub knows of a clip: whose, from which camera, what the detector saw. `thumb` is a JPEG."""

    household: str
    camera: str
    camera_name: str
    clip: str
    score: int
    thumb: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareNote:
    """What a household writes with a disclosure; `answer_to` is an age recipient made for this one copy."""

    words: str
    answer_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """Whether another local agency may have a disclosure, and the 32 bytes that its commitment opens with."""

    may: bool
    salt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureFacts(MediaFacts):
    """What a household says of a disclosure. No household, camera or earlier clip is in it."""

    disclosure: str
    request: str
    trimmed: bool
    note: ShareNote | None = None
    terms: str | None = None  # the words under which it was given, as they were shown
    onward: Onward | None = None  # None in disclosures from before it was asked, which is no
    faces_blurred: bool = False  # faces that the giver's browser found were blurred, picture by picture


@dataclass(frozen=True, slots=True, kw_only=True)
class SealFacts:
    """What sealing adds: geometry, tree and commitment of one payload."""

    plain_length: int
    pay_length: int
    nonce: bytes
    tree_root: bytes
    chunks: tuple[bytes, ...]
    kc: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipManifest:
    """A clip as its hub signed it. `prev` is the hash of the camera's manifest before, None for the first."""

    facts: ClipFacts
    seal: SealFacts
    seq: int
    prev: bytes | None
    epoch: int

    def to_bytes(self) -> bytes:
        """Return the JCS bytes that are signed."""
        return jcs.dumps(
            _media_wire("clip", self.facts, self.seal)
            | {
                "household": self.facts.household,
                "camera": self.facts.camera,
                "camera_name": self.facts.camera_name,
                "clip": self.facts.clip,
                "score": self.facts.score,
                "thumb": b64.encode(self.facts.thumb),
                "seq": self.seq,
                "prev": None if self.prev is None else self.prev.hex(),
                "epoch": self.epoch,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureManifest:
    """A disclosure as the household signed it, under a key made for this one case (`signer`)."""

    facts: DisclosureFacts
    seal: SealFacts
    case_key_sha256: bytes
    signer: bytes

    def to_bytes(self) -> bytes:
        """Return the JCS bytes that are signed."""
        return jcs.dumps(
            _media_wire("disclosure", self.facts, self.seal)
            | {
                "disclosure": self.facts.disclosure,
                "request": self.facts.request,
                "trimmed": self.facts.trimmed,
                "identified": False,
                "case_key_sha256": self.case_key_sha256.hex(),
                "signer": b64.encode(self.signer),
            }
            | self._more()
        )

    def _more(self) -> dict[str, Any]:
        # What is not given has no field, as before there were notes, terms, blurred faces and hand-overs.
        note, terms = self.facts.note, self.facts.terms
        said: dict[str, Any] = (
            {} if note is None else {"note": {"words": note.words, "answer_to": note.answer_to}}
        )
        said |= {} if terms is None else {"terms": terms}
        if (onward := self.facts.onward) is not None:
            said |= {"onward": {"may": onward.may, "salt": onward.salt.hex()}}
        return said | ({"faces": "blurred"} if self.facts.faces_blurred else {})


def key_commitment(file_key: bytes) -> bytes:
    """Return `kc`: 32 bytes that fix the file key and do not tell it."""
    if len(file_key) != FILE_KEY_LENGTH:
        raise malformed("a file key has another length than 16 bytes")
    return hkdf(file_key, salt=b"", info=b"fanlight/commit/v1")


def describe_payload(
    payload: bytes | bytearray | memoryview, plain_length: int, file_key: bytes
) -> SealFacts:
    """Return what a manifest says about a freshly sealed payload."""
    chunks = chunktree.chunk_hashes(payload)
    return SealFacts(
        plain_length=plain_length,
        pay_length=len(payload),
        nonce=bytes(payload[:NONCE_LENGTH]),
        tree_root=chunktree.tree_root(chunks),
        chunks=chunks,
        kc=key_commitment(file_key),
    )


def parse_clip(data: bytes) -> ClipManifest:
    """Read a clip manifest; raises Malformed unless it is exactly what `ClipManifest.to_bytes` writes."""
    wire = _read(data, _ClipWire)
    facts = ClipFacts(
        **_media(wire),
        household=wire.household,
        camera=wire.camera,
        camera_name=wire.camera_name,
        clip=wire.clip,
        score=wire.score,
        thumb=_b64(wire.thumb, at_most=THUMB_LIMIT),
    )
    prev = None if wire.prev is None else bytes.fromhex(wire.prev)
    if (prev is None) != (wire.seq == 0):
        raise malformed("only the first manifest of a camera has none before it")
    return ClipManifest(facts=facts, seal=_seal(wire), seq=wire.seq, prev=prev, epoch=wire.epoch)


def parse_disclosure(data: bytes) -> DisclosureManifest:
    """Read a disclosure manifest; raises Malformed unless it is what `DisclosureManifest.to_bytes` writes."""
    wire = _read(data, _DisclosureWire)
    note = None if isinstance(wire.note, UnsetType) else ShareNote(**msgspec.structs.asdict(wire.note))
    facts = DisclosureFacts(
        **_media(wire),
        disclosure=wire.disclosure,
        request=wire.request,
        trimmed=wire.trimmed,
        note=note,
        terms=None if isinstance(wire.terms, UnsetType) else wire.terms,
        onward=None if isinstance(wire.onward, UnsetType) else _onward(wire.onward),
        faces_blurred=wire.faces == "blurred",
    )
    signer = _b64(wire.signer, at_most=HASH_LENGTH)
    if len(signer) != HASH_LENGTH or wire.identified:
        raise malformed("the signer of a disclosure is not a bare key")
    return DisclosureManifest(
        facts=facts, seal=_seal(wire), case_key_sha256=bytes.fromhex(wire.case_key_sha256), signer=signer
    )


def _onward(wire: "_OnwardWire") -> Onward:
    return Onward(may=wire.may, salt=bytes.fromhex(wire.salt))


def chain_hash(manifest_bytes: bytes) -> bytes:
    """Return what the next manifest of the same camera carries as `prev`."""
    return hashlib.sha256(manifest_bytes).digest()


_Wire = TypeVar("_Wire", bound=msgspec.Struct)


class _MediaWire(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    v: Literal[1]
    type: Literal["clip", "disclosure"]
    start: str
    duration_ms: _Count
    clock: Clock
    label: Label
    mime: _Mime
    width: Annotated[int, Meta(ge=1, le=16_384)]
    height: Annotated[int, Meta(ge=1, le=16_384)]
    init: tuple[_Count, _Count]
    segments: Annotated[list[tuple[_Count, _Count, _Count, _Count]], Meta(min_length=1, max_length=100_000)]
    plain_length: _Count
    pay_length: _Count
    nonce: _Nonce
    tree_root: _Hash
    chunks: str
    kc: _Hash


class _ClipWire(_MediaWire, forbid_unknown_fields=True, frozen=True, kw_only=True):
    type: Literal["clip"]
    household: _Id
    camera: _Id
    camera_name: _Name
    clip: _Id
    score: _Percent
    thumb: str
    seq: _Count
    prev: _Hash | None
    epoch: _Count


class _NoteWire(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    words: Annotated[str, Meta(min_length=1, max_length=NOTE_LIMIT)]
    answer_to: Annotated[str, Meta(pattern=r"^age1pq1[a-z0-9]{1900,2100}$")]


class _OnwardWire(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    may: bool
    salt: _Hash


class _DisclosureWire(_MediaWire, forbid_unknown_fields=True, frozen=True, kw_only=True):
    type: Literal["disclosure"]
    disclosure: _Id
    request: _Id
    trimmed: bool
    identified: bool
    case_key_sha256: _Hash
    signer: str
    note: _NoteWire | UnsetType = UNSET
    terms: Annotated[str, Meta(min_length=1, max_length=TERMS_LIMIT)] | UnsetType = UNSET
    onward: _OnwardWire | UnsetType = UNSET
    faces: Literal["blurred"] | UnsetType = UNSET


def _media_wire(kind: str, facts: MediaFacts, seal: SealFacts) -> dict[str, Any]:
    return {
        "v": 1,
        "type": kind,
        "start": clock.to_text(facts.start),
        "duration_ms": facts.duration_ms,
        "clock": facts.clock,
        "label": facts.label,
        "mime": facts.mime,
        "width": facts.width,
        "height": facts.height,
        "init": list(facts.init),
        "segments": [[s.offset, s.length, s.start_ms, s.duration_ms] for s in facts.segments],
        "plain_length": seal.plain_length,
        "pay_length": seal.pay_length,
        "nonce": seal.nonce.hex(),
        "tree_root": seal.tree_root.hex(),
        "chunks": b64.encode(b"".join(seal.chunks)),
        "kc": seal.kc.hex(),
    }


def _read(data: bytes, kind: type[_Wire]) -> _Wire:
    try:
        return msgspec.convert(jcs.loads(data), kind, strict=True)
    except msgspec.ValidationError as error:
        raise malformed("a manifest lacks a field, has one too many or a value out of range") from error
    except FanlightError as error:
        raise malformed("a manifest is not canonical JSON") from error


def _media(wire: _MediaWire) -> dict[str, Any]:
    try:
        start = clock.from_text(wire.start)
    except FanlightError as error:
        raise malformed("its start is not a time") from error
    segments = tuple(Segment(offset=o, length=n, start_ms=s, duration_ms=d) for o, n, s, d in wire.segments)
    _check_layout(wire.init, segments, wire.plain_length)
    return {
        "start": start,
        "duration_ms": wire.duration_ms,
        "clock": wire.clock,
        "label": wire.label,
        "mime": wire.mime,
        "width": wire.width,
        "height": wire.height,
        "init": wire.init,
        "segments": segments,
    }


def _check_layout(init: tuple[int, int], segments: tuple[Segment, ...], plain_length: int) -> None:
    if init[1] == 0 or init[0] + init[1] > segments[0].offset:
        raise malformed("its first segment begins before the end of what comes first")
    for one, two in pairwise(segments):
        if one.offset + one.length > two.offset or one.start_ms > two.start_ms:
            raise malformed("its segments overlap or run backwards")
    if any(segment.length == 0 for segment in segments):
        raise malformed("one of its segments is empty")
    if segments[-1].offset + segments[-1].length > plain_length:
        raise malformed("its last segment ends after the plaintext")


def _seal(wire: _MediaWire) -> SealFacts:
    if wire.pay_length != payload_length(wire.plain_length):
        raise malformed("its lengths do not agree")
    joined = _b64(wire.chunks, at_most=None)
    if len(joined) != HASH_LENGTH * chunk_count(wire.plain_length):
        raise malformed("it does not name every piece of the payload")
    chunks = tuple(joined[at : at + HASH_LENGTH] for at in range(0, len(joined), HASH_LENGTH))
    root = bytes.fromhex(wire.tree_root)
    if chunktree.tree_root(chunks) != root:
        raise malformed("its pieces do not give its root")
    return SealFacts(
        plain_length=wire.plain_length,
        pay_length=wire.pay_length,
        nonce=bytes.fromhex(wire.nonce),
        tree_root=root,
        chunks=chunks,
        kc=bytes.fromhex(wire.kc),
    )


def _b64(text: str, *, at_most: int | None) -> bytes:
    try:
        data = b64.decode(text)
    except FanlightError as error:
        raise malformed("it holds text that is not base64") from error
    if at_most is not None and len(data) > at_most:
        raise malformed("one of its fields is longer than allowed")
    return data
