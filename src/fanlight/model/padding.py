"""Sizes that tell little: a ciphertext's length is rounded up so that it does not name its clip."""

MINIMUM_BYTES = 256 * 1024
_MIB = 1 << 20
COPY_BYTES = (20 * _MIB, 80 * _MIB, 255 * _MIB)  # sealed, the last is under what a drop takes


def padded_length(length: int) -> int:
    """Return the length, in bytes, to which a plaintext of `length` bytes is padded.

    At least 256 KiB, then rounded up by Padmé: the last bits are cleared so that only
    O(log log length) bits of the size leak, at a cost of at most 12 %. Room for a
    `free` box header (8 bytes) is always left.

    Source: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files", PETS 2019.
    """
    need = max(length + 8, MINIMUM_BYTES)
    exponent = need.bit_length() - 1
    keep = exponent.bit_length()
    mask = (1 << max(exponent - keep, 0)) - 1
    return (need + mask) & ~mask


def copy_length(length: int) -> int:
    """Return the length, in bytes, to which the plaintext of a copy for a case is padded.

    One size for nearly all copies, a few for the rest, so that two copies are not linked by how much their
    camera sends (docs/adr/0014). What is longer than the last is padded as a clip is; no server takes it.
    """
    fitting = (size for size in COPY_BYTES if length + 8 <= size)
    return next(fitting, padded_length(length))


def container_length(length: int) -> int:
    """Return the padded length, in bytes, of a manifest container: 32 KiB or the next power of two."""
    return max(32 * 1024, 1 << (length - 1).bit_length())
