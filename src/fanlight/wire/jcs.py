"""Canonical JSON (RFC 8785): the one form in which we sign and hash."""

import json
from typing import Any

import rfc8785

from fanlight.model.errors import FanlightError


class BadJson(FanlightError):
    """Outside bytes are not the canonical JSON object they should be."""

    code = "wire.bad_json"


def dumps(value: object) -> bytes:
    """Return the RFC 8785 form of `value`; raises BadJson if JSON cannot hold it."""
    plain = _written_plainly(value)
    if plain is not None:
        return plain
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as error:
        raise _bad("a value has no canonical form") from error


def loads(data: bytes | str) -> dict[str, Any]:
    """Read one canonical JSON object, refusing any other spelling of it.

    Raises:
        BadJson: not UTF-8, not JSON, not an object, or not the canonical bytes (so that
            what was signed is exactly what is read).
    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else bytes(data)
    plain = _plain(raw)
    if plain is not None:
        return plain
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _bad("it is not JSON") from error
    if not isinstance(value, dict):
        raise _bad("it is not an object")
    if dumps(value) != raw:
        raise _bad("it is not in canonical form")
    return value


class _NotPlain(Exception):
    """A number that the short way must not judge."""


def _short_int(digits: str) -> int:
    if len(digits) > _SAFE_DIGITS:
        raise _NotPlain
    return int(digits)


def _no_float(text: str) -> float:
    raise _NotPlain(text)


_SAFE_DIGITS = 15  # every whole number that short is below 2^53
_read = json.JSONDecoder(parse_float=_no_float, parse_int=_short_int, parse_constant=_no_float).decode
_write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def _plain(raw: bytes) -> dict[str, Any] | None:
    """Read an object if it is canonical beyond doubt; None says nothing.

    In ASCII alone and with short whole numbers, RFC 8785 and Python's own writer differ in nothing: names
    sort alike, the same signs are escaped. That is ten times faster, and a log has a million entries.
    """
    if not raw.isascii():
        return None
    text = raw.decode("ascii")
    try:
        value = _read(text)
        return value if isinstance(value, dict) and _write(value) == text else None
    except (_NotPlain, ValueError, RecursionError):
        return None


def _written_plainly(value: object) -> bytes | None:
    """Write a value the short way, if what is then read is the same beyond doubt; None says nothing.

    A name that is no text, a number with a point or a list that is a tuple reads as something else.
    """
    try:
        text = _write(value)
        return text.encode("ascii") if text.isascii() and _read(text) == value else None
    except (_NotPlain, TypeError, ValueError, RecursionError):
        return None


def _bad(why: str) -> BadJson:
    return BadJson(
        f"Some bytes could not be read: {why}.", kept="Nothing was changed.", do="Fetch them again."
    )
