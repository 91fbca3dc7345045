"""What counsel signs on legal process, in canonical JSON: what everybody reads, and the hash of all of it.

In:     plain values.
Out:    canonical text, hashes.
Holds:  a statement names its document's process and the day, so that its signature fits nothing else; none
        that is public names a household or commits to one.
Absent: keys and signatures (seal.keys); whether it may be decided (server.process).
Why:    docs/spec/log.md
"""

import hashlib
from datetime import date
from typing import Any

from fanlight.wire import jcs

CONTEXT = "process"  # under which counsel signs what everybody reads


def decide(*, process: str, kind: str, decision: str, day: date) -> str:
    """Return what counsel signs of a decision for everybody."""
    return _said({"act": "decide", "process": process, "kind": kind, "decision": decision}, day)


def release(*, process: str, day: date) -> str:
    """Return what counsel signs for everybody when a packet goes out."""
    return _said({"act": "release", "process": process}, day)


def digest(**fields: Any) -> str:
    """Return the hash that stands for all that is decided."""
    return hashlib.sha256(jcs.dumps(fields)).hexdigest()


def _said(fields: dict[str, str], day: date) -> str:
    return jcs.dumps({**fields, "v": 1, "day": day.isoformat()}).decode()
