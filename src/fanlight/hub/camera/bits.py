# ruff: noqa: PLR2004 - the figures are field sizes and codes of the standards named below
"""Bits of H.264 and H.265 parameter sets, first bit first.

In:     bytes from a camera or a file, never trusted.
Out:    numbers.
Holds:  BadNal is the only error raised.
Source: ITU-T H.264 and H.265, 7.2 and 9.1 (the same in both).
"""

from fanlight.model.errors import FanlightError


class BadNal(FanlightError):
    """Bytes that no encoder of this coding writes."""

    code = "camera.bad_nal"


def bad(why: str) -> BadNal:
    """Return the error that says `why` a picture cannot be read."""
    return BadNal(f"A picture cannot be read: {why}.", kept="The pictures before it are kept.", do="Go on.")


def unescape(data: bytes) -> bytes:
    """Remove the emulation prevention bytes (7.4.1.1 and 7.4.2)."""
    return data.replace(b"\0\0\3", b"\0\0") if b"\0\0\3" in data else data


class Bits:
    """A reader of bits."""

    def __init__(self, data: bytes) -> None:
        """Start at the first bit of `data`, emulation prevention removed."""
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def u(self, count: int) -> int:
        """Return the next `count` bits as a number."""
        if count > self._left:
            raise bad("a parameter set is cut off")
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def ue(self) -> int:
        """Return an unsigned Exp-Golomb number."""
        zeros = 0
        while not self.u(1):
            zeros += 1
            if zeros > 32:  # ue(v) has at most 32 leading zeros
                raise bad("a number in a parameter set is too long")
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        """Return a signed Exp-Golomb number."""
        code = self.ue()
        return (code + 1) // 2 if code & 1 else -(code // 2)
