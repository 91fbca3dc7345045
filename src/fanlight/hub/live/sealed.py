"""How words and pictures are sealed between hub and viewers. Pure.

In:     keys, words of one session, pictures of one stream.
Out:    sealed messages; or BadMessage for any that is not the next one of its session.
Holds:  a nonce is used once under a key: each direction, session and stream has a key of its own, and its
        nonce counts. A stream's picture is encrypted once, whoever sees it. Which camera, which of its
        streams and which number a picture has is bound to it: swapped, moved, repeated, left out is noticed.
Why:    docs/spec/live.md, "Sealed messages"; AES-256-GCM, because every browser has it natively
"""

import secrets
import struct
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fanlight.hub.live.errors import bad_message

HELLO, ANSWER, WORDS, PICTURE = 0, 1, 2, 3  # the first byte of a message to a viewer
JSON, SOUND, FOOTAGE = 0, 1, 2  # the first byte of what is sealed as words
_WORDS = struct.Struct(">BQ")
_PICTURE = struct.Struct(">BIQ")
_FACTS = struct.Struct(">BQQ")  # flags, presentation time in µs, hub's clock at arrival in µs
_NONCE = struct.Struct(">IQ")
_KEY = 1
Direction = Literal["up", "down"]


class Speaker:
    """Seals words, one after the other, in one direction of one session."""

    def __init__(self, key: bytes, session: bytes, direction: Direction) -> None:
        """Begin at 0."""
        self._cipher = AESGCM(key)
        self._bound = _bound(session, direction)
        self._next = 0

    def seal(self, kind: int, body: bytes) -> bytes:
        """Return the next message."""
        head = _WORDS.pack(WORDS, self._next)
        nonce = _NONCE.pack(0, self._next)
        self._next += 1
        return head + self._cipher.encrypt(nonce, bytes([kind]) + body, self._bound + head)


class Listener:
    """Opens words, one after the other, in one direction of one session."""

    def __init__(self, key: bytes, session: bytes, direction: Direction) -> None:
        """Wait for 0."""
        self._cipher = AESGCM(key)
        self._bound = _bound(session, direction)
        self._next = 0

    def open(self, message: bytes) -> tuple[int, bytes]:
        """Return kind and body of the next message.

        Raises:
            BadMessage: it was altered, or is not the next one.
        """
        if len(message) < _WORDS.size + 17:
            raise bad_message("a message is too short")
        head = message[: _WORDS.size]
        what, number = _WORDS.unpack(head)
        if what != WORDS or number != self._next:
            raise bad_message("a message was repeated, moved or left out")
        try:
            plain = self._cipher.decrypt(_NONCE.pack(0, number), message[_WORDS.size :], self._bound + head)
        except InvalidTag as error:
            raise bad_message("a message was altered") from error
        self._next += 1
        return plain[0], plain[1:]


class StreamKey:
    """One key for one stream of one camera; `number` names it to the relay and in every picture."""

    def __init__(self, number: int, camera: str, role: str) -> None:
        """Make the key."""
        self.number, self.camera, self.role = number, camera, role
        self.key = secrets.token_bytes(32)
        self._cipher = AESGCM(self.key)
        self._bound = picture_bound(camera, role)
        self._next = 0

    @property
    def sealed(self) -> int:
        """How many pictures were encrypted under it."""
        return self._next

    def seal(self, data: bytes, *, is_key: bool, at_us: int, wall_us: int) -> bytes:
        """Return the next picture, sealed."""
        head = _PICTURE.pack(PICTURE, self.number, self._next)
        nonce = _NONCE.pack(self.number, self._next)
        self._next += 1
        facts = _FACTS.pack(_KEY if is_key else 0, at_us, wall_us)
        return head + self._cipher.encrypt(nonce, facts + data, self._bound + head)


def open_picture(
    key: bytes, camera: str, role: str, message: bytes
) -> tuple[int, int, bool, int, int, bytes]:
    """Return stream, number, whether it is a key frame, its two times in µs, and the picture.

    Raises:
        BadMessage: it is not a picture of that stream of that camera under that key.
    """
    if len(message) < _PICTURE.size + _FACTS.size + 16:
        raise bad_message("a picture is too short")
    head = message[: _PICTURE.size]
    what, stream, number = _PICTURE.unpack(head)
    if what != PICTURE:
        raise bad_message("it is no picture")
    try:
        plain = AESGCM(key).decrypt(
            _NONCE.pack(stream, number), message[_PICTURE.size :], picture_bound(camera, role) + head
        )
    except InvalidTag as error:
        raise bad_message("a picture was altered") from error
    flags, at_us, wall_us = _FACTS.unpack_from(plain)
    return stream, number, bool(flags & _KEY), at_us, wall_us, plain[_FACTS.size :]


def picture_bound(camera: str, role: str) -> bytes:
    """Return what every picture of a stream is bound to, besides its own head."""
    return f"fanlight/live/v1\n{camera}\n{role}\n".encode()


def _bound(session: bytes, direction: Direction) -> bytes:
    return f"fanlight/live/v1\n{direction}\n".encode() + session
