"""ASN.1 in its distinguished encoding, as much of it as a time stamp needs.

In:     bytes from anywhere.
Out:    a tree of tags and contents.
Holds:  one spelling only: lengths are definite and shortest, nothing is left over; depth and number of
        values are bounded. Twin of web/core/evidence/der.ts.
Source: ITU-T X.690.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fanlight.custody.errors import CustodyError

INTEGER, OCTET_STRING, OID, SEQUENCE, SET, FIRST = 2, 4, 6, 0x30, 0x31, 0xA0
_CONSTRUCTED = 0x20
_LONG = 0x80
_MOST_LENGTH_BYTES = 3
_TAG_GOES_ON = 31
_DEEPEST = 30
_MOST = 5_000


class BadDer(CustodyError):
    """The bytes are no DER, or have another shape than they must."""

    code = "custody.bad_der"


@dataclass(frozen=True, slots=True)
class Der:
    """One value: `whole` is with tag and length, `parts` are of a constructed one."""

    tag: int
    whole: bytes
    content: bytes
    parts: tuple["Der", ...]


def read_der(data: bytes) -> Der:
    """Read one value that fills `data`; raises BadDer."""
    read, end = _value(data, 0, len(data), _DEEPEST, iter(range(_MOST)))
    if end != len(data):
        raise bad_der("something stands behind a value")
    return read


def part(node: Der, *path: tuple[int, int]) -> Der:
    """Follow (place, tag) after (place, tag) into a value; a place below 0 counts from the end.

    Raises:
        BadDer: there is none, or it has another tag.
    """
    for place, tag in path:
        if not -len(node.parts) <= place < len(node.parts) or node.parts[place].tag != tag:
            raise bad_der("a value is of another kind than it has to be")
        node = node.parts[place]
    return node


def bad_der(why: str) -> BadDer:
    """Return the error; `why` is a clause, no full stop."""
    return BadDer(f"These bytes cannot be read: {why}.", kept="Nothing was changed.", do="Ask for them anew.")


def _value(data: bytes, start: int, limit: int, depth: int, count: Iterator[int]) -> tuple[Der, int]:
    if depth == 0 or next(count, None) is None:
        raise bad_der("it is nested too deep or has too many parts")
    if start + 2 > limit or data[start] & _TAG_GOES_ON == _TAG_GOES_ON:
        raise bad_der("it ends within a value, or has a tag that is not known here")
    tag, length, at = data[start], data[start + 1], start + 2
    if length >= _LONG:
        many = length - _LONG
        if not 1 <= many <= _MOST_LENGTH_BYTES or at + many > limit:
            raise bad_der("a length is open, or too long")
        length = int.from_bytes(data[at : at + many], "big")
        if length < _LONG or length < 1 << 8 * (many - 1):
            raise bad_der("a length is not written in the shortest way")
        at += many
    end = at + length
    if end > limit:
        raise bad_der("it ends within a value")
    first, parts = at, []
    while tag & _CONSTRUCTED and at < end:
        inner, at = _value(data, at, end, depth - 1, count)
        parts.append(inner)
    return Der(tag, data[start:end], data[first:end], tuple(parts)), end
