"""`witnesses.toml`: who watches a log, where they answer, and how many of them have to sign.

In:     the text of the file, which an operator writes, or which a client ships with.
Out:    WitnessList.
Holds:  `need` can be met by those listed; no key and no name stands there twice.
Absent: asking the witnesses (server.log.panel); what a cosignature is (proof.cosignature).
Why:    docs/spec/log.md
"""

import tomllib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fanlight.proof.cosignature import Witness
from fanlight.proof.errors import Malformed, ProofError
from fanlight.proof.note import COSIGNATURE, VerifierKey

MAX_BYTES = 64 * 1024
MAX_WITNESSES = 32
_MAX_WORDS = 200
_FIELDS = {"url", "vkey", "run_by"}


@dataclass(frozen=True, slots=True)
class Listed:
    """One witness of a list.

    Attributes:
        witness: its key and who runs it.
        url: where it answers, without a slash at its end.
    """

    witness: Witness
    url: str


@dataclass(frozen=True, slots=True)
class WitnessList:
    """Who watches a log.

    Attributes:
        need: how many of them have to sign a checkpoint before it counts, 1 to all.
        listed: in the order of the file.
    """

    need: int
    listed: tuple[Listed, ...]

    @property
    def witnesses(self) -> list[Witness]:
        """The witnesses, as a verifier trusts them."""
        return [one.witness for one in self.listed]

    @property
    def others(self) -> int:
        """How many of them the operator does not run."""
        return sum(not one.witness.is_operators_own for one in self.listed)


def parse_witness_list(text: str) -> WitnessList:
    """Read a `witnesses.toml`.

    Raises:
        Malformed: no TOML; a field that is unknown, absent or of another form; a name or key that
            stands there twice; more signatures needed than witnesses are listed.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise Malformed("a list of witnesses is longer than 64 KiB")
    try:
        value = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Malformed("a list of witnesses is no TOML") from error
    if set(value) != {"need", "witness"} or not isinstance(value["witness"], list):
        raise Malformed("a list of witnesses has `need` and [[witness]], and nothing else")
    listed = tuple(_listed(row) for row in value["witness"])
    if not 1 <= len(listed) <= MAX_WITNESSES:
        raise Malformed(f"a list of witnesses names 1 to {MAX_WITNESSES}")
    if len({one.witness.key.name for one in listed}) != len(listed):
        raise Malformed("two witnesses have one name")
    if len({one.witness.key.public for one in listed}) != len(listed):
        raise Malformed("two witnesses have one key")
    need = value["need"]
    if type(need) is not int or not 1 <= need <= len(listed):
        raise Malformed("`need` is a number from 1 to that of the witnesses")
    return WitnessList(need, listed)


def _listed(row: Any) -> Listed:  # noqa: ANN401 - outside data, told apart here
    if not isinstance(row, dict) or set(row) != _FIELDS or not all(isinstance(row[f], str) for f in _FIELDS):
        raise Malformed("a witness has url, vkey and run_by")
    run_by = " ".join(row["run_by"].split())
    if not run_by or len(run_by) > _MAX_WORDS or not run_by.isprintable():
        raise Malformed("a witness names who runs it, in one line")
    try:
        key = VerifierKey.parse(row["vkey"].strip())
    except ProofError as error:
        raise Malformed("a witness's vkey cannot be read") from error
    if key.kind != COSIGNATURE:
        raise Malformed("a witness's key is of another kind")
    return Listed(Witness(key, run_by), _address(row["url"]))


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username or parts.query or parts.fragment or not url.isprintable():
        raise Malformed("a witness's url is an http or https address")
    return url.rstrip("/")
