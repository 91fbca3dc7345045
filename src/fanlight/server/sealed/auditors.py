"""Who holds the shares of what is sealed: three auditors, named by the operator in `server/auditors.toml`.

In:     the file.
Out:    three Auditors.
Holds:  three different ones, each with a key of an age identity that this server never sees.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from fanlight.model.errors import FanlightError
from fanlight.seal import sealing
from fanlight.seal.errors import SealError
from fanlight.seal.escrow import SHARES

FILE = "server/auditors.toml"
_MAX_NAME = 200


class BadAuditors(FanlightError):
    """The list of auditors cannot be used."""

    code = "sealed.bad_auditors"


@dataclass(frozen=True, slots=True)
class Auditor:
    """One auditor: a name in words, and an age recipient (age1pq1...)."""

    name: str
    recipient: str


def read_auditors(home: Path) -> tuple[Auditor, ...]:
    """Return the three auditors of a home, or none if it names none; raises BadAuditors."""
    path = home / FILE
    if not path.exists():
        return ()
    try:
        value = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _bad("it cannot be read") from error
    rows = value.get("auditor")
    if set(value) != {"auditor"} or not isinstance(rows, list) or len(rows) != SHARES:
        raise _bad("it has three [[auditor]] and nothing else")
    found = tuple(_auditor(row) for row in rows)
    if len({one.recipient for one in found}) != SHARES or len({one.name for one in found}) != SHARES:
        raise _bad("two auditors have one name or one key")
    return found


def _auditor(row: object) -> Auditor:
    if not isinstance(row, dict) or set(row) != {"name", "recipient"}:
        raise _bad("an auditor has name and recipient")
    name, recipient = row["name"], row["recipient"]
    if not isinstance(name, str) or not isinstance(recipient, str):
        raise _bad("an auditor's name and recipient are text")
    if not 0 < len(name) <= _MAX_NAME or not name.isprintable() or name != name.strip():
        raise _bad("an auditor's name is empty, too long or no text")
    try:
        sealing.check_recipient(recipient)
    except SealError as error:
        raise _bad(f"the recipient of {name} cannot be sealed to") from error
    return Auditor(name, recipient)


def _bad(why: str) -> BadAuditors:
    return BadAuditors(
        f"The list of auditors cannot be used: {why}.",
        kept="Nothing was sealed or changed.",
        do=f"Name three auditors in {FILE}, each with the age recipient that they gave you.",
    )
