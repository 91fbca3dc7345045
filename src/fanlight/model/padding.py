"""Sizes that tell little: a ciphertext's length is rounded up so that it does not name its clip."""

MINIMUM_BYTES = 256 * 1024


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


def container_length(length: int) -> int:
    """Return the padded length, in bytes, of a manifest container: 32 KiB or the next power of two."""
    return max(32 * 1024, 1 << (length - 1).bit_length())
