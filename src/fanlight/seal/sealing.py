"""Seal bytes to recipients: age v1 files, in one go or as a stream.

In:     plaintext, recipient texts (age1pq1... or age1...).
Out:    header and payload bytes; `cat header payload` is a valid age file.
Holds:  a file key serves one file; chunks are encrypted straight into the output, never copied.
Absent: opening. Nothing here can read what it wrote.
"""

import secrets
from collections.abc import Sequence
from functools import lru_cache

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from fanlight.seal import bech32, keys
from fanlight.seal.age_format import (
    CHUNK_PLAIN,
    FILE_KEY_LENGTH,
    NONCE_LENGTH,
    TAG_LENGTH,
    Buffer,
    Stanza,
    chunk_count,
    chunk_nonce,
    encode_base64,
    hkdf,
    payload_key,
    payload_length,
    write_header,
)
from fanlight.seal.errors import bad_key

HYBRID_STANZA = "mlkem768x25519"
HYBRID_INFO = b"age-encryption.org/mlkem768x25519"
HYBRID_ENC_LENGTH = 1_120
X25519_STANZA = "X25519"
X25519_INFO = b"age-encryption.org/v1/X25519"
SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
_LATTICE_LENGTH = 1_184
_CURVE_LENGTH = 32


def new_file_key() -> bytes:
    """Return 16 random bytes. They must serve one file only."""
    return secrets.token_bytes(FILE_KEY_LENGTH)


def new_nonce() -> bytes:
    """Return the 16 random bytes that begin a payload."""
    return secrets.token_bytes(NONCE_LENGTH)


def header(file_key: bytes, recipients: Sequence[str]) -> bytes:
    """Return the header that gives `file_key` to each of `recipients`.

    Raises:
        BadKey: no recipient, or a text that is no X25519 or mlkem768x25519 recipient.
    """
    if not recipients:
        raise bad_key("there is nobody to seal to")
    return write_header([_stanza(file_key, recipient) for recipient in recipients], file_key)


def check_recipient(recipient: str) -> None:
    """Raise BadKey unless `recipient` is a post-quantum recipient (age1pq1...) we can seal to."""
    kind, data = _read(recipient)
    if kind != keys.HYBRID_RECIPIENT or not recipient.islower():
        raise bad_key("it is not a post-quantum age recipient (age1pq1...)")
    _hybrid_public(data)


def encrypt_payload(file_key: bytes, nonce: bytes, plaintext: Buffer) -> bytearray:
    """Return nonce and chunks for `plaintext`, in one allocation."""
    sealed = bytearray(payload_length(len(memoryview(plaintext).cast("B"))))
    encrypt_payload_into(file_key, nonce, plaintext, memoryview(sealed))
    return sealed


def encrypt_payload_into(file_key: bytes, nonce: bytes, plaintext: Buffer, target: memoryview) -> None:
    """Write nonce and chunks for `plaintext` into `target`, which is `payload_length` bytes long.

    Allocating 64 MiB costs as long as encrypting them, so that who seals many clips reuses one buffer.
    """
    source = memoryview(plaintext).cast("B")
    target[:NONCE_LENGTH] = nonce
    cipher = ChaCha20Poly1305(payload_key(file_key, nonce))
    last = chunk_count(len(source)) - 1
    at = NONCE_LENGTH
    for index in range(last + 1):
        piece = source[index * CHUNK_PLAIN : (index + 1) * CHUNK_PLAIN]
        end = at + len(piece) + TAG_LENGTH
        cipher.encrypt_into(chunk_nonce(index, last=index == last), piece, None, target[at:end])
        at = end


class Payload:
    """A payload written as the plaintext comes. The last chunk is held back until `finish`."""

    def __init__(self, file_key: bytes, nonce: bytes) -> None:
        """Begin the payload of `file_key`; the first output carries the nonce."""
        self._cipher = ChaCha20Poly1305(payload_key(file_key, nonce))
        self._out = bytearray(nonce)
        self._held = bytearray()
        self._index = 0

    def update(self, plaintext: Buffer) -> bytes:
        """Take more plaintext; return what is sealed by now (may be empty)."""
        self._held += plaintext
        while len(self._held) > CHUNK_PLAIN:
            self._seal(last=False)
        return self._take()

    def finish(self) -> bytes:
        """Seal what is held back as the last chunk and return it. Call once."""
        self._seal(last=True)
        return self._take()

    def _seal(self, *, last: bool) -> None:
        piece = bytes(self._held[:CHUNK_PLAIN])
        self._out += self._cipher.encrypt(chunk_nonce(self._index, last=last), piece, None)
        del self._held[:CHUNK_PLAIN]
        self._index += 1

    def _take(self) -> bytes:
        out = bytes(self._out)
        self._out.clear()
        return out


def seal(plaintext: Buffer, recipients: Sequence[str]) -> bytes:
    """Return an age file of `plaintext` for `recipients`; raises BadKey as `header` does."""
    file_key = new_file_key()
    return header(file_key, recipients) + encrypt_payload(file_key, new_nonce(), plaintext)


@lru_cache(maxsize=64)
def _read(recipient: str) -> tuple[str, bytes]:
    # A hub seals to one recipient each minute; reading its 2,000 letters took longer than all the rest.
    return bech32.decode(recipient)


def _stanza(file_key: bytes, recipient: str) -> Stanza:
    kind, data = _read(recipient)
    if kind == keys.HYBRID_RECIPIENT and recipient.islower():
        sealed = SUITE.encrypt(file_key, _hybrid_public(data), info=HYBRID_INFO)
        enc = encode_base64(sealed[:HYBRID_ENC_LENGTH]).decode()
        return Stanza((HYBRID_STANZA, enc), sealed[HYBRID_ENC_LENGTH:])
    if kind == keys.X25519_RECIPIENT and len(data) == _CURVE_LENGTH and recipient.islower():
        return _x25519_stanza(file_key, data)
    raise bad_key("it is not an age recipient (age1pq1... or age1...)")


def _hybrid_public(data: bytes) -> hpke.MLKEM768X25519PublicKey:
    if len(data) != _LATTICE_LENGTH + _CURVE_LENGTH:
        raise bad_key("a post-quantum recipient has the wrong length")
    try:
        return hpke.MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(data[:_LATTICE_LENGTH]),
            x25519.X25519PublicKey.from_public_bytes(data[_LATTICE_LENGTH:]),
        )
    except ValueError as error:
        raise bad_key("a post-quantum recipient holds no valid key") from error


def _x25519_stanza(file_key: bytes, recipient: bytes) -> Stanza:
    ephemeral = x25519.X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    try:
        shared = ephemeral.exchange(x25519.X25519PublicKey.from_public_bytes(recipient))
    except ValueError as error:
        raise bad_key("an X25519 recipient is a point of low order") from error
    wrap = hkdf(shared, salt=share + recipient, info=X25519_INFO)
    body = ChaCha20Poly1305(wrap).encrypt(bytes(12), file_key, None)
    return Stanza((X25519_STANZA, encode_base64(share).decode()), body)
