"""One segment as bytes on disk: a head, what the segment is, and its fragment, both encrypted.

In:     a Segment, the key of its day, and where it will lie.
Out:    its record; and back, or None for bytes that are not that record.
Holds:  J4 no fragment is on disk in the clear; a record opens only in the file and at the place it was
        made for; the tag in its row is the record's last 16 bytes.
Source: RFC 8439 (ChaCha20-Poly1305). A 96-bit random nonce a record, its last bit told apart for the two
        parts; at most some 10^7 records a key.
"""

import secrets
import struct
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from fanlight.hub.packet import AudioInfo, StreamInfo
from fanlight.hub.segmenter.segment import Segment

TAG = 16
_NONCE = 12
_MAGIC = b"FLR1"
_HEAD = struct.Struct(">4sHI")  # magic, lengths of the two sealed parts
_CONTEXT = b"fanlight/record/v1\0"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
US = timedelta(microseconds=1)
LARGEST_BYTES = 1 << 30


class Facts(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """What a row says of a segment, so that rows can be made anew from files."""

    camera: str
    role: str
    codec: str
    width: int
    height: int
    config: bytes
    audio: tuple[str, int, int, bytes] | None
    boot: tuple[str, int, int]
    run: int
    start_90k: int
    duration_90k: int
    wall_us: int
    mono_us: int
    is_key: bool
    is_discontinuous: bool

    @property
    def end_us(self) -> int:
        """When the segment's last picture ends, microseconds UTC."""
        return self.wall_us + self.duration_90k * 100 // 9

    @classmethod
    def of(cls, segment: Segment, camera: str, role: str, boot: tuple[str, int, int]) -> "Facts":
        """Return what is to be known of a segment."""
        info, sound = segment.info, segment.audio
        return cls(
            camera, role, info.codec, info.width, info.height, info.config,
            None if sound is None else (sound.codec, sound.rate_hz, sound.channels, sound.config),
            boot, segment.run, segment.start_90k, segment.duration_90k, micros(segment.wall),
            segment.mono_us, segment.is_key, segment.is_discontinuous,
        )  # fmt: skip

    def segment(self, fragment: bytes) -> Segment:
        """Return the segment again."""
        sound = self.audio
        return Segment(
            info=StreamInfo(codec=self.codec, width=self.width, height=self.height, config=self.config),
            audio=None
            if sound is None
            else AudioInfo(codec=sound[0], rate_hz=sound[1], channels=sound[2], config=sound[3]),
            run=self.run,
            fragment=fragment,
            start_90k=self.start_90k,
            duration_90k=self.duration_90k,
            wall=moment(self.wall_us),
            mono_us=self.mono_us,
            is_key=self.is_key,
            is_discontinuous=self.is_discontinuous,
        )


_ENCODE, _DECODE = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(Facts).decode


def micros(time: datetime) -> int:
    """Return an aware time as microseconds UTC."""
    return (time - EPOCH) // US


def moment(micros_utc: int) -> datetime:
    """Return microseconds UTC as a time."""
    return EPOCH + micros_utc * US


def _bound(name: str, place: int, head: bytes, part: bytes) -> bytes:
    return b"".join((_CONTEXT, name.encode(), b"\0", place.to_bytes(8, "big"), head, part))


def _nonces(nonce: bytes) -> tuple[bytes, bytes]:
    stem, last = nonce[:-1], nonce[-1] & 0xFE
    return stem + bytes([last]), stem + bytes([last | 1])


def seal(cipher: ChaCha20Poly1305, name: str, place: int, facts: Facts, fragment: bytes) -> list[bytes]:
    """Return the buffers of a record for `place` of the file `name`; the last ends in its tag."""
    nonce = secrets.token_bytes(_NONCE)
    first, second = _nonces(nonce)
    told = _ENCODE(facts)
    head = _HEAD.pack(_MAGIC, len(told) + TAG, len(fragment) + TAG) + nonce
    return [
        head,
        cipher.encrypt(first, told, _bound(name, place, head, b"f")),
        cipher.encrypt(second, fragment, _bound(name, place, head, b"p")),
    ]


def length_of(head: bytes) -> int | None:
    """Return the length of the record that begins with these bytes, None if none does."""
    if len(head) < HEAD_BYTES:
        return None
    magic, told, sealed = _HEAD.unpack_from(head)
    if magic != _MAGIC or told < TAG or not TAG <= sealed <= LARGEST_BYTES:
        return None
    return HEAD_BYTES + int(told) + int(sealed)


HEAD_BYTES = _HEAD.size + _NONCE


def open_fragment(cipher: ChaCha20Poly1305, name: str, place: int, record: bytes) -> bytes | None:
    """Return the fragment of the record at `place` of the file `name`; None if it is not that record."""
    if length_of(record) != len(record):
        return None
    told = _HEAD.unpack_from(record)[1]
    head, view = record[:HEAD_BYTES], memoryview(record)
    try:
        return cipher.decrypt(
            _nonces(head[-_NONCE:])[1], view[HEAD_BYTES + told :], _bound(name, place, head, b"p")
        )
    except InvalidTag:
        return None


def open_facts(cipher: ChaCha20Poly1305, name: str, place: int, record: bytes) -> Facts | None:
    """Return what a record says of itself; None if it is not that record. Its fragment may be cut off."""
    if length_of(record) is None:
        return None
    told = _HEAD.unpack_from(record)[1]
    head, sealed = record[:HEAD_BYTES], record[HEAD_BYTES : HEAD_BYTES + told]
    try:
        facts = cipher.decrypt(_nonces(head[-_NONCE:])[0], sealed, _bound(name, place, head, b"f"))
        return _DECODE(facts)
    except (InvalidTag, msgspec.MsgspecError):
        return None


def open_flat(cipher: ChaCha20Poly1305, name: str, content: bytes) -> bytes | None:
    """Return the fragment of a file that version 0.1 wrote, None if it is not that file."""
    try:
        return cipher.decrypt(content[:_NONCE], content[_NONCE:], name.encode())
    except (InvalidTag, ValueError):
        return None
