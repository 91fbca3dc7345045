"""Signed notes: a text and lines of signatures under it, as C2SP signed-note v1.0.0 has them.

In:     bytes of a note from outside; a text and a key to sign with.
Out:    the text, once a trusted key's signature over it holds; signature lines.
Holds:  bytes that parse are formatted back to the same bytes; unknown signatures change nothing.
Absent: what the text says (proof.checkpoint); timestamped signatures (proof.cosignature).
Why:    docs/spec/log.md
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fanlight.proof.errors import BadSignature, Malformed
from fanlight.wire import b64

ED25519 = 0x01
COSIGNATURE = 0x04
KEY_BYTES = 32
ID_BYTES = 4
MAX_NOTE_BYTES = 1_000_000  # as Go's x/mod reads
MAX_SIGNATURES = 100
_DASH = "\u2014 "
_SKEY = "PRIVATE+KEY+"
_FIRST_PRINTABLE = 0x20


def _bad_characters(text: str, *, line_feed: bool) -> bool:
    return any(ord(c) < _FIRST_PRINTABLE and not (line_feed and c == "\n") for c in text)


def check_name(name: str) -> str:
    """Return `name` if a key may bear it; raises Malformed for spaces, `+`, controls or nothing."""
    if not name or "+" in name or any(c.isspace() for c in name) or _bad_characters(name, line_feed=False):
        raise Malformed("a key's name is empty or holds a space or a plus sign")
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise Malformed("a key's name is not Unicode text") from error
    return name


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Return the 4 bytes that stand for a key in a signature line."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:ID_BYTES]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key and the name it signs under.

    Attributes:
        name: without spaces and plus signs; a log's is its origin.
        kind: `ED25519` (01) or `COSIGNATURE` (04).
        public: 32 bytes.
    """

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        """Refuse a key that could not be written as a vkey."""
        check_name(self.name)
        if self.kind not in {ED25519, COSIGNATURE} or len(self.public) != KEY_BYTES:
            raise Malformed("a key is of a kind or length not known here")

    @property
    def id(self) -> bytes:
        """The 4 bytes that stand for it in a signature line."""
        return key_id(self.name, self.kind, self.public)

    @property
    def vkey(self) -> str:
        """The key as text, `name+id+key`."""
        return f"{self.name}+{self.id.hex()}+{b64.encode(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a vkey.

        Raises:
            Malformed: not three parts, another kind than 01 and 04, or an id that is not this key's.
        """
        parts = text.split("+", 2)
        if len(parts) != 3:  # noqa: PLR2004 - name, id, key
            raise Malformed("a vkey has not three parts")
        name, hex_id, data = parts
        try:
            raw = b64.decode(data)
        except b64.BadBase64 as error:
            raise Malformed("a vkey's key is not base64") from error
        key = cls(name, raw[0] if raw else 0, raw[1:])
        if key.id.hex() != hex_id:
            raise Malformed("a vkey's id is not that of its key")
        return key

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Tell whether `signature` (64 bytes) is this key's over exactly `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A secret key and the name it signs under.

    Attributes:
        name: without spaces and plus signs.
        kind: `ED25519` (01) or `COSIGNATURE` (04).
        seed: 32 random bytes. Never printed.
    """

    name: str
    kind: int
    seed: bytes = field(repr=False)

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, self.kind, public)

    @property
    def skey(self) -> str:
        """The key as text, as Go's x/mod writes it. Secret."""
        data = b64.encode(bytes([self.kind]) + self.seed)
        return f"{_SKEY}{self.name}+{self.verifier.id.hex()}+{data}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `skey` wrote; raises Malformed for anything else."""
        parts = text.removeprefix(_SKEY).split("+", 2)
        if len(parts) != 3 or not text.startswith(_SKEY):  # noqa: PLR2004 - name, id, key
            raise Malformed("a signing key has another form")
        try:
            raw = b64.decode(parts[2])
        except b64.BadBase64 as error:
            raise Malformed("a signing key is not base64") from error
        if len(raw) != 1 + KEY_BYTES:
            raise Malformed("a signing key has another length")
        key = cls(parts[0], raw[0], raw[1:])
        if key.verifier.id.hex() != parts[1]:
            raise Malformed("a signing key's id is not its own")
        return key

    def raw_sign(self, message: bytes) -> bytes:
        """Return 64 bytes over exactly `message`."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)

    def line(self, payload: bytes) -> str:
        """Return a signature line that carries `payload` after this key's id."""
        return f"{_DASH}{self.name} {b64.encode(self.verifier.id + payload)}\n"

    def sign(self, text: str) -> str:
        """Return the signature line over a note's text, which ends in a line feed."""
        check_text(text)
        return self.line(self.raw_sign(text.encode()))


def check_text(text: str) -> None:
    """Raise Malformed unless `text` may stand in a note: whole lines, no control characters."""
    if not text.endswith("\n") or _bad_characters(text, line_feed=True):
        raise Malformed("a note's text has no last line feed or holds control characters")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line, not checked.

    Attributes:
        name: of the key that is said to have signed.
        key_id: 4 bytes.
        payload: what follows the id; 64 bytes for Ed25519, 72 for a cosignature.
    """

    name: str
    key_id: bytes
    payload: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note."""
        return f"{_DASH}{self.name} {b64.encode(self.key_id + self.payload)}\n"

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read one signature line without its line feed; raises Malformed."""
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != _DASH.strip():  # noqa: PLR2004 - dash, name, signature
            raise Malformed("a signature line has another form")
        try:
            raw = b64.decode(parts[2])
        except b64.BadBase64 as error:
            raise Malformed("a signature is not base64") from error
        if len(raw) <= ID_BYTES:
            raise Malformed("a signature is empty")
        return cls(check_name(parts[1]), raw[:ID_BYTES], raw[ID_BYTES:])


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it came. Its text means nothing until `verify` passed.

    Attributes:
        text: ends in a line feed.
        signatures: in the order they stand, 1 to 100.
    """

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a note.

        Raises:
            Malformed: no UTF-8, control characters, no blank line before the signatures, no signature,
                a signature line of another form, or too long.
        """
        if len(raw) > MAX_NOTE_BYTES:
            raise Malformed("a note is too long")
        try:
            whole = raw.decode()
        except UnicodeDecodeError as error:
            raise Malformed("a note is not UTF-8") from error
        body, mark, lines = whole.rpartition("\n\n")
        if not mark or not lines.endswith("\n"):
            raise Malformed("a note has no signature lines")
        text = body + "\n"
        check_text(text)
        rows = lines[:-1].split("\n")
        if len(rows) > MAX_SIGNATURES:
            raise Malformed("a note has too many signatures")
        return cls(text, tuple(Signature.parse(row) for row in rows))

    def format(self) -> bytes:
        """Return the note's bytes; `parse` of them gives this note again."""
        return (self.text + "\n" + "".join(s.line for s in self.signatures)).encode()

    def by(self, key: VerifierKey) -> list[Signature]:
        """Return the signatures that claim to be of `key`: name and id both match."""
        return [s for s in self.signatures if s.name == key.name and s.key_id == key.id]

    def verify(self, key: VerifierKey) -> None:
        """Check that `key`, of kind 01, signed the text.

        Raises:
            BadSignature: it did not, or one signature under its name and id is wrong.
        """
        found = self.by(key)
        if key.kind != ED25519 or not found:
            raise BadSignature(f"{key.name} has not signed the note")
        if not all(key.holds(self.text.encode(), s.payload) for s in found):
            raise BadSignature(f"the signature of {key.name} is not over this text")
