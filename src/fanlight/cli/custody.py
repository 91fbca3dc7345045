"""`fanlight custody package`: have C2PA and an authority's time stamp put into a package."""

from functools import partial
from pathlib import Path

import httpx
from platformdirs import user_data_path

from fanlight.custody.c2pa_signing import C2paSigner
from fanlight.custody.completing import Clock, complete
from fanlight.custody.errors import NotCompleted
from fanlight.custody.own_certificate import own_signer
from fanlight.custody.stamp import MOST_BYTES
from fanlight.model.clock import to_text

_TIMEOUT_S = 30
_KEPT = "The package that you gave was not changed, and no other was written."


def complete_package(  # noqa: PLR0913 - one for each option
    package: Path,
    out: Path,
    tsa: str | None,
    tsa_ca: Path | None,
    *,
    c2pa: bool,
    c2pa_cert: Path | None,
    c2pa_key: Path | None,
    c2pa_folder: Path | None,
) -> str:
    """Write `out` and return what to print.

    Raises:
        NotCompleted: the options do not go together or ask for nothing, the authority did not answer, or a
            file cannot be read or written.
        BadPackage, BadStamp: as their names say.
    """
    if (tsa is None) != (tsa_ca is None) or (c2pa_cert is None) != (c2pa_key is None):
        raise _unclear("--tsa and --tsa-ca go together, and so do --c2pa-cert and --c2pa-key.")
    if tsa is None and not c2pa:
        raise _unclear("Neither a time stamp nor C2PA was asked for.")

    def signer(agency: str) -> C2paSigner:
        if c2pa_cert and c2pa_key:
            return C2paSigner.of(c2pa_cert.read_bytes(), c2pa_key.read_bytes())
        return own_signer(c2pa_folder or user_data_path("fanlight") / "custody", agency)

    try:
        clock = Clock(partial(_send, tsa), tsa_ca.read_bytes()) if tsa and tsa_ca else None
        stamp = complete(package, out, clock=clock, signer=signer if c2pa else None)
    except OSError as error:
        raise NotCompleted(
            f"{error.filename or 'A file'} cannot be read or written: {error.strerror or error}.",
            kept=_KEPT,
            do="Check the files' names and rights.",
        ) from error
    told = [f"Stamped on {to_text(stamp.at)} by {stamp.by}."] if stamp else []
    if c2pa:
        told.append("Each clip has a copy that carries C2PA; added/c2pa/signer.txt says who signed.")
    return "\n".join([*told, f"Written: {out}"])


def _unclear(what: str) -> NotCompleted:
    return NotCompleted(what, kept=_KEPT, do="Run fanlight custody package --help.")


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
