"""The Merkle tree over a payload's chunks: what a manifest signs and a server may check blindly.

In:     payload bytes (nonce and chunks), whole or in parts.
Out:    leaf hashes and the RFC 6962 root.
Holds:  a root fixes every ciphertext byte after the nonce, their order and their number.
Absent: keys. Nothing here reads what is sealed. `fanlight.proof` has the log's tree; the two packages
        stand side by side and do not import each other, so these few lines are written twice and
        tested against the same vectors.
Source: RFC 6962, section 2.1.
"""

import hashlib
from collections.abc import Sequence

from fanlight.seal.age_format import CHUNK_SEALED, NONCE_LENGTH, Buffer

HASH_LENGTH = 32


def chunk_hash(chunk: Buffer) -> bytes:
    """Return the leaf hash of one ciphertext chunk: SHA-256(0x00 || chunk)."""
    digest = hashlib.sha256(b"\x00")
    digest.update(chunk)
    return digest.digest()


def chunk_hashes(payload: Buffer) -> tuple[bytes, ...]:
    """Return the leaf hashes of a whole payload (nonce and chunks)."""
    view = memoryview(payload).cast("B")
    return tuple(
        chunk_hash(view[at : at + CHUNK_SEALED]) for at in range(NONCE_LENGTH, len(view), CHUNK_SEALED)
    )


def tree_root(hashes: Sequence[bytes]) -> bytes:
    """Return the RFC 6962 root over leaf hashes; of none, SHA-256 of nothing."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + tree_root(hashes[:split]) + tree_root(hashes[split:])).digest()


class PayloadHasher:
    """Length and root of a payload that arrives in parts of any size."""

    def __init__(self) -> None:
        """Begin before the first byte."""
        self.length = 0
        self._hashes: list[bytes] = []
        self._leaf = hashlib.sha256(b"\x00")
        self._room = CHUNK_SEALED

    def update(self, part: Buffer) -> None:
        """Take the next bytes of the payload."""
        view = memoryview(part).cast("B")
        skip = min(max(NONCE_LENGTH - self.length, 0), len(view))
        self.length += len(view)
        view = view[skip:]
        while view:
            piece, view = view[: self._room], view[self._room :]
            self._leaf.update(piece)
            self._room -= len(piece)
            if self._room == 0:
                self._close()

    def root(self) -> bytes:
        """Return the root over what was taken so far; more may follow."""
        if self._room == CHUNK_SEALED:
            return tree_root(self._hashes)
        return tree_root([*self._hashes, self._leaf.digest()])

    def _close(self) -> None:
        self._hashes.append(self._leaf.digest())
        self._leaf = hashlib.sha256(b"\x00")
        self._room = CHUNK_SEALED
