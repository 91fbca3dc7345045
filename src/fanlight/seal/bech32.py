"""Bech32 (BIP 173) without its length limit: how age writes keys.

In:     a human-readable part and bytes, or a text.
Out:    a text in one case, or part and bytes.
Holds:  decode(encode(hrp, data)) is (hrp, data); every other spelling is BadKey.
Source: BIP 173; C2SP age.md, "Recipient types".
"""

from collections.abc import Iterable

from fanlight.seal.errors import bad_key

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_CHECKSUM_LENGTH = 6
_GROUP_BITS = 5


def encode(hrp: str, data: bytes) -> str:
    """Return the lower-case Bech32 text of `data` under the human-readable part `hrp`."""
    values = _to_groups(data)
    remainder = _polymod([*_expand(hrp), *values, *([0] * _CHECKSUM_LENGTH)]) ^ 1
    checksum = [(remainder >> (_GROUP_BITS * (5 - i))) & 31 for i in range(_CHECKSUM_LENGTH)]
    return hrp + "1" + "".join(_ALPHABET[value] for value in [*values, *checksum])


def decode(text: str) -> tuple[str, bytes]:
    """Return the human-readable part, in lower case, and the bytes of `text`.

    Raises:
        BadKey: mixed case, a foreign letter, a wrong checksum or bits left over.
    """
    if text not in {text.lower(), text.upper()}:
        raise bad_key("it mixes upper and lower case")
    hrp, separator, rest = text.lower().rpartition("1")
    if (
        not separator
        or not hrp
        or len(rest) < _CHECKSUM_LENGTH
        or not text.isascii()
        or not text.isprintable()
    ):
        raise bad_key("it is not Bech32")
    try:
        values = [_VALUES[letter] for letter in rest]
    except KeyError as error:
        raise bad_key("it holds a letter that Bech32 lacks") from error
    if _polymod([*_expand(hrp), *values]) != 1:
        raise bad_key("its checksum is wrong")
    return hrp, _from_groups(values[:-_CHECKSUM_LENGTH])


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << _GROUP_BITS ^ value
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                check ^= generator
    return check


def _expand(hrp: str) -> list[int]:
    return [ord(letter) >> _GROUP_BITS for letter in hrp] + [0] + [ord(letter) & 31 for letter in hrp]


def _to_groups(data: bytes) -> list[int]:
    bits = len(data) * 8
    padding = -bits % _GROUP_BITS
    number = int.from_bytes(data, "big") << padding
    return [number >> shift & 31 for shift in range(bits + padding - _GROUP_BITS, -1, -_GROUP_BITS)]


def _from_groups(values: list[int]) -> bytes:
    number = 0
    for value in values:
        number = number << _GROUP_BITS | value
    padding = len(values) * _GROUP_BITS % 8
    if padding >= _GROUP_BITS or number & ((1 << padding) - 1):
        raise bad_key("bits are left over")
    return (number >> padding).to_bytes(len(values) * _GROUP_BITS // 8, "big")
