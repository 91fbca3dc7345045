"""Open age v1 files. The only module of Fanlight that turns ciphertext into plaintext.

In:     age files, headers or single chunks, and identity texts.
Out:    plaintext that was authenticated as a whole (`open_age`) or chunk by chunk (`ChunkOpener`).
Holds:  no byte leaves before its tag was checked; a file ends where its last chunk says.
Absent: from the server and the witness, by import contract and by a test of the running process.
Source: C2SP age.md, age v1.
"""

from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from fanlight.seal import keys
from fanlight.seal.age_format import (
    CHUNK_PLAIN,
    CHUNK_SEALED,
    FILE_KEY_LENGTH,
    NONCE_LENGTH,
    TAG_LENGTH,
    Buffer,
    Header,
    Stanza,
    chunk_nonce,
    decode_base64,
    hkdf,
    parse_header,
    payload_key,
)
from fanlight.seal.errors import NotForUs, bad_key, malformed, payload_altered
from fanlight.seal.sealing import (
    HYBRID_ENC_LENGTH,
    HYBRID_INFO,
    HYBRID_STANZA,
    SUITE,
    X25519_INFO,
    X25519_STANZA,
)

_BODY_LENGTH = FILE_KEY_LENGTH + TAG_LENGTH
_SHARE_LENGTH = 32
_ARGUMENTS = 2


def open_header(header: Buffer, identities: Sequence[str]) -> bytes:
    """Return the file key of the age header at the start of `header`.

    Args:
        header: at least the header's bytes; what follows is ignored.
        identities: age identity texts, tried in order.

    Raises:
        Malformed: not a header, or a stanza of a kind we know breaks its rules.
        NotForUs: no identity opens it. HeaderAltered: one does, but the MAC does not hold.
        BadKey: an identity is not one.
    """
    return _file_key(parse_header(header), identities)


def open_age(data: Buffer, identities: Sequence[str]) -> bytes:
    """Return the plaintext of a whole age file.

    Raises:
        As `open_header`; PayloadAltered: a chunk is changed, moved, missing or too many.
    """
    header = parse_header(data)
    file_key = _file_key(header, identities)
    return bytes(open_payload(file_key, memoryview(data)[header.length :]))


def open_payload(file_key: bytes, payload: Buffer) -> bytearray:
    """Return the plaintext of a whole payload (nonce and chunks).

    Raises:
        Malformed: too short to hold a nonce. PayloadAltered: a chunk does not open.
    """
    view = memoryview(payload).cast("B")
    opener = ChunkOpener(file_key, bytes(view[:NONCE_LENGTH]))
    body = view[NONCE_LENGTH:]
    count = max(1, -(-len(body) // CHUNK_SEALED))
    if len(body) - (count - 1) * CHUNK_SEALED < TAG_LENGTH:
        raise payload_altered("it ends within a chunk")
    plain = bytearray(len(body) - TAG_LENGTH * count)
    target = memoryview(plain)
    for index in range(count):
        chunk = body[index * CHUNK_SEALED : (index + 1) * CHUNK_SEALED]
        at = index * CHUNK_PLAIN
        opener.open_into(index, chunk, target[at : at + len(chunk) - TAG_LENGTH], last=index == count - 1)
    return plain


def open_chunk(file_key: bytes, nonce: bytes, index: int, chunk: Buffer, *, last: bool) -> bytes:
    """Return the plaintext of one chunk; raises PayloadAltered if its tag does not hold."""
    return ChunkOpener(file_key, nonce).open(index, chunk, last=last)


class ChunkOpener:
    """Opens the chunks of one payload in any order."""

    def __init__(self, file_key: bytes, nonce: bytes) -> None:
        """Derive the payload's key once; raises Malformed if the nonce is not 16 bytes."""
        if len(nonce) != NONCE_LENGTH:
            raise malformed("the payload has no whole nonce")
        self._cipher = ChaCha20Poly1305(payload_key(file_key, nonce))

    def open(self, index: int, chunk: Buffer, *, last: bool) -> bytes:
        """Return the plaintext of chunk `index`; raises PayloadAltered if its tag does not hold."""
        plain = bytearray(max(0, len(chunk) - TAG_LENGTH))
        self.open_into(index, chunk, memoryview(plain), last=last)
        return bytes(plain)

    def open_into(self, index: int, chunk: Buffer, target: memoryview, *, last: bool) -> None:
        """Decrypt chunk `index` into `target`, which is 16 bytes shorter; raises PayloadAltered."""
        if len(chunk) < TAG_LENGTH:
            raise payload_altered("it ends within a chunk")
        if len(chunk) == TAG_LENGTH and index > 0:
            raise payload_altered("its last chunk is empty")
        try:
            self._cipher.decrypt_into(chunk_nonce(index, last=last), chunk, None, target)
        except InvalidTag as error:
            raise payload_altered(f"piece {index} is not the one that was sealed there") from error


def _file_key(header: Header, identities: Sequence[str]) -> bytes:
    if not identities:
        raise bad_key("no identity was given")
    for secret in identities:
        kind, data = keys.identity_bytes(secret)
        unwrap = _unwrap_hybrid if kind == keys.HYBRID_IDENTITY else _unwrap_x25519
        file_key = unwrap(header.stanzas, data)
        if file_key is not None:
            header.check_mac(file_key)
            return file_key
    raise NotForUs(
        "This file is sealed to other keys than those given.",
        kept="Nothing was written or shown.",
        do="Use the key of the period or case that the file belongs to.",
    )


def _unwrap_hybrid(stanzas: Sequence[Stanza], seed: bytes) -> bytes | None:
    parts = None
    for stanza in stanzas:
        if stanza.args[0] != HYBRID_STANZA:
            continue
        enc = _argument(stanza, HYBRID_ENC_LENGTH)
        lattice, curve = parts = parts or keys.hybrid_parts(seed)
        try:
            # The HPKE suite reports a share of low order as a tag that does not hold, which would
            # read as "not for us". age says that such a header is broken, so it is asked first.
            curve.exchange(x25519.X25519PublicKey.from_public_bytes(enc[-_SHARE_LENGTH:]))
            private = hpke.MLKEM768X25519PrivateKey(lattice, curve)
            return SUITE.decrypt(enc + stanza.body, private, info=HYBRID_INFO)
        except InvalidTag:
            continue  # A stanza does not say whose it is: not opening it means not ours.
        except ValueError as error:
            raise malformed("a stanza holds a key share that is none") from error
    return None


def _unwrap_x25519(stanzas: Sequence[Stanza], secret: bytes) -> bytes | None:
    private = x25519.X25519PrivateKey.from_private_bytes(secret)
    public = private.public_key().public_bytes_raw()
    for stanza in stanzas:
        if stanza.args[0] != X25519_STANZA:
            continue
        share = _argument(stanza, _SHARE_LENGTH)
        try:
            shared = private.exchange(x25519.X25519PublicKey.from_public_bytes(share))
        except ValueError as error:
            raise malformed("a stanza holds a key share of low order") from error
        wrap = hkdf(shared, salt=share + public, info=X25519_INFO)
        try:
            return ChaCha20Poly1305(wrap).decrypt(bytes(12), stanza.body, None)
        except InvalidTag:
            continue
    return None


def _argument(stanza: Stanza, length: int) -> bytes:
    """Return the one argument of a stanza we know; the body's length is checked before anything is opened."""
    if len(stanza.args) != _ARGUMENTS:
        raise malformed("a stanza has another number of arguments than its kind asks")
    share = decode_base64(stanza.args[1].encode("ascii"))
    if len(share) != length:
        raise malformed("a stanza's key share has the wrong length")
    if len(stanza.body) != _BODY_LENGTH:
        raise malformed("a stanza's body has the wrong length")
    return share
