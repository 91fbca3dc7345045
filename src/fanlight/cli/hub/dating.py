"""`fanlight hub date`, `fanlight dated`: that a clip was on a hub by the end of its day, and checking it.

In:     a clip's id and the hub's folder, also while it runs; later the file, the record's key, witnesses.
Out:    a file of JSON: the clip's hash and its proof; checks of it.
Holds:  nothing of the clip is in the file but its hash; a file that is there is not overwritten.
Absent: the clip. Its hash is the SHA-256 of its manifest, which whoever has the clip computes.
Why:    docs/spec/log.md
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec

from fanlight.cli.home import open_home
from fanlight.hub.days import proof_of
from fanlight.model.check import Check, State
from fanlight.model.errors import FanlightError
from fanlight.model.ids import is_id
from fanlight.proof.errors import Malformed, ProofError
from fanlight.proof.journal_day import DayProof
from fanlight.proof.trust import Trust, check_witnesses
from fanlight.store.files import write_private


class NotDated(FanlightError):
    """A clip cannot be dated, or not yet."""

    code = "cli.not_dated"


class _File(msgspec.Struct, forbid_unknown_fields=True):
    clip: str
    hash: str
    proof: msgspec.Raw


def date_clip(clip: str, out: Path, home: Path | None) -> str:
    """Write the proof of a clip's day; return what it shows in one sentence. Raises NotDated."""
    folder = open_home(home).folder("hub")
    path = folder / "clips.sqlite"
    if not is_id(clip) or not path.exists():
        raise _not_dated("This hub made no such clip", "Look for the clip's id on its page.")
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        row = db.execute("SELECT hash, start FROM clip WHERE clip = ? AND NOT lost", (clip,)).fetchone()
    if row is None:
        raise _not_dated("This hub made no such clip", "Look for the clip's id on its page.")
    day = date.fromisoformat(row[1][:10])
    proof = proof_of(folder / "days", day, bytes(row[0]))
    if proof is None:
        raise _not_dated(
            f"The record does not hold {day} of this hub yet",
            "Try again two days after the clip; the hub has to be connected meanwhile.",
        )
    if out.exists():
        raise _not_dated(f"{out} is there already", "Name a file that is not there yet.")
    text = json.dumps({"clip": clip, "hash": bytes(row[0]).hex(), "proof": proof.as_json()}, indent=1)
    try:
        write_private(out, f"{text}\n".encode())
    except OSError as error:
        raise _not_dated(f"{out} cannot be written", "Choose another file.") from error
    return f"{out} shows that this clip was on this hub by the end of {day} (UTC)."


def check_dated(file: Path, trust: Trust) -> Iterator[Check]:
    """Check what `date_clip` wrote.

    Args:
        file: it.
        trust: the record's key, which the file cannot name itself, and the witnesses trusted.
    """
    if trust.log is None:
        yield Check(
            "log key", State.UNKNOWN, "Give the record's key with --log-key: the file cannot name it."
        )
        return
    try:
        read = msgspec.json.decode(file.read_bytes(), type=_File)
        made, proof = _hash(read.hash), DayProof.parse(bytes(read.proof))
        proven = proof.verify(made, trust.log, trust.witnesses or ())
    except (OSError, msgspec.MsgspecError) as error:
        yield Check("day", State.UNKNOWN, f"{file} cannot be read ({type(error).__name__}).")
        return
    except ProofError as error:
        yield Check("day", State.FAILS, error.what)
        return
    said = f"A clip whose manifest has the SHA-256 {read.hash} was on a hub of this town by the end of"
    yield Check("day", State.HOLDS, f"{said} {proof.day} (UTC).")
    seen = [one.witness for one in proven.cosigned]
    yield check_witnesses(seen, trust.log, trust.need, "the record that holds it")


def _hash(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise Malformed("a hash is not hex") from error


def _not_dated(what: str, do: str) -> NotDated:
    return NotDated(f"{what}.", kept="Nothing was written.", do=do)
