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
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _bad("it is not JSON") from error
    if not isinstance(value, dict):
        raise _bad("it is not an object")
    if dumps(value) != raw:
        raise _bad("it is not in canonical form")
    return value


def _bad(why: str) -> BadJson:
    return BadJson(
        f"Some bytes could not be read: {why}.", kept="Nothing was changed.", do="Fetch them again."
    )
