"""The age v1 file format: header text and STREAM payload geometry.

In:     bytes of a header, or stanzas and a file key.
Out:    `Header`, or the exact bytes; key derivations and chunk nonces.
Holds:  parse accepts exactly what `write` can write, byte for byte.
Absent: recipients and identities (`sealing`, `opening`); armor and passphrases, which Fanlight does not use.
Source: C2SP age.md, age v1.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fanlight.seal.errors import HeaderAltered, malformed

Buffer = bytes | bytearray | memoryview

FILE_KEY_LENGTH = 16
NONCE_LENGTH = 16
TAG_LENGTH = 16
CHUNK_PLAIN = 65_536
CHUNK_SEALED = CHUNK_PLAIN + TAG_LENGTH
MAC_LENGTH = 32

_VERSION = b"age-encryption.org/v1"
_ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"
_COLUMNS = 64
# A household's or agency's header is a few stanzas of 1.6 kB. A megabyte of them is an attack.
HEADER_LIMIT = 1 << 20
_ARGUMENTS = re.compile(rb"[\x21-\x7e]+(?: [\x21-\x7e]+)*")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*")


@dataclass(frozen=True, slots=True)
class Stanza:
    """One recipient's way to the file key: type and arguments, then a body."""

    args: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """A parsed header. `signed` is what the MAC covers; `length` counts through the MAC line's LF."""

    stanzas: tuple[Stanza, ...]
    mac: bytes
    signed: bytes
    length: int

    def check_mac(self, file_key: bytes) -> None:
        """Raise HeaderAltered unless the MAC holds under `file_key`."""
        if not hmac.compare_digest(_mac(file_key, self.signed), self.mac):
            raise HeaderAltered(
                "The header of this file was altered: its MAC does not hold.",
                kept="Nothing was written or shown.",
                do="Fetch the file again.",
            )


def write_header(stanzas: Sequence[Stanza], file_key: bytes) -> bytes:
    """Return the header bytes for `stanzas`, MAC line and its LF included."""
    signed = bytearray(_VERSION + b"\n")
    for stanza in stanzas:
        signed += b"-> " + " ".join(stanza.args).encode("ascii") + b"\n"
        body = encode_base64(stanza.body)
        # A body that fills its last line is followed by an empty one: the short line ends it.
        for start in range(0, len(body) + 1, _COLUMNS):
            signed += body[start : start + _COLUMNS] + b"\n"
    signed += b"---"
    return bytes(signed) + b" " + encode_base64(_mac(file_key, bytes(signed))) + b"\n"


def parse_header(data: Buffer) -> Header:
    """Read the header at the start of `data`; what follows it is not looked at.

    Raises:
        Malformed: not an age v1 header, armored, or not spelt canonically.
    """
    head = bytes(data[:HEADER_LIMIT])
    if head.startswith(_ARMOR):
        raise malformed("it is an armored (text) age file; use the binary form")
    reader = _Lines(head)
    first = reader.next()
    if first != _VERSION:
        raise malformed("it is not an age v1 file")
    stanzas: list[Stanza] = []
    while True:
        at = reader.at
        line = reader.next()
        if not line.startswith(b"-> "):
            break
        stanzas.append(Stanza(_arguments(line[3:]), _body(reader)))
    if not line.startswith(b"--- "):
        raise malformed("a line of the header is neither a stanza nor its end")
    mac = decode_base64(line[4:])
    if len(mac) != MAC_LENGTH:
        raise malformed("the MAC of the header has another length than 32 bytes")
    if not stanzas:
        raise malformed("the header names no recipient")
    if len(stanzas) > 1 and any(stanza.args[0] == "scrypt" for stanza in stanzas):
        raise malformed("a passphrase is mixed with other recipients")
    return Header(tuple(stanzas), mac, head[: at + 3], reader.at)


def encode_base64(data: bytes) -> bytes:
    """Return standard base64 without padding."""
    return base64.b64encode(data).rstrip(b"=")


def decode_base64(text: bytes) -> bytes:
    """Read canonical unpadded base64; raises Malformed for any other spelling."""
    if _BASE64.fullmatch(text):
        try:
            data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
        except (binascii.Error, ValueError):
            pass
        else:
            if encode_base64(data) == text:
                return data
    raise malformed("the header holds base64 that is not canonical")


def hkdf(ikm: bytes, *, salt: bytes, info: bytes) -> bytes:
    """Return 32 bytes of HKDF-SHA256; an empty salt means none."""
    return HKDF(hashes.SHA256(), 32, salt or None, info).derive(ikm)


def payload_key(file_key: bytes, nonce: bytes) -> bytes:
    """Return the key of the payload's chunks: HKDF(file key, salt=nonce, info="payload")."""
    return hkdf(file_key, salt=nonce, info=b"payload")


def chunk_nonce(index: int, *, last: bool) -> bytes:
    """Return the AEAD nonce of chunk `index`: 11 bytes of counter, then the final mark."""
    return index.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def chunk_count(plain_length: int) -> int:
    """Return how many chunks hold `plain_length` bytes; an empty plaintext has one."""
    return max(1, -(-plain_length // CHUNK_PLAIN))


def payload_length(plain_length: int) -> int:
    """Return the length in bytes of nonce and chunks for `plain_length` bytes of plaintext."""
    return NONCE_LENGTH + plain_length + TAG_LENGTH * chunk_count(plain_length)


class _Lines:
    """A cursor over LF-ended lines."""

    def __init__(self, data: bytes) -> None:
        self._data, self.at = data, 0

    def next(self) -> bytes:
        end = self._data.find(b"\n", self.at)
        if end < 0:
            raise malformed("the header does not end" if self.at else "it is not an age v1 file")
        line, self.at = self._data[self.at : end], end + 1
        return line


def _arguments(text: bytes) -> tuple[str, ...]:
    if not _ARGUMENTS.fullmatch(text):
        raise malformed("a stanza's arguments are not spelt as age spells them")
    return tuple(text.decode("ascii").split(" "))


def _body(reader: _Lines) -> bytes:
    text = bytearray()
    while True:
        line = reader.next()
        if len(line) > _COLUMNS:
            raise malformed("a line of a stanza is longer than 64 columns")
        text += line
        if len(line) < _COLUMNS:
            return decode_base64(bytes(text))


def _mac(file_key: bytes, signed: bytes) -> bytes:
    return hmac.digest(hkdf(file_key, salt=b"", info=b"header"), signed, "sha256")
