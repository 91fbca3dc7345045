"""The town's record as a hub pinned it at the first meeting.

In:     the hub's folder.
Out:    where its verifier key lies; the name of the record.
Absent: pinning it, and what the record says (`hub.requests`).
"""

from pathlib import Path

from fanlight.proof.errors import ProofError
from fanlight.proof.note import VerifierKey


def pinned_key(folder: Path) -> Path:
    """Return where the verifier key of the town's record lies."""
    return folder / "log.vkey"


def town_of(folder: Path) -> str | None:
    """Return the name of the town's record that a hub pinned; None before it did, "" if unreadable."""
    try:
        return VerifierKey.parse(pinned_key(folder).read_text().strip()).name
    except FileNotFoundError:
        return None
    except (OSError, ValueError, ProofError):
        return ""
