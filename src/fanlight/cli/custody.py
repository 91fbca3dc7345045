"""`fanlight custody package`: reach a time-stamping authority and have its answer put into a package."""

from pathlib import Path

import httpx

from fanlight.custody.completing import add_stamp
from fanlight.custody.errors import NotCompleted
from fanlight.custody.stamp import MOST_BYTES
from fanlight.model import clock

_TIMEOUT_S = 30
_KEPT = "The package that you gave was not changed, and no other was written."


def stamp_package(package: Path, out: Path, tsa: str, tsa_ca: Path) -> str:
    """Write `out` and return what to print.

    Raises:
        NotCompleted: the authority did not answer, or a file cannot be read or written.
        BadPackage, BadStamp: as their names say.
    """
    try:
        stamp = add_stamp(package, out, lambda question: _send(tsa, question), tsa_ca.read_bytes())
    except OSError as error:
        raise NotCompleted(
            f"{error.filename or 'A file'} cannot be read or written: {error.strerror or error}.",
            kept=_KEPT,
            do="Check the files' names and rights.",
        ) from error
    return f"Stamped on {clock.to_text(stamp.at)} by {stamp.by}: {out}"


def _send(tsa: str, question: bytes) -> bytes:
    said = bytearray()
    try:
        headers = {"Content-Type": "application/timestamp-query"}
        with httpx.stream("POST", tsa, content=question, headers=headers, timeout=_TIMEOUT_S) as answer:
            answer.raise_for_status()
            for part in answer.iter_bytes():
                said += part
                if len(said) > MOST_BYTES:
                    break  # and is then refused as too long
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotCompleted(
            "The time-stamping authority did not answer as one does.",
            kept=_KEPT,
            do="Check its address and the network, or ask another authority.",
        ) from error
    return bytes(said)
