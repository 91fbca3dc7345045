"""The evidence parts of a package: what two copies of one clip share, whoever each was made for.

In:     the hashes in a package's evidence.json, and the hash that the export's entry in the log commits to.
Out:    one SHA-256 over all parts; a Check.
Holds:  equal hashes mean equal clips, sealed files, manifests and keys. By hand
        `grep '  items/' SHA256SUMS | sha256sum` gives the same hash.
Why:    docs/spec/evidence.md. Twin of web/core/evidence/parts.ts.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from fanlight.custody.evidence import Evidence
from fanlight.model.check import Check, State

NAME = "evidence parts"


def parts_hash(hashes: Mapping[str, str]) -> str:
    """Return the hash of evidence parts, in hex, given path -> SHA-256 of the files below `items/`."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def parts_of(evidence: Evidence) -> str:
    """Return the hash of a package's evidence parts, as its evidence.json lists them."""
    return parts_hash({name: digest for item in evidence.items for name, digest in item.files.items()})


def check_parts(evidence: Evidence, detail: Mapping[str, Any]) -> Check | None:
    """Compare what the export's entry says of the parts; None for an entry that says nothing of them."""
    if "parts" not in detail and "equals" not in detail:
        return None
    found = parts_of(evidence)
    if detail.get("parts") != found:
        return Check(NAME, State.FAILS, "The log's entry names another hash of the parts under items/.")
    first = detail.get("equals")
    said = f" The log's entry says that they equal those of package {first}." if first is not None else ""
    return Check(NAME, State.HOLDS, f"SHA-256 {found}.{said}")
